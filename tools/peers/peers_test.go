package peers

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/native"
	"wafer/nn/tensor"
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
		{"bert_tiny", 1, native.Runner(1), false}, {"bert_tiny", 2, native.Runner(1), false}, {"matmul512", 1, native.Runner(1), false},
		{"mobilenetv1_025", 1, native.Runner(1), false}, {"mobilenetv2", 1, native.Runner(1), false},
		{"resnet18", 1, native.Runner(2), true}, {"minilm_l6", 1, native.Runner(2), true}, {"vgg16_notop", 1, native.Runner(2), true},
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
	file := func(f string) []byte {
		b, err := os.ReadFile(filepath.Join(models, name, f))
		if os.IsNotExist(err) {
			t.Skip("no models; `make bench-models` makes them")
		} else if err != nil {
			t.Fatal(err)
		}
		return b
	}
	spec := file("spec.json")
	task, err := Inference(spec, floats(file("weights.bin")), batch)
	if err != nil {
		t.Fatal(err)
	}
	fillReference(t, task, spec, file("in.bin"))
	p, err := run(task.Graph, task.State)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(task.Inputs)
	if err != nil {
		t.Fatal(err)
	}
	want := floats(file("out.bin"))
	y := out["output"]
	for i := range batch {
		got := y.F()[i*len(want) : (i+1)*len(want)]
		if shape := y.Shape(); len(shape) == 4 {
			got = channelsFirst(got, shape[1]*shape[2], shape[3])
		}
		if e := worst(got, want); !(e <= tolerance) {
			t.Errorf("sample %d is off by %.2g of the greatest result", i, e)
		}
	}
}

// fillReference puts the one input of in.bin into every place of the batch.
func fillReference(t *testing.T, task *Task, spec, data []byte) {
	var s Spec
	if err := json.Unmarshal(spec, &s); err != nil {
		t.Fatal(err)
	}
	for _, in := range s.Inputs {
		n := tensor.Shape(in.Shape).Size()
		raw, x := data[:4*n], task.Inputs[in.Name]
		data = data[4*n:]
		one := floats(raw)
		if s.Kind == "conv" {
			one = channelsFirst(one, in.Shape[1], in.Shape[2]*in.Shape[3]) // the same, turned around
		}
		for i := range x.Size() {
			if x.DType() == tensor.Int32 {
				x.I()[i] = int32(math.Float32bits(one[i%n]))
			} else {
				x.F()[i] = one[i%n]
			}
		}
	}
}

// channelsFirst transposes a [rows, columns] matrix.
func channelsFirst(x []float32, rows, columns int) []float32 {
	y := make([]float32, len(x))
	for i := range rows {
		for j := range columns {
			y[j*rows+i] = x[i*columns+j]
		}
	}
	return y
}

func floats(b []byte) []float32 {
	f := make([]float32, len(b)/4)
	for i := range f {
		f[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return f
}

func worst(got, want []float32) (share float64) {
	var off, most float64
	for i := range want {
		off = max(off, math.Abs(float64(got[i])-float64(want[i])))
		most = max(most, math.Abs(float64(want[i])))
	}
	return off / most
}

// A training step can be built, runs, and lowers the loss on its batch.
func TestTrainingStepsLearn(t *testing.T) {
	for name, batch := range map[string]int{"fit_smallcnn": 8, "fit_textlstm": 4, "fit_head": 16, "fit_mlp": 10, "fit_mobilenetv2": 2} {
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
	if !convolution("conv2d_3") || convolution("dense") {
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
