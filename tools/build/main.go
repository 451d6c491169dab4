// Command build makes what the server serves: the page's and the worker's
// WebAssembly programs, the static files around them and their compressed forms,
// in static/site. The Makefile runs it from the root of the repository.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	quality := flag.Int("quality", 5, "brotli quality, 0 to 11; 11 is for releases and takes half a minute")
	budget := flag.Bool("budget", false, "fail when a program is larger than its budget")
	trim := flag.Bool("trim", false, "only make "+modFile+" and stop")
	bench := flag.Bool("bench", false, "only make build/bench.wasm, which make bench-peers times, and stop")
	flag.Parse()
	work := func() error { return run(*quality, *budget, *trim) }
	if *bench {
		work = compileBench
	}
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(quality int, budget, trim bool) error {
	// A module of its own keeps ./... out of the copies of other packages in there.
	if err := writeFile("build/go.mod", []byte("module build\n")); err != nil {
		return err
	}
	if err := trimGoApp(); err != nil || trim {
		return err
	}
	programs, err := compile()
	if err != nil {
		return err
	}
	if err := makeSite(programs, quality); err != nil {
		return err
	}
	return report(programs, quality, budget)
}

// goTool runs the go command with more environment and returns its output; what
// it complains of is part of the error.
func goTool(env []string, args ...string) (string, error) {
	return runGo("go", env, args...)
}

func runGo(command string, env []string, args ...string) (string, error) {
	cmd := exec.Command(command, args...)
	cmd.Env = append(os.Environ(), env...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return string(out), nil
}
