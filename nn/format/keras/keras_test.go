package keras

import (
	"os"
	"path/filepath"
	"testing"

	"wafer/nn/tensor"
)

func shared(t *testing.T, path string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("../../../../shared", path))
	if os.IsNotExist(err) {
		t.Skip("shared/" + path + " is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Architectures of TensorFlow.js, models in models among them.
func TestBuildArchitectures(t *testing.T) {
	for _, c := range []struct {
		path   string
		output tensor.Shape
	}{
		{"models/teachable-machine-image-tfjs/model.json", tensor.Shape{2}},
		{"models/teachable-machine-tiny-gray-tfjs/model.json", tensor.Shape{2}},
		{"models/doodlenet-tfjs/model.json", tensor.Shape{345}},
	} {
		n, err := Build(shared(t, c.path), nil, 0)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		if got := n.Layers.OutputShape(); !got.Equal(c.output) {
			t.Errorf("%s gives %v, expected %v", c.path, got, c.output)
		}
		t.Logf("%s: %d layers, %v to %v, %v", c.path, len(n.Layers.Entries), n.Layers.Inputs, n.Layers.OutputShape(), n.Notes)
	}
}
