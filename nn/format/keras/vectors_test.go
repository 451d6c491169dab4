package keras

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/sharedtest"
	"wafer/nn/tensor"
)

// vector is a case of keras-js: what Keras 2 answered.
type vector struct {
	Input, Expected numbers
	Weights         []numbers
}

type numbers struct {
	Data  []float64
	Shape []int
}

// layerVectors are the cases by name.
func layerVectors(t *testing.T) map[string]vector {
	t.Helper()
	all := map[string]vector{}
	files := sharedtest.Untar(t, "conformance/keras-layer-vectors/keras-layer-vectors.tar.gz")
	for _, name := range sortedKeys(files) {
		if path.Ext(name) != ".json" || !strings.Contains(name, "layers/") {
			continue
		}
		some := map[string]vector{}
		if err := json.Unmarshal(files[name], &some); err != nil {
			continue // the cases of Embedding and others whose form differs have no input of their own
		}
		for name, v := range some {
			all[name] = v
		}
	}
	return all
}

// listed gives the layers of an architecture their weights from a list, in the order of the layers.
type listed map[string][]Array

func (l listed) Layer(path []string) ([]Array, error) { return l[path[len(path)-1]], nil }

func list(m *Model, weights []numbers) listed {
	out := listed{}
	for _, l := range m.Layers {
		n := min(countOf(l.Class, l.Config), len(weights))
		for _, w := range weights[:n] {
			out[l.Name] = append(out[l.Name], Array{Shape: w.Shape, Load: func() (*tensor.Tensor, error) {
				return w.tensor(), nil
			}})
		}
		weights = weights[n:]
	}
	return out
}

func (n numbers) tensor() *tensor.Tensor {
	t := tensor.New(tensor.Float32, n.Shape...)
	for i, v := range n.Data {
		t.F()[i] = float32(v)
	}
	return t
}

// countOf is how many weights a layer of Keras has.
func countOf(class string, c Config) int {
	n := 0
	if c.flag("use_bias", true) {
		n++
	}
	switch class {
	case "Dense", "Conv1D", "Conv2D", "Conv2DTranspose", "Conv3D":
		return n + 1
	case "SeparableConv2D", "LSTM", "GRU", "SimpleRNN":
		return n + 2
	case "BatchNormalization":
		n = 2
		for _, key := range []string{"scale", "center"} {
			if c.flag(key, true) {
				n++
			}
		}
		return n
	case "Embedding", "PReLU":
		return 1
	case "Bidirectional", "TimeDistributed":
		var inner described
		json.Unmarshal(c["layer"], &inner)
		var config Config
		json.Unmarshal(inner.Config, &config)
		if n = countOf(inner.Class, config); class == "Bidirectional" {
			n *= 2
		}
		return n
	}
	return 0
}

var errDiffers = errors.New("differs")

func (v vector) check(architecture []byte) (err error) {
	m, err := Parse(architecture)
	if err != nil {
		return err
	}
	n, err := m.Build(list(m, v.Weights), 0)
	if err != nil {
		return err
	}
	if len(n.Layers.Inputs) != 1 {
		return fmt.Errorf("has %d inputs", len(n.Layers.Inputs))
	}
	g := graph.New()
	g.Output("y", n.Layers.Build(g, n.Layers.Declare(g, 1), layers.Options{})[0])
	p, err := eval.Runner(g, n.State)
	if err != nil {
		return err
	}
	x := v.Input.tensor()
	if m.channelsFirst() && len(v.Input.Shape) == 3 {
		x = foreign.Transposed(x, 1, 2, 0) // pictures are [height width channels] here
	}
	if in := n.Layers.Input(); in.DType == tensor.Int32 {
		x = tensor.New(tensor.Int32, v.Input.Shape...)
		for i, f := range v.Input.Data {
			x.I()[i] = int32(f)
		}
	}
	out, err := p.Run(map[string]*tensor.Tensor{layers.InputName: x.Reshape(n.Layers.Batch(1)...)})
	if err != nil {
		return err
	}
	y := out["y"]
	if len(y.F()) != len(v.Expected.Data) {
		return fmt.Errorf("%w: has shape %v, expected %v", errDiffers, y.Shape(), v.Expected.Shape)
	}
	largest := 1.0
	for _, f := range v.Expected.Data {
		largest = max(largest, math.Abs(f))
	}
	for i, f := range y.F() {
		if d := math.Abs(float64(f) - v.Expected.Data[i]); !(d <= 1e-5*largest) {
			return fmt.Errorf("%w: element %d is %v, expected %v", errDiffers, i, f, v.Expected.Data[i])
		}
	}
	return nil
}

// Layers give what Keras 2 gave, for the vectors of keras-js. The list of those that are not supported can only become
// shorter.
func TestConformanceKerasLayers(t *testing.T) {
	file, err := os.ReadFile("testdata/layer_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	architectures := map[string]json.RawMessage{}
	if err := json.Unmarshal(file, &architectures); err != nil {
		t.Fatal(err)
	}
	vectors := layerVectors(t)
	var failed []string
	passed := 0
	for _, name := range sortedKeys(vectors) {
		if architectures[name] == nil {
			failed = append(failed, name+": has no architecture in layer_vectors.json")
			continue
		}
		switch err := vectors[name].check(architectures[name]); {
		case err == nil:
			passed++
		default:
			failed = append(failed, name+": "+err.Error())
		}
	}
	t.Logf("%d of %d layer vectors are given", passed, len(vectors))
	if *update {
		if err := os.WriteFile("testdata/layers_unsupported.txt", []byte(strings.Join(failed, "\n")+"\n"),
			0o644); err != nil {
			t.Fatal(err)
		}
	}
	known, err := os.ReadFile("testdata/layers_unsupported.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(known)), "\n")
	for _, f := range failed {
		if !slices.Contains(lines, f) {
			t.Errorf("%s, which is not in testdata/layers_unsupported.txt", f)
		}
	}
	if len(failed) < len(lines) {
		t.Errorf("testdata/layers_unsupported.txt has %d lines, %d vectors fail: write it anew with -update",
			len(lines), len(failed))
	}
}
