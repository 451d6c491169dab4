package grad

import "wafer/nn/graph"

func init() {
	rules[graph.Gather] = func(b *builder, n, dy *graph.Node) {
		b.add(n.In[0], b.ScatterAdd(n.In[1], dy, n.In[0].Shape[0]))
	}
	rules[graph.ScatterAdd] = func(b *builder, n, dy *graph.Node) {
		b.add(n.In[1], b.Gather(dy, n.In[0]))
	}
}
