package edge

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/server/api"
)

// Whatever is asked, the answer is a success or a sentence, and never more than the file.
func FuzzRequests(f *testing.F) {
	hash := strings.Repeat("0", 64)
	for _, s := range [][4]string{
		{"GET", "/weights/" + hash, "bytes=0-3", ""}, {"HEAD", "/weights/" + hash, "bytes=-1", `"x"`},
		{"GET", "/weights/../x", "", ""},
		{"GET", "/api/models", "", ""}, {"POST", "/api/jobs/%2e%2e", "", ""}, {"BREW", "//", "bytes=9-,1-2", "W/"},
		{"GET", "/weights/" + hash, "bytes=9223372036854775807-", ""},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	weights := folder(f.TempDir())
	if err := os.WriteFile(filepath.Join(string(weights), hash), []byte("0123456789abcdef"), 0o644); err != nil {
		f.Fatal(err)
	}
	h, err := New(Platform{Shipped: lists(api.Catalogue{}), Added: lists(api.Catalogue{}), Weights: weights})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, path, ranges, ifRange string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || method == "" || strings.ContainsAny(method, " \r\n") {
			t.Skip()
		}
		r := &http.Request{Method: method, URL: u, Host: "edge.example",
			Header: http.Header{"Range": {ranges}, "If-Range": {ifRange}}}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch {
		case w.Code == 200 || w.Code == 206:
			if strings.HasPrefix(u.Path, "/weights/") && (w.Body.Len() > 16 || method == "GET" && w.Body.Len() == 0) {
				t.Errorf("%s %s: %d bytes of a file of 16", method, path, w.Body.Len())
			}
		case w.Code >= 500:
			t.Errorf("%s %s: got %d %s", method, path, w.Code, w.Body)
		case w.Code >= 400:
			var e api.Error
			if json.Unmarshal(w.Body.Bytes(), &e) != nil || e.Error == "" {
				t.Errorf("%s %s: got %d %q, expected a sentence", method, path, w.Code, w.Body)
			}
		}
	})
}
