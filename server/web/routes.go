package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"wafer/server/api"
	"wafer/server/auth"
	"wafer/server/broker"
	"wafer/server/queue"
)

// action answers a request, or returns the error that is the answer.
type action func(w http.ResponseWriter, r *http.Request, c caller) error

const (
	eventsRoute = "GET /api/jobs/{id}/events"
	siteRoute   = "GET /" // of the site's files
)

// routes is docs/http-api.md as a table.
func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	// Whatever goes on without a queue.
	for _, route := range []struct {
		pattern string
		role    api.Role
		action  action
	}{
		{"GET /api/server", api.Nobody, s.info},
		{"POST /api/session", api.Nobody, s.signIn},
		{"DELETE /api/session", api.Nobody, s.signOut},
		{"GET /api/models", api.Nobody, s.models},
		{"GET /api/models/{name}", api.Reader, s.model},
		{"POST /api/models/{name}/predict", api.Reader, s.predict},
		{"GET /metrics", api.Admin, s.metrics},
	} {
		mux.Handle(route.pattern, s.called(route.role, route.action))
	}
	for _, route := range []struct {
		pattern string
		role    api.Role
		action  action
	}{
		{"PUT /api/models/{name}", api.Admin, s.putModel},
		{"DELETE /api/models/{name}", api.Admin, s.deleteModel},
		{"GET /api/pulls", api.Reader, s.listPulls},
		{"POST /api/pulls/{name}", api.Admin, s.beginPull},
		{"DELETE /api/pulls/{name}", api.Admin, s.endPull},
		{"POST /api/files/{sha256}", api.Submitter, s.begin},
		{"PATCH /api/files/{sha256}", api.Submitter, s.extend},
		{"DELETE /api/files/{sha256}", api.Submitter, s.abandon},
		{"GET /api/files/{sha256}", api.Reader, s.file},
		{"GET /api/jobs", api.Reader, s.jobs},
		{"POST /api/jobs", api.Submitter, s.submit},
		{"GET /api/jobs/{id}", api.Reader, s.job},
		{"DELETE /api/jobs/{id}", api.Admin, s.deleteJob},
		{"POST /api/jobs/{id}/{move}", api.Submitter, s.move},
		{eventsRoute, api.Reader, s.events},
	} {
		if s.o.Queue == nil {
			route.role, route.action = api.Nobody,
				func(http.ResponseWriter, *http.Request, caller) error { return errNoJobs }
		}
		mux.Handle(route.pattern, s.called(route.role, route.action))
	}
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /healthz": s.health, "GET /readyz": s.ready, "GET /weights/{sha256}": s.weightsFile, siteRoute: s.asset,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	return s.sentences(mux)
}

// sentences answers what the table does not have below /api/ as all other errors there: 405 where it has the address
// for other methods, else 404.
func (s *server) sentences(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		if pattern != "" && pattern != siteRoute || !strings.HasPrefix(r.URL.Path, "/api/") {
			mux.ServeHTTP(w, r)
			return
		}
		err := errNotFound
		if methods := methodsAt(mux, r); methods != "" {
			w.Header().Set("Allow", methods)
			err = errMethod
		}
		s.fail(w, r, err)
	})
}

// methodsAt are the methods that an address below /api/ takes.
func methodsAt(mux *http.ServeMux, r *http.Request) string {
	var list []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern == "" || pattern == siteRoute {
			continue
		}
		if list = append(list, method); method == http.MethodGet {
			list = append(list, http.MethodHead)
		}
	}
	return strings.Join(list, ", ")
}

// called lets a handler have requests of callers who may, and not too many of them.
func (s *server) called(role api.Role, h action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := s.identify(r)
		if rec, ok := w.(*recorder); ok {
			rec.who = c.name
		}
		switch {
		case !s.rates.allow(c.key):
			err = errRate
		case err != nil || auth.May(c.role, role):
		case c.role == api.Nobody:
			err = errNoToken
		default:
			err = errRole
		}
		if err == nil {
			defer patient(w)()
			err = h(w, r, c)
		}
		if err != nil {
			drain(w, r)
			s.fail(w, r, err)
		}
	})
}

// info says what this server does for the caller.
func (s *server) info(w http.ResponseWriter, r *http.Request, c caller) error {
	open, err := s.open()
	if err != nil {
		return err
	}
	l := s.o.Limits
	writeJSON(w, http.StatusOK, api.Server{Jobs: s.o.Queue != nil, Role: c.role, Tokens: !open, Version: s.o.Version,
		MaxFile: l.MaxFile, MaxSeconds: l.MaxSeconds, MinChunk: MinChunk, MaxChunk: l.MaxChunk,
		MaxJobFiles: l.MaxJobFiles})
	return nil
}

// health says that the process answers; it asks nobody else, so that a full disk does not restart the server.
func (s *server) health(w http.ResponseWriter, r *http.Request) error {
	writeJSON(w, http.StatusOK, api.Health{OK: true, Models: len(s.catalogue.Models), Page: s.assets["/"] != nil})
	return nil
}

// ready says whether new work is taken.
func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	if err := s.unready(); err != nil {
		return err
	}
	if err := s.queue.answers(); err != nil {
		s.log.Warn("not ready", "error", err)
		if is(queue.ErrDamaged, queue.ErrNoRoom)(err) {
			return fmt.Errorf("%w: %w", errNotReady, err)
		}
		return errUnavailable
	}
	return s.health(w, r)
}

// unready is why new work is not taken, nil if it is. Of the server's reasons only a full disk is the client's
// business.
func (s *server) unready() error {
	err := s.o.Ready()
	switch {
	case s.stopping():
		return errStopping
	case err == nil || errors.Is(err, broker.ErrFull):
		return err
	}
	s.log.Warn("not ready", "error", err)
	return errUnavailable
}

// asset serves a file of the pages. A page that the binary was built without is errNotBuilt, which says so.
func (s *server) asset(w http.ResponseWriter, r *http.Request) error {
	a := s.assets[r.URL.Path]
	if a != nil {
		return a.serve(w, r)
	}
	if _, page := pages[r.URL.Path]; page {
		return errNotBuilt
	}
	return errNotFound
}
