// Command build makes what the server serves: the page's and the worker's
// WebAssembly programs, the static files around them and their compressed forms,
// in static/site. The Makefile runs it from the root of the repository.
package main

import (
	"flag"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"strings"
)

func main() {
	s := site{}
	flag.IntVar(&s.quality, "quality", 5, "brotli quality, 0 to 11; 11 is for releases and takes half a minute")
	flag.BoolVar(&s.budget, "budget", false, "fail when a program is larger than its budget")
	flag.BoolVar(&s.plain, "plain", false, "leave out whatever leans on one version of Go or go-app: "+
		"any Go that go.mod allows makes the site, twice as large")
	flag.StringVar(&s.dir, "site", "static/site", "folder to put the site into")
	trim := flag.Bool("trim", false, "only make "+modFile+" and stop")
	bench := flag.Bool("bench", false, "only make build/bench.wasm, which make bench-peers times, and stop")
	flag.Parse()
	work := s.build
	switch {
	case *trim:
		work = prepare
	case *bench:
		work = compileBench
	}
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// site is what one run makes.
type site struct {
	dir      string // where it goes, with / between folders
	quality  int    // of brotli
	budget   bool   // enforce the programs' limits
	plain    bool   // without what leans on one version of Go or of go-app
	programs []*program
}

func (s *site) build() error {
	if err := s.ready(); err != nil {
		return err
	}
	if err := s.compile(); err != nil {
		return err
	}
	if err := s.make(); err != nil {
		return err
	}
	return s.report()
}

// ready makes what compiling needs.
func (s *site) ready() error {
	if s.plain {
		return ownModule()
	}
	if err := checkGo(); err != nil {
		return err
	}
	return prepare()
}

// prepare makes the trimmed go-app.
func prepare() error {
	if err := ownModule(); err != nil {
		return err
	}
	return trimGoApp()
}

// ownModule keeps ./... out of the copies of other packages in build.
func ownModule() error { return writeFile("build/go.mod", []byte("module build\n")) }

// knownGo is the Go whose experiments (programs.go) and table of functions (lines.go) are known here.
const knownGo = "go1.27"

// checkGo refuses another Go than the known one with what to do then.
func checkGo() error {
	v, err := goTool(nil, "env", "GOVERSION")
	if err != nil {
		return err
	}
	if v = strings.TrimSpace(v); version.Lang(v) != knownGo {
		return fmt.Errorf("packing needs %s, and this is %s: set GOTOOLCHAIN to a %s, "+
			"or build a larger site without packing by go run ./tools/build -plain", knownGo, v, knownGo)
	}
	return nil
}

// goTool runs the go command with more environment and returns its output; what
// it complains of is part of the error.
func goTool(env []string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return string(out), nil
}
