// Package grad appends the backward pass to a graph: reverse-mode automatic
// differentiation, one rule per op, from graph to graph. Gradients are ordinary
// nodes, so they are planned, fused and compiled like any other.
package grad

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Gradients appends nodes for d loss / d w for every w in wrt and returns them in
// the same order and with the shapes of wrt. loss is a float32 scalar. A w that
// does not reach the loss gets zeros. It panics with *graph.Error when an op on the way has no
// gradient.
func Gradients(g *graph.Graph, loss *graph.Node, wrt []*graph.Node) []*graph.Node {
	if len(loss.Shape) != 0 || loss.DType != tensor.Float32 {
		panic(&graph.Error{Op: loss.Op, Name: loss.Name, Inputs: []tensor.Shape{loss.Shape},
			Reason: "a loss is a float32 scalar"})
	}
	b := &builder{Graph: g, needed: dependents(g, loss, wrt), grads: map[*graph.Node]*graph.Node{}}
	b.grads[loss] = g.Scalar(1)
	for id := loss.ID; id >= 0; id-- {
		n := g.Nodes[id]
		if dy := b.grads[n]; dy != nil && !n.Op.IsLeaf() {
			b.backward(n, dy)
		}
	}
	out := make([]*graph.Node, len(wrt))
	for i, w := range wrt {
		if out[i] = b.grads[w]; out[i] == nil {
			out[i] = g.Broadcast(g.Scalar(0), w.Shape...)
		}
	}
	return out
}

// builder holds the gradients found so far.
type builder struct {
	*graph.Graph
	needed map[*graph.Node]bool        // lies between wrt and the loss
	grads  map[*graph.Node]*graph.Node // d loss / d node
}

// rule adds the gradients of n's operands to b, given dy = d loss / d n.
type rule func(b *builder, n, dy *graph.Node)

// rules is filled by the file of each family of ops; an op without a rule is not
// differentiable, or is constant almost everywhere and listed in flat.
var rules [graph.NumOps]rule

// flat ops have gradient zero wherever they have one.
var flat = []graph.Op{graph.Less, graph.Equal, graph.ArgMax, graph.OneHot, graph.DropoutMask}

func dependents(g *graph.Graph, loss *graph.Node, wrt []*graph.Node) map[*graph.Node]bool {
	needed := map[*graph.Node]bool{}
	for _, w := range wrt {
		needed[w] = true
	}
	for _, n := range g.Nodes[:loss.ID+1] {
		if slices.ContainsFunc(n.In, func(x *graph.Node) bool { return needed[x] }) && !slices.Contains(flat, n.Op) {
			needed[n] = true
		}
	}
	return needed
}

func (b *builder) backward(n, dy *graph.Node) {
	if !b.needed[n] {
		return
	}
	if rules[n.Op] == nil {
		panic(&graph.Error{Op: n.Op, Name: n.Name, Reason: "has no gradient"})
	}
	rules[n.Op](b, n, dy)
}

// needs reports whether operand i of n leads to a wanted gradient: a rule asks
// before it builds something costly.
func (b *builder) needs(n *graph.Node, i int) bool { return b.needed[n.In[i]] }

// add makes d part of the gradient of x; several uses of x sum up.
func (b *builder) add(x, d *graph.Node) {
	if !b.needed[x] {
		return
	}
	if old := b.grads[x]; old != nil {
		d = b.Add(old, d)
	}
	b.grads[x] = d
}

// addLazily is add for a gradient that costs nodes to build.
func (b *builder) addLazily(n *graph.Node, i int, build func() *graph.Node) {
	if b.needs(n, i) {
		b.add(n.In[i], build())
	}
}

// unbroadcast sums d over the axes along which shape was stretched.
func (b *builder) unbroadcast(d *graph.Node, shape tensor.Shape) *graph.Node {
	if d.Shape.Equal(shape) {
		return d
	}
	var axes []int
	off := len(d.Shape) - len(shape)
	for i, length := range d.Shape {
		if i < off || shape[i-off] == 1 && length != 1 {
			axes = append(axes, i)
		}
	}
	return b.Reshape(b.ReduceSum(d, axes...), shape...)
}

// spread repeats a reduction's gradient over the axes that were reduced.
func (b *builder) spread(d *graph.Node, shape tensor.Shape, axes []int) *graph.Node {
	kept := shape.Clone()
	for _, a := range axes {
		kept[a] = 1
	}
	return b.Broadcast(b.Reshape(d, kept...), shape...)
}

// outer lists all axes but the innermost.
func outer(s tensor.Shape) []int {
	axes := make([]int, len(s)-1)
	for i := range axes {
		axes[i] = i
	}
	return axes
}
