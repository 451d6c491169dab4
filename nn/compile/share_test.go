package compile

import (
	"testing"

	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

// With ShareAll even a chain over a few elements is cut into pieces for the threads.
func TestShareAllSharesSmallSteps(t *testing.T) {
	g := graph.New()
	x := g.Input("x", tensor.Float32, 40)
	g.Output("y", g.Add(g.Mul(x, x), x))
	p := plan.Build(g)
	if m := Compile(p, Options{Threads: 2, Shared: true}); !m.Alone {
		t.Errorf("40 elements are shared: %v", m.Steps)
	}
	m := Compile(p, Options{Threads: 2, Shared: true, ShareAll: true})
	if m.Alone || m.Threads != 2 || m.Steps[0].Serial || m.Steps[0].Grain >= 40 {
		t.Errorf("40 elements are not shared: %v", m.Steps)
	}
}
