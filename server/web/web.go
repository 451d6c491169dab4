// Package web is the HTTP side of the server: routes, one call, an answer.
package web

import (
	"io/fs"
	"log/slog"
	"net/http"

	"wafer/server/api"
	"wafer/server/auth"
	"wafer/server/queue"
	"wafer/server/store"
)

// Options are what a server is made of.
type Options struct {
	Files fs.FS // static.Files: the built page under site/, css, js, icons, samples, models
	Log   *slog.Logger

	Queue *queue.Queue // jobs; nil: none, the server has the page and the shipped models only
	Store *store.Store // files and models by name; goes with Queue

	Tokens *auth.Tokens    // nil: none
	Open   bool            // without a token every caller is admin: only for a server that listens on loopback
	Ready  func() error    // why new work should not be taken, for /readyz; nil: always ready
	Stop   <-chan struct{} // closed when the server is to stop: event streams end; nil: never
	CORS   string          // the one other origin whose pages may call /api/, such as "https://example.org"; "": none

	Limits  Limits
	Version string // shown by /api/server
}

type server struct {
	log       *slog.Logger
	assets    map[string]*asset
	catalogue api.Catalogue
	weights   map[string][]byte // model files by the SHA-256 of their bytes, in hex
}

// New returns a handler for every address of Wafer:
//
//	GET /, /teach, /models      the page
//	GET /static/…, /web/…, …    what it is made of
//	GET /api/models             api.Catalogue
//	GET /weights/{sha256}       a model file
//	GET /healthz                api.Health
//
// It reads all files once. An inconsistent catalogue is an error.
func New(o Options) (http.Handler, error) {
	assets, err := loadAssets(o.Files)
	if err != nil {
		return nil, err
	}
	catalogue, weights, err := loadModels(o.Files)
	if err != nil {
		return nil, err
	}
	s := &server{log: o.Log, assets: assets, catalogue: catalogue, weights: weights}
	return s.logged(s.recovered(protected(s.routes()))), nil
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /api/models", s.models)
	mux.HandleFunc("GET /weights/{sha256}", s.weightsFile)
	mux.HandleFunc("GET /", s.asset)
	return mux
}

func (s *server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, api.Health{OK: true, Models: len(s.catalogue.Models), Page: s.assets["/"] != nil})
}

func (s *server) asset(w http.ResponseWriter, r *http.Request) {
	a := s.assets[r.URL.Path]
	if a == nil {
		err := errNotFound
		if _, page := pages[r.URL.Path]; page {
			err = errNotBuilt
		}
		s.fail(w, r, err)
		return
	}
	if err := a.serve(w, r); err != nil {
		s.fail(w, r, err)
	}
}
