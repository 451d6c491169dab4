package layers_test

import (
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	. "wafer/nn/layers"
	"wafer/nn/tensor"
)

// attentive is a model whose layers all pass the mask of its embedding on.
func attentive(steps int) *Model {
	b := NewFunctional("m", Spec{Shape: tensor.Shape{steps}, DType: tensor.Int32})
	table := Embedding(9, 6)
	table.MaskZero = true
	x := b.Add(table, InputName)
	x = b.Add(Add(), x, b.Add(PositionEmbedding(20), x))
	x = b.Add(LayerNormalization(), b.Add(Dense(6, "gelu"), x))
	x = b.Add(Add(), x, b.Add(MultiHeadAttention(2, 5), x))
	b.Add(GlobalAveragePooling1D(), b.Add(ReLU(0), x))
	return b.Model()
}

func run(t *testing.T, m *Model, ids ...int32) *tensor.Tensor {
	t.Helper()
	g := graph.New()
	g.Output("y", m.Apply(g, g.Input("x", tensor.Int32, 1, len(ids)), Options{}))
	p, err := eval.Runner(g, m.InitState(3))
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.New(tensor.Int32, 1, len(ids))
	copy(x.I(), ids)
	out, err := p.Run(map[string]*tensor.Tensor{"x": x})
	if err != nil {
		t.Fatal(err)
	}
	return out["y"]
}

// Padding leaves a text's result as it was, to the last bit: no step attends to it,
// and the mean over time leaves it out. Without the mask it would not.
func TestPaddingChangesNothing(t *testing.T) {
	short := run(t, attentive(4), 3, 8, 1, 5)
	if d := short.Diff(run(t, attentive(20), 3, 8, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)); d != "" {
		t.Errorf("padding changes the result: %s", d)
	}
	m := attentive(6)
	m.Entries[0].Layer.(*EmbeddingLayer).MaskZero = false
	if short.Diff(run(t, m, 3, 8, 1, 5, 0, 0)) == "" {
		t.Error("without a mask, padding does not change the result: the test sees nothing")
	}
	if y := run(t, attentive(3), 0, 0, 0); y.F()[0] != y.F()[0] {
		t.Error("a text of padding alone gives NaN")
	}
}
