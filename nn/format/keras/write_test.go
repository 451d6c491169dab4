package keras

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// pictures is a network of pictures with every layer of those that is written, odd names among them.
func picturesNet() *layers.Model {
	b := layers.NewFunctional("every", layers.Spec{Shape: tensor.Shape{12, 12, 3}})
	x := b.Named("stem/conv:0", layers.Conv2D(8, 3, "same", "relu6"), layers.InputName)
	x = b.Named("stem/conv 0", layers.BatchNormalization(), x)
	x = b.Add(layers.DepthwiseConv2D(3, 2, "same", "relu6"), x)
	y := b.Add(layers.SeparableConv2D(8, 3, 1, "same", "tanh"), x)
	unused := b.Add(layers.Dense(2, ""), y)
	x = b.Add(layers.Add(), x, y)
	x = b.Add(layers.GroupNormalization(2), b.Add(layers.ReLU(6), b.Add(&layers.ReLULayer{NegativeSlope: 0.25}, x)))
	x = b.Add(layers.Concatenate(), x, b.Add(layers.Activation("relu6"), y))
	x = b.Add(layers.MaxPooling2D(2), b.Add(layers.ZeroPadding2D(1), x))
	x = b.Add(layers.AveragePooling2D(2), b.Add(layers.Rescaling(0.5, 0.25), x))
	x = b.Add(layers.UnitNormalization(), b.Add(layers.Reshape(4, 16), x))
	x = b.Add(layers.LayerNormalization(), b.Add(layers.Conv1D(6, 3, "causal", "silu"), x))
	x = b.Add(layers.MultiHeadAttention(2, 3), x)
	x = b.Add(layers.MultiHeadAttention(2, 3), x, b.Add(layers.Dense(6, "softsign"), x))
	x = b.Add(layers.Bidirectional(layers.LSTM(5).Sequences()), x)
	x = b.Add(layers.TimeDistributed(layers.Dense(4, "selu")), x)
	x = b.Add(layers.Multiply(), x, b.Add(layers.Softmax(), x))
	x = b.Add(layers.GRU(7), x)
	x = b.Add(layers.Dropout(0.5), b.Add(layers.Dense(6, "gelu"), x))
	x = b.Add(layers.Activation("softmax"), b.Add(layers.Dense(3, "sigmoid"), b.Add(layers.Flatten(), x)))
	b.Outputs(x)
	_ = unused
	return b.Model()
}

// drawn are weights none of which is as it would be made, so that no order of them is right by chance.
func drawn(m *layers.Model) graph.State {
	state := m.InitState(7)
	for _, w := range m.Weights() {
		v := state[w.Name].F()
		for i := range v {
			v[i] += 0.0625 * float32(i%5+len(w.Name)%3)
		}
	}
	return state
}

func reread(t *testing.T, file []byte) *foreign.Network {
	t.Helper()
	files := foreign.Files{{Name: "m", Data: file}}
	if foreign.IsZip(file) {
		var err error
		if files, err = foreign.Unzip(file, 0); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Inspect(files)
	if err != nil {
		t.Fatal(err)
	}
	n, err := f.Load(0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What is written gives the same bits when it is read, with what went with it.
func TestWhatIsWrittenIsReadWithTheSameBits(t *testing.T) {
	net := picturesNet()
	e := foreign.Export{Layers: net, State: drawn(net), Extra: foreign.Extra{Title: "一 model",
		Labels: []string{"a", "b", "猫"},
		Image: &recipe.Image{Height: 12, Width: 12, Channels: 3, Resize: "nearest", Mode: "fit", Background: "black",
			Normalisation: "0..1"}}}
	x := tensor.New(tensor.Float32, 2, 12, 12, 3)
	for i := range x.F() {
		x.F()[i] = float32(i*37%101)/50 - 1
	}
	want := run(t, &foreign.Network{Layers: net, State: e.State}, x)
	for name, write := range map[string]func(foreign.Export) ([]byte, error){"h5": WriteH5, "keras": WriteArchive} {
		file, err := write(e)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again, err := write(e); err != nil || !bytes.Equal(again, file) {
			t.Errorf("%s: the same model gives other bytes (%v)", name, err)
		}
		n := reread(t, file)
		if got := run(t, n, x); got.Diff(want) != "" {
			t.Errorf("%s: %s", name, got.Diff(want))
		}
		if n.Name != e.Extra.Title || !slices.Equal(n.Labels, e.Extra.Labels) ||
			!reflect.DeepEqual(n.Image, e.Extra.Image) {
			t.Errorf("%s: read as %q, %q, %+v", name, n.Name, n.Labels, n.Image)
		}
		if unused := len(net.Weights()) - len(n.Layers.Weights()); unused != 2 {
			t.Errorf("%s: %d weights are left out, expected the 2 that the output does not need", name, unused)
		}
	}
}

// Layers come in the order of Keras' Model.layers, by which it finds their weights: by distance from the output, then
// as a walk from there meets them (map_graph in keras/src/ops/function.py).
func TestOrderIsThatOfKeras(t *testing.T) {
	b := layers.NewFunctional("m", layers.Spec{Shape: tensor.Shape{4}})
	short := b.Named("short", layers.Dense(4, ""), layers.InputName)
	long := b.Named("long1", layers.Dense(4, ""), layers.InputName)
	long = b.Named("long2", layers.Dense(4, ""), long)
	sum := b.Named("sum", layers.Add(), short, long)
	side := b.Named("side", layers.Dense(4, ""), layers.InputName)
	b.Named("out", layers.Concatenate(), side, sum)
	m, err := Describe(b.Model(), keras3)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range m.Layers {
		names = append(names, l.Name)
	}
	if got := strings.Join(names, " "); got != "input long1 short long2 side sum out" {
		t.Errorf("the order is %s", got)
	}
}

// A network of whole numbers keeps them, and a Normalization its statistics.
func TestOtherNetworksAreWritten(t *testing.T) {
	text := layers.Sequential("text", layers.Spec{Shape: tensor.Shape{9}, DType: tensor.Int32}, layers.Embedding(20, 4),
		layers.GlobalAveragePooling1D(), layers.Dense(2, "softmax"))
	rows := layers.Sequential("rows", layers.Spec{Shape: tensor.Shape{3, 8}}, &layers.NormalizationLayer{},
		layers.SimpleRNN(3), layers.Dense(2, "softmax"))
	for _, net := range []*layers.Model{text, rows} {
		e := foreign.Export{Layers: net, State: drawn(net), Smaller: true, Extra: foreign.Extra{Text: &recipe.Text{}}}
		in := net.Input()
		x := tensor.New(in.DType, append([]int{2}, in.Shape...)...)
		for i := range x.Size() {
			if in.DType == tensor.Int32 {
				x.I()[i] = int32(i % 20)
			} else {
				x.F()[i] = float32(i%7) - 3
			}
		}
		for name, write := range map[string]func(foreign.Export) ([]byte, error){"h5": WriteH5, "keras": WriteArchive} {
			file, err := write(e)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			n := reread(t, file)
			if n.Layers.Input().DType != in.DType {
				t.Errorf("%s: the input holds %v, expected %v", name, n.Layers.Input().DType, in.DType)
			}
			if d := run(t, n, x).Diff(run(t, &foreign.Network{Layers: net, State: e.State}, x)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
	}
}

func TestWhatKerasLacks(t *testing.T) {
	spec := layers.Spec{Shape: tensor.Shape{4, 6}}
	for says, l := range map[string]layers.Layer{
		`Keras 2 has no activation "leaky_relu"`:   layers.Dense(3, "leaky_relu"),
		`Keras 2 has no activation "hard_sigmoid"`: layers.Activation("hard_sigmoid"),
		`"exp" (op.exp): Keras 2 has no`:           layers.Op(graph.Exp, nil),
		`(PositionEmbedding): Keras 2 has no`:      layers.PositionEmbedding(4),
	} {
		m := layers.Sequential("m", spec, l)
		if _, err := WriteH5(foreign.Export{Layers: m, State: m.InitState(1)}); err == nil ||
			!strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, expected one that says %q", err, says)
		}
	}
}

// The architecture of a .keras file has what Keras 3 reads: objects with module and registered name, tensors with their
// history, and, of layers that join, a list of these as one argument.
func TestArchitectureOfKerasThree(t *testing.T) {
	net := picturesNet()
	m, err := Describe(net, keras3)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := json.Marshal(m.Config)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join("testdata", "every.json")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, doc, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(doc, want) {
		t.Errorf("the architecture differs from %s (%v); UPDATE=1 rewrites it", name, err)
	}
}

// h5py finds in the files what Keras' own loader takes from them, and its numbers give what our network gives.
func TestH5pyOpensExports(t *testing.T) {
	if out, err := exec.Command("/usr/bin/python3", "-c", "import h5py").CombinedOutput(); err != nil {
		t.Skipf("h5py is not installed (apt-get install python3-h5py): %.200s", bytes.TrimSpace(out))
	}
	net := layers.Sequential("m", layers.Spec{Shape: tensor.Shape{6}}, layers.Dense(5, "relu"),
		layers.BatchNormalization(), layers.Dense(3, ""))
	e := foreign.Export{Layers: net, State: drawn(net)}
	x := tensor.New(tensor.Float32, 1, 6)
	for i := range x.F() {
		x.F()[i] = float32(i) - 2
	}
	want, err := json.Marshal(run(t, &foreign.Network{Layers: net, State: e.State}, x).F())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, write := range map[string]func(foreign.Export) ([]byte, error){"m.h5": WriteH5, "m.keras": WriteArchive} {
		file, err := write(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("/usr/bin/python3", "testdata/exported.py", folder, string(want)).
		CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
