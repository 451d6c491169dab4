// Package sharedtest gives tests the material that lies beside the repository: data sets, models and cases of other
// projects, in ../shared. Where it is not there, a test is skipped and says what it misses.
package sharedtest

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// root is the folder of go.mod, or "" when the tests run elsewhere.
var root = sync.OnceValue(func() string {
	dir, _ := os.Getwd()
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return ""
})

// Path is where a file or folder of the material lies, such as "cases/bad-zip" or "models/a/model.onnx".
func Path(t testing.TB, path string) string {
	t.Helper()
	if root() == "" {
		t.Skip("skipped: there is no go.mod above the test, beside which shared material would lie")
	}
	full := filepath.Join(root(), "..", "shared", filepath.FromSlash(path))
	if _, err := os.Stat(full); err != nil {
		t.Skipf("skipped: shared/%s is not here", path)
	}
	return full
}

// Read is the content of a file.
func Read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(Path(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Unzip is the files of a zip, by name.
func Unzip(t testing.TB, path string) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(Path(t, path))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// Untar is the files of a .tar.gz, by name without "./" before it.
func Untar(t testing.TB, path string) map[string][]byte {
	t.Helper()
	archive, err := os.Open(Path(t, path))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	z, err := gzip.NewReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if files[strings.TrimPrefix(h.Name, "./")], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}
