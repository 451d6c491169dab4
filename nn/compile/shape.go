package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	for _, op := range []graph.Op{graph.Transpose, graph.Slice, graph.Reverse, graph.Broadcast} {
		kernels[op] = (*compiler).view
	}
	kernels[graph.Concat] = (*compiler).concat
	kernels[graph.Pad] = (*compiler).pad
}

func (c *compiler) view(s *plan.Step) emission {
	v := viewOf(c.plan.View(s))
	e := c.simple(s, v.Emit)
	e.units, e.grain = v.Units()
	return e
}

// viewOf is the plan's view in the words of the kernels; the result is contiguous.
func viewOf(v plan.View) kernel.View {
	dims := make([]kernel.Dim, len(v.Dims))
	for i, out := len(dims)-1, 1; i >= 0; i-- {
		dims[i] = kernel.Dim{Length: v.Dims[i].Length, In: v.Dims[i].Stride, Out: out}
		out *= v.Dims[i].Length
	}
	return kernel.View{Base: v.Base, Dims: dims}
}

func (c *compiler) concat(s *plan.Step) emission {
	axis := s.Attr.(graph.Axis).Axis
	join := kernel.Concat{Outer: c.shape(s.Out[0])[:axis].Size()}
	for _, v := range s.In {
		join.Lengths = append(join.Lengths, c.shape(v)[axis:].Size())
	}
	e := c.simple(s, join.Emit)
	e.units, e.grain = join.Units()
	return e
}

func (c *compiler) pad(s *plan.Step) emission {
	p := kernel.Pad{X: c.shape(s.In[0]), Before: s.Attr.(graph.Range).Begin, Out: c.shape(s.Out[0])}
	e := c.simple(s, p.Emit)
	e.units, e.grain = p.Units(), 1
	return e
}
