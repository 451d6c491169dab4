package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	for _, op := range []graph.Op{graph.Softmax, graph.LogSoftmax} {
		kernels[op] = (*compiler).softmax
	}
	for _, op := range []graph.Op{graph.LayerNorm, graph.LayerNormGradInput, graph.LayerNormGradScale} {
		kernels[op] = (*compiler).layerNorm
	}
}

func (c *compiler) softmax(s *plan.Step) emission {
	n := c.shape(s.In[0]).Last()
	return c.simple(s, func(k *kernel.Emitter) {
		if s.Op == graph.Softmax {
			kernel.Softmax(k, n)
		} else {
			kernel.LogSoftmax(k, n)
		}
	})
}

func (c *compiler) layerNorm(s *plan.Step) emission {
	x := c.shape(s.In[0])
	n := kernel.Norm{N: x.Last(), Epsilon: s.Attr.(graph.Norm).Epsilon}
	switch s.Op {
	case graph.LayerNorm:
		return c.simple(s, n.LayerNorm)
	case graph.LayerNormGradInput:
		return c.simple(s, n.GradInput)
	}
	e := c.simple(s, func(k *kernel.Emitter) { n.GradScale(k, x[:len(x)-1].Size()) })
	e.units, e.grain = n.GradScaleUnits(), 1
	return e
}
