package grad

import "wafer/nn/graph"

func init() {
	rules[graph.ReduceSum] = func(b *builder, n, dy *graph.Node) {
		b.add(n.In[0], b.spread(dy, n.In[0].Shape, n.Attr.(graph.Axes).Axes))
	}
	rules[graph.ReduceMax] = reduceMax
	rules[graph.ReduceDot] = func(b *builder, n, dy *graph.Node) {
		x, y := n.In[0], n.In[1]
		d := b.spread(dy, x.Shape, n.Attr.(graph.Axes).Axes)
		b.addLazily(n, 0, func() *graph.Node { return b.Mul(d, y) })
		b.addLazily(n, 1, func() *graph.Node { return b.Mul(d, x) })
	}
	rules[graph.ReduceSquaredDiff] = func(b *builder, n, dy *graph.Node) {
		x, mean, axes := n.In[0], n.In[1], n.Attr.(graph.Axes).Axes
		diff := b.Sub(x, b.spread(mean, x.Shape, axes))
		d := b.Mul(b.Mul(diff, b.Scalar(2)), b.spread(dy, x.Shape, axes))
		b.add(x, d)
		b.addLazily(n, 1, func() *graph.Node { return b.Neg(b.ReduceSum(d, axes...)) })
	}
}

// reduceMax shares dy evenly among equal largest elements.
func reduceMax(b *builder, n, dy *graph.Node) {
	x, axes := n.In[0], n.Attr.(graph.Axes).Axes
	hit := b.Equal(x, b.spread(n, x.Shape, axes))
	share := b.Div(dy, b.ReduceSum(hit, axes...))
	b.add(x, b.Mul(hit, b.spread(share, x.Shape, axes)))
}
