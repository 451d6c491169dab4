package edge

import (
	"io"
	"net/http"
	"strings"

	"wafer/server/api"
)

// Names of headers that go to the origin and back; whatever else a client or a proxy adds stays
// out. Origin and Sec-Fetch-Site stay out since they speak of this site: it is checked here.
var (
	thereHeaders = []string{"Accept", "Authorization", "Content-Length", "Content-Type", "Cookie", "Idempotency-Key",
		"If-None-Match", "If-Range", "Last-Event-ID", "Range", "Upload-Offset", "User-Agent"}
	backHeaders = []string{"Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Length", "Content-Range",
		"Content-Type",
		"ETag", "Location", "Retry-After", "Set-Cookie", "Upload-Offset", "WWW-Authenticate", "X-Request-Id"}
)

// forward hands a request to the origin and its answer back, both as they come.
func (s *server) forward(w http.ResponseWriter, r *http.Request) {
	if s.origin == nil {
		s.alone(w, r)
		return
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		fail(w, http.StatusForbidden, "a page of another site may not change anything here")
		return
	}
	answer, err := s.Transport.RoundTrip(s.outgoing(r))
	if err != nil {
		fail(w, http.StatusBadGateway, "the server for jobs does not answer; try again later")
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 500 && !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		fail(w, http.StatusBadGateway, "the server for jobs cannot be reached; try again later")
		return
	}
	pick(w.Header(), answer.Header, backHeaders)
	w.WriteHeader(answer.StatusCode)
	io.Copy(w, answer.Body)
}

// alone answers when there is no origin.
func (s *server) alone(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/api/server" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		w.Header().Set("Cache-Control", "no-cache")
		writeJSON(w, http.StatusOK, api.Server{})
		return
	}
	fail(w, http.StatusNotFound, "this site has no server for jobs; everything else works in the page")
}

// outgoing is the request as it goes to the origin.
func (s *server) outgoing(r *http.Request) *http.Request {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host = s.origin.Scheme, s.origin.Host
	out.Host, out.RequestURI, out.RemoteAddr = "", "", ""
	// whether cookies are for https only
	out.Header = http.Header{"Accept-Encoding": {"identity"}, "X-Forwarded-Proto": {r.URL.Scheme}}
	pick(out.Header, r.Header, thereHeaders)
	return out
}

func pick(to, from http.Header, names []string) {
	for _, name := range names {
		if v := from.Values(name); len(v) > 0 {
			to[http.CanonicalHeaderKey(name)] = v
		}
	}
}
