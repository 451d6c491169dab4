// Command edge builds the edition for Cloudflare Workers into build/edge and puts models into
// its stores. The Makefile runs it from the root of the repository.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// out is the folder that wrangler serves and deploys.
const out = "build/edge"

// settings go into wrangler.json.
type settings struct {
	name, origin, kv, bucket string
}

func main() {
	var s settings
	flag.StringVar(&s.name, "name", "wafer", "build: name of the worker")
	flag.StringVar(&s.origin, "origin", "",
		"build: address of the wafer serve that runs jobs, such as https://jobs.example.org")
	flag.StringVar(&s.kv, "kv", "wafer-models", "build: ID of the KV namespace with the catalogue of added models")
	flag.StringVar(&s.bucket, "bucket", "wafer-weights", "build: name of the R2 bucket with their weights")
	state := flag.String("state", "build/edge-state", "put: folder of both on this machine")
	remote := flag.Bool("remote", false, "put: into those at Cloudflare, not into those on this machine")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: edge [FLAGS] build\n       edge [FLAGS] put MODEL.wafer …    (after build)")
		flag.PrintDefaults()
	}
	flag.Parse()
	err := errors.New("the command is build or put; -h tells more")
	switch {
	case flag.Arg(0) == "build" && flag.NArg() == 1:
		err = build(s)
	case flag.Arg(0) == "put" && flag.NArg() > 1:
		err = put(flag.Args()[1:], *state, *remote)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "edge:", err)
		os.Exit(1)
	}
}

// wrangler runs it in the folder of the build; what it prints is part of an error.
func wrangler(args ...string) (string, error) {
	program, err := filepath.Abs("build/wrangler/node_modules/.bin/wrangler")
	if err != nil {
		return "", err
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = out
	cmd.Env = append(os.Environ(), "CI=1", "WRANGLER_SEND_METRICS=false")
	var said, complaint strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &complaint
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("wrangler %v: %w\n%s%s", args, err, said.String(), complaint.String())
	}
	return said.String(), nil
}
