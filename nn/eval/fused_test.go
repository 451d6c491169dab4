package eval

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
)

// Go fuses x*y + z on arm64 unless a conversion stands between. No arm64 machine
// is needed to see it: the compiler prints the code.
func TestNothingIsFusedOnARM64(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the packages for arm64, which takes some seconds")
	}
	goTool := filepath.Join(runtime.GOROOT(), "bin", "go")
	if _, err := os.Stat(goTool); err != nil || runtime.GOARCH == "wasm" {
		t.Skip("no go command here")
	}
	fused := regexp.MustCompile(`(\S+\.go:\d+)\)\s+(FN?M(?:ADD|SUB)[SD]|VFML[AS])\b.*`)
	for _, pkg := range []string{"fmath", "eval", "native"} {
		dir := filepath.Join("..", pkg)
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		cmd := exec.Command(goTool, "build", "-gcflags=-S", ".")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
		code, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%.2000s", pkg, err, code)
		}
		if !regexp.MustCompile(`FMULS`).Match(code) {
			t.Errorf("%s: found no product at all; has the compiler's listing changed?", pkg)
		}
		for _, m := range fused.FindAllSubmatch(code, 20) {
			t.Errorf("%s is fused: %s; write float32(x*y) + z", m[1], m[2])
		}
	}
}
