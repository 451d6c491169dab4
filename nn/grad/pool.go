package grad

import "wafer/nn/graph"

func init() {
	rules[graph.MaxPool] = func(b *builder, n, dy *graph.Node) {
		b.add(n.In[0], b.MaxPoolGrad(n.In[0], dy, n.Attr.(graph.Window)))
	}
	rules[graph.AvgPool] = func(b *builder, n, dy *graph.Node) {
		b.add(n.In[0], b.AvgPoolGrad(dy, n.Attr.(graph.Window), n.In[0].Shape))
	}
}
