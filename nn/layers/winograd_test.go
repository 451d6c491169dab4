package layers

import (
	"slices"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Winograd's transforms have no gradient, so graphs for training do without, in
// frozen layers too.
func TestWinogradIsForInference(t *testing.T) {
	m := Sequential("m", Spec{Shape: tensor.Shape{32, 32, 3}}, Conv2D(16, 3, "same", "relu"), Conv2D(16, 3, "same", "relu"))
	frozen := func(string) bool { return true }
	for _, c := range []struct {
		options Options
		want    []graph.Op
	}{
		{Options{}, []graph.Op{graph.Conv2D, graph.WinogradFilter, graph.WinogradConv2D}},
		{Options{Training: true}, []graph.Op{graph.Conv2D, graph.Conv2D}},
		{Options{Training: true, Frozen: frozen}, []graph.Op{graph.Conv2D, graph.Conv2D}},
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
			t.Errorf("training %t: %v, want %v", c.options.Training, got, c.want)
		}
	}
}
