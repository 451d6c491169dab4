package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/chromedp/chromedp"
)

//go:embed page.html
var pageHTML string

//go:embed run.js
var runJS string

// inChromium serves the program to a headless Chromium and waits for its end. The
// program may read files; it writes to standard output and error only.
func inChromium(loader string, args []string) (int, error) {
	h := &host{loader: loader, args: args, exit: make(chan string, 1)}
	server := httptest.NewServer(h.routes())
	defer server.Close()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if path := chromium(); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
		return 0, fmt.Errorf("Chromium: %w", err)
	}
	closed := make(chan error, 1)
	go func() { closed <- chromedp.WaitClosed(ctx) }()
	select {
	case end := <-h.exit:
		code, reason, failed := strings.Cut(end, " ")
		if failed {
			return 0, errors.New(reason)
		}
		return strconv.Atoi(code)
	case <-closed:
		return 0, errors.New("Chromium ended before the program")
	}
}

// chromium is the browser to use: $CHROME, or what tools/chromium.sh found.
func chromium() string {
	if path := os.Getenv("CHROME"); path != "" {
		return path
	}
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	b, _ := os.ReadFile(filepath.Join(filepath.Dir(self), "chromium")) // absent: chromedp looks itself
	return strings.TrimSpace(string(b))
}

type host struct {
	loader string
	args   []string
	exit   chan string
}

func (h *host) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { h.text(w, "text/html", pageHTML) })
	mux.HandleFunc("GET /run.js", func(w http.ResponseWriter, r *http.Request) { h.text(w, "text/javascript", runJS) })
	mux.HandleFunc("GET /wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(h.loader, "wasm_exec.js"))
	})
	mux.HandleFunc("GET /program.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, h.args[0]) })
	mux.HandleFunc("GET /setup", h.setup)
	mux.HandleFunc("GET /file", h.file)
	mux.HandleFunc("POST /stdout", func(w http.ResponseWriter, r *http.Request) { io.Copy(os.Stdout, r.Body) })
	mux.HandleFunc("POST /stderr", func(w http.ResponseWriter, r *http.Request) { io.Copy(os.Stderr, r.Body) })
	mux.HandleFunc("POST /exit", h.end)
	return mux
}

func (h *host) text(w http.ResponseWriter, mime, body string) {
	w.Header().Set("Content-Type", mime)
	io.WriteString(w, body)
}

func (h *host) setup(w http.ResponseWriter, r *http.Request) {
	dir, err := os.Getwd()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"args": h.args, "dir": dir})
}

func (h *host) end(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	h.exit <- string(b)
}

// file answers with a file of this machine, or with the names in a folder. The server
// listens on the loopback address only, for the seconds that the test takes.
func (h *host) file(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("path")
	if entries, err := os.ReadDir(name); err == nil {
		w.Header().Set("X-Directory", "true")
		for _, e := range entries {
			fmt.Fprintln(w, e.Name())
		}
		return
	}
	b, err := os.ReadFile(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Write(b)
}
