package main

import (
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const goApp = "github.com/maxence-charriere/go-app/v9"

// trimmed is a copy of go-app without its server half. It may not be applied with
// -overlay (files of the module cache must not be replaced) nor by a replace in
// go.mod (that would break go install), so only the browser's build sees it,
// through a go.mod of its own.
const (
	trimmed = "build/goapp"
	modFile = "build/go.wasm.mod"
)

//go:embed goapp_wasm.go.txt
var goAppWasm []byte

// leftOut are the files of go-app that the browser's program does without;
// goapp_wasm.go.txt has what the others need of them.
var leftOut = map[string]bool{"pkg/app/http.go": true, "pkg/app/resource.go": true, "pkg/app/crypto.go": true}

// edits are made to the other files: old text, new text. An edit that finds nothing is
// an error, so that a new version of go-app does not go by unnoticed.
var edits = map[string][][2]string{
	"pkg/app/context.go": {ownJSON, {"\t\"github.com/google/uuid\"\n", ""}, {"uuid.NewString()", "newID()"}},
	"pkg/app/state.go":   {ownJSON, {"\t\"github.com/google/uuid\"\n", ""}, {"uuid.NewString()", "newID()"}},
	"pkg/app/app.go":     {ownJSON, {"url.Parse(", "parseURL("}},
	"pkg/app/js_wasm.go": {{"url.Parse(", "parseURL("}},
	"pkg/app/engine.go":  {{"\t\"sort\"\n", ""}, {"sort.Slice(", "sortUpdates("}, {"url.Parse(", "parseURL("}},
	"pkg/app/range.go":   {{"sort.Strings(keys)", "sort.Stable(sort.StringSlice(keys))"}},
	"pkg/app/route.go": {{"\t\"regexp\"\n", ""}, {"regexp.MustCompile(pattern)", "compile(pattern)"},
		{"*regexp.Regexp", "pattern"}},
	"pkg/app/notification.go": {ownJSON},
	"pkg/app/storage.go":      {ownJSON},
	"pkg/app/strings.go":      {ownJSON},
	"pkg/errors/errors.go":    {ownJSON, {"json.MarshalIndent(v, \"\", \"  \")", "json.Marshal(v)"}},
}

// ownJSON lets go-app read and write JSON as we do, so that the page has that once.
var ownJSON = [2]string{"\"encoding/json\"", "\"wafer/nn/json\""}

// trimGoApp copies go-app from the module cache without what the browser's program
// can do without, and writes the go.mod that points there.
func trimGoApp() error {
	if out, err := goTool(nil, "mod", "download", goApp); err != nil {
		return fmt.Errorf("fetching %s: %w\n%s", goApp, err, out)
	}
	dir, err := goTool(nil, "list", "-m", "-f", "{{.Dir}}", goApp)
	if err != nil {
		return err
	}
	dir = strings.TrimSpace(dir)
	for _, name := range []string{"go.mod", "LICENSE"} {
		if err := copyFile(filepath.Join(dir, name), filepath.Join(trimmed, name)); err != nil {
			return err
		}
	}
	for _, pkg := range []string{"pkg/app", "pkg/errors"} {
		if err := copyPackage(dir, pkg); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(trimmed, "pkg/app/http_wasm.go"), goAppWasm); err != nil {
		return err
	}
	return writeModFile()
}

func copyPackage(dir, pkg string) error {
	entries, err := fs.ReadDir(os.DirFS(dir), pkg)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := pkg + "/" + e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || leftOut[name] {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		text := string(b)
		for _, edit := range edits[name] {
			if !strings.Contains(text, edit[0]) {
				return fmt.Errorf("trimming %s: %s no longer contains %q", goApp, name, edit[0])
			}
			text = strings.Replace(text, edit[0], edit[1], 1)
		}
		if err := writeFile(filepath.Join(trimmed, name), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

func writeModFile() error {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	mod = append(mod, "\nreplace "+goApp+" => ./"+trimmed+"\n"...)
	if err := writeFile(modFile, mod); err != nil {
		return err
	}
	return copyFile("go.sum", strings.TrimSuffix(modFile, ".mod")+".sum")
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeFile(to, b)
}

// writeFile leaves a file alone that already has this content, so that go's cache
// and make see no change.
func writeFile(name string, b []byte) error {
	if old, err := os.ReadFile(name); err == nil && string(old) == string(b) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o644)
}
