package numpy

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"wafer/nn/say"
	"wafer/nn/tensor"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every array has the numbers that NumPy wrote, stored or packed, by rows or by columns.
func TestFilesHoldWhatNumPyWrote(t *testing.T) {
	var expected map[string]struct {
		Shape  tensor.Shape
		Values []float64
	}
	if err := json.Unmarshal(read(t, "numpy_files.json"), &expected); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stored.npz", "packed.npz"} {
		f, err := Open(read(t, name))
		if err != nil || !Recognise(read(t, name)) {
			t.Fatalf("%s: %v", name, err)
		}
		if len(f.Names()) != len(expected) || len(f.Outline().Weights) != len(expected) {
			t.Errorf("%s: has the arrays %v, expected %d", name, f.Names(), len(expected))
		}
		for key, want := range expected {
			v, err := f.Tensor(key)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := values(v); !v.Shape().Equal(want.Shape) || !slices.Equal(got, want.Values) {
				t.Errorf("%s: %s is %v %v, expected %v %v", name, key, v.Shape(), got, want.Shape, want.Values)
			}
		}
	}
	f, err := Open(read(t, "one.npy"))
	if err != nil || !slices.Equal(f.Names(), []string{"array"}) {
		t.Errorf("one.npy: %v, expected one array", err)
	}
}

func values(v *tensor.Tensor) []float64 {
	list := make([]float64, v.Size())
	for i := range list {
		if v.DType() == tensor.Int32 {
			list[i] = float64(v.I()[i])
		} else {
			list[i] = float64(v.F()[i])
		}
	}
	return list
}

// npy is an array with a header of one's own.
func npy(header, data string) []byte {
	b := append([]byte(magic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	return append(append(b, header...), data...)
}

func npz(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"

type hostileFile struct {
	file []byte
	want string
}

// hostile are files that mean harm, or are broken, and what each is refused for.
func hostile(t testing.TB) map[string]hostileFile {
	good := string(npy(header, "12345678"))
	return map[string]hostileFile{
		"objects":    {read(t, "objects.npz"), "holds objects of Python's: Wafer runs no code from files"},
		"text":       {read(t, "text.npz"), `elements of type "<U2"`},
		"big-endian": {read(t, "big.npz"), `elements of type ">f4"`},
		"cut":        {npy(header, "1234"), "is larger than its 4 bytes"},
		"more":       {npy(header, "123456789"), "needs 8 bytes, has 9"},
		"long header": {append([]byte(magic), 2, 0, 255, 255, 255, 255, 0, 0),
			"claims a header of 4294967295 bytes"},
		"no header": {npy("    ", ""), "cannot be read"},
		"no shape":  {npy("{'descr': '<f4', 'fortran_order': False, 'shape': 2}", ""), "cannot be read"},
		"negative":  {npy(strings.Replace(header, "2,", "-2,", 1), ""), "cannot be read"},
		"overflow": {npy(strings.Replace(header, "2,", "2147483647,2147483647,2147483647,", 1), "12345678"),
			"is larger than its 8 bytes"},
		"axes":           {npy(strings.Replace(header, "2,", strings.Repeat("1,", 9), 1), "1234"), "cannot be read"},
		"bomb":           {npz(t, "a.npy", strings.Repeat("\x00", 8<<20)), "would unpack to 8388608 bytes"},
		"leads out":      {npz(t, "../a.npy", good), "leads out of the archive"},
		"absolute":       {npz(t, "/a.npy", good), "leads out of the archive"},
		"twice":          {npz(t, "a.npy", good, "a.npy", good), "comes twice"},
		"something else": {npz(t, "a.npy", good, "run.sh", "rm"), `part "run.sh": is no NumPy array`},
	}
}

// Files that mean harm are refused with a sentence, for at most four times their size in memory (beyond what is needed
// to read any file).
func TestHostileFiles(t *testing.T) {
	for name, c := range hostile(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Open(c.file)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") ||
			say.Of(err) == nil {
			t.Errorf("%s: the error is %v, expected one of package say that says %q", name, err, c.want)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > uint64(4*len(c.file)+2<<20) {
			t.Errorf("%s: took %d bytes, the file has %d", name, took, len(c.file))
		}
	}
}

// FuzzOpen: nothing in a file crashes, and arrays hold no more than their file.
func FuzzOpen(f *testing.F) {
	for _, name := range []string{"stored.npz", "packed.npz", "one.npy"} {
		f.Add(read(f, name))
	}
	for _, c := range hostile(f) {
		if len(c.file) < 1<<12 {
			f.Add(c.file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		o, err := Open(file)
		if err != nil {
			return
		}
		size := 0
		for _, name := range o.Names() {
			if v, err := o.Tensor(name); err == nil {
				size += v.Size()
			}
		}
		if size > 4*len(file)+fixed {
			t.Errorf("a file of %d bytes holds %d numbers", len(file), size)
		}
	})
}
