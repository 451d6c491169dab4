package onnx

import (
	"math"
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

type reduction func(l *loader, x *graph.Node, axes []int) *graph.Node

func sumOver(l *loader, x *graph.Node, axes []int) *graph.Node  { return l.g.ReduceSum(x, axes...) }
func meanOver(l *loader, x *graph.Node, axes []int) *graph.Node { return l.g.ReduceMean(x, axes...) }
func maxOver(l *loader, x *graph.Node, axes []int) *graph.Node  { return l.g.ReduceMax(x, axes...) }

func minOver(l *loader, x *graph.Node, axes []int) *graph.Node {
	return l.g.Neg(l.g.ReduceMax(l.g.Neg(x), axes...))
}

func l1Over(l *loader, x *graph.Node, axes []int) *graph.Node {
	return l.g.ReduceSum(l.g.Abs(x), axes...)
}

func squaresOver(l *loader, x *graph.Node, axes []int) *graph.Node {
	return l.g.ReduceDot(x, x, axes...)
}

func l2Over(l *loader, x *graph.Node, axes []int) *graph.Node {
	return l.g.Sqrt(squaresOver(l, x, axes))
}

func logSumOver(l *loader, x *graph.Node, axes []int) *graph.Node {
	return l.g.Log(l.g.ReduceSum(x, axes...))
}

// logSumExpOver is taken from the largest, so that it cannot overflow.
func logSumExpOver(l *loader, x *graph.Node, axes []int) *graph.Node {
	m := l.g.ReduceMax(x, axes...)
	e := l.g.Exp(l.g.Sub(x, l.keeping(m, x.Shape, axes)))
	return l.g.Add(l.g.Log(l.g.ReduceSum(e, axes...)), m)
}

// maxUnrolled is how many steps a loop may have that is written out node by node.
const maxUnrolled = 1024

func productOver(l *loader, x *graph.Node, axes []int) *graph.Node {
	for _, a := range slices.Backward(axes) {
		if x.Shape[a] > maxUnrolled {
			l.fail("multiplies %d elements, at most %d are supported", x.Shape[a], maxUnrolled)
		}
		y := l.g.Narrow(x, a, 0, 1)
		for i := 1; i < x.Shape[a]; i++ {
			y = l.g.Mul(y, l.g.Narrow(x, a, i, i+1))
		}
		x = l.g.Reshape(y, slices.Delete(y.Shape.Clone(), a, a+1)...)
	}
	return x
}

// reduce makes an operator of a reduction. Axes are an attribute or an operand.
func reduce(f reduction) func(*loader) []value {
	return func(l *loader) []value {
		x := l.in(0)
		axes := l.ints("axes")
		if v, ok := l.optional(1); ok {
			axes = l.lengths(v)
		}
		if len(axes) == 0 {
			if l.int("noop_with_empty_axes", 0) != 0 {
				return []value{x.like(f(l, l.g.Reshape(x.node, append(x.node.Shape.Clone(), 1)...), []int{x.rank()}))}
			}
			for i := range x.rank() {
				axes = append(axes, i)
			}
		}
		stored := l.storedAxes(x, axes)
		if len(stored) == 0 {
			return []value{x}
		}
		y := f(l, x.node, stored)
		if l.int("keepdims", 1) != 0 {
			return []value{x.like(l.keeping(y, x.node.Shape, stored))}
		}
		return []value{l.remaining(x, y, stored)}
	}
}

// storedAxes are those of the storage for axes of the file, ascending.
func (l *loader) storedAxes(x value, axes []int) []int {
	var list []int
	for _, a := range axes {
		list = append(list, x.stored(l.axis(a, x.rank())))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// remaining is y, from which a reduction took axes of x's storage, as the file means it.
func (l *loader) remaining(x value, y *graph.Node, axes []int) value {
	if !x.last {
		return value{node: y, typ: x.typ}
	}
	kept := x.like(l.keeping(y, x.node.Shape, axes))
	shape := tensor.Shape{}
	for axis, n := range kept.shape() {
		if !slices.Contains(axes, x.stored(axis)) {
			shape = append(shape, n)
		}
	}
	return value{node: l.g.Reshape(l.plain(kept), shape...), typ: x.typ}
}

func argMax(l *loader) []value { return l.extreme(func(x *graph.Node) *graph.Node { return x }) }
func argMin(l *loader) []value { return l.extreme(l.g.Neg) }

// extreme is the position of the largest of f(x) along an axis.
func (l *loader) extreme(f func(*graph.Node) *graph.Node) []value {
	in := l.in(0)
	x := l.plain(in)
	axis := l.axis(l.int("axis", 0), len(x.Shape))
	perm, back := lastAxis(len(x.Shape), axis)
	y := f(l.moved(x, perm))
	last := l.int("select_last_index", 0) != 0
	if last {
		y = l.g.Reverse(y, len(y.Shape)-1)
	}
	at := l.g.Cast(l.g.ArgMax(y))
	if last {
		at = l.g.Sub(l.scalar(float32(x.Shape[axis]-1)), at)
	}
	if l.int("keepdims", 1) != 0 {
		at = l.moved(l.g.Reshape(at, append(at.Shape.Clone(), 1)...), back)
	}
	return []value{{node: at, typ: Int64}}
}

// topK takes the largest again and again.
func topK(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	k := l.int("k", 0)
	if v, ok := l.optional(1); ok {
		k = l.lengths(v)[0]
	}
	axis := l.axis(l.int("axis", -1), len(x.Shape))
	perm, back := lastAxis(len(x.Shape), axis)
	y := l.moved(x, perm)
	n := y.Shape.Last()
	if k < 1 || k > n || k > maxUnrolled {
		l.fail("takes the %d largest of %d, from 1 to %d are supported", k, n, min(n, maxUnrolled))
	}
	smallest := l.int("largest", 1) == 0
	if smallest {
		y = l.g.Neg(y)
	}
	inner := len(y.Shape) - 1
	var values, places []*graph.Node
	for range k {
		at := l.g.ArgMax(y)
		values = append(values, l.keeping(l.g.ReduceMax(y, inner), y.Shape, []int{inner}))
		places = append(places, l.keeping(l.g.Cast(at), y.Shape, []int{inner}))
		y = l.g.Where(l.g.OneHot(at, n), l.scalar(-math.MaxFloat32), y)
	}
	v := l.joined(inner, values)
	if smallest {
		v = l.g.Neg(v)
	}
	return []value{{node: l.moved(v, back), typ: in.typ}, {node: l.moved(l.joined(inner, places), back), typ: Int64}}
}

// cumSum is a product with a triangle of ones.
func cumSum(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	axis := l.axis(l.lengths(l.in(1))[0], len(x.Shape))
	n, less := x.Shape[axis], l.int("exclusive", 0)
	if n > 1<<12 {
		l.fail("sums up %d elements, at most %d are supported", n, 1<<12)
	}
	m := make([]float32, n*n)
	for i := range n {
		for j := range n {
			before := j+less <= i
			if l.int("reverse", 0) != 0 {
				before = j-less >= i
			}
			if before {
				m[i*n+j] = 1
			}
		}
	}
	return []value{{node: l.matrixAlong(x, axis, m, n), typ: in.typ}}
}
