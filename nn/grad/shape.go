package grad

import (
	"slices"

	"wafer/nn/graph"
)

func init() {
	rules[graph.Reshape] = func(b *builder, n, dy *graph.Node) {
		b.add(n.In[0], b.Reshape(dy, n.In[0].Shape...))
	}
	rules[graph.Transpose] = func(b *builder, n, dy *graph.Node) {
		perm := n.Attr.(graph.Perm).Perm
		inverse := make([]int, len(perm))
		for i, p := range perm {
			inverse[p] = i
		}
		b.add(n.In[0], b.Transpose(dy, inverse...))
	}
	rules[graph.Slice] = func(b *builder, n, dy *graph.Node) {
		r, x := n.Attr.(graph.Range), n.In[0]
		after := make([]int, len(x.Shape))
		for i, d := range x.Shape {
			after[i] = d - r.End[i]
		}
		b.add(x, b.Pad(dy, r.Begin, after))
	}
	rules[graph.Concat] = func(b *builder, n, dy *graph.Node) {
		axis, at := n.Attr.(graph.Axis).Axis, 0
		for i, x := range n.In {
			lo := at
			at += x.Shape[axis]
			b.addLazily(n, i, func() *graph.Node { return b.Narrow(dy, axis, lo, lo+x.Shape[axis]) })
		}
	}
	rules[graph.Pad] = func(b *builder, n, dy *graph.Node) {
		r := n.Attr.(graph.Range)
		end := make([]int, len(n.Shape))
		for i, d := range n.Shape {
			end[i] = d - r.End[i]
		}
		b.add(n.In[0], b.Slice(dy, r.Begin, end))
	}
	rules[graph.Reverse] = func(b *builder, n, dy *graph.Node) {
		b.add(n.In[0], b.Reverse(dy, n.Attr.(graph.Axis).Axis))
	}
	rules[graph.Broadcast] = func(b *builder, n, dy *graph.Node) {
		b.add(n.In[0], b.unbroadcast(dy, n.In[0].Shape))
	}
}

// narrow is Narrow of the innermost axis, seeing through a Pad that it undoes:
// the gradient of a Narrow, cut again at the same place.
func (b *builder) narrow(d *graph.Node, lo, hi int) *graph.Node {
	last := len(d.Shape) - 1
	if d.Op == graph.Pad {
		r := d.Attr.(graph.Range)
		others := slices.Clone(r.Begin)
		for i, e := range r.End {
			others[i] += e
		}
		if r.Begin[last] == lo && d.Shape[last]-r.End[last] == hi &&
			!slices.ContainsFunc(others[:last], func(p int) bool { return p != 0 }) {
			return d.In[0]
		}
	}
	return b.Narrow(d, last, lo, hi)
}
