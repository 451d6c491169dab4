package edge

import (
	"bufio"
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
	"testing/fstest"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/auth"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
	"wafer/server/store"
	"wafer/server/web"
	"wafer/static"
)

// site is the edge in front of a real server that wants tokens.
type site struct {
	t     *testing.T
	edge  *httptest.Server
	token string // of an admin
}

func start(t *testing.T) *site {
	t.Helper()
	b := brokertest.Embedded(t)
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := store.Dir(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := auth.Open(filepath.Join(t.TempDir(), "tokens.json"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := tokens.Add("test", api.Admin)
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(web.Options{Files: fstest.MapFS{"site/.gitignore": {}}, Log: slog.New(slog.DiscardHandler),
		Queue: q, Store: files, Tokens: tokens})
	if err != nil {
		t.Fatal(err)
	}
	origin := httptest.NewServer(h)
	t.Cleanup(origin.Close)
	s := httptest.NewServer(flushing(handler(t, Platform{Origin: origin.URL, Transport: http.DefaultTransport,
		Shipped: lists(api.Catalogue{Models: []task.Model{{ID: "shipped"}}})})))
	t.Cleanup(s.Close)
	return &site{t, s, token}
}

// flushing sends every write at once, as a worker does.
func flushing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Scheme = "http" // a worker's addresses are whole
		next.ServeHTTP(flusher{w}, r)
	})
}

type flusher struct{ http.ResponseWriter }

func (f flusher) Write(b []byte) (int, error) {
	n, err := f.ResponseWriter.Write(b)
	f.ResponseWriter.(http.Flusher).Flush()
	return n, err
}

// ask sends a request with the token; headers come as name, value, and may take it back.
func (x *site) ask(method, path string, body []byte, headers ...string) *http.Response {
	x.t.Helper()
	r, err := http.NewRequestWithContext(x.t.Context(), method, x.edge.URL+path, bytes.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+x.token)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if r.Header.Get("Authorization") == "" {
		r.Header.Del("Authorization")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// want checks a status and returns the body.
func (x *site) want(answer *http.Response, status int) []byte {
	x.t.Helper()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		x.t.Fatalf("%s %s: got %d %q (%v), expected %d", answer.Request.Method, answer.Request.URL.Path,
			answer.StatusCode, b, err, status)
	}
	return b
}

func into[T any](x *site, b []byte) (v T) {
	x.t.Helper()
	if err := json.Unmarshal(b, &v); err != nil {
		x.t.Fatalf("%q: %v", b, err)
	}
	return v
}

// upload sends a content.
func (x *site) upload(content []byte) api.File {
	x.t.Helper()
	f := store.RefOf(content)
	path := fmt.Sprintf("/api/files/%s?size=%d", f.SHA256, f.Size)
	x.want(x.ask("POST", path, nil), 200)
	if u := into[api.Upload](x, x.want(x.ask("PATCH", path, content, "Upload-Offset", "0"), 200)); u.Offset != f.Size {
		x.t.Errorf("after the upload the offset is %d of %d", u.Offset, f.Size)
	}
	return api.File{SHA256: f.SHA256, Size: f.Size}
}

func TestTheOriginKnowsTheCaller(t *testing.T) {
	x := start(t)
	if s := into[api.Server](x, x.want(x.ask("GET", "/api/server", nil), 200)); !s.Jobs || s.Role != api.Admin ||
		!s.Tokens {
		t.Errorf("with a token: got %+v", s)
	}
	if s := into[api.Server](x, x.want(x.ask("GET", "/api/server", nil, "Authorization", ""),
		200)); s.Role != api.Nobody {
		t.Errorf("without a token: got %+v", s)
	}
	x.want(x.ask("GET", "/api/jobs", nil, "Authorization", ""), 401)
	x.want(x.ask("GET", "/api/jobs", nil, "Authorization", "Bearer wafer_forged"), 401)
	session := x.ask("POST", "/api/session", fmt.Appendf(nil, `{"token":%q}`, x.token), "Authorization", "",
		"Content-Type", "application/json")
	x.want(session, 204)
	if len(session.Cookies()) != 1 {
		t.Fatalf("signing in gives %v", session.Cookies())
	}
	cookie := session.Cookies()[0]
	x.want(x.ask("GET", "/api/jobs", nil, "Authorization", "", "Cookie", cookie.Name+"="+cookie.Value), 200)
}

func TestAPageOfAnotherSiteChangesNothing(t *testing.T) {
	x := start(t)
	path := "/api/files/" + strings.Repeat("0", 64) + "?size=5"
	x.want(x.ask("POST", path, nil, "Sec-Fetch-Site", "cross-site"), 403)
	x.want(x.ask("POST", path, nil, "Origin", "https://evil.example"), 403)
	x.want(x.ask("POST", path, nil, "Sec-Fetch-Site", "same-origin", "Origin", x.edge.URL), 200)
}

func TestFilesAndJobsGoThrough(t *testing.T) {
	x := start(t)
	content := bytes.Repeat([]byte("splendid,plus\nrotten,minus\n"), 1<<16)
	f := x.upload(content)
	if got := x.want(x.ask("GET", "/api/files/"+f.SHA256, nil), 200); !bytes.Equal(got, content) {
		t.Errorf("got %d bytes back, expected %d", len(got), len(content))
	}
	part := x.ask("GET", "/api/files/"+f.SHA256, nil, "Range", "bytes=5-9")
	if got := x.want(part, 206); string(got) != string(content[5:10]) || part.Header.Get("Content-Range") == "" ||
		part.Header.Get("ETag") == "" {
		t.Errorf("a part: got %q, head %v", got, part.Header)
	}
	f.Path = "d.csv"
	spec, err := json.Marshal(api.Spec{Recipe: []byte(moodRecipe), Data: []api.File{f}})
	if err != nil {
		t.Fatal(err)
	}
	j := into[api.Job](x, x.want(x.ask("POST", "/api/jobs", spec, "Content-Type", "application/json", "Idempotency-Key",
		"k"), 201))
	x.want(x.ask("POST", "/api/jobs", spec, "Content-Type", "application/json", "Idempotency-Key", "k"), 200)
	x.followEvents(j.ID)
	x.want(x.ask("GET", "/api/jobs/NO.SUCH*", nil), 400)
}

// followEvents sees each event when it happens, and after a break what came since.
func (x *site) followEvents(id string) {
	x.t.Helper()
	path := "/api/jobs/" + id
	events := bufio.NewScanner(x.ask("GET", path+"/events", nil).Body)
	next := func(events *bufio.Scanner, want string) {
		x.t.Helper()
		for events.Scan() {
			if strings.HasPrefix(events.Text(), "id: ") {
				if events.Text() != want {
					x.t.Fatalf("got %q, expected %q", events.Text(), want)
				}
				return
			}
		}
		x.t.Fatalf("the stream ended before %q: %v", want, events.Err())
	}
	next(events, "id: 1")
	x.want(x.ask("POST", path+"/pause", nil), 200)
	next(events, "id: 2")
	again := bufio.NewScanner(x.ask("GET", path+"/events", nil, "Last-Event-ID", "1").Body)
	next(again, "id: 2")
	x.want(x.ask("POST", path+"/cancel", nil), 200)
	next(again, "id: 3")
	next(events, "id: 3")
	for again.Scan() {
		if line := again.Text(); line != "" && !strings.HasPrefix(line, "data: ") {
			x.t.Errorf("after the last event comes %q", line)
		}
	}
	x.want(x.ask("GET", path+"/events", nil, "Last-Event-ID", "3"), 204)
}

const moodRecipe = `{"name":"mood","preprocess":{"kind":"text","labels":["minus","plus"],
 "data":{"train":[{"form":"csv","path":"d.csv","text_column":"0","label_column":"1"}]},
 "text":{"tokenizer":{"num_words":100},"pad_sequences":{"maxlen":5}}},
 "define":{"zoo":"text_lstm","options":{"words":100,"length":5,"dim":8,"units":8}},
 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam","learning_rate":0.01},"train":{"epochs":10}}`

// Who may not see the origin's models has those of the edge.
func TestModelsOfBoth(t *testing.T) {
	x := start(t)
	file, err := static.Files.ReadFile("models/digits.wafer")
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(api.Model{File: x.upload(file)})
	if err != nil {
		t.Fatal(err)
	}
	x.want(x.ask("PUT", "/api/models/mine", body, "Content-Type", "application/json"), 200)
	for token, stored := range map[string]int{"Bearer " + x.token: 1, "Bearer wafer_forged": 0, "": 0} {
		c := into[api.Catalogue](x, x.want(x.ask("GET", "/api/models", nil, "Authorization", token), 200))
		if len(c.Models) != 1 || c.Models[0].ID != "shipped" || len(c.Stored) != stored {
			t.Errorf("with %q: got %+v, expected the shipped model and %d stored", token, c, stored)
		}
	}
	x.want(x.ask("GET", "/api/models/mine", nil), 200)
	x.want(x.ask("DELETE", "/api/models/mine", nil), 204)
}

func TestAnOriginThatDoesNotAnswer(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		http.Error(w, "<h1>522", 522)
	}))
	t.Cleanup(proxy.Close)
	for _, origin := range []string{gone.URL, proxy.URL} {
		h := handler(t, Platform{Origin: origin, Transport: http.DefaultTransport})
		start := time.Now()
		w := ask(h, "GET", "/api/jobs")
		if w.Code != 502 || !strings.Contains(w.Body.String(), `{"error":"the server for jobs`) {
			t.Errorf("%s: got %d %s after %v, expected 502 and a sentence", origin, w.Code, w.Body, time.Since(start))
		}
		if w := ask(h, "GET", "/api/models", "Authorization", "Bearer x"); w.Code != 200 {
			t.Errorf("the models without it: got %d %s", w.Code, w.Body)
		}
	}
}
