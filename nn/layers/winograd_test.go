package layers

import (
	"slices"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Winograd's transforms have no gradient, so graphs for training do without, but for
// frozen layers that nothing trained stands before.
func TestWinogradIsForInference(t *testing.T) {
	m := Sequential("m", Spec{Shape: tensor.Shape{32, 32, 3}}, Conv2D(16, 3, "same", "relu"),
		Conv2D(16, 3, "same", "relu"))
	winograd := []graph.Op{graph.Conv2D, graph.WinogradFilter, graph.WinogradConv2D}
	frozen := func(names ...string) func(string) bool {
		return func(name string) bool { return slices.Contains(names, name) }
	}
	for _, c := range []struct {
		options Options
		want    []graph.Op
	}{
		{Options{}, winograd},
		{Options{Training: true}, []graph.Op{graph.Conv2D, graph.Conv2D}},
		{Options{Training: true, Frozen: frozen("conv2d_1")}, []graph.Op{graph.Conv2D, graph.Conv2D}},
		{Options{Training: true, Frozen: frozen("conv2d", "conv2d_1")}, winograd},
	} {
		g := graph.New()
		m.Apply(g, g.Input("x", tensor.Float32, 2, 32, 32, 3), c.options)
		var got []graph.Op
		for _, n := range g.Nodes {
			if n.Op >= graph.Conv2D && n.Op <= graph.WinogradConv2D {
				got = append(got, n.Op)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("training %t, frozen %t: %v, want %v", c.options.Training, c.options.Frozen != nil, got, c.want)
		}
	}
}

// Cutting at the end of a base gives two models that together are the whole.
func TestCut(t *testing.T) {
	b := NewFunctional("m", Spec{Shape: tensor.Shape{8, 8, 3}})
	first := b.Add(Conv2D(4, 3, "same", "relu"), InputName)
	second := b.Add(Conv2D(4, 3, "same", "relu"), first)
	sum := b.Add(Add(), first, second)
	flat := b.Add(Flatten(), sum)
	b.Add(Dense(2, "softmax"), flat)
	m := b.Model()
	if _, _, ok := m.Cut(second); ok {
		t.Error("a cut through a shortcut must be refused")
	}
	if _, _, ok := m.Cut("dense"); ok {
		t.Error("a cut behind the last entry must be refused")
	}
	head, rest, ok := m.Cut(sum)
	if !ok || len(head.Entries) != 3 || len(rest.Entries) != 2 || !rest.Input().Shape.Equal(tensor.Shape{8, 8, 4}) {
		t.Fatalf("got %v, %v, %v", head, rest, ok)
	}
	if got := len(head.Weights()) + len(rest.Weights()); got != len(m.Weights()) ||
		!rest.OutputShape().Equal(tensor.Shape{2}) {
		t.Errorf("%d weights of %d, output %v", got, len(m.Weights()), rest.OutputShape())
	}
}

func TestNewRefusesUnknownKeys(t *testing.T) {
	if l, err := New("Dense", []byte(`{"units":3}`)); err != nil || !l.(*DenseLayer).UseBias {
		t.Errorf("got %+v, %v", l, err)
	}
	if _, err := New("Dense", []byte(`{"unit":3}`)); err == nil {
		t.Error("a key that Dense does not have must be refused")
	}
	if _, err := New("Dens", nil); err == nil {
		t.Error("an unknown class must be refused")
	}
}
