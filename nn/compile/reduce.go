package compile

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

func init() {
	for _, op := range []graph.Op{graph.ReduceSum, graph.ReduceMax, graph.ReduceDot, graph.ReduceSquaredDiff} {
		kernels[op] = (*compiler).reduce
	}
	kernels[graph.ArgMax] = func(c *compiler, s *plan.Step) emission {
		n := c.shape(s.In[0]).Last()
		return c.simple(s, func(k *kernel.Emitter) { kernel.ArgMax(k, n) })
	}
}

var terms = map[graph.Op]kernel.Term{graph.ReduceSum: kernel.Sum, graph.ReduceMax: kernel.Max,
	graph.ReduceDot: kernel.Dot, graph.ReduceSquaredDiff: kernel.SquaredDiff}

func (c *compiler) reduce(s *plan.Step) emission {
	shape, axes := c.shape(s.In[0]), s.Attr.(graph.Axes).Axes
	r := reductionOf(shape, axes)
	r.Term = terms[s.Op]
	if slices.Contains(axes, len(shape)-1) {
		r.Inner = takeInner(&r.Over)
		return c.simple(s, r.Rows)
	}
	r.Inner = takeInner(&r.Kept)
	e := c.simple(s, r.Columns)
	e.units, e.grain = r.ColumnUnits(), 1
	return e
}

// reductionOf splits the axes into those kept and those reduced over, neighbours merged.
func reductionOf(shape tensor.Shape, axes []int) (r kernel.Reduction) {
	for i, d := range shape {
		l, to := kernel.Loop{Length: d, Stride: shape[i+1:].Size()}, &r.Kept
		if slices.Contains(axes, i) {
			to = &r.Over
		}
		last := len(*to) - 1
		switch {
		case d == 1:
		case last >= 0 && (*to)[last].Stride == d*l.Stride:
			(*to)[last] = kernel.Loop{Length: (*to)[last].Length * d, Stride: l.Stride}
		default:
			*to = append(*to, l)
		}
	}
	return r
}

// takeInner removes the innermost loop where it runs over neighbours.
func takeInner(l *[]kernel.Loop) int {
	k := len(*l) - 1
	if k < 0 || (*l)[k].Stride != 1 {
		return 1
	}
	n := (*l)[k].Length
	*l = (*l)[:k]
	return n
}
