package foreign

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"
)

type entry struct {
	name, data string
	mode       os.FileMode
}

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode | 0o644)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A model's archive is its files, without folders and what macOS adds.
func TestUnzip(t *testing.T) {
	files, err := Unzip(archive(t, entry{name: "m/model.json", data: "{}"},
		entry{name: "__MACOSX/m/._model.json", data: "x"},
		entry{name: "m/deep/model.json", data: "[]"}, entry{name: "m/weights.bin", data: "1234"}), 0)
	if err != nil || len(files) != 3 {
		t.Fatalf("found %d files and %v, expected 3", len(files), err)
	}
	if got := string(files.Named("model.json")); got != "{}" {
		t.Errorf("model.json is %q, expected the one nearest to the root", got)
	}
	if files.Named("absent") != nil || files.Size() != 8 {
		t.Errorf("found an absent file or %d bytes, expected 8", files.Size())
	}
}

func TestUnzipRefuses(t *testing.T) {
	for says, file := range map[string][]byte{
		"leads out":   archive(t, entry{name: "../x", data: "1"}),
		"leads out ":  archive(t, entry{name: "/etc/x", data: "1"}),
		"leads out  ": archive(t, entry{name: `a\..\x`, data: "1"}),
		"link":        archive(t, entry{name: "x", data: "/etc/passwd", mode: os.ModeSymlink}),
		"twice":       archive(t, entry{name: "x", data: "1"}, entry{name: "x", data: "2"}),
		"limit":       archive(t, entry{name: "x", data: strings.Repeat("0", 1<<20)}),
		"no files":    archive(t, entry{name: "x/"}),
		"zip":         []byte("PK\x03\x04 and no more"),
	} {
		if _, err := Unzip(file, 1<<16); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(says)) {
			t.Errorf("the error is %v, expected one that says %q", err, says)
		}
	}
}

func FuzzUnzip(f *testing.F) {
	f.Add(archive(f, entry{name: "a/b", data: "1234"}))
	f.Add(archive(f, entry{name: "a", data: strings.Repeat("0", 1<<12)}, entry{name: "b"}))
	f.Fuzz(func(t *testing.T, file []byte) {
		files, err := Unzip(file, 1<<20)
		if err == nil && (len(files) == 0 || files.Size() > 1<<20) {
			t.Errorf("%d files of %d bytes, expected some within the limit", len(files), files.Size())
		}
	})
}
