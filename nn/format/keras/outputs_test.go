package keras

import (
	"math"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/format/foreign"
	"wafer/nn/format/hdf5"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// dataset is the first one in a group of a file.
func dataset(t *testing.T, root *hdf5.Object, group string) *tensor.Tensor {
	t.Helper()
	g, err := root.Open(group)
	if err != nil || g == nil {
		return nil
	}
	names, err := g.Members()
	if err != nil || len(names) != 1 {
		t.Fatalf("%s holds %v, %v", group, names, err)
	}
	o, err := g.Open(names[0])
	if err != nil {
		t.Fatal(err)
	}
	a, err := array(names[0], o)
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Load()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// run computes a network's output.
func run(t *testing.T, n *foreign.Network, x *tensor.Tensor) *tensor.Tensor {
	t.Helper()
	g := graph.New()
	in := n.Layers.Declare(g, x.Shape()[0])
	g.Output("y", n.Layers.Build(g, in, layers.Options{})[0])
	p, err := eval.Runner(g, n.State)
	if err != nil {
		t.Fatal(err)
	}
	name := n.Layers.Input().Name
	if name == "" {
		name = layers.InputName
	}
	out, err := p.Run(map[string]*tensor.Tensor{name: x})
	if err != nil {
		t.Fatal(err)
	}
	return out["y"]
}

// The models of the suite that come with what Keras answered give the same answers.
func TestConformanceKerasOutputs(t *testing.T) {
	files, compared := importFiles(t), 0
	for _, name := range sortedKeys(files) {
		model, ok := strings.CutSuffix(name, "_inputs_and_outputs.h5")
		if !ok {
			continue
		}
		f, err := Inspect(foreign.Files{{Name: "m", Data: files[model+"_model.h5"]}})
		if err != nil {
			t.Errorf("%s: %v", model, err)
			continue
		}
		n, err := f.Load(0)
		if err != nil {
			t.Errorf("%s: %v", model, err)
			continue
		}
		h, err := hdf5.Bytes(files[name])
		if err != nil {
			t.Fatal(err)
		}
		root, err := h.Root()
		if err != nil {
			t.Fatal(err)
		}
		want := dataset(t, root, "predictions")
		if want == nil {
			continue // answers that were wished for, not given
		}
		got, farthest := run(t, n, dataset(t, root, "inputs")), 0.0
		for i, v := range got.F() {
			farthest = max(farthest, math.Abs(float64(v-want.F()[i])))
		}
		if compared++; !(farthest <= 1e-5) {
			t.Errorf("%s: outputs differ from Keras' by up to %v", model, farthest)
		}
	}
	t.Logf("%d models give Keras' answers", compared)
	if compared < 5 {
		t.Errorf("%d models were compared, expected 5", compared)
	}
}
