package compile

import (
	"testing"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/nntest"
	"wafer/nn/plan"
	"wafer/nn/zoo"
)

// A module takes what the plan states: prepared values, inputs, the arena and every thread's
// scratch. It would catch a kernel whose scratch grows with the model but stands in no plan, with
// which a statement of memory, and --memory, would be wrong.
func TestMemoryIsWhatThePlanStates(t *testing.T) {
	for _, c := range nntest.Cases() {
		if !c.Large {
			g, _, _ := c.Build()
			compareMemory(t, c.Name, plan.Build(g))
		}
	}
	models := nntest.Odd()
	for _, name := range zoo.Names() {
		m, err := zoo.New(name, zoo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		models[name] = m
	}
	for name, m := range models {
		for _, batch := range []int{1, 20} {
			g := graph.New()
			g.Output("y", m.Build(g, m.Declare(g, batch), layers.Options{})[0])
			compareMemory(t, name, plan.Build(g))
		}
	}
}

func compareMemory(t *testing.T, name string, p *plan.Plan) {
	t.Helper()
	for _, threads := range []int{1, 4} {
		m := Compile(p, Options{Threads: threads, Shared: threads > 1, ShareAll: true})
		got := int64(m.Memory.Prepared + m.Memory.Inputs + m.Memory.Arena + m.Memory.Scratch)
		// Beside it: room behind the last buffer, each input at a multiple of 64, parameters on their way in.
		rest := int64(2*slack + 64*(len(m.Inputs)+3) + m.Staging.Bytes)
		if stated := p.Bytes(threads); got > stated+stated/10+rest {
			t.Errorf("%s on %d threads: the module takes %d bytes (scratch %d), the plan states %d", name, threads,
				got, m.Memory.Scratch, stated)
		}
		weights := 0
		for _, list := range [][]plan.Leaf{p.Params, p.Consts} {
			for _, l := range list {
				weights += 4*l.Shape.Size() + 64
			}
		}
		if got, most := m.Memory.Pages(), (got+int64(weights)+controlEnd+2*slack+64)/PageSize+1; int64(got) > most {
			t.Errorf("%s on %d threads: the module has %d pages, expected %d at most", name, threads, got, most)
		}
	}
}
