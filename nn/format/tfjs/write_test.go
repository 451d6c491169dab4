package tfjs

import (
	"slices"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// every is a network of pictures with each layer that is written, odd names among them.
func every() *layers.Model {
	b := layers.NewFunctional("every", layers.Spec{Shape: tensor.Shape{12, 12, 3}})
	x := b.Named("stem/conv:0", layers.Conv2D(8, 3, "same", "relu6"), layers.InputName)
	x = b.Named("stem/conv 0", layers.BatchNormalization(), x)
	x = b.Add(layers.DepthwiseConv2D(3, 2, "same", "elu"), x)
	y := b.Add(layers.SeparableConv2D(8, 3, 1, "same", "tanh"), x)
	x = b.Add(layers.Add(), x, y)
	x = b.Add(layers.ReLU(6), b.Add(&layers.ReLULayer{NegativeSlope: 0.25}, x))
	x = b.Add(layers.Concatenate(), x, b.Add(layers.ReLU(0), y))
	x = b.Add(layers.MaxPooling2D(2), b.Add(layers.ZeroPadding2D(1), x))
	x = b.Add(layers.AveragePooling2D(2), b.Add(layers.Rescaling(0.5, 0.25), x))
	x = b.Add(layers.Reshape(4, 16), x)
	x = b.Add(layers.LayerNormalization(), b.Add(layers.Conv1D(6, 3, "same", "silu"), x))
	x = b.Add(layers.Bidirectional(layers.LSTM(5).Sequences()), x)
	x = b.Add(layers.LSTM(7), x)
	x = b.Add(layers.Dropout(0.5), b.Add(layers.Dense(6, "gelu"), x))
	b.Add(layers.Activation("softmax"), b.Add(layers.Dense(3, "sigmoid"), b.Add(layers.Flatten(), x)))
	return b.Model()
}

func exportOf(m *layers.Model, normalisation string) foreign.Export {
	in := m.Input().Shape
	e := foreign.Export{Layers: m, State: m.InitState(7), Extra: foreign.Extra{Title: "一 model",
		Labels: []string{"a", "b", "猫"}}}
	if len(in) == 3 {
		e.Extra.Image = &recipe.Image{Height: in[0], Width: in[1], Channels: in[2], Resize: "bilinear", Mode: "centre",
			Background: "white", Normalisation: normalisation}
		if front := Pixels(e.Extra.Image); front != nil {
			e.Layers = foreign.WithPixels(m, front)
		}
	}
	for name, v := range e.State { // moving averages and scales that are not 0 and 1
		if strings.HasSuffix(name, "moving_mean") || strings.HasSuffix(name, "gamma") {
			for i := range v.F() {
				v.F()[i] += 0.125 * float32(i%3)
			}
		}
	}
	return e
}

func wave(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i*37%101)/50 - 1
	}
	return x
}

// What is written gives the same bits when it is read, with labels and preprocessing, whatever the normalisation.
func TestWhatIsWrittenIsReadWithTheSameBits(t *testing.T) {
	for _, normalisation := range []string{"-1..1", "0..1", "none", "imagenet"} {
		e := exportOf(every(), normalisation)
		file, err := Write(e)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Write(e); err != nil || string(again) != string(file) {
			t.Errorf("the same model gives %d and %d bytes that differ (%v)", len(file), len(again), err)
		}
		files, err := foreign.Unzip(file, 0)
		if err != nil {
			t.Fatal(err)
		}
		n := load(t, files)
		x := wave(12 * 12 * 3)
		want := run(t, &foreign.Network{Layers: every(), State: e.State}, "", x)
		if got := run(t, n, "", x); !slices.Equal(got, want) {
			t.Errorf("%s: gives %v, expected %v", normalisation, got, want)
		}
		if *n.Image != *e.Extra.Image || !slices.Equal(n.Labels, e.Extra.Labels) || n.Name != e.Extra.Title {
			t.Errorf("read as %q with %v and %+v, expected %+v", n.Name, n.Labels, n.Image, e.Extra)
		}
	}
}

// A network of whole numbers goes out without the metadata of pictures.
func TestATextsNetworkIsWritten(t *testing.T) {
	m := layers.Sequential("text", layers.Spec{Shape: tensor.Shape{9}, DType: tensor.Int32}, layers.Embedding(20, 4),
		layers.GlobalAveragePooling1D(), layers.Dense(2, "softmax"))
	e := exportOf(m, "")
	file, err := Write(e)
	if err != nil {
		t.Fatal(err)
	}
	files, err := foreign.Unzip(file, 0)
	if err != nil || len(files) != 2 {
		t.Fatalf("found %d files (%v), expected model.json and weights.bin", len(files), err)
	}
	n := load(t, files)
	n.Layers.Inputs[0].DType = tensor.Int32
	x := []float32{1, 2, 3, 4, 5, 6, 7, 8, 19}
	if got, want := run(t, n, "", x), run(t, &foreign.Network{Layers: m, State: e.State}, "", x); !slices.Equal(got,
		want) {
		t.Errorf("gives %v, expected %v", got, want)
	}
}

func TestWhatTensorFlowJSLacks(t *testing.T) {
	spec := layers.Spec{Shape: tensor.Shape{4, 6}}
	for says, l := range map[string]layers.Layer{
		`"conv1d" (Conv1D)`:                    layers.Conv1D(3, 2, "causal", ""),
		`"gru" (GRU)`:                          layers.GRU(3),
		`"multi_head_attention"`:               layers.MultiHeadAttention(2, 3),
		`no activation "leaky_relu"`:           layers.Dense(3, "leaky_relu"),
		`no activation "hard_sigmoid"`:         layers.Activation("hard_sigmoid"),
		`"exp" (op.exp): TensorFlow.js has no`: layers.Op(graph.Exp, nil),
		`"bidirectional" (Bidirectional)`:      layers.Bidirectional(layers.GRU(3)),
	} {
		m := layers.Sequential("m", spec, l)
		_, err := Write(exportOf(m, ""))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, expected one that says %q", err, says)
		}
	}
}
