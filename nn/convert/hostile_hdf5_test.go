package convert

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/format/hdf5"
)

const denseConfig = `{"class_name":"Sequential","config":{"name":"m","layers":[{"class_name":"Dense","config":{"name":"d",` +
	`"units":2,"batch_input_shape":[null,2]}}]}}`

// kerasFile is an .h5 file of an architecture with a layer "d" of 2·2 and 2 weights.
func kerasFile(t *testing.T, config string) []byte {
	t.Helper()
	var root hdf5.Group
	root.Text("model_config", config)
	g := root.Group("model_weights")
	g.Texts("layer_names", []string{"d"})
	g.Group("d").Texts("weight_names", []string{"d/kernel:0", "d/bias:0"})
	g.Floats("d/d/kernel:0", []int{2, 2}, make([]float32, 4), false)
	g.Floats("d/d/bias:0", []int{2}, make([]float32, 2), false)
	file, err := root.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// hostileHDF5 are numbers 11 to 20: what testdata/hostile.py of package keras has made, and damage to a file of our
// own.
func hostileHDF5(t *testing.T) (list []hostile) {
	paths, err := filepath.Glob("../format/keras/testdata/hostile/*.h5")
	if err != nil || len(paths) < 15 {
		t.Fatalf("found %d files (%v)", len(paths), err)
	}
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := "hdf5/" + strings.TrimSuffix(filepath.Base(path), ".h5")
		list = append(list, hostile{name, one(file), "file: ", true})
	}
	plain := kerasFile(t, denseConfig)
	if _, err := Inspect(one(plain)); err != nil {
		t.Fatalf("the file that others are made of is refused: %v", err)
	}
	// The message of a contiguous layout: its kind, its size, no flags; version 3, class 1.
	layout := []byte{8, 0, 24, 0, 0, 0, 0, 0, 3, 1}
	space := []byte{1, 0, 24, 0, 0, 0, 0, 0, 1, 2} // of two axes
	for name, change := range map[string]func([]byte){
		"address beyond the end": func(b []byte) {
			binary.LittleEndian.PutUint64(b[bytes.Index(b, layout)+10:], 1<<40)
		},
		"shape of 10^24": func(b []byte) { binary.LittleEndian.PutUint64(b[bytes.Index(b, space)+16:], 1<<40) },
		"shared message that is not": func(b []byte) {
			b[bytes.Index(b, space)+4] = 2
		},
		"header that continues in itself": func(b []byte) {
			at := bytes.Index(b, layout)
			b[at] = 0x10
			binary.LittleEndian.PutUint64(b[at+8:], uint64(at-48))
			binary.LittleEndian.PutUint64(b[at+16:], 64)
		},
		"tree that is its own child": func(b []byte) {
			at := bytes.Index(b, []byte("TREE"))
			b[at+5] = 1
			binary.LittleEndian.PutUint64(b[at+32:], uint64(at))
		},
		"heap beyond the end": func(b []byte) {
			binary.LittleEndian.PutUint64(b[bytes.Index(b, []byte("HEAP"))+24:], 1<<50)
		},
		"cut in the middle": func(b []byte) { clear(b[len(b)/2:]) },
	} {
		file := bytes.Clone(plain)
		change(file)
		list = append(list, hostile{"hdf5/" + name, one(file), "Keras file", true})
	}
	return list
}

// hostileKeras are numbers 21 to 25 that are no damage to the file: layers that would run or open something.
func hostileKeras(t *testing.T) (list []hostile) {
	layer := func(doc string) string {
		return `{"class_name":"Sequential","config":{"name":"m","layers":[` + doc + `]}}`
	}
	deep := strings.Repeat(`{"class_name":"Sequential","config":[`, 100_000)
	for name, config := range map[string]string{
		"a class with a registered name": layer(`{"class_name":"Custom","registered_name":"os>system","module":"os","config":` +
			`{"name":"d","batch_input_shape":[null,2]}}`),
		"an activation from a module": layer(`{"class_name":"Dense","config":{"name":"d","units":2,"batch_input_shape":[null,2],` +
			`"activation":{"module":"builtins","class_name":"function","config":"eval"}}}`),
		"100,000 models in models":  deep,
		"a layer named ../x":        strings.Replace(denseConfig, `"name":"d"`, `"name":"../../../x"`, 1),
		"a layer that is its input": layer(`{"class_name":"Dense","config":{"name":"d","units":2,"batch_input_shape":[null,-5]}}`),
		"an architecture of text":   strings.Repeat("x", 1000),
	} {
		says := "Keras file"
		if name == "a layer named ../x" { // a name is no path: what is refused is a network that takes no pictures
			says = "expected pictures"
		}
		list = append(list, hostile{"keras/" + name, one(kerasFile(t, config)), says, true})
	}
	return list
}

func TestHostileKerasFilesAreOnesThatElseAreRead(t *testing.T) {
	for _, config := range []string{denseConfig, fmt.Sprintf("%s ", denseConfig)} {
		if o, err := Inspect(one(kerasFile(t, config))); err != nil || o.Params() != 6 {
			t.Errorf("has %d parameters (%v), expected 6", o.Params(), err)
		}
	}
}
