package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"wafer/nn/format/foreign"
	"wafer/nn/format/huggingface/hubtest"
	"wafer/server/api"
	"wafer/server/pull"
)

// withPulls gives a server one public model, whose host answers as it is told.
func withPulls(t *testing.T, host http.HandlerFunc) func(*server) {
	t.Helper()
	hub := httptest.NewServer(host)
	t.Cleanup(hub.Close)
	e := pull.Entry{Name: "tiny", License: "MIT", Kind: "text"}
	for _, f := range hubtest.Folder() {
		sum := sha256.Sum256(f.Data)
		e.Files = append(e.Files, pull.File{Path: f.Name, URL: "https://hub.example.org/" + f.Name,
			SHA256: hex.EncodeToString(sum[:]), Size: int64(len(f.Data))})
	}
	return func(s *server) {
		s.pulls.list = []pull.Entry{e}
		s.pulls.fetcher = &pull.Fetcher{Folder: t.TempDir(), Mirror: hub.URL, Patience: time.Second}
	}
}

// hub answers with the files of the model.
func hub(w http.ResponseWriter, r *http.Request) {
	files := hubtest.Folder()
	i := slices.IndexFunc(files, func(f foreign.File) bool { return strings.HasSuffix(r.URL.Path, "/"+f.Name) })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(files[i].Data)
}

// until waits for a pull to be in a state, and fails with the one that it stays in.
func (x *site) until(want api.PullState) api.Pull {
	x.Helper()
	var p api.Pull
	for range 600 {
		if p = into[[]api.Pull](x, x.ask("GET", "/api/pulls", nil))[0]; p.State == want {
			return p
		}
		time.Sleep(100 * time.Millisecond)
	}
	x.Fatalf("the pull is %q (%s), expected %q", p.State, p.Error, want)
	return p
}

func TestAPublicModelIsFetchedStoredAndAnswers(t *testing.T) {
	x := start(t, withPulls(t, hub))
	if p := into[[]api.Pull](x, x.ask("GET", "/api/pulls", nil)); len(p) != 1 || p[0].State != "" || p[0].Size == 0 {
		t.Errorf("before: %+v", p)
	}
	x.want(x.ask("POST", "/api/pulls/tiny", nil), 202, `"tiny"`)
	p := x.until(api.PullStored)
	if p.File == nil || p.Error != "" {
		t.Fatalf("stored: %+v", p)
	}
	x.want(x.ask("GET", "/api/files/"+p.File.SHA256, nil), 200, "")
	x.want(x.ask("POST", "/api/models/tiny/predict", `{"text":"a great film"}`), 200, `"POSITIVE"`)
	x.want(x.ask("DELETE", "/api/pulls/tiny", nil), 400, "is not being fetched")
	x.want(x.ask("POST", "/api/pulls/none", nil), 404, "no model with this name")
	x.want(x.ask("DELETE", "/api/models/tiny", nil), 204, "")
	if p := into[[]api.Pull](x, x.ask("GET", "/api/pulls", nil)); p[0].State != "" {
		t.Errorf("after it was deleted: %+v", p)
	}
}

func TestAPullThatFailsSaysWhy(t *testing.T) {
	x := start(t, withPulls(t, http.NotFound))
	x.want(x.ask("POST", "/api/pulls/tiny", nil), 202, "")
	if p := x.until(api.PullFailed); !strings.Contains(p.Error, "404") {
		t.Errorf("got %q, expected the status of the host", p.Error)
	}
}

func TestAPullIsStopped(t *testing.T) {
	x := start(t, withPulls(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	x.want(x.ask("POST", "/api/pulls/tiny", nil), 202, "")
	x.until(api.PullFetches)
	x.want(x.ask("POST", "/api/pulls/tiny", nil), 400, "already")
	x.want(x.ask("DELETE", "/api/pulls/tiny", nil), 204, "")
	if p := x.until(api.PullFailed); !strings.Contains(p.Error, "stopped") {
		t.Errorf("got %q, expected that it was stopped", p.Error)
	}
}

// Only an admin makes the server fetch; one that fetches nothing lists nothing.
func TestWhoMayPull(t *testing.T) {
	x := startClosed(t, withPulls(t, hub))
	token := func(role api.Role) string { return "Bearer " + x.tokens[role] }
	x.want(x.ask("POST", "/api/pulls/tiny", nil, "Authorization", token(api.Submitter)), 403, "")
	x.want(x.ask("GET", "/api/pulls", nil, "Authorization", token(api.Reader)), 200, "tiny")
	x.want(x.ask("GET", "/api/pulls", nil), 401, "")
	y := start(t)
	y.want(y.ask("GET", "/api/pulls", nil), 200, "[]")
	y.want(y.ask("POST", "/api/pulls/vgg16", nil), 404, "fetches no public models")
}
