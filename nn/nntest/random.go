package nntest

import (
	"fmt"

	"wafer/nn/graph"
)

func random() []Case {
	var cases []Case
	for seed := range uint64(64) {
		cases = append(cases, RandomGraph(seed))
	}
	return cases
}

// RandomGraph is a graph of 5 to 15 mixed ops whose shapes fit, with one to three
// outputs and perhaps an update: what plans and fusions are tried on.
func RandomGraph(seed uint64) Case {
	c := several(graph.NumOps, fmt.Sprintf("random/%d", seed), func(b *builder) {
		r := &randomGraph{builder: b}
		r.values = append(r.values, b.in(r.shape()...), b.in(r.shape()...))
		for range 5 + b.rng.IntN(11) {
			r.grow()
		}
		r.finish()
	}).rough()
	c.Steps = 3
	return c
}

// randomGraph grows a graph from the float32 values that it already has.
type randomGraph struct {
	*builder
	values []*graph.Node
}

func (r *randomGraph) shape() []int {
	s := make([]int, 1+r.rng.IntN(4))
	for i := range s {
		s[i] = []int{1, 2, 3, 5, 8, 17, 33}[r.rng.IntN(7-len(s)+1)]
	}
	return s
}

// pick prefers late values, so that chains grow long.
func (r *randomGraph) pick() *graph.Node {
	n := len(r.values)
	if r.rng.IntN(3) > 0 {
		return r.values[n-1-r.rng.IntN(min(3, n))]
	}
	return r.values[r.rng.IntN(n)]
}

// grow adds one op.
func (r *randomGraph) grow() {
	x := r.pick()
	moves := []func(x *graph.Node) *graph.Node{
		r.unary, r.unary, r.binary, r.binary, r.binary, r.product, r.product, r.window, r.window,
		r.reduction, r.rows, r.move, r.move, r.choose, r.lookUp, r.recur, r.drop,
	}
	if y := moves[r.rng.IntN(len(moves))](x); y != nil && y.Shape.Size() <= 1<<14 {
		r.values = append(r.values, y)
	}
}

func (r *randomGraph) finish() {
	last := r.values[len(r.values)-1]
	r.Output("last", last)
	for i := range r.rng.IntN(3) {
		r.Output(fmt.Sprint("more", i), r.pick())
	}
	for _, w := range r.Leaves(graph.Param) {
		for _, v := range r.values {
			if v.Shape.Equal(w.Shape) && r.rng.IntN(2) == 0 {
				r.Update(w, r.Tanh(r.Add(v, w)))
				break
			}
		}
	}
}

func (r *randomGraph) unary(x *graph.Node) *graph.Node {
	names := []string{ // in an order of their own, which the pinned bits hang on
		"neg", "abs", "tanh", "sigmoid", "erf", "sin", "cos", "relu", "relu6", "leaky_relu",
		"elu", "gelu", "silu", "hard_sigmoid", "exp", "sqrt", "log", "cast",
	}
	return unaryNamed(names[r.rng.IntN(len(names))]).apply(r.Graph, x)
}

// partner has a shape that broadcasts with x's: another value, a parameter, or a scalar.
func (r *randomGraph) partner(x *graph.Node) *graph.Node {
	for range 3 {
		y := r.pick()
		if s, ok := graph.BroadcastShapes(x.Shape, y.Shape); ok && s.Size() <= 1<<13 {
			return y
		}
	}
	if r.rng.IntN(4) == 0 {
		return r.Scalar(r.uniform())
	}
	shape := append([]int{}, x.Shape[r.rng.IntN(len(x.Shape)+1):]...)
	for i := range shape {
		if r.rng.IntN(4) == 0 {
			shape[i] = 1
		}
	}
	return r.param(shape...)
}

func (r *randomGraph) binary(x *graph.Node) *graph.Node {
	op := graph.Add + graph.Op(r.rng.IntN(int(graph.Where-graph.Add)))
	if r.rng.IntN(2) == 0 {
		return binaryOps[op](r.builder, r.partner(x), x)
	}
	return binaryOps[op](r.builder, x, r.partner(x))
}

func (r *randomGraph) choose(x *graph.Node) *graph.Node {
	return r.Where(r.Less(x, r.Scalar(r.uniform())), x, r.partner(x))
}

// product multiplies by a parameter, either way around, and often adds a bias.
func (r *randomGraph) product(x *graph.Node) *graph.Node {
	rank := len(x.Shape)
	if rank < 2 {
		return nil
	}
	units := 1 + r.rng.IntN(40)
	ta, tb := r.rng.IntN(4) == 0, r.rng.IntN(3) == 0
	k := x.Shape[rank-1]
	if ta {
		k = x.Shape[rank-2]
	}
	shape := append(append([]int{}, x.Shape[:rank-2]...), k, units)
	if tb {
		shape[rank-2], shape[rank-1] = units, k
	}
	y := r.MatMul(x, r.param(shape...), ta, tb)
	if r.rng.IntN(2) == 0 {
		y = r.unary(r.Add(y, r.param(units)))
	}
	return y
}

// window slides a kernel over an image.
func (r *randomGraph) window(x *graph.Node) *graph.Node {
	if len(x.Shape) != 4 {
		return nil
	}
	w := graph.Window{Dilation: [2]int{1, 1}}
	for i := range 2 {
		w.Kernel[i], w.Stride[i] = 1+r.rng.IntN(3), 1+r.rng.IntN(2)
	}
	w = w.SamePadding(x.Shape[1], x.Shape[2])
	c := x.Shape[3]
	switch r.rng.IntN(4) {
	case 0:
		return r.MaxPool(x, w)
	case 1:
		return r.AvgPool(x, w)
	case 2:
		return r.DepthwiseConv2D(x, r.param(w.Kernel[0], w.Kernel[1], c, 1+r.rng.IntN(2)), w)
	}
	units := 1 + r.rng.IntN(20)
	y := r.Conv2D(x, r.param(w.Kernel[0], w.Kernel[1], c, units), w)
	return r.unary(r.Add(y, r.param(units)))
}

func (r *randomGraph) reduction(x *graph.Node) *graph.Node {
	var axes []int
	for a := range x.Shape {
		if r.rng.IntN(2) == 0 {
			axes = append(axes, a)
		}
	}
	switch r.rng.IntN(4) {
	case 0:
		return r.ReduceMax(x, axes...)
	case 1:
		return r.ReduceDot(x, r.Tanh(x), axes...)
	case 2:
		return r.ReduceSquaredDiff(x, r.ReduceMean(x, axes...), axes...)
	}
	return r.ReduceSum(x, axes...)
}

// rows are the ops along the innermost axis.
func (r *randomGraph) rows(x *graph.Node) *graph.Node {
	if len(x.Shape) == 0 {
		return nil
	}
	c := x.Shape.Last()
	switch r.rng.IntN(5) {
	case 0:
		return r.Softmax(x)
	case 1:
		return r.LogSoftmax(x)
	case 2:
		return r.LayerNorm(x, r.param(c), r.param(c), 1e-3)
	case 3:
		return r.OneHot(r.ArgMax(x), c)
	}
	return r.BatchNorm(x, r.param(c), r.param(c), r.param(c), r.Abs(r.param(c)), graph.Norm{Epsilon: 1e-3})
}

func (r *randomGraph) move(x *graph.Node) *graph.Node {
	rank := len(x.Shape)
	if rank == 0 {
		return r.Broadcast(x, r.shape()...)
	}
	axis := r.rng.IntN(rank)
	switch r.rng.IntN(7) {
	case 0:
		return r.Reshape(x, x.Shape.Size())
	case 1:
		return r.Transpose(x, r.rng.Perm(rank)...)
	case 2:
		lo := r.rng.IntN(x.Shape[axis])
		return r.Narrow(x, axis, lo, lo+1+r.rng.IntN(x.Shape[axis]-lo))
	case 3:
		return r.Concat(axis, x, r.Neg(x), x)
	case 4:
		pad := make([]int, rank)
		pad[axis] = 1 + r.rng.IntN(2)
		return r.Pad(x, pad, make([]int, rank))
	case 5:
		return r.Reverse(x, axis)
	}
	return r.Reshape(x, append([]int{1}, x.Shape...)...)
}

func (r *randomGraph) lookUp(x *graph.Node) *graph.Node {
	if len(x.Shape) != 2 {
		return nil
	}
	n := 1 + r.rng.IntN(20)
	index := r.ints(-1, x.Shape[0]+1, n)
	if r.rng.IntN(2) == 0 {
		return r.ScatterAdd(index, r.Gather(x, index), 1+r.rng.IntN(10))
	}
	return r.Gather(x, index)
}

func (r *randomGraph) recur(x *graph.Node) *graph.Node {
	if len(x.Shape) != 3 || x.Shape.Size() > 2000 {
		return nil
	}
	h := 1 + r.rng.IntN(9)
	n, t, d := x.Shape[0], x.Shape[1], x.Shape[2]
	gates := 3 + r.rng.IntN(2)
	zx := r.Reshape(r.MatMul(r.Reshape(r.Tanh(x), n*t, d), r.param(d, gates*h), false, false), n, t, gates*h)
	if gates == 4 {
		return r.Narrow(r.LSTM(zx, r.param(h, 4*h)), 2, 5*h, 6*h)
	}
	return r.Narrow(r.GRU(zx, r.param(h, 3*h), r.param(3*h)), 2, 4*h, 5*h)
}

func (r *randomGraph) drop(x *graph.Node) *graph.Node {
	mask := r.DropoutMask(r.ints(0, 1<<20, 2), graph.Dropout{Rate: 0.25, Salt: r.rng.Uint32(), Shape: x.Shape.Clone()})
	return r.Mul(x, mask)
}
