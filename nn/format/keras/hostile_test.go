package keras

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
)

// What each file of testdata/hostile.py is refused for.
var refusals = map[string]string{
	"chunk_larger_than_declared":  "has a chunk of 4096 bytes, expected 64",
	"chunk_that_is_not_gzip":      "a chunk cannot be unpacked",
	"chunk_that_unpacks_to_more":  "has a chunk of 69 bytes, expected 64",
	"class_from_a_module":         `layers of class "Popen" are not supported`,
	"external_link":               "is a link to another file, which is not followed",
	"external_storage":            "has its data in another file, which is not read",
	"fractions_for_whole_numbers": "config of Dense",
	"lambda":                      `layers of class "Lambda" are not supported`,
	"layers_in_a_circle":          "takes what follows from its own result",
	"models_in_models":            "nests models deeper than 32",
	"other_shape":                 "has shape [4 5], expected [4 4]",
	"saved_model_layer":           `layers of class "TFSMLayer" are not supported`,
	"shape_bomb":                  "claims chunks of 16777216 bytes",
	"shape_bomb_without_chunks":   "has 0 different chunks of data",
	"symbolic_links_in_a_circle":  "is a symbolic link, which is not followed",
	"text_for_numbers":            "found string, expected numbers",
	"units_without_end":           "layer dense has shape [1 1099511627776]",
	"vectorization_from_a_path":   "layers of class \"TextVectorization\" are not supported",
	"vocabulary_from_a_path":      `layers of class "StringLookup" are not supported`,
}

// Files that mean harm are refused with a sentence, for at most four times their size in memory (beyond what is needed
// to read any file).
func TestHostileFiles(t *testing.T) {
	paths, err := filepath.Glob("testdata/hostile/*.h5")
	if err != nil || len(paths) != len(refusals) {
		t.Fatalf("found %d files, %v; expected %d", len(paths), err, len(refusals))
	}
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, err := Inspect(foreign.Files{{Name: "model.h5", Data: file}})
		if err == nil {
			_, err = f.Load(0)
		}
		runtime.ReadMemStats(&after)
		name := strings.TrimSuffix(filepath.Base(path), ".h5")
		if err == nil || !strings.Contains(err.Error(), refusals[name]) || refusals[name] == "" {
			t.Errorf("%s: the error is %v, expected one that says %q", name, err, refusals[name])
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > uint64(4*len(file)+2<<20) {
			t.Errorf("%s: took %d bytes, the file has %d", name, took, len(file))
		}
	}
}

// FuzzParse: no architecture crashes the parser or the builder.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"output_dim": 3, "input_dim": 2, "activation": "relu"}}]}`))
	f.Add([]byte(`{"class_name": "Functional", "config": {"name": "m", "layers": [{"class_name": "InputLayer", "name": "x",
		"config": {"batch_shape": [null, 4, 4, 3], "name": "x"}, "inbound_nodes": []}, {"class_name": "Conv2D", "name": "c",
		"config": {"filters": 2, "kernel_size": [3, 3], "data_format": "channels_first"}, "inbound_nodes": [{"args":
		[{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}], "kwargs": {}}]}],
		"input_layers": ["x", 0, 0], "output_layers": [["c", 0, 0]]}}`))
	f.Fuzz(func(t *testing.T, config []byte) {
		if m, err := Parse(config); err == nil && (len(m.Layers) == 0 || len(m.Outputs) == 0) {
			t.Error("a model without layers or outputs was read")
		}
		Build(config, nil, 8)
	})
}
