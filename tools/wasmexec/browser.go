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
)

//go:embed page.html
var pageHTML string

//go:embed run.js
var runJS string

// browser opens an address. gone is closed when the browser has ended; stop ends it.
type browser func(ctx context.Context, url string) (gone <-chan struct{}, stop func(), err error)

// run serves the program to the browser and waits for its end. The program runs in a
// dedicated worker of a cross-origin isolated page, so it may share memory and wait for it.
// It may read files; it writes to standard output and error only.
func (open browser) run(ctx context.Context, loader string, args []string) (int, error) {
	h := &host{loader: loader, args: args, exit: make(chan string, 1)}
	server := httptest.NewServer(isolated(h.routes()))
	defer server.Close()
	gone, stop, err := open(ctx, server.URL)
	if err != nil {
		return 0, err
	}
	defer stop()
	select {
	case end := <-h.exit:
		code, reason, failed := strings.Cut(end, " ")
		if failed {
			return 0, errors.New(reason)
		}
		return strconv.Atoi(code)
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	case <-gone:
		return 0, errors.New("the browser ended before the program")
	}
}

// isolated adds the headers without which a browser has no SharedArrayBuffer.
func isolated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// host serves a program with its arguments, and hears how it ends: a status, or a status and a reason.
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
	mux.HandleFunc("GET /program.wasm", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, h.args[0])
	})
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
