package eval

import (
	"slices"

	"wafer/nn/fmath"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.ReduceSum] = reduceSum
	kernels[graph.ReduceMax] = reduceMax
	kernels[graph.ReduceDot] = reduceDot
	kernels[graph.ReduceSquaredDiff] = reduceSquaredDiff
	kernels[graph.ArgMax] = argMax
}

// sum16 is a sum along the innermost axis: element i goes to partial sum i mod 16.
type sum16 struct {
	p [16]float32
	n int
}

// add takes the next element.
func (s *sum16) add(v float32) {
	s.p[s.n%16] += v
	s.n++
}

// total is the sum of the partial sums, as a tree.
func (s *sum16) total() float32 { return fmath.Tree16(&s.p) }

// reduced splits the operand of a reduction: for every element, row-major, it
// calls f with its position i and the position o of its output element.
func reduced(n *graph.Node, f func(o, i int)) {
	axes := n.Attr.(graph.Axes).Axes
	each(n.In[0].Shape, func(i int, index []int) {
		o := 0
		for a, d := range n.In[0].Shape {
			if !slices.Contains(axes, a) {
				o = o*d + index[a]
			}
		}
		f(o, i)
	})
}

// reduce adds term(o, i) over every element i of output element o, in the order
// that the innermost axis asks for.
func reduce(n *graph.Node, out *tensor.Tensor, term func(o, i int) float32) {
	y := out.F()
	if !slices.Contains(n.Attr.(graph.Axes).Axes, len(n.In[0].Shape)-1) {
		reduced(n, func(o, i int) { y[o] += term(o, i) })
		return
	}
	sums := make([]sum16, len(y))
	reduced(n, func(o, i int) { sums[o].add(term(o, i)) })
	for o := range y {
		y[o] = sums[o].total()
	}
}

// reduceSum is Σ x.
func reduceSum(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x := in[0].F()
	reduce(n, out, func(_, i int) float32 { return x[i] })
}

// reduceDot is Σ x·y, each product rounded.
func reduceDot(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, y := in[0].F(), in[1].F()
	reduce(n, out, func(_, i int) float32 { return float32(x[i] * y[i]) })
}

// reduceSquaredDiff is Σ (x−mean)², mean of the shape of the result.
func reduceSquaredDiff(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, mean := in[0].F(), in[1].F()
	reduce(n, out, func(o, i int) float32 {
		d := x[i] - mean[o]
		return float32(d * d)
	})
}

// reduceMax begins with the first element, so that a NaN there stays.
func reduceMax(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, y := in[0].F(), out.F()
	seen := make([]bool, len(y))
	reduced(n, func(o, i int) {
		if !seen[o] || y[o] < x[i] {
			seen[o], y[o] = true, x[i]
		}
	})
}

// argMax is the place of the first of the largest elements of each innermost row, int32.
func argMax(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, length := in[0].F(), in[0].Shape().Last()
	for r := range out.I() {
		row, best := x[r*length:][:length], 0
		for i, v := range row {
			if row[best] < v {
				best = i
			}
		}
		out.I()[r] = int32(best)
	}
}
