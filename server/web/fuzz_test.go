package web

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/queue"
	"wafer/server/store"
)

// fuzzed is a server for requests without a connection.
func fuzzed(f *testing.F) http.Handler {
	f.Helper()
	b, err := broker.Open(broker.Options{Dir: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(b.Close)
	q, err := queue.Open(f.Context(), b.Conn, queue.Options{MaxJobs: 50, Patience: 5 * time.Second})
	if err != nil {
		f.Fatal(err)
	}
	kept, err := store.Dir(f.TempDir(), store.Options{MaxBytes: 32 << 20})
	if err != nil {
		f.Fatal(err)
	}
	s, err := newServer(Options{Files: fstest.MapFS{"models/catalogue.json": {Data: []byte(
		`[{"id":"digits","kind":"image","labels":["0","1"],"sha256":"` + modelHash + `"}]`)},
		"models/digits.wafer": {Data: []byte(modelFile)}}, Log: slog.New(slog.DiscardHandler), Queue: q, Store: kept,
		Open: true, Limits: Limits{Rate: 1e9}})
	if err != nil {
		f.Fatal(err)
	}
	return s.handler()
}

// Any request is answered with a success, a sentence, or a redirection of the path, and none of them is the server's
// fault: no panic, no 500.
func FuzzRequests(f *testing.F) {
	h := fuzzed(f)
	digest := strings.Repeat("ab", 32)
	spec, err := json.Marshal(api.Spec{Recipe: json.RawMessage(moodRecipe),
		Data: []api.File{{Path: "data/mood.csv", SHA256: digest, Size: 3}}})
	if err != nil {
		f.Fatal(err)
	}
	taught, err := recipe.Teaching{Base: digest, Kind: task.Text, Classes: []string{"a", "b"},
		Counts: []int{2, 2}}.Recipe()
	if err != nil {
		f.Fatal(err)
	}
	teach, err := json.Marshal(api.Spec{Recipe: taught.Bytes(),
		Data: []api.File{{Path: taught.WeightsFile(), SHA256: digest}, {Path: recipe.SamplesFile, SHA256: digest}}})
	if err != nil {
		f.Fatal(err)
	}
	for _, route := range routeRoles {
		f.Add(route.method, route.path, "", "", "")
	}
	for _, seed := range [][5]string{
		{"POST", "/api/jobs", "Idempotency-Key", "a", string(spec)}, {"POST", "/api/jobs", "", "", string(teach)},
		{"POST", "/api/files/" + digest + "?size=5", "", "", ""}, {"PATCH", "/api/files/" + digest + "?size=5",
			"Upload-Offset", "0", "hello"},
		{"PATCH", "/api/files/" + digest + "?size=9223372036854775807", "Upload-Offset", "-1", "x"},
		{"POST", "/api/files/" + digest + "?size=-1", "", "", ""},
		{"GET", "/api/files/" + digest, "Range", "bytes=0-,5-1", ""},
		{"GET", "/api/files/..%2f..%2fetc%2fpasswd", "", "", ""},
		{"GET", "/api/jobs/a/events", "Last-Event-ID", "18446744073709551615", ""},
		{"GET", "/api/jobs/%3E.%2A/events?after=x", "", "", ""},
		{"PUT", "/api/models/a", "", "", `{"file":{"sha256":"` + digest + `"}}`},
		{"POST", "/api/models/digits/predict", "Content-Type", "multipart/form-data; boundary=b",
			"--b\r\nContent-Disposition: form-data; name=image\r\n\r\nx\r\n--b--"},
		{"POST", "/api/models/digits/predict", "", "", `{"texts":["a"]}`},
		{"POST", "/api/session", "Cookie", "wafer-session=x", `{"token":"wafer_x"}`},
		{"GET", "/api/jobs", "Authorization", "Bearer \x00", ""}, {"GET", "/static/../../x", "Host", "evil", ""},
		{"DELETE", "/api/jobs/x", "Origin", "null", ""},
		{"TRACE", "//api/./jobs", "X-Request-Id", "\r\n", ""},
		{"POST", "/api/jobs", "", "", strings.Repeat(`{"recipe":`, 2000)},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}
	f.Fuzz(func(t *testing.T, method, path, name, value, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body))
		if err != nil || r.URL.Host != "localhost" {
			t.Skip()
		}
		r.RemoteAddr, r.RequestURI = "127.0.0.1:1", path
		if name != "" {
			r.Header.Set(name, value)
		}
		if strings.HasSuffix(r.URL.Path, "/events") && method == "GET" {
			r.Header.Set("Last-Event-ID", fmt.Sprint(1<<40)) // a stream that is followed does not end
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got, _ := io.ReadAll(w.Result().Body)
		if w.Code >= 500 && w.Code != 503 && w.Code != 507 {
			t.Errorf("%s %s: %d %s", method, path, w.Code, got)
		}
		var e api.Error
		if strings.HasPrefix(r.URL.Path, "/api/") && w.Code >= 400 && method != "HEAD" &&
			(json.Unmarshal(got, &e) != nil || e.Error == "") {
			t.Errorf("%s %s: %d %q is no sentence", method, path, w.Code, got)
		}
	})
}

// No text makes a path that leaves a folder pass, on any system.
func FuzzPaths(f *testing.F) {
	for _, seed := range []string{"a", "a/b.csv", "..", "../a", "a/../..", "/a", `a\b`, "a//b", "C:a", "a\x00", "a/.",
		"", "./a", "a/", "con:", "%2e%2e/a", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if !isPath(path) {
			return
		}
		for part := range strings.SplitSeq(path, "/") {
			if part == "" || part == "." || part == ".." || strings.ContainsAny(part, "\\:\x00\n") {
				t.Errorf("%q passes", path)
			}
		}
	})
}
