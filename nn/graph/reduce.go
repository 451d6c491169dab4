package graph

import (
	"fmt"
	"slices"

	"wafer/nn/tensor"
)

// Axes is the attribute of reductions: ascending, each at most once. The result
// keeps the other axes.
type Axes struct {
	Axes []int `json:"axes"`
}

func (a Axes) String() string { return fmt.Sprintf("axes=%v", a.Axes) }

func init() {
	specs[ReduceSum] = spec{arity: 1, attr: Axes{}, infer: reduceShape}
	specs[ReduceMax] = spec{arity: 1, attr: Axes{}, infer: reduceShape}
	specs[ReduceDot] = spec{arity: 2, attr: Axes{}, infer: reduceShape}
	specs[ReduceSquaredDiff] = spec{arity: 2, attr: Axes{}, infer: squaredDiffShape}
	specs[ArgMax] = spec{arity: 1, infer: argMaxShape}
}

// The order of every sum here, over the reduced elements in row-major order
// (numbered 0, 1, 2 … for each output element):
//   - when the innermost axis is among the reduced ones: element i is added to
//     partial sum i mod 16, each from +0; the 16 partials are then added in a
//     tree: p[i]+p[i+8], then +4, +2, +1 (fmath.Tree16);
//   - otherwise: one sum from +0, ascending.
// An axis of length 1 counts as any other.

// ReduceSum is Σ x over the axes.
func (g *Graph) ReduceSum(x *Node, axes ...int) *Node {
	return g.add(ReduceSum, Axes{slices.Clone(axes)}, x)
}

// ReduceMax is the largest of one or more elements: m starts at the first and becomes x where m < x.
func (g *Graph) ReduceMax(x *Node, axes ...int) *Node {
	return g.add(ReduceMax, Axes{slices.Clone(axes)}, x)
}

// ReduceDot is Σ x·y over the axes; both operands have the same shape.
func (g *Graph) ReduceDot(x, y *Node, axes ...int) *Node {
	return g.add(ReduceDot, Axes{slices.Clone(axes)}, x, y)
}

// ReduceSquaredDiff is Σ (x−mean)² over the axes; mean has the shape of the result.
func (g *Graph) ReduceSquaredDiff(x, mean *Node, axes ...int) *Node {
	return g.add(ReduceSquaredDiff, Axes{slices.Clone(axes)}, x, mean)
}

// ArgMax is the int32 position of the largest element of the innermost axis, the
// first of equals; a NaN is never larger.
func (g *Graph) ArgMax(x *Node) *Node { return g.add(ArgMax, nil, x) }

// ReduceMean is ReduceSum divided by the number of reduced elements.
func (g *Graph) ReduceMean(x *Node, axes ...int) *Node {
	sum := g.ReduceSum(x, axes...)
	return g.Div(sum, g.Scalar(float32(x.Shape.Size()/max(sum.Shape.Size(), 1))))
}

// reduceShape: x, for ReduceDot two of one shape → the shape without the axes.
func reduceShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x, axes := n.In[0].Shape, n.Attr.(Axes).Axes
	if n.Op == ReduceDot && !x.Equal(n.In[1].Shape) {
		return no("needs two operands of one shape")
	}
	shape, reason := reduced(x, axes)
	return shape, tensor.Float32, reason
}

// squaredDiffShape: x and its mean, in the shape without the axes → that shape.
func squaredDiffShape(n *Node) (tensor.Shape, tensor.DType, string) {
	shape, reason := reduced(n.In[0].Shape, n.Attr.(Axes).Axes)
	if reason == "" && !shape.Equal(n.In[1].Shape) {
		reason = fmt.Sprintf("the mean needs shape %v", shape)
	}
	return shape, tensor.Float32, reason
}

// reduced is a shape without axes, which must be ascending; else the reason why not.
func reduced(x tensor.Shape, axes []int) (tensor.Shape, string) {
	for i, a := range axes {
		if a < 0 || a >= len(x) || i > 0 && a <= axes[i-1] {
			return nil, fmt.Sprintf("axes %v are not ascending axes of %v", axes, x)
		}
	}
	shape := tensor.Shape{}
	for i, d := range x {
		if !slices.Contains(axes, i) {
			shape = append(shape, d)
		}
	}
	return shape, ""
}

// argMaxShape: x [… n], n ≥ 1 → int32 […].
func argMaxShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x := n.In[0].Shape
	if len(x) == 0 || x.Last() == 0 {
		return no("needs a non-empty innermost axis")
	}
	return x[:len(x)-1].Clone(), tensor.Int32, ""
}
