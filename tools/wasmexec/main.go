// Command wasmexec runs a js/wasm test binary for go test -exec: under Node where
// there is one, else in Chromium.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -exec wasmexec, which runs: wasmexec PROGRAM.wasm [ARGUMENTS]")
		os.Exit(2)
	}
	loader, err := loaderDir()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasmexec:", err)
		os.Exit(1)
	}
	run := inChromium
	if node, err := exec.LookPath("node"); err == nil && os.Getenv("WASMEXEC") != "chromium" {
		run = func(loader string, args []string) (int, error) { return underNode(node, loader, args) }
	}
	code, err := run(loader, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasmexec:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

// loaderDir is where the Go that built the program keeps wasm_exec.js.
func loaderDir() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm"), nil
}

// underNode passes on only a small environment: Go programs in js/wasm have room for
// 12 KB of arguments and environment together.
func underNode(node, loader string, args []string) (int, error) {
	cmd := exec.Command(node, append([]string{"--stack-size=8192", filepath.Join(loader, "wasm_exec_node.js")}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GOROOT"} {
		if v, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	err := cmd.Run()
	if _, failed := err.(*exec.ExitError); failed {
		return cmd.ProcessState.ExitCode(), nil
	}
	return 0, err
}
