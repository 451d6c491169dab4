package document

import (
	"math"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// bounds are what all elements of a result lie between, both included; NaN comes on top.
type bounds struct{ low, high float64 }

var anything = bounds{math.Inf(-1), math.Inf(1)}

// GivesShares reports whether a node's numbers can be the shares of labels, whatever the weights are: none is below 0
// and, where there is one number for two labels, none above 1. The output of a linear layer cannot.
func GivesShares(g *graph.Graph, out *graph.Node) bool {
	low, high := Bounds(g, out)
	const rounding = 1e-6 // as of 6 times a sixth
	return low >= 0 && (out.Shape.Last() > 1 || high <= 1+rounding)
}

// Bounds are numbers between which all elements of a node lie for any input and the weights.
func Bounds(g *graph.Graph, out *graph.Node) (low, high float64) {
	known := make([]bounds, len(g.Nodes))
	for i, n := range g.Nodes {
		known[i] = boundsOf(n, known)
	}
	b := known[out.ID]
	return b.low, b.high
}

// boundsOf are those of a node whose operands' are known.
func boundsOf(n *graph.Node, known []bounds) bounds {
	in := func(i int) bounds { return known[n.In[i].ID] }
	switch n.Op {
	case graph.Const:
		return boundsOfConst(n)
	case graph.Softmax, graph.Sigmoid, graph.Less, graph.Equal, graph.OneHot:
		return bounds{0, 1}
	case graph.Tanh, graph.Erf, graph.Sin, graph.Cos:
		return bounds{-1, 1}
	case graph.Exp, graph.Sqrt, graph.ReduceSquaredDiff:
		return bounds{0, math.Inf(1)}
	case graph.Neg:
		return bounds{-in(0).high, -in(0).low}
	case graph.Abs:
		return bounds{max(in(0).low, -in(0).high, 0), max(in(0).high, -in(0).low)}
	case graph.Relu:
		return in(0).clipped(0, math.Inf(1))
	case graph.Relu6:
		return in(0).clipped(0, 6)
	case graph.Add:
		return bounds{in(0).low + in(1).low, in(0).high + in(1).high}.ordered()
	case graph.Sub:
		return bounds{in(0).low - in(1).high, in(0).high - in(1).low}.ordered()
	case graph.Mul:
		return in(0).times(in(1))
	case graph.Div:
		return in(0).over(in(1))
	case graph.Max:
		return bounds{max(in(0).low, in(1).low), max(in(0).high, in(1).high)}
	case graph.Min:
		return bounds{min(in(0).low, in(1).low), min(in(0).high, in(1).high)}
	case graph.ReduceSum:
		return in(0).times(bounds{1, float64(max(n.In[0].Shape.Size()/max(n.Shape.Size(), 1), 1))})
	case graph.Where:
		return in(1).or(in(2))
	case graph.Reshape, graph.Transpose, graph.Slice, graph.Reverse, graph.Broadcast, graph.Gather, graph.ReduceMax,
		graph.MaxPool, graph.AvgPool:
		return in(0)
	case graph.Pad:
		return in(0).or(bounds{})
	case graph.Concat:
		b := in(0)
		for i := range n.In {
			b = b.or(in(i))
		}
		return b
	}
	return anything
}

func boundsOfConst(n *graph.Node) bounds {
	if n.DType != tensor.Float32 || n.Shape.Size() == 0 {
		return anything
	}
	b := bounds{math.Inf(1), math.Inf(-1)}
	for _, v := range n.Value.F() {
		b = bounds{min(b.low, float64(v)), max(b.high, float64(v))}
	}
	return b.ordered()
}

func (b bounds) or(c bounds) bounds { return bounds{min(b.low, c.low), max(b.high, c.high)}.ordered() }

func (b bounds) clipped(low, high float64) bounds {
	return bounds{min(max(b.low, low), high), max(min(b.high, high), low)}
}

// ordered is anything where a bound is no number, as the sum of both infinities.
func (b bounds) ordered() bounds {
	if b.low <= b.high {
		return b
	}
	return anything
}

func (b bounds) times(c bounds) bounds {
	out := bounds{math.Inf(1), math.Inf(-1)}
	for _, x := range [2]float64{b.low, b.high} {
		for _, y := range [2]float64{c.low, c.high} {
			v := x * y
			if x == 0 || y == 0 {
				v = 0 // also of an infinite bound, which is no number itself
			}
			out = bounds{min(out.low, v), max(out.high, v)}
		}
	}
	return out
}

func (b bounds) over(c bounds) bounds {
	switch {
	case c.low > 0 || c.high < 0:
		return b.times(bounds{1 / c.high, 1 / c.low})
	case c.low >= 0:
		return b.times(bounds{0, math.Inf(1)})
	}
	return anything
}
