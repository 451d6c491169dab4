// Command wasmexec runs a js/wasm test binary for go test -exec: in the browser that
// $BROWSER names, "chromium" or "firefox", else under Node where there is one, else in
// Chromium. In a browser js.Global() is the global of a dedicated worker, which may block;
// under Node it is that of the main thread, which may block there.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// main passes the program's status on; 2 is a wrong use, 1 also that no browser could run it.
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
	// go test sends SIGQUIT to what runs into its time limit.
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	code, err := run(ctx, loader, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasmexec:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

// run runs the program, args[0], where $BROWSER says. A path there is not meant for us:
// desktops and editors keep their own browser in this variable.
func run(ctx context.Context, loader string, args []string) (int, error) {
	switch name := os.Getenv("BROWSER"); {
	case name == "chromium":
		return browser(inChromium).run(ctx, loader, args)
	case name == "firefox":
		return browser(inFirefox).run(ctx, loader, args)
	case name != "" && !strings.Contains(name, "/"):
		return 0, fmt.Errorf("BROWSER is %q, expected chromium or firefox", name)
	}
	if node, err := exec.LookPath("node"); err == nil {
		return underNode(ctx, node, loader, args)
	}
	return browser(inChromium).run(ctx, loader, args)
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
func underNode(ctx context.Context, node, loader string, args []string) (int, error) {
	cmd := exec.CommandContext(ctx, node, append([]string{"--stack-size=8192",
		filepath.Join(loader, "wasm_exec_node.js")}, args...)...)
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
