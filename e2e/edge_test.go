//go:build unix

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wafer/server/api"
)

// The edition for Cloudflare Workers, in wrangler. make edge-test builds it and runs these
// tests; elsewhere they are skipped.

// needEdge skips a test that is not run by make edge-test.
func needEdge(t *testing.T) {
	t.Helper()
	need(t)
	if os.Getenv("WAFER_EDGE") == "" {
		t.Skip("run by make edge-test, which builds the edition for Cloudflare Workers")
	}
}

// words are what a process says; they may be read while it runs.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (x *words) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.Write(p)
}

func (x *words) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.b.String()
}

// startEdge runs build/edge under wrangler on a free port until the test ends. Its stores
// are those of a folder, where putModel may have put something.
func startEdge(t *testing.T, stores, origin string) *server {
	t.Helper()
	needEdge(t)
	port := freePort(t)
	cmd := exec.Command(filepath.Join(root(), "build/wrangler/node_modules/.bin/wrangler"), "dev", "--local", "--ip",
		"127.0.0.1",
		"--port", fmt.Sprint(port), "--inspector-port", "0", "--persist-to", stores, "--var", "ORIGIN:"+origin)
	cmd.Dir = filepath.Join(root(), "build/edge")
	cmd.Env = append(os.Environ(), "CI=1", "WRANGLER_SEND_METRICS=false", "WRANGLER_LOG_PATH="+t.TempDir())
	said := &words{}
	cmd.Stdout, cmd.Stderr = said, said
	cmd.WaitDelay = 5 * time.Second // its children hold the pipe
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // with its children
		cmd.Wait()
		if t.Failed() {
			t.Logf("wrangler says:\n%s", said)
		}
	})
	s := &server{url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	for until := time.Now().Add(60 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if status, _, _ := s.get(t, "/healthz"); status == 200 {
			return s
		}
		if time.Now().After(until) {
			t.Fatalf("the edge did not answer within a minute:\n%s", said)
		}
	}
}

// freePort is one that nobody uses at this moment.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// get returns status, head and body of an answer; status 0 is none. Headers come as name, value.
func (s *server) get(t *testing.T, path string, headers ...string) (int, http.Header, []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, nil
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, body
}

// putModel trains a small model, "mood", and puts it into the stores as make edge-put does. It
// returns the hash of its file, and the file.
func putModel(t *testing.T, stores string) (hash string, file []byte) {
	t.Helper()
	needEdge(t)
	program, err := wafer()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	model := filepath.Join(dir, "mood.wafer")
	for name, content := range map[string]string{"d.csv": moodRows(), "r.json": moodRecipe} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	train := exec.Command(program, "train", filepath.Join(dir, "r.json"), "--data", dir, "--out", model)
	if out, err := train.CombinedOutput(); err != nil {
		t.Fatalf("training: %v\n%s", err, out)
	}
	put := exec.Command("go", "run", "./tools/edge", "-state", stores, "put", model)
	put.Dir = root()
	out, err := put.CombinedOutput()
	if err != nil {
		t.Fatalf("putting the model: %v\n%s", err, out)
	}
	if _, hash, _ = strings.Cut(strings.TrimSpace(string(out)), "weights/"); len(hash) != 64 {
		t.Fatalf("putting the model says %q, expected the hash at its end", out)
	}
	if file, err = os.ReadFile(model); err != nil {
		t.Fatal(err)
	}
	return hash, file
}

func moodRows() string {
	var rows strings.Builder
	for i := range 40 {
		fmt.Fprintf(&rows, "glorious and splendid %d,plus\ndreadful and rotten %d,minus\n", i, i)
	}
	return rows.String()
}

const moodRecipe = `{"name":"mood","preprocess":{"kind":"text","labels":["minus","plus"],
 "data":{"train":[{"form":"csv","path":"d.csv","text_column":"0","label_column":"1"}]},
 "text":{"tokenizer":{"num_words":100},"pad_sequences":{"maxlen":5}}},
 "define":{"zoo":"text_lstm","options":{"words":100,"length":5,"dim":8,"units":8}},
 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam","learning_rate":0.01},"train":{"epochs":10}}`

func TestEdge(t *testing.T) {
	needEdge(t)
	stores := t.TempDir()
	hash, file := putModel(t, stores)
	data := t.TempDir()
	token := addToken(t, data)
	origin := startServer(t, "-data", data)
	s := startEdge(t, stores, origin.url)
	t.Run("assets", func(t *testing.T) { checkAssets(t, s, origin) })
	t.Run("weights", func(t *testing.T) { checkWeights(t, s, hash, file) })
	t.Run("page", func(t *testing.T) { checkEdgePage(t, s) })
	t.Run("job", func(t *testing.T) { checkEdgeJob(t, s, origin, token) })
}

// checkAssets compares every asset of the edge with what wafer serve sends for its address.
func checkAssets(t *testing.T, s, twin *server) {
	dir := filepath.Join(root(), "build/edge/public")
	n := 0
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || info.Name() == "_headers" {
			return err
		}
		n++
		address := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(dir)), ".html")
		if (strings.HasPrefix(address, "/static/") || strings.HasPrefix(address, "/web/")) &&
			strings.HasSuffix(name, ".html") {
			address += ".html"
		}
		address = strings.TrimSuffix(address, "index")
		gotStatus, gotHead, got := s.get(t, address)
		wantStatus, wantHead, want := twin.get(t, address)
		if gotStatus != wantStatus || address != "/api/models" && !bytes.Equal(got, want) {
			t.Errorf("GET %s: the edge answers %d with %d bytes, wafer serve %d with %d", address, gotStatus, len(got),
				wantStatus, len(want))
		}
		for _, header := range []string{"Content-Type", "Content-Security-Policy", "Cross-Origin-Opener-Policy",
			"Cross-Origin-Embedder-Policy",
			"Cross-Origin-Resource-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
			if g, w := gotHead.Get(header), wantHead.Get(header); g != w || w == "" {
				t.Errorf("GET %s: %s is %q at the edge, %q at wafer serve", address, header, g, w)
			}
		}
		if g, w := gotHead.Get("Cache-Control"), wantHead.Get("Cache-Control"); strings.Contains(g,
			"immutable") != strings.Contains(w, "immutable") {
			t.Errorf("GET %s: Cache-Control is %q at the edge, %q at wafer serve", address, g, w)
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Errorf("build/edge/public has %d files, %v", n, err)
	}
}

// checkWeights asks for a file that is in R2.
func checkWeights(t *testing.T, s *server, hash string, file []byte) {
	size := len(file)
	for _, c := range []struct {
		ask    []string
		status int
		body   []byte
		covers string
	}{
		{nil, 200, file, ""},
		{[]string{"Range", "bytes=0-3"}, 206, file[:4], fmt.Sprintf("bytes 0-3/%d", size)},
		{[]string{"Range", "bytes=100-"}, 206, file[100:], fmt.Sprintf("bytes 100-%d/%d", size-1, size)},
		{[]string{"Range", "bytes=-7"}, 206, file[size-7:], fmt.Sprintf("bytes %d-%d/%d", size-7, size-1, size)},
		{[]string{"If-None-Match", `"` + hash + `"`}, 304, nil, ""},
	} {
		status, head, body := s.get(t, "/weights/"+hash, c.ask...)
		if status != c.status || !bytes.Equal(body, c.body) || head.Get("Content-Range") != c.covers ||
			head.Get("ETag") != `"`+hash+`"` {
			t.Errorf("%v: got %d, %d bytes, %q, ETag %s; expected %d, %d bytes, %q", c.ask, status, len(body),
				head.Get("Content-Range"), head.Get("ETag"), c.status, len(c.body), c.covers)
		}
	}
	if answer, err := http.Head(s.url + "/weights/" + hash); err != nil || answer.StatusCode != 200 ||
		answer.ContentLength != int64(size) {
		t.Errorf("HEAD: got %v, %v; expected 200 and %d bytes", answer, err, size)
	}
	for path, status := range map[string]int{"/weights/" + strings.Repeat("0", 64): 404, "/weights/x": 400,
		"/nowhere": 404} {
		if got, head, body := s.get(t, path); got != status || !strings.Contains(string(body), "error") ||
			head.Get("Cross-Origin-Embedder-Policy") == "" {
			t.Errorf("GET %s: got %d %q, expected %d and a sentence", path, got, body, status)
		}
	}
	if status, head, _ := s.get(t, "/weights/"+hash, "Range", fmt.Sprintf("bytes=%d-", size)); status != 416 ||
		head.Get("Content-Range") != fmt.Sprintf("bytes */%d", size) {
		t.Errorf("a part beyond the end: got %d %q, expected 416", status, head.Get("Content-Range"))
	}
}

// checkEdgePage uses the page: a shipped model, whose weights are an asset, and one that is in R2 and nowhere else.
func checkEdgePage(t *testing.T, s *server) {
	p := open(t, s, "/?model=digits")
	if !eval[bool](p, "self.crossOriginIsolated") {
		t.Error("crossOriginIsolated is false, expected true: the page may not use shared memory")
	}
	p.click("Sample picture 8") // the seven: samples stand in the order of their names
	p.waitFor("an answer of 7", `document.querySelector(".answer .label")?.innerText == "7"`)
	p.navigate("/?kind=text&model=mood")
	p.fill("Sentence to classify", "what a splendid day")
	p.until("an answer of the model in R2", func() bool { return strings.Contains(p.answer(), "plus") })
}

// addToken makes a token for a server that has its data in a folder.
func addToken(t *testing.T, data string) string {
	t.Helper()
	program, err := wafer()
	if err != nil {
		t.Fatal(err)
	}
	token, err := exec.Command(program, "token", "add", "e2e", "--role", "submit", "--data", data).Output()
	if err != nil {
		t.Fatalf("making a token: %v", err)
	}
	return strings.TrimSpace(string(token))
}

// checkEdgeJob signs in at the edge and has its page send a training to the origin, follow it, and bring the model
// back.
func checkEdgeJob(t *testing.T, s, origin *server, token string) {
	if status, _, _ := s.get(t, "/api/jobs"); status != 401 {
		t.Errorf("without a token the jobs are answered with %d, expected 401", status)
	}
	p := open(t, s, "/jobs")
	p.fill("Token", token)
	p.click("Sign in")
	p.waitFor("the list of jobs", `!document.querySelector(".sign-in")`)
	p.navigate("/teach")
	p.slowRun()
	p.click("Train on the server")
	p.send(2)
	p.bring()
	if model := p.inTab(); len(model) < 1000 {
		t.Errorf("the model has %d bytes", len(model))
	}
	var all api.Jobs
	if _, _, body := origin.get(t, "/api/jobs", "Authorization", "Bearer "+token); json.Unmarshal(body, &all) != nil ||
		len(all.Jobs) != 1 || all.Jobs[0].Status.State != api.Succeeded {
		t.Errorf("the origin's jobs are %s, expected one that succeeded", body)
	}
}
