package zipfile

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"strings"
	"testing"
)

// What is written opens in Go's archive/zip and here, with names and contents.
func TestWhatIsWrittenOpens(t *testing.T) {
	var w Writer
	files := map[string]string{"m/model.json": "{}", "层.bin": strings.Repeat("x", 1000), "empty": ""}
	for name, data := range files {
		if err := w.Add(name, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	b := w.Bytes()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) != len(files) {
		t.Fatalf("archive/zip finds %v in it, expected %d files", err, len(files))
	}
	for name, want := range files {
		if got, err := fs.ReadFile(z, name); err != nil || string(got) != want {
			t.Errorf("archive/zip reads %q of %s (%v), expected %q", got, name, err, want)
		}
	}
	list, err := Directory(b, 3)
	if err != nil || len(list) != len(files) {
		t.Fatalf("found %d entries (%v), expected %d", len(list), err, len(files))
	}
	for _, e := range list {
		if _, packed, ok := e.Local(b); !ok || string(packed) != files[string(e.Name)] || !e.Agrees(b) {
			t.Errorf("%s holds %q, expected %q", e.Name, packed, files[string(e.Name)])
		}
	}
	if _, err := Directory(b, 2); err == nil || !strings.Contains(err.Error(), "at most 2 files") {
		t.Errorf("with a limit of 2 the error is %v", err)
	}
}

// FuzzDirectory: no archive crashes the reader.
func FuzzDirectory(f *testing.F) {
	var w Writer
	w.Add("a", []byte("1234"))
	f.Add(w.Bytes())
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _ := Directory(b, 100)
		for _, e := range list {
			e.Local(b)
			e.Agrees(b)
			e.Field(1)
		}
	})
}
