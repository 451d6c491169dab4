package edge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/web/secure"
)

// folder is Weights in a folder, as R2 has them: files by their hash.
type folder string

func (f folder) Size(hash string) (int64, error) {
	info, err := os.Stat(filepath.Join(string(f), hash))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, ErrNone
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (f folder) Open(hash string, offset, length int64) (io.ReadCloser, error) {
	file, err := os.Open(filepath.Join(string(f), hash))
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(file, offset, length), file}, nil
}

func put(t *testing.T, f folder, content []byte) (hash string) {
	t.Helper()
	sum := sha256.Sum256(content)
	hash = hex.EncodeToString(sum[:])
	if err := os.WriteFile(filepath.Join(string(f), hash), content, 0o644); err != nil {
		t.Fatal(err)
	}
	return hash
}

func lists(c api.Catalogue) func() ([]byte, error) {
	return func() ([]byte, error) { return json.Marshal(c) }
}

func handler(t *testing.T, p Platform) http.Handler {
	t.Helper()
	if p.Shipped == nil {
		p.Shipped = lists(api.Catalogue{})
	}
	if p.Added == nil {
		p.Added = func() ([]byte, error) { return nil, nil }
	}
	h, err := New(p)
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

// Whatever is asked for, weights come as package http sends a file that it reads itself.
func TestWeightsAreSentAsPackageHTTPDoes(t *testing.T) {
	content := []byte("0123456789abcdef")
	weights := folder(t.TempDir())
	hash := put(t, weights, content)
	h := handler(t, Platform{Weights: weights})
	tag := `"` + hash + `"`
	twin := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
	for _, ranges := range []string{"", "bytes=0-3", "bytes=12-", "bytes=-2", "bytes=-100", "bytes=3-3", "bytes=0-99",
		"bytes=16-", "bytes=100-", "bytes=-0", "lines=1-2", "bytes=x", "bytes=5-3"} {
		for _, match := range [][]string{nil, {"If-None-Match", tag}, {"If-None-Match", `"other"`},
			{"If-Match", `"other"`}, {"If-Range", tag}, {"If-Range", `"other"`}} {
			for _, method := range []string{"GET", "HEAD"} {
				headers := append([]string{}, match...)
				if ranges != "" {
					headers = append(headers, "Range", ranges)
				}
				got, want := ask(h, method, "/weights/"+hash, headers...),
					ask(twin, method, "/weights/"+hash, headers...)
				name := fmt.Sprint(method, headers)
				if got.Code != want.Code {
					t.Errorf("%s: got status %d, expected %d", name, got.Code, want.Code)
				}
				for _, header := range []string{"Content-Range", "Accept-Ranges"} {
					if g, w := got.Header().Get(header), want.Header().Get(header); g != w {
						t.Errorf("%s: got %s %q, expected %q", name, header, g, w)
					}
				}
				if got.Code >= 400 {
					continue // the sentence differs
				}
				if g, w := got.Header().Get("Content-Length"), want.Header().Get("Content-Length"); g != w {
					t.Errorf("%s: got length %q, expected %q", name, g, w)
				}
				if got.Body.String() != want.Body.String() {
					t.Errorf("%s: got %q, expected %q", name, got.Body, want.Body)
				}
			}
		}
	}
	if w := ask(h, "GET", "/weights/"+hash, "Range", "bytes=0-1,4-5"); w.Code != 200 ||
		w.Body.String() != string(content) {
		t.Errorf("two ranges at once: got %d %q, expected all of the file", w.Code, w.Body)
	}
}

func TestWrongRequestsGetASentence(t *testing.T) {
	h := handler(t, Platform{Weights: folder(t.TempDir())})
	for _, c := range []struct {
		method, path string
		status       int
		says         string
	}{
		{"GET", "/nowhere", 404, "nothing at this address"},
		{"GET", "/weights/" + strings.Repeat("0", 64), 404, "no model file with this hash"},
		{"GET", "/weights/short", 400, "64 hexadecimal digits"},
		{"GET", "/weights/" + strings.Repeat("g", 64), 400, "64 hexadecimal digits"},
		{"GET", "/weights/..%2f..%2fsecret", 400, "64 hexadecimal digits"},
		{"GET", "/api/jobs", 404, "no server for jobs"},
		{"POST", "/api/jobs", 404, "no server for jobs"},
		{"GET", "/api/models/mine", 404, "no server for jobs"},
	} {
		w := ask(h, c.method, c.path)
		var e api.Error
		if err := json.Unmarshal(w.Body.Bytes(), &e); w.Code != c.status || err != nil ||
			!strings.Contains(e.Error, c.says) {
			t.Errorf("%s %s: got %d %q, expected %d and %q", c.method, c.path, w.Code, w.Body, c.status, c.says)
		}
		for name, value := range secure.Headers {
			if got := w.Header().Get(name); got != value {
				t.Errorf("%s %s: header %s is %q, expected %q", c.method, c.path, name, got, value)
			}
		}
	}
}

func TestWithoutAnOriginThereAreNoJobs(t *testing.T) {
	w := ask(handler(t, Platform{}), "GET", "/api/server")
	var s api.Server
	if err := json.Unmarshal(w.Body.Bytes(), &s); w.Code != 200 || err != nil || s.Jobs {
		t.Errorf("got %d %q (%v), expected a server without jobs", w.Code, w.Body, err)
	}
}

func TestAnAddedModelTakesThePlaceOfOneWithItsID(t *testing.T) {
	h := handler(t, Platform{
		Shipped: lists(api.Catalogue{Models: []task.Model{{ID: "a", Title: "old"}, {ID: "b", Title: "b"}}}),
		Added:   lists(api.Catalogue{Models: []task.Model{{ID: "c", Title: "c"}, {ID: "a", Title: "new"}}}),
	})
	var c api.Catalogue
	if err := json.Unmarshal(ask(h, "GET", "/api/models").Body.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, m := range c.Models {
		got += m.ID + "=" + m.Title + " "
	}
	if got != "a=new b=b c=c " {
		t.Errorf("got %s", got)
	}
	if w := ask(handler(t, Platform{}), "GET", "/api/models"); strings.TrimSpace(w.Body.String()) != `{"models":[]}` {
		t.Errorf("without models: got %s, expected an empty list", w.Body)
	}
}

func TestABrokenCatalogueIsASentence(t *testing.T) {
	for name, text := range map[string]string{"no JSON": "{", "wrong types": `{"models":[{"id":7}]}`} {
		h := handler(t, Platform{Added: func() ([]byte, error) { return []byte(text), nil }})
		for _, path := range []string{"/api/models", "/healthz"} {
			if w := ask(h, "GET", path); w.Code != 503 || !strings.Contains(w.Body.String(), "added models") {
				t.Errorf("%s with %s: got %d %s, expected 503 that names the list", path, name, w.Code, w.Body)
			}
		}
	}
}

func TestTokensGoOnlyWhereNobodyReadsThem(t *testing.T) {
	for origin, fine := range map[string]bool{
		"": true, "https://jobs.example.org": true, "https://jobs.example.org/": true,
		"https://jobs.example.org:8443": true,
		"http://127.0.0.1:8080":         true, "http://localhost:8080": true, "http://[::1]:8080": true,
		"http://jobs.example.org": false, "ftp://jobs.example.org": false, "jobs.example.org": false, "https://": false,
		"https://me:secret@jobs.example.org": false, "https://jobs.example.org/wafer": false,
		"https://jobs.example.org?x=1": false, "http://127.0.0.1.example.org": false,
	} {
		_, err := New(Platform{Origin: origin})
		if (err == nil) != fine {
			t.Errorf("ORIGIN=%q: got %v", origin, err)
		}
		if err != nil && !strings.Contains(err.Error(), "ORIGIN") {
			t.Errorf("ORIGIN=%q: the error does not name the variable: %v", origin, err)
		}
	}
}
