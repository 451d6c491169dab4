package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	goRoot  = "build/goroot" // a link to Go, since -overlay refuses the module cache, where a downloaded Go lies
	overlay = "build/overlay.json"
)

//go:embed runtime_trace.go.txt
var traceOff string

// stdEdits are made to Go's own files for the browser's programs: old text, new text; no edits mean that
// the file is left out, and the old text "" is the whole file. None changes what a function returns.
var stdEdits = map[string][][2]string{
	// The hash without FIPS 140, which brings AES, a random generator and self-tests along.
	"crypto/sha256/sha256.go": {{"\t\"crypto\"\n\t\"crypto/internal/boring\"\n", ""},
		{"\tcrypto.RegisterHash(crypto.SHA224, New224)\n\tcrypto.RegisterHash(crypto.SHA256, New)\n", ""},
		{"\tif boring.Enabled {\n\t\treturn boring.NewSHA256()\n\t}\n", ""}, {"\tif boring.Enabled {\n\t\treturn boring.NewSHA224()\n\t}\n", ""},
		{"\tif boring.Enabled {\n\t\treturn boring.SHA256(data)\n\t}\n", ""}, {"\tif boring.Enabled {\n\t\treturn boring.SHA224(data)\n\t}\n", ""}},
	"crypto/internal/fips140/sha256/sha256.go": {{"\t\"crypto/internal/fips140\"\n", ""}, {"\tfips140.RecordApproved()\n", ""}},
	"crypto/internal/fips140/sha256/cast.go":   {},
	// Sorts of distinct keys by the smaller of two algorithms.
	"encoding/json/encode.go":        {{"slices.SortFunc(", "slices.SortStableFunc("}},
	"compress/flate/huffman_code.go": {{"slices.SortFunc(", "slices.SortStableFunc("}},
	// The runtime without its execution tracer.
	"runtime/trace.go": {{"", traceOff}}, "runtime/traceallocfree.go": {}, "runtime/tracebuf.go": {}, "runtime/tracecpu.go": {},
	"runtime/traceevent.go": {}, "runtime/tracemap.go": {}, "runtime/traceregion.go": {}, "runtime/traceruntime.go": {},
	"runtime/tracestack.go": {}, "runtime/tracestatus.go": {}, "runtime/tracestring.go": {}, "runtime/tracetime.go": {}, "runtime/tracetype.go": {},
}

// trimStd writes the edited files and the overlay that puts them in place. A Go that lacks
// one of the files is left as it is.
func trimStd() error {
	dir, err := linkGoRoot()
	if err != nil {
		return err
	}
	replace := map[string]string{}
	for name, edits := range stdEdits {
		from := filepath.Join(dir, "src", name)
		b, err := os.ReadFile(from)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if replace[from] = ""; len(edits) == 0 {
			continue
		}
		text := string(b)
		for _, edit := range edits {
			switch {
			case edit[0] == "":
				text = edit[1]
			case !strings.Contains(text, edit[0]):
				return fmt.Errorf("trimming Go: %s no longer contains %q", name, edit[0])
			default:
				text = strings.ReplaceAll(text, edit[0], edit[1])
			}
		}
		to, err := filepath.Abs(filepath.Join("build/std", name))
		if err != nil {
			return err
		}
		replace[from] = to
		if err := writeFile(to, []byte(text)); err != nil {
			return err
		}
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return writeFile(overlay, b)
}

// trimmedGo is goTool with the edits of trimStd.
func trimmedGo(env []string, args ...string) (string, error) {
	dir, err := filepath.Abs(goRoot)
	if err != nil {
		return "", err
	}
	env = append(slices.Clip(env), "GOROOT="+dir, "GOTOOLCHAIN=local")
	return runGo(filepath.Join(dir, "bin/go"), env, append([]string{args[0], "-overlay=" + overlay}, args[1:]...)...)
}

// linkGoRoot makes goRoot point to the Go in use and returns its full name.
func linkGoRoot() (string, error) {
	root, err := goTool(nil, "env", "GOROOT")
	if err != nil {
		return "", err
	}
	root = strings.TrimSpace(root)
	dir, err := filepath.Abs(goRoot)
	if err != nil || root == dir {
		return dir, err
	}
	if old, err := os.Readlink(dir); err == nil && old == root {
		return dir, nil
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	return dir, os.Symlink(root, dir)
}
