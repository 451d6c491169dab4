package main

import (
	"errors"
	"fmt"
	"os"
)

// program is one of the WebAssembly programs.
type program struct {
	name    string   // also the flag of wasm/app that takes its address
	dir     string   // of its main package
	args    []string // for go build, besides the common ones
	limit   int      // bytes after brotli
	wasm    []byte
	served  []byte // the file with it: itself, or a page that holds it
	address string // of that, "/web/app-1a2b….wasm"
}

// experiments of knownGo that make the programs smaller: left out are the variants of malloc and of the garbage
// collector that pay on large machines only (0.02 MB). Go's SIMD is not among them: models are compiled to modules of
// their own.
const experiments = "nosizespecializedmalloc,nogreenteagc"

// noInline compiles without inlining, except what computes: the rest runs once per model or
// click, and weighs a tenth less.
var noInline = []string{"-gcflags=all=-l", "-gcflags=wafer/nn/vision=", "-gcflags=wafer/nn/digest=",
	"-gcflags=math/...="}

// compile builds the page's program, unless the site is plain with the trimmed go-app, the worker's, that of exported
// pages, that which reads files, that which writes those of other tools, and that which says why.
func (s *site) compile() error {
	app := &program{name: "app", dir: "./wasm/app", args: noInline, limit: 1_150_000}
	if !s.plain {
		app.args = append([]string{"-modfile=" + modFile}, app.args...)
	}
	served := append([]string{"-tags=served"}, noInline...)
	worker := &program{name: "worker", dir: "./wasm/worker", args: served, limit: 1_100_000}
	export := &program{name: "export", dir: "./wasm/export", args: served, limit: 1_000_000}
	reader := &program{name: "reader", dir: "./wasm/reader", args: served, limit: 1_200_000}
	writer := &program{name: "writer", dir: "./wasm/writer", args: served, limit: 850_000}
	explainer := &program{name: "explainer", dir: "./wasm/explainer", args: served, limit: 950_000}
	s.programs = []*program{app, worker, export, reader, writer, explainer}
	for _, p := range s.programs {
		if err := p.compile(s.plain); err != nil {
			return err
		}
		if err := p.serve(); err != nil {
			return err
		}
	}
	return nil
}

// serve decides which file is served, and where.
func (p *program) serve() (err error) {
	ending := ".wasm"
	if p.served = p.wasm; p.name == "export" {
		ending = ".html"
		if p.served, err = exportPage(p.wasm); err != nil {
			return err
		}
	}
	p.address = "/web/" + p.name + "-" + hashOf(p.served) + ending
	return nil
}

// compile leaves what the linker wrote in build/linked, and in build what becomes of it by packing.
func (p *program) compile(plain bool) error {
	file, env := "build/linked/"+p.name+".wasm", []string{"GOOS=js", "GOARCH=wasm", "GOEXPERIMENT=" + experiments}
	if plain {
		file, env[2] = "build/linked/plain-"+p.name+".wasm", "GOEXPERIMENT="
	}
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", file}, p.args...)
	if _, err := goTool(env, append(args, p.dir)...); err != nil {
		return err
	}
	b, err := os.ReadFile(file)
	if err != nil || plain {
		p.wasm = b
		return err
	}
	if p.wasm, err = pack(b); err != nil {
		return fmt.Errorf("packing %s: %w; go run ./tools/build -plain builds the site without packing", file, err)
	}
	return writeFile("build/"+p.name+".wasm", p.wasm)
}

// compileBench builds wasm/bench as the worker is built, since its start is timed too.
func compileBench() error {
	return (&program{name: "bench", dir: "./wasm/bench", args: noInline}).compile(false)
}

// report prints the sizes; with budget a program above its limit is an error.
func (s *site) report() error {
	var tooBig error
	for _, p := range s.programs {
		br, err := brotliOf(p.wasm, s.quality)
		if err != nil {
			return err
		}
		gz, err := gzipOf(p.wasm)
		if err != nil {
			return err
		}
		fmt.Printf("%-8s %5.2f MB   brotli %2d %5.3f MB   gzip %5.3f MB   budget %.2f MB\n",
			p.name, mega(len(p.wasm)), s.quality, mega(len(br)), mega(len(gz)), mega(p.limit))
		if s.budget && len(br) > p.limit {
			tooBig = errors.Join(tooBig, fmt.Errorf("the program %q is %.3f MB after brotli; the budget is %.2f MB",
				p.name, mega(len(br)), mega(p.limit)))
		}
	}
	return tooBig
}

func mega(n int) float64 { return float64(n) / 1e6 }
