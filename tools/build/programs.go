package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// program is one of the WebAssembly programs.
type program struct {
	name    string
	dir     string   // of its main package
	args    []string // for go build, besides the common ones
	limit   int      // bytes after brotli
	wasm    []byte
	address string // "/web/app-1a2b….wasm"
}

// browserEnv is for all programs. Left out, by their share of the download: encoding/json
// on top of its successor (the default since Go 1.27, 0.2 MB), and the variants of malloc
// and of the garbage collector that pay on large machines only (0.02 MB).
// And without Go's SIMD: models are compiled to modules of their own, and where the browser has
// no SIMD, a program with it would not even load. That one gets the worker built with the
// tag plain, in which networks run in plain Go.
var browserEnv = []string{"GOOS=js", "GOARCH=wasm", "GOEXPERIMENT=nojsonv2,nosizespecializedmalloc,nogreenteagc"}

// noInline compiles without inlining, except what computes: the rest runs once per model or
// click, and weighs a tenth less.
var noInline = []string{"-gcflags=all=-l", "-gcflags=wafer/nn/vision=", "-gcflags=math/...="}

// plain is what more the worker for browsers without SIMD is built with: there Go computes.
var plain = []string{"-tags=plain", "-gcflags=wafer/nn/native=", "-gcflags=wafer/nn/fmath="}

// compile builds the page's program, with the trimmed go-app, and both workers.
func compile() ([]*program, error) {
	if err := trimStd(); err != nil {
		return nil, err
	}
	programs := []*program{
		{name: "app", dir: "./wasm/app", args: append([]string{"-modfile=" + modFile}, noInline...), limit: 1_200_000},
		{name: "worker", dir: "./wasm/worker", args: append([]string{"-tags=served"}, noInline...), limit: 1_000_000},
		{name: "plain", dir: "./wasm/worker", args: slices.Concat(noInline, plain), limit: 1_300_000},
	}
	for _, p := range programs {
		if err := p.compile(); err != nil {
			return nil, err
		}
		p.address = "/web/" + p.name + "-" + hashOf(p.wasm) + ".wasm"
	}
	return programs, nil
}

// compile leaves the program in build, too; what the linker wrote lies in build/linked.
func (p *program) compile() error {
	file := "build/linked/" + p.name + ".wasm"
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", file}, p.args...)
	if _, err := trimmedGo(browserEnv, append(args, p.dir)...); err != nil {
		return err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if p.wasm, err = pack(b); err != nil {
		return fmt.Errorf("packing %s: %w", file, err)
	}
	return writeFile("build/"+p.name+".wasm", p.wasm)
}

// compileBench builds wasm/bench as the worker is built, since its start is timed too.
func compileBench() error {
	if err := trimStd(); err != nil {
		return err
	}
	return (&program{name: "bench", dir: "./wasm/bench", args: noInline}).compile()
}

// report prints the sizes; with enforce a program above its budget is an error.
func report(programs []*program, quality int, enforce bool) error {
	var tooBig error
	for _, p := range programs {
		br, err := brotliOf(p.wasm, quality)
		if err != nil {
			return err
		}
		gz, err := gzipOf(p.wasm)
		if err != nil {
			return err
		}
		fmt.Printf("%-8s %5.2f MB   brotli %2d %5.3f MB   gzip %5.3f MB   budget %.1f MB\n",
			p.name, mega(len(p.wasm)), quality, mega(len(br)), mega(len(gz)), mega(p.limit))
		if enforce && len(br) > p.limit {
			tooBig = errors.Join(tooBig, fmt.Errorf("the program %q is %.3f MB after brotli; the budget is %.1f MB", p.name, mega(len(br)), mega(p.limit)))
		}
	}
	return tooBig
}

func mega(n int) float64 { return float64(n) / 1e6 }
