package hdf5

import (
	"os"
	"testing"
)

// No file crashes the reader or makes it read without end.
func FuzzFile(f *testing.F) {
	for _, name := range []string{"old.h5", "new.h5"} {
		file, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, _, err := walkFile(file); err != nil && !Recognise(file) && len(file) > 8 && string(file[:8]) == signature {
			t.Errorf("a file that begins with the signature is not recognised: %v", err)
		}
	})
}

// The files that the fuzz test begins with are read whole.
func TestSmallFiles(t *testing.T) {
	for _, name := range []string{"old.h5", "new.h5"} {
		file, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if d, a, err := walkFile(file); d != 4 || a != 14 || err != nil {
			t.Errorf("%s: found %d datasets and %d attributes, %v; expected 4 and 14", name, d, a, err)
		}
	}
}
