package compile

import (
	"slices"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/nntest"
	"wafer/nn/plan"
	"wafer/nn/wasmbin"
)

// The scratch of a step lies in a gap of the arena. It would catch a gap that is none: one that holds
// what a later step or the caller still reads, or what the step itself reads and writes. Runs that compare
// bits see that only where threads meet.
func TestScratchLiesInNobodysMemory(t *testing.T) {
	gaps := 0
	for _, c := range nntest.Cases() {
		if !c.Large {
			g, _, _ := c.Build()
			gaps += followScratch(t, c.Name, plan.Build(g))
		}
	}
	for name, m := range nntest.Odd() {
		g := graph.New()
		g.Output("y", m.Build(g, m.Declare(g, 3), layers.Options{})[0])
		gaps += followScratch(t, name, plan.Build(g))
	}
	if gaps < 20 {
		t.Errorf("only %d steps have their scratch in the arena: the test would miss what it is for", gaps)
	}
}

// followScratch runs the steps over marks instead of numbers: an element of the arena is marked
// where scratch was the last to write it, and no step may read such a one.
func followScratch(t *testing.T, name string, p *plan.Plan) (gaps int) {
	t.Helper()
	c := &compiler{plan: p, opt: Options{Threads: 3, Shared: true, ShareAll: true}, m: wasmbin.NewModule(),
		out: &Module{}, funcs: map[string]*function{}, micro: map[string]uint32{}}
	c.findPacked()
	c.findPanels()
	c.findFilters()
	c.place()
	c.calls(p.Prepare)
	calls := c.calls(p.Steps)
	c.placeScratch(calls)
	spoiled := make([]bool, p.ArenaLen)
	whole := func(step int, values []int, what string) {
		for _, s := range c.spans(values) {
			for i := s.from; i < s.to; i++ {
				if spoiled[i] {
					t.Errorf("%s: step %d %s element %d of the arena, which is scratch", name, step, what, i)
					return
				}
			}
		}
	}
	for _, one := range calls {
		s := &p.Steps[one.step]
		if one.scratchAt != 0 && one.scratch > 0 {
			gaps++
			from := (one.scratchAt - c.lay.arena) / 4
			own := span{from, from + (c.scratchThreads(&one)*one.scratch+3)/4}
			for i := own.from; i < own.to; i++ {
				spoiled[i] = true
			}
			if slices.ContainsFunc(c.spans(s.Out), own.meets) {
				t.Errorf("%s: step %d has its scratch %v where it writes", name, one.step, own)
			}
		}
		whole(one.step, reads(s), "reads")
		for _, out := range c.spans(s.Out) {
			clear(spoiled[out.from:out.to])
		}
	}
	for _, o := range p.Outputs {
		whole(len(p.Steps), []int{o.Value}, "gives away")
	}
	return gaps
}
