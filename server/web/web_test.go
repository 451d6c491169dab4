package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/web/secure"
)

const (
	program   = "pretend that this is WebAssembly, and that it is long enough"
	brotli    = "its brotli form"
	modelFile = "0123456789abcdef"
)

var modelHash = func() string {
	sum := sha256.Sum256([]byte(modelFile))
	return hex.EncodeToString(sum[:])
}()

func gzipped(t *testing.T, s string) []byte {
	t.Helper()
	b, err := pack([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func files(t *testing.T) fstest.MapFS {
	catalogue, err := json.Marshal(api.Catalogue{Models: []task.Model{{ID: "digits", Labels: []string{"0", "1"},
		SHA256: modelHash}}})
	if err != nil {
		t.Fatal(err)
	}
	f := fstest.MapFS{"site/web/app-1.wasm.gz": {Data: gzipped(t, program)}}
	for name, data := range map[string]string{
		"site/index.html": "<title>first", "site/teach.html": "<title>teach", "site/models.html": "<title>models",
		"site/app.js": "// app", "site/app-worker.js": "// offline",
		"site/wasm_exec.js":         strings.Repeat("// exec\n", 200),
		"site/manifest.webmanifest": "{}", "site/.gitignore": "*", "site/web/app-1.wasm.br": brotli,
		"css/app.css": "body{}", "icons/icon.svg": "<svg/>", "js/worker.js": "//", "samples/digits/3.png": "png",
		"recipes/digits.json": "{}", "static.go": "package static",
		"models/catalogue.json": string(catalogue), "models/digits.wafer": modelFile,
	} {
		f[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return f
}

func handler(t *testing.T, f fs.FS) http.Handler {
	t.Helper()
	h, err := New(Options{Files: f, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask sends one request; headers come as name, value, name, value.
func ask(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryAddressHasItsTypeAndCaching(t *testing.T) {
	h := handler(t, files(t))
	const again, forever = "no-cache", "public, max-age=31536000, immutable"
	for _, c := range []struct{ path, mime, cache, body string }{
		{"/", "text/html; charset=utf-8", again, "<title>first"},
		{"/teach", "text/html; charset=utf-8", again, "<title>teach"},
		{"/models", "text/html; charset=utf-8", again, "<title>models"},
		{"/teach?project=2", "text/html; charset=utf-8", again, "<title>teach"},
		{"/app.js", "text/javascript; charset=utf-8", again, "// app"},
		{"/manifest.webmanifest", "application/manifest+json", again, "{}"},
		{"/static/css/app.css", "text/css; charset=utf-8", again, "body{}"},
		{"/static/icons/icon.svg", "image/svg+xml", again, "<svg/>"},
		{"/static/samples/digits/3.png", "image/png", again, "png"},
		{"/web/app-1.wasm", "application/wasm", forever, program},
		{"/weights/" + modelHash, "application/octet-stream", forever, modelFile},
		{"/weights/" + strings.ToUpper(modelHash), "application/octet-stream", forever, modelFile},
	} {
		w := ask(h, "GET", c.path)
		if w.Code != 200 || w.Header().Get("Content-Type") != c.mime || w.Header().Get("Cache-Control") != c.cache ||
			w.Body.String() != c.body {
			t.Errorf("GET %s: got %d %q %q %q, expected 200 %q %q %q", c.path, w.Code, w.Header().Get("Content-Type"),
				w.Header().Get("Cache-Control"), w.Body, c.mime, c.cache, c.body)
		}
		if w.Header().Get("ETag") == "" {
			t.Errorf("GET %s: no ETag", c.path)
		}
	}
}

func TestEveryAnswerIsProtected(t *testing.T) {
	h := handler(t, files(t))
	for _, path := range []string{"/", "/web/app-1.wasm", "/weights/" + modelHash, "/api/models", "/healthz",
		"/nowhere", "/weights/x"} {
		w := ask(h, "GET", path)
		for name, value := range secure.Headers {
			if got := w.Header().Get(name); got != value {
				t.Errorf("GET %s: header %s is %q, expected %q", path, name, got, value)
			}
		}
	}
	for _, part := range []string{"default-src 'self'", "'wasm-unsafe-eval'", "object-src 'none'",
		"connect-src 'self'"} {
		if !strings.Contains(secure.Headers["Content-Security-Policy"], part) {
			t.Errorf("the policy lacks %q", part)
		}
	}
	if strings.Contains(secure.Headers["Content-Security-Policy"], "'unsafe-eval'") ||
		strings.Contains(secure.Headers["Content-Security-Policy"], "script-src 'self' 'unsafe-inline'") {
		t.Error("the policy lets scripts run that are not files of the page")
	}
}

func TestProgramsComeCompressed(t *testing.T) {
	h := handler(t, files(t))
	for _, c := range []struct{ accept, encoding string }{
		{"gzip, deflate, br, zstd", "br"}, {"br;q=0, gzip", "gzip"}, {"gzip", "gzip"}, {"GZIP;q=0.5", "gzip"},
		{"", ""}, {"identity", ""}, {"*", ""}, {"gzip;q=0", ""}, {"brotli", ""},
	} {
		w := ask(h, "GET", "/web/app-1.wasm", "Accept-Encoding", c.accept)
		if got := w.Header().Get("Content-Encoding"); got != c.encoding {
			t.Errorf("Accept-Encoding %q: got %q, expected %q", c.accept, got, c.encoding)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: the answer does not vary by it", c.accept)
		}
		if got := w.Header().Get(rawLength); c.encoding != "" && got != strconv.Itoa(len(program)) {
			t.Errorf("Accept-Encoding %q: %s is %q, expected %d", c.accept, rawLength, got, len(program))
		}
		body := w.Body.Bytes()
		if got := w.Header().Get("Content-Length"); got != strconv.Itoa(len(body)) {
			t.Errorf("Accept-Encoding %q: Content-Length %s, expected %d", c.accept, got, len(body))
		}
		want := map[string]string{"br": brotli, "": program}[c.encoding]
		if c.encoding == "gzip" {
			r, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			body, _ = io.ReadAll(r)
			want = program
		}
		if string(body) != want {
			t.Errorf("Accept-Encoding %q: got %q, expected %q", c.accept, body, want)
		}
	}
	if w := ask(h, "GET", "/wasm_exec.js", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "gzip" {
		t.Error("a long script came uncompressed, expected gzip")
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	h := handler(t, files(t))
	for _, path := range []string{"/", "/web/app-1.wasm", "/weights/" + modelHash} {
		for _, accept := range []string{"", "br"} {
			tag := ask(h, "GET", path, "Accept-Encoding", accept).Header().Get("ETag")
			if w := ask(h, "GET", path, "Accept-Encoding", accept, "If-None-Match", tag); w.Code != 304 ||
				w.Body.Len() > 0 {
				t.Errorf("GET %s with its own ETag: got %d with %d bytes, expected 304 with none", path, w.Code,
					w.Body.Len())
			}
			if w := ask(h, "GET", path, "Accept-Encoding", accept, "If-None-Match", `"other"`); w.Code != 200 {
				t.Errorf("GET %s with another ETag: got %d, expected 200", path, w.Code)
			}
		}
	}
	plain := ask(h, "GET", "/web/app-1.wasm").Header().Get("ETag")
	if packed := ask(h, "GET", "/web/app-1.wasm", "Accept-Encoding", "br").Header().Get("ETag"); packed == plain {
		t.Errorf("two forms of a file have the same ETag %s", plain)
	}
}

func TestHeadSendsNoBody(t *testing.T) {
	h := handler(t, files(t))
	for path, length := range map[string]int{"/": len("<title>first"), "/web/app-1.wasm": len(program),
		"/weights/" + modelHash: len(modelFile)} {
		w := ask(h, "HEAD", path)
		if w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != strconv.Itoa(length) {
			t.Errorf("HEAD %s: got %d with %d bytes and Content-Length %q, expected 200 with none and %d", path, w.Code,
				w.Body.Len(), w.Header().Get("Content-Length"), length)
		}
	}
}

func TestWeightsInParts(t *testing.T) {
	h := handler(t, files(t))
	for _, c := range []struct {
		ask, part, covers string
		status            int
	}{
		{"bytes=0-3", "0123", "bytes 0-3/16", 206}, {"bytes=12-", "cdef", "bytes 12-15/16", 206},
		{"bytes=-2", "ef", "bytes 14-15/16", 206}, {"bytes=100-", "", "bytes */16", 416}, {"lines=1-2", "", "", 416},
	} {
		w := ask(h, "GET", "/weights/"+modelHash, "Range", c.ask)
		if w.Code != c.status || w.Header().Get("Content-Range") != c.covers || c.status == 206 &&
			w.Body.String() != c.part {
			t.Errorf("Range %s: got %d %q %q, expected %d %q %q", c.ask, w.Code, w.Header().Get("Content-Range"),
				w.Body, c.status, c.covers, c.part)
		}
	}
}

func TestCatalogueAndHealth(t *testing.T) {
	h := handler(t, files(t))
	var c api.Catalogue
	if err := json.Unmarshal(ask(h, "GET", "/api/models").Body.Bytes(), &c); err != nil || len(c.Models) != 1 ||
		c.Models[0].SHA256 != modelHash {
		t.Errorf("/api/models: got %+v, %v; expected the one model", c, err)
	}
	var health api.Health
	if err := json.Unmarshal(ask(h, "GET", "/healthz").Body.Bytes(), &health); err != nil ||
		health != (api.Health{OK: true, Models: 1, Page: true}) {
		t.Errorf("/healthz: got %+v, %v", health, err)
	}
}

func TestWrongRequestsGetASentence(t *testing.T) {
	h := handler(t, files(t))
	for _, c := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"GET", "/nowhere", 404, "nothing at this address"},
		{"GET", "/api/nowhere", 404, `{"error":"there is nothing at this address"}`},
		{"GET", "/weights/" + strings.Repeat("0", 64), 404, "no model file with this hash"},
		{"GET", "/weights/short", 400, "64 hexadecimal digits"},
		{"GET", "/weights/" + strings.Repeat("g", 64), 400, "64 hexadecimal digits"},
		{"POST", "/", 405, "Method Not Allowed"},
		{"DELETE", "/weights/" + modelHash, 405, "Method Not Allowed"},
		{"PUT", "/api/models", 405, `{"error":"this address does not take such a request"}`},
		{"GET", "/api/models/land/predict", 405, `{"error":"this address does not take such a request"}`},
		{"HEAD", "/api/session", 405, ``},
		{"GET", "/api/session", 405, `{"error":"this address does not take such a request"}`},
		{"GET", "/api/jobs/x/pause", 405, `{"error":"this address does not take such a request"}`},
	} {
		w := ask(h, c.method, c.path)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s: got %d %q, expected %d and %q", c.method, c.path, w.Code, w.Body, c.status, c.says)
		}
	}
}

// Nothing outside the served folders can be had, whatever the address looks like.
func TestNoOtherFileCanBeReached(t *testing.T) {
	h := handler(t, files(t))
	for _, path := range []string{"/static/static.go", "/static/recipes/digits.json", "/static/models/digits.wafer",
		"/.gitignore", "/site/index.html",
		"/static/css/../static.go", "/static/css/%2e%2e/static.go", "/static/css/..%2fstatic.go",
		"/%2e%2e/%2e%2e/etc/passwd",
		"/static//css/app.css", "/static/css/", "/static", "/web/", "/index.html", "/web/app-1.wasm.br",
		"/weights/..%2f..%2fmodels%2fdigits.wafer"} {
		if w := ask(h, "GET", path); w.Code < 300 {
			t.Errorf("GET %s: got %d %q, expected no success", path, w.Code, w.Body)
		}
	}
}

func TestWithoutABuiltPageTheServerSaysSo(t *testing.T) {
	h := handler(t, fstest.MapFS{"site/.gitignore": {}})
	if w := ask(h, "GET", "/teach"); w.Code != 503 || !strings.Contains(w.Body.String(), "run make") {
		t.Errorf("got %d %q, expected 503 and what to do", w.Code, w.Body)
	}
	if w := ask(h, "GET", "/api/models"); w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"models":[]}` {
		t.Errorf("got %d %q, expected an empty list", w.Code, w.Body)
	}
}

func TestAnInconsistentCatalogueIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"lacks its file": `{"models":[{"id":"ghost","sha256":"00"}]}`, "is no JSON": `{"models":`,
		"has wrong types": `{"models":[{"id":7}]}`,
	} {
		_, err := New(Options{Files: fstest.MapFS{"models/catalogue.json": {Data: []byte(text)}},
			Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), catalogueFile) {
			t.Errorf("a catalogue that %s: got %v, expected an error that names %s", name, err, catalogueFile)
		}
	}
}

func TestAPanicIsAnsweredAndLogged(t *testing.T) {
	var log bytes.Buffer
	s, err := newServer(Options{Files: files(t), Log: slog.New(slog.NewJSONHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	h := s.logged(s.recovered(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret detail") })))
	w := ask(h, "GET", "/boom")
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("got %d %q, expected 500 without the detail", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "secret detail") || !strings.Contains(log.String(), `"status":500`) {
		t.Errorf("the log lacks the panic or the request:\n%s", &log)
	}
}

// Whoever goes to an address that there is not sees a page in a browser, else a sentence; below /api/ the wrong method
// is 405.
func TestAddressesThatThereAreNot(t *testing.T) {
	h := handler(t, files(t))
	page := ask(h, "GET", "/nothing/here", "Accept", "text/html,application/xhtml+xml")
	if page.Code != 404 || page.Header().Get("Content-Type") != "text/html; charset=utf-8" ||
		!strings.Contains(page.Body.String(), `href="/"`) ||
		!strings.Contains(page.Body.String(), "此地址") {
		t.Errorf("a browser gets %d %q: %s", page.Code, page.Header().Get("Content-Type"), page.Body)
	}
	if w := ask(h, "GET", "/nothing/here"); w.Code != 404 || !strings.Contains(w.Body.String(),
		"nothing at this address") {
		t.Errorf("a program gets %d: %s", w.Code, w.Body)
	}
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/api/session", 405, "POST, DELETE"}, {"GET", "/api/models/x/predict", 405, "POST"},
		{"GET", "/api/nothing", 404, ""},
		{"GET", "/api/", 404, ""}, {"PUT", "/api/jobs", 405, "GET, HEAD, POST"},
		{"POST", "/api/server", 405, "GET, HEAD"},
		{"POST", "/api/nothing", 404, ""},
		{"GET", "/api/jobs/x/pause", 405, "POST"},
	} {
		w := ask(h, c.method, c.path, "Accept", "text/html")
		var e api.Error
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != c.status ||
			w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: got %d, Allow %q, %s; expected %d, %q and a sentence", c.method, c.path, w.Code,
				w.Header().Get("Allow"), w.Body, c.status, c.allow)
		}
	}
}

// A client that sends more than is read still gets its answer, whether it closes its connections, as nginx does, or
// keeps them.
func TestAnAnswerBeforeTheEndOfABodyArrives(t *testing.T) {
	x := startClosed(t)
	for _, header := range []string{"Connection: close\r\n", ""} {
		for range 5 {
			c, err := net.Dial("tcp", strings.TrimPrefix(x.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			body := strings.Repeat("x", 15_000_000)
			fmt.Fprintf(c, "POST /api/session HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n", header,
				len(body))
			_, failed := io.WriteString(c, body)
			answer, err := http.ReadResponse(bufio.NewReader(c), nil)
			c.Close()
			if failed != nil || err != nil || answer.StatusCode != 413 {
				t.Fatalf("%q: sending says %v; got %+v, %v, expected 413", header, failed, answer, err)
			}
		}
	}
}
