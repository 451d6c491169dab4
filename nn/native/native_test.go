package native

import (
	"fmt"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/nntest"
	"wafer/nn/tensor"
)

// TestEqual compares every case with eval: on one thread, and on two and three
// with every step cut into shares, however small. The race detector gets the most threads only.
func TestEqual(t *testing.T) {
	teams := []int{1, 2, 3}
	if raced {
		teams = teams[2:]
	}
	for _, threads := range teams {
		t.Run(fmt.Sprintf("threads=%d", threads), func(t *testing.T) {
			shareEverything(t)
			nntest.Equal(t, Runner(threads))
		})
	}
}

// TestAHolePanicsWithItsName: an op that the loops do not know must not pass for the identity.
func TestAHolePanicsWithItsName(t *testing.T) {
	x := []float32{1, 2, 3}
	for want, f := range map[string]func(){
		"native: matmul is not unary":  func() { unary(graph.MatMul, x, x) },
		"native: matmul is not binary": func() { binary(graph.MatMul, x, x, x) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("got the panic %v, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

func shareEverything(t *testing.T) {
	before := parallelWork
	parallelWork = 0
	t.Cleanup(func() { parallelWork = before })
}

// TestSecondRunAllocatesLittle: all memory is there after the first run.
func TestSecondRunAllocatesLittle(t *testing.T) {
	g := graph.New()
	x, w, b := g.Input("x", tensor.Float32, 32, 100), g.Param("w", 100, 50), g.Param("b", 50)
	y := g.Softmax(g.Relu(g.Add(g.MatMul(x, w, false, false), b)))
	loss := g.ReduceSum(g.Mul(y, y), 0, 1)
	g.Output("loss", loss)
	g.Update(b, g.Sub(b, g.Mul(loss, g.Scalar(0.1))))
	state := graph.State{"w": tensor.New(tensor.Float32, 100, 50), "b": tensor.New(tensor.Float32, 50)}
	p, err := Runner(1)(g, state)
	if err != nil {
		t.Fatal(err)
	}
	inputs := map[string]*tensor.Tensor{"x": tensor.New(tensor.Float32, 32, 100)}
	got := testing.AllocsPerRun(10, func() {
		if _, err := p.Run(inputs); err != nil {
			t.Fatal(err)
		}
	})
	if got > 5 {
		t.Errorf("a run makes %v allocations, want at most 5", got)
	}
}

func TestWrongInputsAndStatesAreErrors(t *testing.T) {
	g := graph.New()
	w := g.Param("w", 3)
	g.Output("y", g.Add(g.Input("x", tensor.Float32, 3), w))
	g.Update(w, g.Neg(w))
	for _, state := range []graph.State{{}, {"w": tensor.New(tensor.Float32, 4)}, {"w": tensor.New(tensor.Int32, 3)}} {
		if _, err := Runner(1)(g, state); err == nil {
			t.Errorf("state %v: no error, want one about w", state)
		}
	}
	state := graph.State{"w": tensor.Floats([]float32{1, 2, 3}, 3)}
	p, err := Runner(1)(g, state)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []*tensor.Tensor{nil, tensor.New(tensor.Float32, 1, 3), tensor.New(tensor.Int32, 3)} {
		if _, err := p.Run(map[string]*tensor.Tensor{"x": in}); err == nil {
			t.Errorf("input %v: no error, want one about x", in)
		}
	}
	if state["w"].F()[0] != 1 {
		t.Errorf("a refused run changed w to %v", state["w"].F())
	}
}

// TestPanicOfAWorkerIsAnError: the run fails, the process does not.
func TestPanicOfAWorkerIsAnError(t *testing.T) {
	shareEverything(t)
	g := graph.New()
	g.Output("y", g.Softmax(g.Input("x", tensor.Float32, 8, 3)))
	p, err := Runner(2)(g, graph.State{})
	if err != nil {
		t.Fatal(err)
	}
	p.(*program).kernels[0] = func(thread, lo, hi int) {
		if thread == p.(*program).threads-1 {
			panic("broken on purpose")
		}
	}
	if _, err := p.Run(map[string]*tensor.Tensor{"x": tensor.New(tensor.Float32, 8, 3)}); err == nil {
		t.Error("no error, want one about a step that failed")
	}
}

func TestOutputsSurviveUpdatesAndInputs(t *testing.T) {
	g := graph.New()
	w, x := g.Param("w", 2), g.Input("x", tensor.Float32, 2)
	v := g.Add(w, x)
	g.Output("old", w)
	g.Output("new", v)
	g.Output("x", x)
	g.Update(w, v)
	state := graph.State{"w": tensor.Floats([]float32{1, 2}, 2)}
	p, err := Runner(1)(g, state)
	if err != nil {
		t.Fatal(err)
	}
	in := tensor.Floats([]float32{10, 20}, 2)
	out, err := p.Run(map[string]*tensor.Tensor{"x": in})
	if err != nil {
		t.Fatal(err)
	}
	in.F()[0] = 99
	for name, want := range map[string][]float32{"old": {1, 2}, "new": {11, 22}, "x": {10, 20}} {
		if got := out[name].F(); got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	if got := state["w"].F(); got[0] != 11 || got[1] != 22 {
		t.Errorf("w = %v afterwards, want [11 22]", got)
	}
}
