// Package edge is Wafer for Cloudflare Workers: files of the page are static assets, which
// this code never sees; it answers for the catalogue, weights that are too large for an asset,
// and hands everything about jobs to an origin, a wafer serve somewhere else.
package edge

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"wafer/server/api"
	"wafer/server/web/secure"
)

// Where tools/edge puts what the worker looks for.
const (
	CatalogueAddress = "/api/models" // of the asset with the shipped models
	CatalogueKey     = "catalogue"   // of the list of added models, in KV
	WeightsPrefix    = "weights/"    // before the hash of a model file, in R2
)

// Platform is what the edition finds where it runs.
type Platform struct {
	// Origin is the address of a wafer serve, such as "https://jobs.example.org". "": none
	Origin string
	// Transport reaches the origin. A body that comes back may be copied once.
	Transport http.RoundTripper
	// Shipped is the catalogue of the models among the assets, as JSON.
	Shipped func() ([]byte, error)
	// Added is the catalogue of models that were put later; nil: none.
	Added func() ([]byte, error)
	// Weights are model files that are no assets.
	Weights Weights
}

// Weights are files by the SHA-256 of their bytes, in lower-case hex.
type Weights interface {
	// Size of a file in bytes, ErrNone if there is no such file.
	Size(hash string) (int64, error)
	// Open returns length bytes from offset on.
	Open(hash string, offset, length int64) (io.ReadCloser, error)
}

// ErrNone is the error of a file that does not exist.
var ErrNone = errors.New("the server has no model file with this hash")

type server struct {
	Platform
	origin *url.URL // nil: none
}

// New returns the handler of every address that is no asset. An origin that cannot be
// used is an error.
func New(p Platform) (http.Handler, error) {
	origin, err := parseOrigin(p.Origin)
	if err != nil {
		return nil, err
	}
	s := &server{p, origin}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /weights/{sha256}", s.weights)
	mux.HandleFunc("GET /api/models", s.models)
	mux.HandleFunc("/api/", s.forward)
	mux.HandleFunc("/", nothing)
	return protected(mux), nil
}

// parseOrigin wants encryption, since tokens go that way, unless the origin is on this machine.
func parseOrigin(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("the variable ORIGIN is the address of a wafer serve, "+
			"such as https://jobs.example.org, but it is %q", text)
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return nil, fmt.Errorf("the variable ORIGIN is %q; tokens go there, so it has to begin with https://", text)
	}
	return u, nil
}

func protected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure.Set(w.Header())
		next.ServeHTTP(w, r)
	})
}

func (s *server) health(w http.ResponseWriter, r *http.Request) {
	c, err := s.catalogue()
	if err != nil {
		fail(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, api.Health{OK: true, Models: len(c.Models), Page: true})
}

func nothing(w http.ResponseWriter, r *http.Request) {
	fail(w, http.StatusNotFound, "there is nothing at this address")
}

// fail answers with a sentence.
func fail(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, api.Error{Error: sentence})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // only types of package api come here
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
