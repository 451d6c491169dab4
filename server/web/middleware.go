package web

import (
	"crypto/rand"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"wafer/server/web/secure"
)

// protected sets the headers of every answer, errors too.
func protected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure.Set(w.Header())
		next.ServeHTTP(w, r)
	})
}

// recovered answers 500 when a handler panics, unless the answer has begun.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.log.Error("panic", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			if rec, ok := w.(*recorder); !ok || rec.status == 0 {
				s.fail(w, r, nil)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// recorder remembers what was answered, for the log.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	who    string // name of the caller's token
	begins func() // called before the answer begins; nil: nothing to do
}

// WriteHeader notes the status that counts, which is the first.
func (r *recorder) WriteHeader(status int) {
	r.begin(status)
	r.ResponseWriter.WriteHeader(status)
}

// begin notes the status and gives the answer its time, see patient.
func (r *recorder) begin(status int) {
	if r.status != 0 {
		return
	}
	r.status = status
	if r.begins != nil {
		r.begins()
	}
}

// Write counts the bytes of the body as they are sent, compressed where they are.
func (r *recorder) Write(b []byte) (int, error) {
	r.begin(http.StatusOK)
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// requestID is the header that connects an answer with the log.
const requestID = "X-Request-Id"

// logged writes a line for every request, also when its connection is broken on purpose, and counts it.
func (s *server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, id := time.Now(), r.Header.Get(requestID)
		if !isID(id) {
			id = rand.Text()[:16]
		}
		rec := &recorder{ResponseWriter: w}
		w.Header().Set(requestID, id)
		defer func() {
			took := time.Since(start)
			s.meters.count(r, rec.status, took)
			all := []any{"id", id, "method", r.Method, "path", r.URL.Path, "status", rec.status, "bytes", rec.bytes,
				"ms", float64(took.Microseconds()) / 1000}
			if rec.who != "" {
				all = append(all, "token", rec.who)
			}
			s.log.Info("request", all...)
		}()
		next.ServeHTTP(rec, r)
	})
}

// isID reports whether what a proxy calls a request can stand in the log.
func isID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
}
