package nntest_test

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"wafer/nn/native"
	"wafer/nn/nntest"
)

// In the long form nn/native's own tests compare all cases.
func TestNativeEqualsEval(t *testing.T) {
	if testing.Short() {
		nntest.Equal(t, native.Runner(2))
	}
	nntest.Random(t, native.Runner(2), 1000, 300)
}

// The same with narrower vectors: the processor's features are hidden from a
// second process. Where there are none to hide it runs as before.
func TestEveryVectorWidth(t *testing.T) {
	if testing.Short() || runtime.GOARCH != "amd64" {
		t.Skip("runs the suite once more for each narrower width, on amd64")
	}
	for _, hidden := range []string{"cpu.avx512f=off", "cpu.avx512f=off,cpu.avx2=off"} {
		cmd := exec.Command(os.Args[0], "-test.run=NativeEqualsEval|FiftySteps", "-test.short")
		cmd.Env = append(os.Environ(), "GODEBUG="+hidden)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with %s: %v\n%s", hidden, err, out)
		}
	}
}
