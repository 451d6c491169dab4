package grad

import "wafer/nn/graph"

func init() {
	rules[graph.Conv2D] = func(b *builder, n, dy *graph.Node) {
		x, k, w := n.In[0], n.In[1], n.Attr.(graph.Window)
		b.addLazily(n, 0, func() *graph.Node { return b.Conv2DGradInput(dy, k, w, x.Shape) })
		b.addLazily(n, 1, func() *graph.Node { return b.Conv2DGradFilter(x, dy, w, k.Shape) })
	}
	rules[graph.DepthwiseConv2D] = func(b *builder, n, dy *graph.Node) {
		x, k, w := n.In[0], n.In[1], n.Attr.(graph.Window)
		b.addLazily(n, 0, func() *graph.Node { return b.DepthwiseConv2DGradInput(dy, k, w, x.Shape) })
		b.addLazily(n, 1, func() *graph.Node { return b.DepthwiseConv2DGradFilter(x, dy, w, k.Shape) })
	}
}
