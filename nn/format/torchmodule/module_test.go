package torchmodule

import (
	"bytes"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/format/torchmodule/torchtest"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// exportOf draws weights none of which is as it would be made, and computes the check.
func exportOf(t *testing.T, m *layers.Model) foreign.Export {
	t.Helper()
	e := foreign.Export{Layers: m, State: m.InitState(7), Extra: foreign.Extra{Title: "t",
		Labels: []string{"a", "'); print(\"b"}}}
	for _, w := range m.Weights() {
		for i, v := range e.State[w.Name].F() {
			e.State[w.Name].F()[i] = v + 0.03125*float32(i%5+len(w.Name)%3-3)
		}
	}
	in := m.Input()
	c := &foreign.Check{Input: foreign.WaveFor(in, 7)}
	x, err := c.Input.Tensor(in)
	if err != nil {
		t.Fatal(err)
	}
	if c.Output, err = foreign.Reference(m, e.State, x); err != nil {
		t.Fatal(err)
	}
	e.Extra.Check = c
	return e
}

// pictures is a network of pictures with the layers that are written.
func pictures() *layers.Model {
	b := layers.NewFunctional("pictures", layers.Spec{Shape: tensor.Shape{13, 12, 3}})
	x := b.Named("float", layers.Conv2D(8, 3, "same", "relu6"), layers.InputName)
	x = b.Named("stem/conv 0", layers.BatchNormalization(), x)
	x = b.Named("stem/conv:0", layers.Conv2D(8, 2, "same", "elu"), x)
	x = b.Add(layers.DepthwiseConv2D(3, 2, "same", "gelu"), x)
	y := b.Add(layers.SeparableConv2D(8, 3, 1, "same", "tanh"), x)
	x = b.Add(layers.Multiply(), b.Add(layers.Add(), x, y), b.Add(layers.Softmax(), y))
	x = b.Add(layers.GroupNormalization(2), b.Add(layers.ReLU(6), b.Add(&layers.ReLULayer{NegativeSlope: 0.25}, x)))
	x = b.Add(layers.Concatenate(), x, b.Add(layers.Dense(3, "softmax"), y))
	pool := layers.AveragePooling2D(3)
	pool.Padding, pool.Strides = "same", [2]int{1, 1}
	x = b.Add(pool, b.Add(layers.LayerNormalization(), x))
	most := layers.MaxPooling2D(2)
	most.Padding = "same"
	x = b.Add(most, b.Add(layers.ZeroPadding2D(1), x))
	x = b.Add(layers.Rescaling(0.5, 0.25), b.Add(layers.UpSampling2D(2), b.Add(layers.Activation("hard_sigmoid"), x)))
	x = b.Add(layers.Concatenate(), b.Add(layers.Flatten(), x), b.Add(layers.GlobalAveragePooling2D(), y),
		b.Add(layers.GlobalMaxPooling2D(), y))
	b.Add(layers.Dense(3, ""), b.Add(layers.Dropout(0.5), b.Add(layers.Dense(9, "silu"), x)))
	return b.Model()
}

// sequences is one of rows in time.
func sequences() *layers.Model {
	b := layers.NewFunctional("sequences", layers.Spec{Shape: tensor.Shape{8, 6}})
	x := b.Add(layers.LayerNormalization(), b.Add(layers.Conv1D(6, 3, "causal", "silu"), layers.InputName))
	x = b.Add(layers.BatchNormalization(), b.Add(layers.Conv1D(6, 4, "same", "selu"), x))
	x = b.Add(layers.Add(), x, b.Add(layers.PositionEmbedding(9), x), b.Add(layers.SegmentEmbedding(2), x))
	x = b.Add(layers.MultiHeadAttention(2, 3), x, b.Add(layers.Dense(5, "softsign"), x))
	x = b.Add(layers.Bidirectional(layers.LSTM(5).Sequences()), x)
	x = b.Add(layers.Concatenate(), b.Add(layers.Bidirectional(layers.GRU(3).Sequences()), x), x)
	back := layers.LSTM(4).Sequences()
	back.GoBackwards = true
	x = b.Add(layers.Cropping1D(1, 2), b.Add(back, x))
	x = b.Add(layers.Concatenate(), b.Add(layers.Bidirectional(layers.LSTM(3)), x), b.Add(layers.GRU(7), x),
		b.Add(layers.GlobalMaxPooling1D(), x))
	x = b.Add(layers.Reshape(4, 3, 2), b.Add(layers.Dense(24, "mish"), b.Add(layers.UnitNormalization(), x)))
	b.Add(layers.Dense(2, ""), b.Add(layers.Flatten(), b.Add(layers.Conv2D(2, 2, "valid", ""), x)))
	return b.Model()
}

// texts is one of words with a mask.
func texts() *layers.Model {
	b := layers.NewFunctional("texts", layers.Spec{Shape: tensor.Shape{9}, DType: tensor.Int32})
	words := layers.Embedding(7, 6)
	words.MaskZero = true
	x := b.Add(words, layers.InputName)
	x = b.Add(layers.Add(), x, b.Add(layers.PositionEmbedding(9), x))
	x = b.Add(layers.Add(), x, b.Add(layers.MultiHeadAttention(2, 4), b.Add(layers.LayerNormalization(), x)))
	b.Add(layers.Dense(2, ""), b.Add(layers.GlobalAveragePooling1D(), x))
	return b.Model()
}

// PyTorch runs what is written, and gives what our network gives, to 1e-4.
func TestTorchRunsExports(t *testing.T) {
	torchtest.Need(t)
	for _, m := range []*layers.Model{pictures(), sequences(), texts()} {
		e := exportOf(t, m)
		if m.Name == "pictures" {
			e.Extra.Image = &recipe.Image{Height: 13, Width: 12, Channels: 3, Normalisation: "imagenet"}
		}
		file, err := Write(e)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Write(e); err != nil || !bytes.Equal(again, file) {
			t.Errorf("%s: the same model gives other bytes (%v)", m.Name, err)
		}
		torchtest.Check(t, m.Name, file)
	}
}

// A check that is not met fails.
func TestTorchNoticesOtherNumbers(t *testing.T) {
	torchtest.Need(t)
	e := exportOf(t, texts())
	e.Extra.Check.Output[0] += 0.01 * max(1, e.Extra.Check.Output[0])
	file, err := Write(e)
	if err != nil {
		t.Fatal(err)
	}
	if out, _, err := torchtest.Run(t, file); err == nil || !strings.Contains(string(out), "by 0.0") {
		t.Errorf("the check says %q (%v), expected a failure by about 0.01", out, err)
	}
}

func TestWhatIsNotWritten(t *testing.T) {
	spec := layers.Spec{Shape: tensor.Shape{4, 6}}
	for says, l := range map[string]layers.Layer{
		`"exp" (op.exp): PyTorch has no such layer`: layers.Op(graph.Exp, nil),
		`"simple_rnn" (SimpleRNN): PyTorch has no`:  layers.SimpleRNN(3),
	} {
		m := layers.Sequential("m", spec, l)
		if _, err := Write(foreign.Export{Layers: m, State: m.InitState(1)}); err == nil ||
			!strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, expected one that says %q", err, says)
		}
	}
}
