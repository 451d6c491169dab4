package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wafer/tools/bidi"
)

// inBrowser runs go test for js/wasm with a wasmexec of now and returns what it prints.
// Where the browser is absent the test is skipped.
func inBrowser(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	if testing.Short() {
		t.Skip("a test in a browser is not short")
	}
	if name == "firefox" {
		if _, err := bidi.Find(); err != nil {
			t.Skip(err)
		}
	} else if _, err := exec.LookPath(chromiumOr("chromium")); err != nil {
		t.Skip(err)
	}
	tool := filepath.Join(t.TempDir(), "wasmexec")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("building wasmexec: %v\n%s", err, out)
	}
	cmd := exec.Command("go", append([]string{"test", "-short", "-count=1", "-v", "-exec", tool}, args...)...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "BROWSER="+name)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func chromiumOr(name string) string {
	if path := chromium(); path != "" {
		return path
	}
	return name
}

// agents tell the browsers apart.
var agents = map[string]string{"firefox": "Firefox/", "chromium": "Chrome/"}

func TestProgramsRunIsolatedInAWorkerOfTheBrowser(t *testing.T) {
	for name, agent := range agents {
		t.Run(name, func(t *testing.T) {
			out, err := inBrowser(t, name, "./tools/wasmexec/testdata/isolated")
			if err != nil || !strings.Contains(out, agent) || strings.Count(out, "--- PASS") != 2 {
				t.Errorf("%v; expected %s and two tests that pass:\n%s", err, agent, out)
			}
		})
	}
}

func TestThePackageTensorPassesInTheBrowser(t *testing.T) {
	for name := range agents {
		t.Run(name, func(t *testing.T) {
			out, err := inBrowser(t, name, "./nn/tensor")
			if err != nil || !strings.Contains(out, "--- PASS") || !strings.Contains(out, "ok  \twafer/nn/tensor") {
				t.Errorf("%v:\n%s", err, out)
			}
		})
	}
}

// A program that fails does so with its exit status and its last words.
func TestAProgramThatFails(t *testing.T) {
	for name := range agents {
		t.Run(name, func(t *testing.T) {
			out, err := inBrowser(t, name, "-run", "[", "./nn/tensor")
			if err == nil || !strings.Contains(out, "invalid regexp") ||
				!strings.Contains(out, "FAIL\twafer/nn/tensor") {
				t.Errorf("%v; expected a complaint of the expression:\n%s", err, out)
			}
		})
	}
}
