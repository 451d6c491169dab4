package data

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// shared is the folder of data sets that lies beside the repository; the test is
// skipped where the data set is absent.
func shared(t *testing.T, set string) fs.FS {
	t.Helper()
	dir, _ := os.Getwd()
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Skip("go.mod not found above the test: no place to look for shared data")
		}
		dir = filepath.Dir(dir)
	}
	root := filepath.Join(dir, "..", "shared", "data")
	if _, err := os.Stat(filepath.Join(root, set)); err != nil {
		t.Skipf("shared/data/%s is absent", set)
	}
	return os.DirFS(root)
}
