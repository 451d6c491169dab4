package graph

import (
	"fmt"

	"wafer/nn/tensor"
)

// To is the attribute of Reshape and Broadcast: the shape of the result.
type To struct {
	Shape tensor.Shape `json:"shape"`
}

func (a To) String() string { return "shape=" + a.Shape.String() }

// Perm is the attribute of Transpose: result axis i is operand axis Perm[i].
type Perm struct {
	Perm []int `json:"perm"`
}

func (a Perm) String() string { return fmt.Sprintf("perm=%v", a.Perm) }

// Range is the attribute of Slice and Pad: a number per axis at either end.
type Range struct {
	Begin []int `json:"begin"`
	End   []int `json:"end"`
}

func (a Range) String() string { return fmt.Sprintf("begin=%v end=%v", a.Begin, a.End) }

// Axis is the attribute of Concat and Reverse.
type Axis struct {
	Axis int `json:"axis"`
}

func (a Axis) String() string { return fmt.Sprintf("axis=%d", a.Axis) }

func init() {
	specs[Reshape] = spec{arity: 1, attr: To{}, anyType: true, infer: reshapeShape}
	specs[Transpose] = spec{arity: 1, attr: Perm{}, anyType: true, infer: transposeShape}
	specs[Slice] = spec{arity: 1, attr: Range{}, anyType: true, infer: sliceShape}
	specs[Concat] = spec{arity: -1, attr: Axis{}, anyType: true, infer: concatShape}
	specs[Pad] = spec{arity: 1, attr: Range{}, anyType: true, infer: padShape}
	specs[Reverse] = spec{arity: 1, attr: Axis{}, anyType: true, infer: reverseShape}
	specs[Broadcast] = spec{arity: 1, attr: To{}, anyType: true, infer: broadcastToShape}
}

// Reshape keeps the elements in row-major order.
func (g *Graph) Reshape(x *Node, shape ...int) *Node {
	return g.add(Reshape, To{append(tensor.Shape{}, shape...)}, x)
}

// Transpose reorders axes: result axis i is operand axis perm[i].
func (g *Graph) Transpose(x *Node, perm ...int) *Node {
	return g.add(Transpose, Perm{append([]int{}, perm...)}, x)
}

// Slice keeps begin[i] ≤ index < end[i] of every axis i.
func (g *Graph) Slice(x *Node, begin, end []int) *Node {
	return g.add(Slice, Range{append([]int{}, begin...), append([]int{}, end...)}, x)
}

// Narrow is a Slice of one axis: lo ≤ index < hi.
func (g *Graph) Narrow(x *Node, axis, lo, hi int) *Node {
	begin, end := make([]int, len(x.Shape)), append([]int{}, x.Shape...)
	begin[axis], end[axis] = lo, hi
	return g.Slice(x, begin, end)
}

// Concat joins operands along an axis; the other axes are equal.
func (g *Graph) Concat(axis int, xs ...*Node) *Node { return g.add(Concat, Axis{axis}, xs...) }

// Pad adds before[i] zeros in front of and after[i] zeros behind axis i.
func (g *Graph) Pad(x *Node, before, after []int) *Node {
	return g.add(Pad, Range{append([]int{}, before...), append([]int{}, after...)}, x)
}

// Reverse turns an axis around.
func (g *Graph) Reverse(x *Node, axis int) *Node { return g.add(Reverse, Axis{axis}, x) }

// Broadcast repeats x to the shape by NumPy's rule.
func (g *Graph) Broadcast(x *Node, shape ...int) *Node {
	return g.add(Broadcast, To{append(tensor.Shape{}, shape...)}, x)
}

// moved is what a rule returns for a result that has its operand's elements, of either type.
func moved(n *Node, shape tensor.Shape) (tensor.Shape, tensor.DType, string) {
	return shape, n.In[0].DType, ""
}

// reshapeShape: x → a shape of as many elements.
func reshapeShape(n *Node) (tensor.Shape, tensor.DType, string) {
	to := n.Attr.(To).Shape
	if to.Size() != n.In[0].Shape.Size() {
		return no("%d elements do not make %v", n.In[0].Shape.Size(), to)
	}
	return moved(n, to)
}

// transposeShape: axis i of the result is axis perm[i] of x; perm names each axis once.
func transposeShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x, perm := n.In[0].Shape, n.Attr.(Perm).Perm
	out := make(tensor.Shape, len(x))
	seen := make([]bool, len(x))
	if len(perm) != len(x) {
		return no("%v does not permute %d axes", perm, len(x))
	}
	for i, p := range perm {
		if p < 0 || p >= len(x) || seen[p] {
			return no("%v does not permute %d axes", perm, len(x))
		}
		seen[p], out[i] = true, x[p]
	}
	return moved(n, out)
}

// sliceShape: along each axis end − begin, 0 ≤ begin ≤ end ≤ its length.
func sliceShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x, r := n.In[0].Shape, n.Attr.(Range)
	if len(r.Begin) != len(x) || len(r.End) != len(x) {
		return no("needs a begin and an end for each of %d axes", len(x))
	}
	out := make(tensor.Shape, len(x))
	for i, d := range x {
		if r.Begin[i] < 0 || r.End[i] > d || r.Begin[i] > r.End[i] {
			return no("range %d…%d is outside axis %d", r.Begin[i], r.End[i], i)
		}
		out[i] = r.End[i] - r.Begin[i]
	}
	return moved(n, out)
}

// concatShape: operands that differ along the axis alone, of one type → the sum of their lengths there.
func concatShape(n *Node) (tensor.Shape, tensor.DType, string) {
	axis, out := n.Attr.(Axis).Axis, n.In[0].Shape.Clone()
	if axis < 0 || axis >= len(out) {
		return no("has no axis %d", axis)
	}
	out[axis] = 0
	for i, x := range n.In {
		if len(x.Shape) != len(out) || x.DType != n.In[0].DType {
			return no("operand %d has another rank or type", i)
		}
		for a, d := range x.Shape {
			if a != axis && d != out[a] {
				return no("operand %d differs in axis %d", i, a)
			}
		}
		out[axis] += x.Shape[axis]
	}
	return moved(n, out)
}

// padShape: along each axis begin and end more, both ≥ 0.
func padShape(n *Node) (tensor.Shape, tensor.DType, string) {
	out, r := n.In[0].Shape.Clone(), n.Attr.(Range)
	if len(r.Begin) != len(out) || len(r.End) != len(out) {
		return no("needs two numbers for each of %d axes", len(out))
	}
	for i := range out {
		if r.Begin[i] < 0 || r.End[i] < 0 {
			return no("negative padding of axis %d", i)
		}
		out[i] += r.Begin[i] + r.End[i]
	}
	return moved(n, out)
}

// reverseShape: x → the same shape; the axis must be one of x.
func reverseShape(n *Node) (tensor.Shape, tensor.DType, string) {
	if a := n.Attr.(Axis).Axis; a < 0 || a >= len(n.In[0].Shape) {
		return no("has no axis %d", a)
	}
	return moved(n, n.In[0].Shape)
}

// broadcastToShape: x → the shape, to which x must broadcast.
func broadcastToShape(n *Node) (tensor.Shape, tensor.DType, string) {
	to := n.Attr.(To).Shape
	if got, ok := BroadcastShapes(n.In[0].Shape, to); !ok || !got.Equal(to) {
		return no("does not broadcast to %v", to)
	}
	return moved(n, to)
}
