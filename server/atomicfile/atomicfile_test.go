package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// files lists what is in a folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestAFileIsReplacedWhole(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folders")
	path := filepath.Join(dir, "file")
	for _, text := range []string{"a longer text", "short"} {
		if err := Write(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != text {
			t.Errorf("the file holds %q, expected %q (%v)", b, text, err)
		}
	}
	for path, want := range map[string]fs.FileMode{path: 0o600, dir: fs.ModeDir | 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s has the mode %v, expected %v (%v)", path, info.Mode(), want, err)
		}
	}
	if names := files(t, dir); len(names) != 1 {
		t.Errorf("the folder holds %q, expected the file alone", names)
	}
}

// What is not committed leaves the old file and nothing else: a reader that gave up, a place that cannot be taken.
func TestWhatFailsLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := Write(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Create(path, dir, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); string(b) != "old" {
		t.Errorf("before the commit the file holds %q, expected %q", b, "old")
	}
	f.Abort()
	folder := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(folder, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(folder, []byte("no"), 0o644); err == nil {
		t.Error("a file took the place of a folder with something in it")
	}
	if err := Write(filepath.Join(path, "below"), []byte("no"), 0o644); err == nil {
		t.Error("a file lies below a file")
	}
	if b, _ := os.ReadFile(path); string(b) != "old" {
		t.Errorf("the file holds %q, expected %q", b, "old")
	}
	if names := files(t, dir); len(names) != 2 {
		t.Errorf("the folder holds %q, expected file and folder alone", names)
	}
}
