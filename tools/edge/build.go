package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"wafer/server/web"
	"wafer/server/web/secure"
	"wafer/static"
)

const (
	public = out + "/public" // assets
	worker = out + "/worker" // the program and its loader

	// maxWorker is what a worker may weigh after gzip on the free plan, in bytes.
	maxWorker = 3 << 20
	// maxAsset is how large one asset may be, in bytes.
	maxAsset = 25 << 20
	// compatibility is the date whose behaviour of the platform is asked for; not later than
	// that of the runtime in tools/wrangler.sh.
	compatibility = "2026-04-01"
)

// build makes everything anew. The page must have been built before: it is embedded here.
func build(s settings) error {
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	files, err := web.Publish(static.Files)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(files, func(f web.Published) bool { return f.Address == "/" }) {
		return fmt.Errorf("the page has not been built yet: run make build")
	}
	if err := writeAssets(files); err != nil {
		return err
	}
	// The generator empties its folder, so it comes before the program.
	if err := tool(nil, "run", "github.com/syumai/workers/cmd/workers-assets-gen", "-mode=go", "-o",
		worker); err != nil {
		return err
	}
	// as tools/build, for size
	env := []string{"GOOS=js", "GOARCH=wasm", "GOEXPERIMENT=nojsonv2,nosizespecializedmalloc,nogreenteagc"}
	if err := tool(env, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", worker+"/app.wasm",
		"./wasm/edge"); err != nil {
		return err
	}
	if err := writeConfig(s); err != nil {
		return err
	}
	return report(files)
}

// tool runs Go; what it prints is part of an error.
func tool(env []string, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, said)
	}
	return nil
}

// writeAssets writes the files and their headers. One that is larger than the platform takes is an error here, not
// after an upload.
func writeAssets(files []web.Published) error {
	for _, f := range files {
		if len(f.Body) > maxAsset {
			return fmt.Errorf("%s has %d bytes; an asset may have %d", f.Address, len(f.Body), maxAsset)
		}
		name := filepath.Join(public, filepath.FromSlash(fileOf(f)))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Body, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(public+"/_headers", headers(files), 0o644)
}

// fileOf is the name of the asset that the platform sends for an address.
func fileOf(f web.Published) string {
	switch {
	case f.Address == "/":
		return "/index.html"
	case strings.HasPrefix(f.Type, "text/html") && path.Ext(f.Address) == "":
		return f.Address + ".html"
	}
	return f.Address
}

// headers is the file that says which headers go with which asset. Of two rules for one
// address both count.
func headers(files []web.Published) []byte {
	var b bytes.Buffer
	b.WriteString("/*\n")
	for _, name := range slices.Sorted(maps.Keys(secure.Headers)) {
		fmt.Fprintf(&b, "  %s: %s\n", name, secure.Headers[name])
	}
	const forever = "  ! Cache-Control\n  Cache-Control: public, max-age=31536000, immutable\n"
	b.WriteString("/web/*\n" + forever)
	b.WriteString("/weights/*\n" + forever + "  ! Content-Type\n  Content-Type: application/octet-stream\n")
	b.WriteString("/static/words/*\n  ! Content-Type\n  Content-Type: application/json; charset=utf-8\n")
	for _, f := range files {
		if f.Type == "application/wasm" { // for the page's progress: the platform compresses
			fmt.Fprintf(&b, "%s\n  X-Uncompressed-Length: %d\n", f.Address, len(f.Body))
		}
	}
	return b.Bytes()
}

// writeConfig writes what wrangler goes by.
func writeConfig(s settings) error {
	type object = map[string]any
	b, err := json.MarshalIndent(object{
		"name": s.name, "main": "worker/worker.mjs", "compatibility_date": compatibility,
		"assets":        object{"directory": "public", "binding": "ASSETS", "run_worker_first": []string{"/api/*"}},
		"kv_namespaces": []object{{"binding": "MODELS", "id": s.kv}},
		"r2_buckets":    []object{{"binding": "WEIGHTS", "bucket_name": s.bucket}},
		"vars":          object{"ORIGIN": s.origin},
	}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(out+"/wrangler.json", append(b, '\n'), 0o644)
}

// report prints the sizes; a worker that the platform would refuse is an error.
func report(files []web.Published) error {
	total := 0
	for _, f := range files {
		total += len(f.Body)
	}
	wasm, err := os.ReadFile(worker + "/app.wasm")
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(wasm)
	w.Close()
	fmt.Printf("edge: worker %.2f MB, gzip %.2f MB (limit %.2f); %d assets, %.1f MB; in %s\n",
		mega(len(wasm)), mega(packed.Len()), mega(maxWorker), len(files), mega(total), out)
	if packed.Len() > maxWorker {
		return fmt.Errorf("the worker is larger than the platform takes")
	}
	return nil
}

// mega is millions of bytes.
func mega(n int) float64 { return float64(n) / 1e6 }
