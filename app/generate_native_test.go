//go:build !js

package app

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestSite(t *testing.T) {
	dir := t.TempDir()
	site := Site{Version: "v7", AppWASM: "/web/app-1.wasm", WorkerWASM: "/web/worker-2.wasm",
		ReaderWASM: "/web/reader-5.wasm", WriterWASM: "/web/writer-6.wasm",
		ExportPage: "/web/export-4.html", WasmExec: "/wasm_exec-3.js", Run: "/run.js",
		Precache: []string{"/static/x.png"}}
	if err := site.Generate(dir); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	foreign := regexp.MustCompile(`(?:src|href)=\\?"https?:`)
	inline := regexp.MustCompile(`<script[^>]*>[^<]|<style| style=| on[a-z]+="`)
	for _, name := range []string{"index.html", "teach.html", "models.html", "jobs.html"} {
		html := read(name)
		for _, want := range []string{"<title>", `src="/wasm_exec-3.js"`, "/static/css/tokens.css",
			"/static/css/app.css", "/static/js/boot.js", "initial-scale=1, viewport-fit=cover"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: expected %q", name, want)
			}
		}
		if m := inline.FindString(html); m != "" {
			t.Errorf("%s: the content policy forbids %q", name, m)
		}
		if m := foreign.FindString(html); m != "" {
			t.Errorf("%s asks another host: %s", name, m)
		}
	}
	for file, wanted := range map[string][]string{
		"app.js": {"/web/app-1.wasm", "WAFER_WORKER", "worker-2.wasm", "WAFER_READER", "reader-5.wasm", "WAFER_WRITER",
			"writer-6.wasm", "/web/export-4.html"},
		"app-worker.js": {"wafer-shell-v7", "/web/worker-2.wasm", "/web/reader-5.wasm", "/web/writer-6.wasm",
			"/wasm_exec-3.js", "/wasm_exec-3.js?v7", "/run.js?v7", "/static/x.png", `"/teach"`, "icon.svg"},
		"manifest.webmanifest": {"/static/icons/icon-512.png"},
		"app.css":              {"goapp"},
	} {
		content := read(file)
		for _, w := range wanted {
			if !strings.Contains(content, w) {
				t.Errorf("%s: expected %q", file, w)
			}
		}
		if strings.Contains(content, "githubusercontent") {
			t.Errorf("%s asks another host", file)
		}
	}
	if strings.Contains(read("app-worker.js"), `"/wasm_exec.js"`) {
		t.Error("go-app's own address of wasm_exec.js must not be kept for offline use: nothing may be there")
	}
	if err := (Site{}).Generate(dir); err == nil {
		t.Error("a site without a version should be refused")
	}
}
