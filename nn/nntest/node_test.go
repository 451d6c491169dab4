package nntest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// The bits under Node, in WebAssembly, are those of this machine: the tests of
// the runtime run there too, and testdata/bits.txt is the same file.
func TestUnderNode(t *testing.T) {
	if testing.Short() || runtime.GOARCH == "wasm" {
		t.Skip("compiles the runtime to js/wasm, which takes a minute")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed; it runs the WebAssembly tests")
	}
	goTool := filepath.Join(runtime.GOROOT(), "bin", "go")
	runner := filepath.Join(runtime.GOROOT(), "lib", "wasm", "go_js_wasm_exec")
	for _, args := range [][]string{{"../fmath"}, {"../eval"}, {"../native"}, {"-run", "Pinned|Compare|Fifty", "."}} {
		cmd := exec.Command(goTool, append([]string{"test", "-exec", runner}, args...)...)
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Errorf("go test %v on js/wasm: %v", args, err)
		}
	}
}
