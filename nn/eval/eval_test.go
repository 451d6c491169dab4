package eval

import (
	"math"
	"strings"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func TestEveryOpHasAKernel(t *testing.T) {
	for op := graph.Op(0); op < graph.NumOps; op++ {
		if got, want := kernels[op] != nil, !op.IsLeaf(); got != want {
			t.Errorf("%v: has a kernel: %t, want %t", op, got, want)
		}
	}
}

// run builds a graph of one result and gives its value.
func run(t *testing.T, build func(g *graph.Graph) *graph.Node) *tensor.Tensor {
	t.Helper()
	g := graph.New()
	g.Output("y", build(g))
	p, err := Runner(g, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(nil)
	if err != nil {
		t.Fatal(err)
	}
	return out["y"]
}

func expect(t *testing.T, name string, got *tensor.Tensor, want ...float32) {
	t.Helper()
	if d := got.Diff(tensor.Floats(want, got.Shape()...)); d != "" {
		t.Errorf("%s: got %v, want %v: %s", name, got.F(), want, d)
	}
}

// ramp is 1, 2, 3 … in the given shape.
func ramp(g *graph.Graph, shape ...int) *graph.Node {
	v := tensor.New(tensor.Float32, shape...)
	for i := range v.F() {
		v.F()[i] = float32(i + 1)
	}
	return g.Const(v)
}

func TestConvolutionByHand(t *testing.T) {
	w := graph.Window{Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
	// 1 2 3     1 2
	// 4 5 6  ⋆  3 4 : 1+4+12+20 = 37, 2+6+15+24 = 47, 4+10+21+32 = 67, 5+12+24+36 = 77
	// 7 8 9
	expect(t, "conv2d", run(t, func(g *graph.Graph) *graph.Node {
		return g.Conv2D(ramp(g, 1, 3, 3, 1), ramp(g, 2, 2, 1, 1), w)
	}), 37, 47, 67, 77)
	w.Pad, w.Stride = [4]int{1, 0, 1, 0}, [2]int{2, 2}
	// With a row of zeros above and a column to the left, every other position.
	expect(t, "conv2d padded", run(t, func(g *graph.Graph) *graph.Node {
		return g.Conv2D(ramp(g, 1, 3, 3, 1), ramp(g, 2, 2, 1, 1), w)
	}), 4, 2*3+3*4, 4*2+7*4, 77)
	// Channels 1 and 2 of a 1×1 image with kernels (1, 2) and (3, 4) each.
	one := graph.Window{Kernel: [2]int{1, 1}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
	expect(t, "depthwise", run(t, func(g *graph.Graph) *graph.Node {
		return g.DepthwiseConv2D(ramp(g, 1, 1, 1, 2), ramp(g, 1, 1, 2, 2), one)
	}), 1, 2, 6, 8)
}

func TestPoolingLeavesOutThePadding(t *testing.T) {
	w := graph.Window{Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Dilation: [2]int{1, 1}}.SamePadding(3, 3)
	expect(t, "avg_pool", run(t, func(g *graph.Graph) *graph.Node {
		return g.AvgPool(ramp(g, 1, 3, 3, 1), w)
	}), 3, 4.5, 7.5, 9)
	expect(t, "max_pool", run(t, func(g *graph.Graph) *graph.Node {
		return g.MaxPool(g.Neg(ramp(g, 1, 3, 3, 1)), w)
	}), -1, -3, -7, -9)
	expect(t, "max_pool_grad", run(t, func(g *graph.Graph) *graph.Node {
		return g.MaxPoolGrad(g.Broadcast(g.Scalar(1), 1, 3, 3, 1), ramp(g, 1, 2, 2, 1), w) // ties go to the first
	}), 1, 0, 2, 0, 0, 0, 3, 0, 4)
}

// 1 is lost beside 2²⁴ when added to it alone, so the sum tells the order.
func TestSumsHaveTheirOrder(t *testing.T) {
	const big = 1 << 24
	x := make([]float32, 32)
	x[0], x[1], x[16], x[17] = big, 1, -big, 1
	sum := func(shape []int, axes ...int) *tensor.Tensor {
		return run(t, func(g *graph.Graph) *graph.Node {
			return g.ReduceSum(g.Const(tensor.Floats(x, shape...)), axes...)
		})
	}
	expect(t, "16-way along the innermost axis", sum([]int{32}, 0), 2)
	expect(t, "one chain along an outer axis", sum([]int{32, 1}, 0), 1)
	expect(t, "16-way when the innermost axis, though of length 1, is reduced too", sum([]int{32, 1}, 0, 1), 2)
}

func TestMatMulTransposes(t *testing.T) {
	for _, c := range []struct {
		ta, tb bool
		want   []float32
	}{
		{false, false, []float32{7, 10, 15, 22}}, {true, false, []float32{10, 14, 14, 20}},
		{false, true, []float32{5, 11, 11, 25}}, {true, true, []float32{7, 15, 10, 22}},
	} {
		got := run(t, func(g *graph.Graph) *graph.Node { return g.MatMul(ramp(g, 2, 2), ramp(g, 2, 2), c.ta, c.tb) })
		expect(t, "matmul", got, c.want...)
	}
}

func TestUpdatesSeeTheOldValues(t *testing.T) {
	g := graph.New()
	a, b := g.Param("a"), g.Param("b")
	g.Update(a, b)
	g.Update(b, g.Add(a, b))
	g.Output("a", a)
	state := graph.State{"a": tensor.Scalar(1), "b": tensor.Scalar(2)}
	p, err := Runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := out["a"].F()[0]; got != 1 {
		t.Errorf("output a = %v, want the old value 1", got)
	}
	if a, b := state["a"].F()[0], state["b"].F()[0]; a != 2 || b != 3 {
		t.Errorf("state a, b = %v, %v, want 2, 3", a, b)
	}
}

func TestWrongInputsAreSentences(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", tensor.Float32, 2, 3), g.Param("w", 3)
	g.Update(w, g.ReduceSum(x, 0))
	if _, err := Runner(g, graph.State{"w": tensor.Scalar(1)}); err == nil ||
		err.Error() != `parameter "w" is f32[]: expected f32[3]` {
		t.Errorf("parameter of another shape: %v", err)
	}
	state := graph.State{"w": tensor.New(tensor.Float32, 3)}
	p, err := Runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		in   map[string]*tensor.Tensor
		want string
	}{
		{nil, `input "x" is missing: expected f32[2 3]`},
		{map[string]*tensor.Tensor{"x": tensor.New(tensor.Int32, 2, 3)}, `input "x" is i32[2 3]: expected f32[2 3]`},
		{map[string]*tensor.Tensor{"x": tensor.New(tensor.Float32, 3, 2)}, `input "x" is f32[3 2]: expected f32[2 3]`},
	} {
		if _, err := p.Run(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got error %v, want %q", err, c.want)
		}
	}
}

func TestEdgesOfElementwiseOps(t *testing.T) {
	nan, inf, zero := float32(math.NaN()), float32(math.Inf(1)), float32(math.Copysign(0, -1))
	x := []float32{zero, nan, -inf, 7}
	expect(t, "relu", run(t, func(g *graph.Graph) *graph.Node {
		return g.Relu(g.Const(tensor.Floats(x, 4)))
	}), zero, nan, 0, 7)
	expect(t, "max", run(t, func(g *graph.Graph) *graph.Node {
		return g.Max(g.Const(tensor.Floats(x, 4)), g.Scalar(0))
	}), zero, nan, 0, 7) // a stays unless a < b
	expect(t, "where", run(t, func(g *graph.Graph) *graph.Node {
		return g.Where(g.Const(tensor.Floats(x, 4)), g.Scalar(1), g.Scalar(2))
	}), 2, 1, 1, 1)
}
