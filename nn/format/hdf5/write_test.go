package hdf5

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// many is more members than fit below one node of a group's tree.
const many = 300

// written has groups in groups, one of many members, and attributes of either kind, one of them long.
func written(t *testing.T) []byte {
	t.Helper()
	var root Group
	root.Text("text", strings.Repeat("长 text ", 20000))
	root.Text("nothing", "")
	root.Texts("list", []string{"a", "猫", "", "longest"})
	root.Group("empty").Texts("list", nil)
	root.Floats("a/b/half:0", []int{2, 3}, ramp(6), true)
	root.Group("a").Floats("b/one", nil, []float32{-2.5}, false)
	for i := range many {
		root.Group("many").Floats(fmt.Sprint("member ", i), []int{i}, ramp(i), false)
	}
	file, err := root.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func ramp(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(i) - 1.5
	}
	return out
}

// What is written is read: names, shapes, numbers and texts.
func TestWhatIsWrittenIsRead(t *testing.T) {
	file := written(t)
	if again := written(t); !bytes.Equal(file, again) {
		t.Error("the same groups give other bytes")
	}
	f, err := Bytes(file)
	if err != nil {
		t.Fatal(err)
	}
	root, err := f.Root()
	if err != nil {
		t.Fatal(err)
	}
	if s, err := root.Text("text"); err != nil || len(s) != 20000*len("长 text ") {
		t.Errorf("the long text has %d bytes (%v), expected %d", len(s), err, 20000*len("长 text "))
	}
	if s, err := root.Texts("list"); err != nil || !slices.Equal(s, []string{"a", "猫", "", "longest"}) {
		t.Errorf("the list is %q (%v)", s, err)
	}
	group, err := root.Open("many")
	if err != nil {
		t.Fatal(err)
	}
	if names, err := group.Members(); err != nil || len(names) != many {
		t.Fatalf("the group has %d members (%v), expected %d", len(names), err, many)
	}
	for i := range many {
		o, err := group.Open(fmt.Sprint("member ", i))
		if err != nil || o == nil {
			t.Fatalf("member %d: %v", i, err)
		}
		d, err := o.Dataset()
		if err != nil || !slices.Equal(d.Shape, []int{i}) {
			t.Fatalf("member %d has shape %v (%v)", i, d.Shape, err)
		}
		if v, err := d.Floats(); err != nil || !slices.Equal(v, ramp(i)) {
			t.Errorf("member %d holds %v (%v)", i, v, err)
		}
	}
}

// What does not fit is said.
func TestWhatCannotBeWritten(t *testing.T) {
	var wrong, long Group
	wrong.Floats("x", []int{2, 2}, ramp(3), false)
	long.Texts("list", []string{strings.Repeat("x", 1<<16)})
	for says, g := range map[string]*Group{"3 numbers are no array of shape [2 2]": &wrong,
		"the attribute list takes": &long} {
		if _, err := g.Encode(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, expected one that says %q", err, says)
		}
	}
}

// h5py reads what is written, and finds what is there.
func TestH5pyReadsWhatIsWritten(t *testing.T) {
	if out, err := exec.Command("/usr/bin/python3", "-c", "import h5py").CombinedOutput(); err != nil {
		t.Skipf("h5py is not installed (apt-get install python3-h5py): %.200s", bytes.TrimSpace(out))
	}
	name := filepath.Join(t.TempDir(), "written.h5")
	if err := os.WriteFile(name, written(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("/usr/bin/python3", "testdata/written.py", name).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
