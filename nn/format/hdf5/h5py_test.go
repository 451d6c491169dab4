package hdf5

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Files that h5py writes in every form, from the oldest to the newest, have the numbers and texts that went in.
func TestH5py(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: h5py takes seconds")
	}
	folder := t.TempDir()
	if out, err := exec.Command("/usr/bin/python3", "-c", "import h5py").CombinedOutput(); err != nil {
		t.Skipf("h5py is not installed (apt-get install python3-h5py): %.200s", bytes.TrimSpace(out))
	}
	if out, err := exec.Command("/usr/bin/python3", "testdata/forms.py", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, libver := range []string{"earliest", "v108", "v110", "latest"} {
		file, err := os.ReadFile(filepath.Join(folder, libver+".h5"))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Bytes(file)
		if err != nil {
			t.Fatal(err)
		}
		root, err := f.Root()
		if err != nil {
			t.Fatal(err)
		}
		if n := ramps(t, libver, root); n != 11+1+1+11+1+300 {
			t.Errorf("%s: found %d datasets", libver, n)
		}
		attributes(t, libver, root)
	}
}

func ramps(t *testing.T, libver string, o *Object) (n int) {
	if !o.IsDataset() {
		members, err := o.Members()
		if err != nil {
			t.Errorf("%s: %v", libver, err)
		}
		for _, name := range members {
			m, err := o.Open(name)
			if err != nil {
				t.Errorf("%s: %v", libver, err)
				continue
			}
			n += ramps(t, libver, m)
		}
		return n
	}
	d, err := o.Dataset()
	if err != nil {
		t.Errorf("%s: %v", libver, err)
		return 1
	}
	got, err := d.Floats()
	if err != nil || len(got) != elements(d.Shape) {
		t.Errorf("%s: %s: %d of %v elements, %v", libver, o.Path, len(got), d.Shape, err)
	}
	for i, v := range got {
		want := float32(i % 100)
		if o.Path == "/types/bool" {
			want = float32(i % 2)
		}
		if v != want {
			t.Errorf("%s: %s (%s): element %d is %v, expected %v", libver, o.Path, d.Type, i, v, want)
			break
		}
	}
	return 1
}

func attributes(t *testing.T, libver string, root *Object) {
	g, err := root.Open("attributes")
	if err != nil || g == nil {
		t.Fatalf("%s: the group is %v, %v", libver, g, err)
	}
	for i := range 200 {
		name := fmt.Sprintf("text %d", i)
		if got, err := g.Text(name); err != nil || got != fmt.Sprintf("value %d", i) {
			t.Errorf("%s: %s is %q, %v", libver, name, got, err)
		}
	}
	if got, err := g.Texts("fixed"); err != nil || fmt.Sprint(got) != "[one two three]" {
		t.Errorf("%s: fixed is %q, %v", libver, got, err)
	}
	if got, err := g.Texts("list"); err != nil || fmt.Sprintf("%q", got) != `["α" "β" ""]` {
		t.Errorf("%s: list is %q, %v", libver, got, err)
	}
	number, err := g.Attr("number")
	if err != nil || number == nil {
		t.Fatalf("%s: number is %v, %v", libver, number, err)
	}
	if got, err := number.Floats(); err != nil || len(got) != 1 || got[0] != 7 {
		t.Errorf("%s: number is %v, %v", libver, got, err)
	}
}
