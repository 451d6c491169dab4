// Package torchtest runs programs that package torchmodule wrote, with PyTorch, in tests.
package torchtest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"wafer/nn/format/foreign"
)

const interpreter = "/usr/bin/python3" // Debian's, which has the package python3-torch

// Need skips a test where PyTorch is absent, and in short runs, since it takes seconds.
func Need(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: PyTorch takes seconds")
	}
	if out, err := exec.Command(interpreter, "-c", "import torch").CombinedOutput(); err != nil {
		t.Skipf("PyTorch is not installed (apt-get install python3-torch): %.200s", bytes.TrimSpace(out))
	}
}

// Run unpacks an archive and runs its program: what that says, and an error where it is not content with its own
// answers.
func Run(t *testing.T, archive []byte) (out []byte, files foreign.Files, err error) {
	t.Helper()
	if files, err = foreign.Unzip(archive, 0); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(interpreter, "model.py")
	cmd.Dir = folder
	out, err = cmd.CombinedOutput()
	return out, files, err
}

// Check runs the program and fails where it gives other numbers than it should.
func Check(t *testing.T, what string, archive []byte) {
	t.Helper()
	out, files, err := Run(t, archive)
	if err != nil {
		t.Errorf("%s: %v: %s\n%s", what, err, out, files.Named("model.py"))
	}
	t.Logf("%s: %s", what, bytes.TrimSpace(out))
}
