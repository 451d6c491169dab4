package fit

import (
	"bytes"
	"image"
	"image/png"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"wafer/nn/data"
	"wafer/nn/recipe"
)

// A folder as an archive from a Chinese Windows leaves it, names in GB18030, with a pipe, a socket and a device in it:
// the pictures are read, classes have their names, and what has no end is left out.
func TestAFolderOfOddFiles(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	cat, dog := "\xd6\xd0\xb9\xfa\xb5\xc4\xc3\xa8", "\xce\xd2\xc3\xc7\xb5\xc4\xb9\xb7" // 中国的猫, 我们的狗
	first := "/\xb5\xda\xd2\xbb\xd5\xc5\xcd\xbc\xc6\xac.png"                           // 第一张图片
	for _, name := range []string{cat + first, cat + "/2.png", dog + first, dog + "/2.png"} {
		path := filepath.Join(dir, "set", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Skipf("this file system takes Unicode names only: %v", err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "set", dog, "pipe.png"), 0o644); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "s.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := os.Rename(filepath.Join(dir, "s.png"), filepath.Join(dir, "set", dog, "socket.png")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "set", dog, "zero.png")); err != nil {
		t.Fatal(err)
	}
	set, err := data.Read(Folder(dir), []recipe.Source{{Form: "folder", Path: "set"}}, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	labels := slices.Clone(set.Labels)
	slices.Sort(labels)
	if want := []string{"中国的猫", "我们的狗"}; !slices.Equal(labels, want) || len(set.Samples) != 4 {
		t.Errorf("got classes %q and %d samples, expected %q and 4", labels, len(set.Samples), want)
	}
	if notes := strings.Join(set.Notes, " "); !strings.Contains(notes, "2 × cannot be read") || !strings.Contains(notes,
		"1 × a link") {
		t.Errorf("the notes are %q, expected two files that cannot be read and a link", notes)
	}
}

func TestAFolderHasNothingAboveIt(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"../x", "/etc/passwd", "a/../../x", "", "a\xff/../../x"} {
		if _, err := fs.ReadFile(Folder(dir), name); err == nil || !strings.Contains(err.Error(), "invalid argument") {
			t.Errorf("%q: got %v, expected that it is refused", name, err)
		}
	}
}
