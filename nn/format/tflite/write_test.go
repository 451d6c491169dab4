package tflite

import (
	"math/rand/v2"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// everything is a network of every layer that is written.
func everything() *layers.Model {
	b := layers.NewFunctional("all", layers.Spec{Shape: tensor.Shape{9, 8, 3}})
	x := b.Named(foreign.PixelsLayer, layers.Rescaling(1.0/255, -0.5), layers.InputName)
	x = b.Add(layers.Conv2D(6, 3, "same", "relu6").Stride(2), x)
	x = b.Add(layers.BatchNormalization(), x)
	y := b.Add(layers.DepthwiseConv2D(3, 1, "same", "relu").NoBias(), x)
	y = b.Add(layers.Conv2D(6, 1, "valid", "tanh"), y)
	z := b.Add(layers.Add(), x, y, x)
	z = b.Add(layers.ZeroPadding2D(1), z)
	z = b.Add(layers.MaxPooling2D(2), z)
	p := b.Add(layers.AveragePooling2D(1), z)
	p = b.Add(layers.ReLU(0), p)
	early := b.Add(layers.GlobalAveragePooling2D(), y)
	p = b.Add(layers.Reshape(3, 3*6), p)
	p = b.Add(layers.Flatten(), p)
	p = b.Add(layers.Concatenate(), p, early)
	p = b.Add(layers.Dropout(0.5), p)
	p = b.Add(layers.Dense(5, "sigmoid"), p)
	p = b.Add(layers.Activation("relu6"), p)
	b.Add(layers.Dense(4, "softmax"), p)
	return b.Model()
}

// random are weights for a network; variances are above 0.
func random(net *layers.Model) graph.State {
	r, state := rand.New(rand.NewPCG(1, 2)), graph.State{}
	for _, w := range net.Weights() {
		t := tensor.New(tensor.Float32, w.Shape...)
		for i := range t.F() {
			if t.F()[i] = float32(r.NormFloat64()) / 2; strings.HasSuffix(w.Name, "variance") {
				t.F()[i] = r.Float32() + 0.5
			}
		}
		state[w.Name] = t
	}
	return state
}

// What is written is read with the same bits, its extras and the layer in front.
func TestWrittenFilesAreReadAsTheSameNetwork(t *testing.T) {
	net := everything()
	state := random(net)
	x := tensor.New(tensor.Float32, 1, 9, 8, 3)
	for i := range x.F() {
		x.F()[i] = float32(37 * i % 256)
	}
	want, err := foreign.Reference(net, state, x)
	if err != nil {
		t.Fatal(err)
	}
	file, err := Write(foreign.Export{Layers: net, State: state, Extra: foreign.Extra{Title: "all",
		Labels: []string{"a",
			"ü"}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if y, err := foreign.Reference(got.Layers, got.State, x); err != nil || foreign.Apart(y, want) != 0 {
		t.Errorf("gives %v (%v), expected %v", y, err, want)
	}
	if got.Extra == nil || got.Extra.Labels[1] != "ü" || !got.Pixels {
		t.Errorf("the extras are %+v, a layer of pixels in front: %v", got.Extra, got.Pixels)
	}
}

// Weights in 16 bits are widened by the file itself, and read as they were rounded.
func TestWrittenHalves(t *testing.T) {
	net := everything()
	state := random(net)
	for _, w := range net.Weights() {
		for i, f := range state[w.Name].F() {
			state[w.Name].F()[i] = tensor.FromHalf(tensor.Half(f))
		}
	}
	wide, err := Write(foreign.Export{Layers: net, State: state})
	if err != nil {
		t.Fatal(err)
	}
	file, err := Write(foreign.Export{Layers: net, State: state, Smaller: true})
	if err != nil || len(file) >= len(wide) {
		t.Fatalf("%d bytes with halves, %d without, %v", len(file), len(wide), err)
	}
	a, errA := Load(wide)
	b, errB := Load(file)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	for name, v := range a.State {
		if b.State[name] == nil || v.Diff(b.State[name]) != "" {
			t.Errorf("%s is read as %v, expected %v", name, b.State[name], v)
		}
	}
}

// What TFLite has no operator for is a sentence that names the layer.
func TestWhatIsNotWritten(t *testing.T) {
	words := layers.NewFunctional("w", layers.Spec{Shape: tensor.Shape{4}, DType: tensor.Int32})
	words.Add(layers.Flatten(), words.Add(layers.Embedding(5, 2), layers.InputName))
	selu := layers.NewFunctional("s", layers.Spec{Shape: tensor.Shape{4}})
	selu.Add(layers.Dense(2, "selu"), layers.InputName)
	for want, net := range map[string]*layers.Model{"takes whole numbers": words.Model(),
		"layer dense: TFLite has no operator for the activation \"selu\"": selu.Model()} {
		if _, err := Write(foreign.Export{Layers: net, State: random(net)}); err == nil ||
			!strings.Contains(err.Error(),
				want) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
}
