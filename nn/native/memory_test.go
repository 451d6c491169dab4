package native

import (
	"runtime"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/nntest"
	"wafer/nn/plan"
	"wafer/nn/tensor"
	"wafer/nn/zoo"
)

// ran makes a program of a plan and runs it once.
func ran(t *testing.T, p *plan.Plan, state graph.State, inputs map[string]*tensor.Tensor, threads int) graph.Program {
	t.Helper()
	program, err := newProgram(p, state, threads)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := program.Run(inputs); err != nil {
		t.Fatal(err)
	}
	return program
}

// allocated is what f allocates in all, of which its peak can be no more.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// kept is what is there after make and was not before.
func kept(make func() graph.Program) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // the second empties the pools of other packages
	runtime.ReadMemStats(&before)
	program := make()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(program)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

// forThreads is what Go keeps of a team of threads, and of a program as such.
func forThreads(n int) int64 { return int64(16<<10 + 8<<10*n) }

// A program takes what its plan states and no more: frames, taps, packed panels and blocks of chains
// are counted, and what is let go during the run. It would catch scratch
// memory that grows with a model but stands in no plan.
func TestMemoryIsWhatThePlanStates(t *testing.T) {
	for _, c := range nntest.Cases() {
		if c.Large && testing.Short() {
			continue
		}
		for _, threads := range []int{1, 3} {
			g, inputs, state := c.Build()
			p := plan.Build(g)
			stated := p.Bytes(threads)
			if got := allocated(func() {
				ran(t, p, state, inputs,
					threads)
			}); got > stated+stated/10+forThreads(threads) {
				t.Errorf("%s on %d threads takes %d bytes, the plan states %d", c.Name, threads, got, stated)
			}
		}
	}
}

// The same for architectures, for one sample and for several.
func TestMemoryOfArchitectures(t *testing.T) {
	models := nntest.Odd()
	for _, name := range zoo.Names() {
		if testing.Short() && name != "digits_cnn" && name != "text_lstm" && name != "land_cnn" {
			continue
		}
		m, err := zoo.New(name, zoo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		models[name] = m
	}
	for name, m := range models {
		state := m.InitState(1)
		for _, batch := range []int{1, 5} {
			g := graph.New()
			g.Output("y", m.Build(g, m.Declare(g, batch), layers.Options{})[0])
			inputs := map[string]*tensor.Tensor{}
			for _, in := range g.Leaves(graph.Input) {
				inputs[in.Name] = tensor.New(in.DType, in.Shape...)
			}
			p := plan.Build(g)
			stated := p.Bytes(2)
			got := kept(func() graph.Program { return ran(t, p, state, inputs, 2) })
			t.Logf("%s, %d samples: %d bytes of %d stated", name, batch, got, stated)
			if got > stated+stated/10+forThreads(2) {
				t.Errorf("%s for %d samples takes %d bytes, the plan states %d", name, batch, got, stated)
			}
		}
	}
}
