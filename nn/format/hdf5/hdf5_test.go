package hdf5

import (
	"os"
	"path/filepath"
	"testing"

	"wafer/nn/sharedtest"
)

// walk reads all that is in a file and counts datasets and attributes.
func walk(o *Object, depth int) (datasets, attributes int, err error) {
	if depth > 8 {
		return 0, 0, nil // groups may hold themselves
	}
	names, err := o.AttrNames()
	if err != nil {
		return 0, 0, err
	}
	for _, name := range names {
		v, err := o.Attr(name)
		if err != nil {
			return 0, 0, err
		}
		if v.Type.Name == "string" {
			if _, err := v.Strings(); err != nil {
				return 0, 0, err
			}
		}
	}
	attributes = len(names)
	if o.IsDataset() {
		d, err := o.Dataset()
		if err == nil && d.Type.Name != "" && d.Type.Name != "string" {
			_, err = d.Floats()
		}
		if err == nil && d.Type.Name == "string" {
			var v *Value
			if v, err = d.Value(); err == nil {
				_, err = v.Strings()
			}
		}
		return 1, attributes, err
	}
	members, err := o.Members()
	if err != nil {
		return 0, 0, err
	}
	for _, name := range members {
		m, err := o.Open(name)
		if err != nil {
			return 0, 0, err
		}
		d, a, err := walk(m, depth+1)
		if err != nil {
			return 0, 0, err
		}
		datasets, attributes = datasets+d, attributes+a
	}
	return datasets, attributes, nil
}

func walkFile(file []byte) (datasets, attributes int, err error) {
	f, err := Bytes(file)
	if err != nil {
		return 0, 0, err
	}
	root, err := f.Root()
	if err != nil {
		return 0, 0, err
	}
	return walk(root, 0)
}

// Every .h5 file that other projects test their readers with is read to its last number.
func TestConformanceHDF5(t *testing.T) {
	files := map[string][]byte{}
	for name, file := range sharedtest.Untar(t, "conformance/keras-h5-import/keras-h5-import.tar.gz") {
		if Recognise(file) {
			files[name] = file
		}
	}
	models, _ := filepath.Glob(sharedtest.Path(t, "models") + "/*/*.h5")
	for _, path := range models {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = b
	}
	all, attributes := 0, 0
	for name, file := range files {
		d, a, err := walkFile(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		all, attributes = all+d, attributes+a
	}
	t.Logf("%d HDF5 files with %d datasets and %d attributes are read", len(files), all, attributes)
}
