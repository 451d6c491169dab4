package convert

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/format/onnx"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// SqueezeNet gives the scores that onnxruntime-web gives for the same pictures.
func TestSqueezeNetAgreesWithItsOwnTool(t *testing.T) {
	file := sharedtest.Read(t, "models/squeezenet-1.1/squeezenet1_1.onnx")
	m, err := open(one(file), Options{Name: "squeezenet", Card: Card{
		Image: &recipe.Image{Height: 224, Width: 224, Channels: 3, Resize: "bilinear", Mode: "centre",
			Background: "white", Normalisation: "none"},
		Pixels: &foreign.Pixels{Order: "bgr", Mean: []float32{104, 117, 123}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string]json.RawMessage{}
	if err := json.Unmarshal(sharedtest.Read(t, "conformance/reference-outputs/golden.json"), &golden); err != nil {
		t.Fatal(err)
	}
	pictures := map[string][][2]float64{}
	if err := json.Unmarshal(golden["squeezenet-1.1 (onnx, BGR-mean 104/117/123)"], &pictures); err != nil {
		t.Fatal(err)
	}
	for name, want := range pictures {
		got := m.Classify(task.Input{Name: name, File: sharedtest.Read(t, "data/sample-photos/png224/"+name)})
		for _, w := range want {
			label := fmt.Sprintf("kind %d", int(w[0]))
			i := slices.IndexFunc(got.Scores, func(s task.Score) bool { return s.Label == label })
			if i < 0 || math.Abs(float64(got.Scores[i].Probability)-w[1]) > 1e-4 {
				t.Errorf("%s: %s has place %d in %v, expected %v", name, label, i, got.Scores[:5], w[1])
			}
		}
		if got.Error != "" || len(want) == 0 {
			t.Errorf("%s: %s, %d scores are expected", name, got.Error, len(want))
		}
	}
}

// Every shipped model goes out as an ONNX file, and read again gives the same bits, but for n-grams, which
// are not read.
func TestShippedModelsComeBackFromONNX(t *testing.T) {
	paths, err := filepath.Glob("../../static/models/*.wafer")
	if err != nil || len(paths) < 6 {
		t.Fatalf("found %d models (%v)", len(paths), err)
	}
	for _, path := range paths {
		file := shippedFile(t, strings.TrimSuffix(filepath.Base(path), ".wafer"))
		m, err := model.Open(file, model.Options{})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		net := m.Document().Layers
		out, err := onnx.Write(foreign.Export{Layers: net, State: m.State()})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		n, err := onnx.Load(one(out), 0)
		// its n-grams are cut out of a row of the table and what was found
		if filepath.Base(path) == "sentiment.wafer" {
			if err == nil || !strings.Contains(err.Error(), "by computed positions") {
				t.Errorf("%s: got %v, expected the sentence that says what is not read", path, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		in := sample(net.Input())
		if d := answer(t, n.Layers, n.State, in).Diff(answer(t, net, m.State(), in)); d != "" {
			t.Errorf("%s: %s", path, d)
		}
	}
}

// sample are two inputs that look like what a model takes.
func sample(in layers.Spec) *tensor.Tensor {
	r := rand.New(rand.NewPCG(1, 2))
	x := tensor.New(in.DType, append([]int{2}, in.Shape...)...)
	for i := range x.Size() {
		if in.DType == tensor.Int32 {
			x.I()[i] = int32(r.IntN(50))
		} else {
			x.F()[i] = r.Float32()
		}
	}
	return x
}

func answer(t *testing.T, m *layers.Model, state graph.State, in *tensor.Tensor) *tensor.Tensor {
	t.Helper()
	g := graph.New()
	x := m.Declare(g, in.Shape()[0])
	g.Output("y", m.Build(g, x, layers.Options{})[0])
	p, err := native.Runner(2)(g, state)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(map[string]*tensor.Tensor{x[0].Name: in})
	if err != nil {
		t.Fatal(err)
	}
	return out["y"].Clone()
}
