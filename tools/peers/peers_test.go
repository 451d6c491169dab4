package peers

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/native"
)

const models = "../../bench/models"

// tolerance is the greatest error, as a share of the greatest result: PyTorch adds in
// another order.
const tolerance = 1e-4

// Every model gives PyTorch's answer to its one input, alone and in a batch.
func TestAnswersArePyTorchs(t *testing.T) {
	for _, c := range []struct {
		name  string
		batch int
		run   graph.Runner
		slow  bool
	}{
		{"smallcnn", 1, eval.Runner, false}, {"smallcnn", 3, native.Runner(1), false},
		{"textlstm", 1, eval.Runner, false}, {"textlstm", 2, native.Runner(1), false},
		{"bert_tiny", 1, native.Runner(1), false}, {"bert_tiny", 2, native.Runner(1), false},
		{"matmul512", 1, native.Runner(1), false},
		{"mobilenetv1_025", 1, native.Runner(1), false}, {"mobilenetv2", 1, native.Runner(1), false},
		{"resnet18", 1, native.Runner(2), true}, {"minilm_l6", 1, native.Runner(2), true},
		{"vgg16_notop", 1, native.Runner(2), true},
	} {
		t.Run(fmt.Sprintf("%s/batch=%d", c.name, c.batch), func(t *testing.T) {
			if c.slow && testing.Short() {
				t.Skip("a large model")
			}
			checkModel(t, c.name, c.batch, c.run)
		})
	}
}

func checkModel(t *testing.T, name string, batch int, run graph.Runner) {
	r, err := ReadReference(filepath.Join(models, name), batch)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no models; `make bench-models` makes them")
	} else if err != nil {
		t.Fatal(err)
	}
	p, err := run(r.Graph, r.State)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(r.Inputs)
	if err != nil {
		t.Fatal(err)
	}
	if e := r.Error(out["output"]); !(e <= tolerance) {
		t.Errorf("off by %.2g of the greatest result", e)
	}
}

// A training step can be built, runs, and lowers the loss on its batch.
func TestTrainingStepsLearn(t *testing.T) {
	for name, batch := range map[string]int{"fit_smallcnn": 8, "fit_textlstm": 4, "fit_head": 16, "fit_mlp": 10,
		"fit_mobilenetv2": 2} {
		t.Run(name, func(t *testing.T) {
			if name == "fit_mobilenetv2" && testing.Short() {
				t.Skip("a large model")
			}
			task, err := Training(name, batch)
			if err != nil {
				t.Fatal(err)
			}
			p, err := native.Runner(1)(task.Graph, task.State)
			if err != nil {
				t.Fatal(err)
			}
			var losses []float32
			for step := 1; step <= 8; step++ {
				for k, v := range Steps[name].Scalars(step) {
					task.Inputs[k].F()[0] = float32(v)
				}
				out, err := p.Run(task.Inputs)
				if err != nil {
					t.Fatal(err)
				}
				losses = append(losses, out["loss"].F()[0])
			}
			if first, last := losses[0], losses[len(losses)-1]; !(last < first) {
				t.Errorf("the loss went from %v to %v", first, last)
			}
		})
	}
}

func TestVGG16Builds(t *testing.T) {
	weights := vgg16Head().Weights()
	if n := weights[len(weights)-4].Shape.Size(); n != 25088*1024 {
		t.Errorf("the first dense layer has %d weights", n)
	}
	if !base("conv2d_3") || base("dense") {
		t.Error("the wrong layers are frozen")
	}
}

// A broken spec is an error that says what is wrong.
func TestBrokenSpecs(t *testing.T) {
	for spec, want := range map[string]string{
		`{`:                "spec.json",
		`{"kind":"waltz"}`: `"waltz"`,
		`{"kind":"conv","inputs":[{"shape":[1,3,8,8]}],"ops":[{"op":"conv","src":[-1],"k":3,"s":1}]}`:                        "needs a name",
		`{"kind":"conv","inputs":[{"name":"x","shape":[1,3,8,8]}],"ops":[{"op":"conv","src":[-1],"k":3,"s":1}]}`:             `no tensor "0.w"`,
		`{"kind":"conv","inputs":[{"name":"x","shape":[1,3,8,8]}],"ops":[{"op":"gap","src":[4]}]}`:                           "index",
		`{"kind":"conv","inputs":[{"name":"x","shape":[1,3,8,8]}],"ops":[{"op":"gap"}]}`:                                     "index",
		`{"kind":"matmul","inputs":[{"name":"x","shape":[1,2]}],"tensors":[{"name":"w","shape":[2,2],"offset":1}]}`:          "weights.bin has 4",
		`{"kind":"matmul","inputs":[{"name":"x","shape":[1,2]}],"tensors":[{"name":"w","shape":[1,1],"offset":1}]}`:          "inner lengths",
		`{"kind":"conv","inputs":[{"name":"x","shape":[1,3,8,8]}],"ops":[{"op":"leap","src":[-1]}]}`:                         `"leap"`,
		`{"kind":"bert","inputs":[{"name":"x","shape":[1,2],"dtype":"i32"}],"cfg":{"layers":1,"d":2,"heads":1}}`:             "index",
		`{"kind":"conv","inputs":[{"name":"x","shape":[1]}],"ops":[{"op":"gap","src":[-1]}]}`:                                "index",
		`{"kind":"conv","inputs":[{"name":"x","shape":[1,3,8,8]}],"ops":[{"op":"add","src":[-1,-1],"act":"q"}],"output":[]}`: `"q"`,
	} {
		_, err := Inference([]byte(spec), make([]float32, 4), 1)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", spec, err, want)
		}
	}
	if _, err := Training("fit_nothing", 1); err == nil {
		t.Error("no error for a training task that there is not")
	}
}
