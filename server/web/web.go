// Package web is the HTTP side of the server: routes, one call, an answer.
package web

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"wafer/server/api"
	"wafer/server/auth"
	"wafer/server/models"
	"wafer/server/pull"
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

	Pull *pull.Fetcher // fetches public models; goes with Store; nil: none are fetched

	Limits  Limits
	Version string // shown by /api/server
}

// server is what all requests share; it is safe for many at once.
type server struct {
	o         Options
	log       *slog.Logger
	assets    map[string]*asset
	catalogue api.Catalogue
	weights   map[string][]byte // model files by the SHA-256 of their bytes, in hex

	origins   *http.CrossOriginProtection
	rates     *rates
	streams   *places       // of events
	transfers *places       // bodies
	parsers   chan struct{} // a place for each document that is parsed
	pool      *models.Pool
	meters    *meters
	queue     probe
	pulls     *pulls

	beat, eventTime time.Duration // shorter in tests
}

// New returns a handler for every address of Wafer: the page at /, /teach and /models, what it is made of
// below /static/ and /web/, model files by hash below /weights/, and docs/http-api.md.
//
// It reads all files once. An inconsistent catalogue is an error. The http.Server needs its limits of time: the handler
// sets others only where a body, a download or an event stream may take longer.
func New(o Options) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	return s.handler(), nil
}

// newServer is New, for tests that reach inside.
func newServer(o Options) (*server, error) {
	if (o.Queue == nil) != (o.Store == nil) {
		return nil, errors.New("web: queue and store go together")
	}
	if o.Ready == nil {
		o.Ready = func() error { return nil }
	}
	o.Limits = o.Limits.withDefaults()
	s := &server{o: o, log: o.Log, origins: http.NewCrossOriginProtection(), rates: newRates(o.Limits),
		streams: &places{one: o.Limits.Streams, all: o.Limits.AllStreams, err: errStreams, each: map[string]int{}},
		transfers: &places{one: (o.Limits.Transfers + 1) / 2, all: o.Limits.Transfers, err: errTransfers,
			each: map[string]int{}},
		parsers: make(chan struct{}, runtime.GOMAXPROCS(0)), beat: beat, eventTime: eventTime}
	s.pool = models.NewPool(o.Limits.Memory, s.base)
	s.queue.queue = o.Queue
	s.meters = s.newMeters()
	var err error
	if o.CORS != "" {
		err = s.origins.AddTrustedOrigin(o.CORS)
	}
	if err == nil {
		s.assets, err = loadAssets(o.Files)
	}
	if err == nil {
		s.catalogue, s.weights, err = loadModels(o.Files)
	}
	if err == nil {
		s.pulls, err = newPulls(o.Pull)
	}
	return s, err
}

// handler goes through the rings from outside in: log, panics, headers, origin, route.
func (s *server) handler() http.Handler {
	return s.logged(s.recovered(protected(s.guarded(s.routes()))))
}

// stopping reports whether the server is about to stop.
func (s *server) stopping() bool {
	select {
	case <-s.o.Stop:
		return true
	default:
		return false
	}
}
