//go:build !js

package app

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/bridge"
	"wafer/app/page"
	"wafer/app/state"
	"wafer/app/store"
	"wafer/app/words"
)

// Site says where the built files are served from.
type Site struct {
	Version    string // changes whenever any file does; browsers then update
	AppWASM    string // address of the page's program, such as /web/app-1a2b.wasm
	WorkerWASM string // address of the worker's program
	ReaderWASM string // address of the program that reads files
	WriterWASM string // and of that which writes files of other tools
	// address of the program that says why
	ExplainerWASM string
	// address of the page that exported models are put into; kept for offline use once it was asked for
	ExportPage string
	WasmExec   string   // address of Go's wasm_exec.js
	Run        string   // address of run.js, which runs compiled modules
	Precache   []string // more addresses that must be there without a connection
}

// rawLength is the header with the length of a compressed file before
// compression; without it the loader's progress is wrong.
const rawLength = "X-Uncompressed-Length"

//go:embed serviceworker.js
var serviceWorker string

// styles and icons are served from static/.
var (
	styles = []string{"/static/css/tokens.css", "/static/css/app.css", "/static/css/teach.css", "/static/css/jobs.css"}
	icon   = app.Icon{
		Default: "/static/icons/icon-192.png", Large: "/static/icons/icon-512.png",
		SVG: "/static/icons/icon.svg", AppleTouch: "/static/icons/icon-192.png",
	}
)

const (
	bootScript   = "/static/js/boot.js"
	workerScript = "/static/js/worker.js"
)

// viewportOfGoApp forbids zooming, which people with weak sight need.
const viewportOfGoApp = "width=device-width, initial-scale=1, maximum-scale=1, user-scalable=0, viewport-fit=cover"

func generate() {
	s := Site{}
	flag.StringVar(&s.Version, "version", "development", "version of the site; browsers update when it changes")
	flag.StringVar(&s.AppWASM, "app", "/web/app.wasm", "address of the page's program")
	flag.StringVar(&s.WorkerWASM, "worker", "/web/worker.wasm", "address of the worker's program")
	flag.StringVar(&s.ReaderWASM, "reader", "/web/reader.wasm", "address of the program that reads files")
	flag.StringVar(&s.WriterWASM, "writer", "/web/writer.wasm",
		"address of the program that writes files of other tools")
	flag.StringVar(&s.ExplainerWASM, "explainer", "/web/explainer.wasm", "address of the program that says why")
	flag.StringVar(&s.ExportPage, "export", "/web/export.html", "address of the page that exported models are put into")
	flag.StringVar(&s.WasmExec, "exec", "/wasm_exec.js", "address of wasm_exec.js")
	flag.StringVar(&s.Run, "run", "/run.js", "address of run.js")
	precache := flag.String("precache", "", "more addresses to keep for offline use, separated by commas")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(),
			"usage: app [flags] DIRECTORY [VERSION]\nwrites the static files of the page into DIRECTORY")
		flag.PrintDefaults()
	}
	flag.Parse()
	s.Precache = strings.FieldsFunc(*precache, func(r rune) bool { return r == ',' })
	if flag.NArg() > 1 {
		s.Version = flag.Arg(1)
	}
	if flag.NArg() == 0 || flag.NArg() > 2 {
		flag.Usage()
		os.Exit(2)
	}
	if err := s.Generate(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Generate writes index.html, teach.html, models.html, jobs.html, app.js, app-worker.js,
// app.css and manifest.webmanifest into dir. The server answers /teach with
// teach.html and so on.
func (s Site) Generate(dir string) error {
	if s.Version == "" {
		return errors.New("the site needs a version, so that browsers notice a new one")
	}
	page.New(state.New(bridge.NewClient(""), nil, store.Open)).Route()
	h := s.handler()
	for path, file := range map[string]string{
		"/": "index.html", "/teach": "teach.html", "/models": "models.html", "/jobs": "jobs.html",
		"/app.js": "app.js", "/app-worker.js": "app-worker.js",
		"/app.css": "app.css", "/manifest.webmanifest": "manifest.webmanifest",
	} {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		if answer.Code != http.StatusOK {
			return fmt.Errorf("%s: go-app answered with status %d", path, answer.Code)
		}
		if err := write(filepath.Join(dir, file), s.adapt(answer.Body.String())); err != nil {
			return err
		}
	}
	return nil
}

func write(name, content string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(content), 0o644)
}

// adapt mends what go-app does not let us choose.
func (s Site) adapt(body string) string {
	body = strings.Replace(body, viewportOfGoApp, "width=device-width, initial-scale=1, viewport-fit=cover", 1)
	return strings.Replace(body, `"/wasm_exec.js"`, `"`+s.WasmExec+`"`, 1) // in a page's head, or in the list to keep
}

func (s Site) handler() *app.Handler {
	// A tab that still runs the version before gets the files of that version: their addresses tell versions apart.
	exec, run := s.WasmExec+"?"+s.Version, s.Run+"?"+s.Version
	start := workerScript + "?exec=" + url.QueryEscape(exec) + "&run=" + url.QueryEscape(run) + "&wasm="
	worker, reader := start+url.QueryEscape(s.WorkerWASM), start+url.QueryEscape(s.ReaderWASM)
	writer, explainer := start+url.QueryEscape(s.WriterWASM), start+url.QueryEscape(s.ExplainerWASM)
	precache := append([]string{"/teach", "/models", "/jobs", "/static/words/zh.json", "/static/words/errors-zh.json",
		icon.SVG, workerScript,
		worker, reader, writer, explainer, exec, run, s.WorkerWASM, s.ReaderWASM, s.WriterWASM, s.ExplainerWASM},
		s.Precache...)
	return &app.Handler{
		Name: "Wafer", ShortName: "Wafer", Title: words.T("title.classify"), Lang: "en",
		Description: "A model playground that lives in a browser tab: classify pictures and text, teach your " +
			"own classes.",
		Icon:               icon,
		BackgroundColor:    "#f7f7f8",
		ThemeColor:         "#f7f7f8",
		LoadingLabel:       "Starting {progress}%",
		Styles:             styles,
		Scripts:            []string{bootScript},
		CacheableResources: precache,
		Env: app.Environment{workerEnv: worker, exportEnv: s.ExportPage, readerEnv: reader,
			writerEnv: writer, explainerEnv: explainer},
		Resources:               resources{s.AppWASM},
		Version:                 s.Version,
		WasmContentLengthHeader: rawLength,
		ServiceWorkerTemplate:   serviceWorker,
	}
}

// resources tells go-app that everything is served from the root.
type resources struct{ wasm string }

func (r resources) Package() string { return "" }
func (r resources) Static() string  { return "" }
func (r resources) AppWASM() string { return r.wasm }
