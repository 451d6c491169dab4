package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/auth"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
	"wafer/server/store"
	"wafer/static"
)

// site is a server with a real queue, a real store and real connections.
type site struct {
	*testing.T
	*server
	url    string
	folder string // of the store
	log    *bytes.Buffer
	tokens map[api.Role]string

	tokensPath string
}

// start runs one in which every caller is admin, unless edit says otherwise.
func start(t *testing.T, edit ...func(*server)) *site {
	t.Helper()
	b := brokertest.Embedded(t)
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{MaxBytes: 64 << 20, ReportEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	x := &site{T: t, folder: t.TempDir(), tokens: map[api.Role]string{}}
	kept, err := store.Dir(x.folder, store.Options{Fresh: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	x.server, err = newServer(Options{Files: static.Files, Log: slog.New(slog.DiscardHandler), Queue: q, Store: kept,
		Ready: b.Ready, Open: true, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edit {
		e(x.server)
	}
	srv := httptest.NewServer(x.handler())
	t.Cleanup(srv.Close)
	t.Cleanup(x.pool.Close)
	x.url = srv.URL
	return x
}

// startClosed runs one with a token for every role.
func startClosed(t *testing.T, edit ...func(*server)) *site {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tokens.json")
	tokens, err := auth.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	x := start(t, append(edit, func(s *server) { s.o.Open, s.o.Tokens = false, tokens })...)
	x.tokensPath = path
	for _, role := range []api.Role{api.Reader, api.Submitter, api.Admin} {
		if x.tokens[role], err = tokens.Add(string(role), role); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// answer is what a request got.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request; headers come as name, value, name, value.
func (x *site) ask(method, path string, body any, headers ...string) reply {
	x.Helper()
	var from io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		from = bytes.NewReader(b)
	case string:
		from = strings.NewReader(b)
	case io.Reader:
		from = b
	default:
		text, err := json.Marshal(b)
		if err != nil {
			x.Fatal(err)
		}
		from = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(x.Context(), method, x.url+path, from)
	if err != nil {
		x.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		x.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		x.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{res.StatusCode, res.Header, text}
}

// want checks the status, and for an error that it is a sentence with some words.
func (x *site) want(got reply, status int, words string) reply {
	x.Helper()
	var e api.Error
	if got.status >= 400 {
		if err := json.Unmarshal(got.body, &e); err != nil || e.Error == "" {
			x.Errorf("the body of an error is %q, expected a sentence", got.body)
		}
	}
	if got.status != status || !strings.Contains(string(got.body), words) {
		x.Errorf("got %d %s, expected %d and %q", got.status, got.body, status, words)
	}
	return got
}

// into reads a success.
func into[T any](x *site, got reply) (v T) {
	x.Helper()
	if got.status >= 300 {
		x.Fatalf("got %d %s, expected a success", got.status, got.body)
	}
	if err := json.Unmarshal(got.body, &v); err != nil {
		x.Fatalf("%v in %s", err, got.body)
	}
	return v
}

// upload puts content into the store through the front door.
func (x *site) upload(content []byte, headers ...string) api.File {
	x.Helper()
	ref := store.RefOf(content)
	at := into[api.Upload](x, x.ask("POST", fmt.Sprintf("/api/files/%s?size=%d", ref.SHA256, ref.Size), nil,
		headers...)).Offset
	if at < ref.Size {
		at = into[api.Upload](x, x.ask("PATCH", fmt.Sprintf("/api/files/%s?size=%d", ref.SHA256, ref.Size),
			content[at:], append(headers, "Upload-Offset", fmt.Sprint(at))...)).Offset
	}
	if at != ref.Size {
		x.Fatalf("the upload stands at %d of %d", at, ref.Size)
	}
	return api.File{SHA256: ref.SHA256, Size: ref.Size}
}

const moodRecipe = `{"name":"mood","seed":5,
 "preprocess":{"kind":"text","labels":["bad","good"],"data":{"train":[{"form":"csv","path":"data/mood.csv"}]},"text":{"tokenizer":{"num_words":50},"pad_sequences":{"maxlen":6}}},
 "define":{"zoo":"text_lstm","options":{"words":50,"length":6,"dim":8,"units":8}},
 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam","learning_rate":0.02},
 "train":{"epochs":2,"batch_size":4},"validate":{"validation_split":0.2},"test":{"test_split":0.2,"set":"mood"}}`

// spec is a job whose file is uploaded.
func (x *site) spec() api.Spec {
	x.Helper()
	f := x.upload([]byte("good,what a day\nbad,what a night\n"))
	f.Path = "data/mood.csv"
	return api.Spec{Recipe: json.RawMessage(moodRecipe), Data: []api.File{f}}
}

// submitted is a job that waits.
func (x *site) submitted() api.Job {
	x.Helper()
	return into[api.Job](x, x.ask("POST", "/api/jobs", x.spec()))
}
