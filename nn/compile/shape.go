package compile

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

func init() {
	for _, op := range []graph.Op{graph.Transpose, graph.Slice, graph.Reverse, graph.Broadcast} {
		kernels[op] = (*compiler).view
	}
	kernels[graph.Concat] = (*compiler).concat
	kernels[graph.Pad] = (*compiler).pad
}

func (c *compiler) view(s *plan.Step) emission {
	v := viewOf(s.Attr, c.shape(s.In[0]), c.shape(s.Out[0]))
	e := c.simple(s, v.Emit)
	e.units, e.grain = v.Units()
	return e
}

// viewOf is the view that a Slice, Transpose, Reverse or Broadcast is.
func viewOf(attr graph.Attr, x, out tensor.Shape) (v kernel.View) {
	in := strides(x)
	switch attr := attr.(type) {
	case graph.Range:
		for i, b := range attr.Begin {
			v.Base += b * in[i]
		}
	case graph.Perm:
		was := slices.Clone(in)
		for i, from := range attr.Perm {
			in[i] = was[from]
		}
	case graph.Axis:
		v.Base = (x[attr.Axis] - 1) * in[attr.Axis]
		in[attr.Axis] = -in[attr.Axis]
	case graph.To:
		stretched := make([]int, len(out)-len(x), len(out))
		for i, d := range x {
			if d == 1 {
				in[i] = 0
			}
			stretched = append(stretched, in[i])
		}
		in = stretched
	}
	to := strides(out)
	for i, length := range out {
		v.Dims = merge(v.Dims, kernel.Dim{Length: length, In: in[i], Out: to[i]})
	}
	if len(v.Dims) == 0 {
		v.Dims = []kernel.Dim{{Length: 1, In: 1, Out: 1}}
	}
	return v
}

// strides is how many elements one step along each axis is.
func strides(s tensor.Shape) []int {
	out := make([]int, len(s))
	for i := range s {
		out[i] = s[i+1:].Size()
	}
	return out
}

// merge adds an inner axis, as one with its neighbour where the strides allow. Results
// are contiguous, so only the operand's decide.
func merge(dims []kernel.Dim, d kernel.Dim) []kernel.Dim {
	k := len(dims) - 1
	switch {
	case d.Length == 1:
	case k >= 0 && dims[k].In == d.In*d.Length:
		dims[k] = kernel.Dim{Length: dims[k].Length * d.Length, In: d.In, Out: d.Out}
	default:
		dims = append(dims, d)
	}
	return dims
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
