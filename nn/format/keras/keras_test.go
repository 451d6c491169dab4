package keras

import (
	"testing"

	"wafer/nn/sharedtest"
	"wafer/nn/tensor"
)

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
		n, err := Build(sharedtest.Read(t, c.path), nil, 0)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		if got := n.Layers.OutputShape(); !got.Equal(c.output) {
			t.Errorf("%s gives %v, expected %v", c.path, got, c.output)
		}
		t.Logf("%s: %d layers, %v to %v, %v", c.path, len(n.Layers.Entries), n.Layers.Inputs, n.Layers.OutputShape(),
			n.Notes)
	}
}
