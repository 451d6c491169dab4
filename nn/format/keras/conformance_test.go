package keras

import (
	"bytes"
	"flag"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/format/hdf5"
	"wafer/nn/sharedtest"
)

var update = flag.Bool("update", false, "write testdata/unsupported.txt anew")

// importFiles are those of Deeplearning4j's tests of its reader, by name.
func importFiles(t *testing.T) map[string][]byte {
	t.Helper()
	return sharedtest.Untar(t, "conformance/keras-h5-import/keras-h5-import.tar.gz")
}

// Every architecture and .h5 file of the suite is read; those with known layers are built with their weights. The list
// of what is not built can only become shorter.
func TestConformanceKeras(t *testing.T) {
	files := importFiles(t)
	var failed []string
	built, parsed, models := 0, 0, 0
	for _, name := range sortedKeys(files) {
		err, is := imports(files, name)
		if !is {
			continue
		}
		if models++; err == nil {
			built++
		} else {
			failed = append(failed, name+": "+err.Error())
		}
		if err == nil || !strings.Contains(err.Error(), "HDF5 file:") &&
			!strings.Contains(err.Error(), "Keras architecture:") {
			parsed++
		}
	}
	t.Logf("of %d files %d are models or weights of Keras: %d are parsed, %d are built", len(files), models, parsed,
		built)
	if *update {
		if err := os.WriteFile("testdata/unsupported.txt", []byte(strings.Join(failed, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list, err := os.ReadFile("testdata/unsupported.txt")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for line := range strings.Lines(string(list)) {
		name, _, _ := strings.Cut(line, ": ")
		known = append(known, name)
	}
	for _, f := range failed {
		if name, _, _ := strings.Cut(f, ": "); !slices.Contains(known, name) {
			t.Errorf("%s, which is not in testdata/unsupported.txt", f)
		}
	}
	if len(failed) < len(known) {
		t.Errorf("testdata/unsupported.txt has %d lines, %d files are not built: write it anew with -update",
			len(known), len(failed))
	}
}

// imports reads a file; is tells whether it is an architecture, a model or weights of Keras.
func imports(files map[string][]byte, name string) (err error, is bool) {
	file := files[name]
	if !hdf5.Recognise(file) {
		if path.Ext(name) != ".json" || !bytes.Contains(file, []byte(`"class_name"`)) ||
			bytes.Contains(file, []byte(`"Tokenizer"`)) {
			return nil, false
		}
		_, err := Build(file, nil, 0)
		return err, true
	}
	if strings.HasSuffix(name, "_inputs_and_outputs.h5") {
		return nil, false // TestConformanceKerasOutputs has them
	}
	given := foreign.Files{{Name: name, Data: file}}
	// Weights lie beside their architecture: x_weights.h5 and x_config.json or x.json.
	for _, other := range []string{strings.Replace(name, "_weights.h5", "_config.json", 1),
		strings.Replace(name, "_weights.h5", ".json", 1), strings.Replace(name, "_weights", "_config", 1)} {
		if files[other] != nil && other != name {
			given = append(given, foreign.File{Name: other, Data: files[other]})
		}
	}
	f, err := inspect(given)
	if err != nil {
		return err, true
	}
	if f.weights == nil {
		_, err = f.Model.Build(nil, 0)
		return err, true
	}
	_, err = f.Model.Build(f.weights, 0)
	return err, true
}
