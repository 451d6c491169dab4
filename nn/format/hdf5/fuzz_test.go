package hdf5

import (
	"bytes"
	"math/rand/v2"
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
		if _, _, err := walkFile(file); err != nil && !Recognise(file) && len(file) > 8 &&
			string(file[:8]) == signature {
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

// Files that are damaged anywhere or end anywhere are errors at most.
func TestDamagedFiles(t *testing.T) {
	for _, name := range []string{"old.h5", "new.h5"} {
		file, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		refused, r := 0, rand.New(rand.NewPCG(1, 2))
		for range 1000 {
			damaged := bytes.Clone(file[:len(file)-r.IntN(2)*r.IntN(len(file)-1)])
			for range 3 {
				damaged[r.IntN(len(damaged))] = byte(r.Uint32())
			}
			if _, _, err := walkFile(damaged); err != nil {
				refused++
			}
		}
		if refused == 0 {
			t.Errorf("%s: none of 1000 damaged files is refused", name)
		}
	}
}
