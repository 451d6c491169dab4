package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	kernels[graph.OneHot] = func(c *compiler, s *plan.Step) emission {
		depth := s.Attr.(graph.Depth).Depth
		return c.simple(s, func(k *kernel.Emitter) { kernel.OneHot(k, depth) })
	}
	kernels[graph.Gather] = func(c *compiler, s *plan.Step) emission {
		table := c.shape(s.In[0])
		return c.simple(s, func(k *kernel.Emitter) { kernel.Gather(k, table[0], table[1]) })
	}
	kernels[graph.ScatterAdd] = (*compiler).scatterAdd
	kernels[graph.Cast] = func(c *compiler, s *plan.Step) emission { // of int32; of float32 it is in a chain
		n := c.shape(s.Out[0]).Size()
		e := c.simple(s, func(k *kernel.Emitter) { kernel.CastInt32(k, n) })
		e.units, e.grain = kernel.ColumnGroups(n), 1
		return e
	}
}

func (c *compiler) scatterAdd(s *plan.Step) emission {
	table := c.shape(s.Out[0])
	add := kernel.Scatter{Rows: table[0], D: table[1], Count: c.shape(s.In[0]).Size()}
	e := c.simple(s, add.Emit)
	e.units, e.grain = add.Units(), 1
	return e
}
