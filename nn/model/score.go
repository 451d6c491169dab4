package model

import (
	"cmp"
	"math"
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// scores tells that an exported module gives the score of package outside beside the shares.
func (m *Model) scores() bool { return m.info.Rejects && m.rule != nil }

// scoreOf adds the score of features [1, width] to a graph: [1], what outside.Rule.Score says of them up to rounding.
func (m *Model) scoreOf(g *graph.Graph, features *graph.Node) *graph.Node {
	r := m.rule
	if r.Head != nil {
		return m.energyOf(g, features)
	}
	rows, width := len(r.Rows)/r.Width, r.Width
	if r.Away > 0 {
		features, width = g.Concat(1, features, g.Reshape(number(g, 1), 1, 1)), width+1
	}
	dots := g.MatMul(features, g.Param(CentroidsName, rows, width), false, true)
	if r.Away > 0 {
		own := rows - r.Away
		return g.Sub(g.ReduceMax(columns(g, dots, 0, own), 1), g.ReduceMax(columns(g, dots, own, rows), 1))
	}
	if r.Linear {
		return g.ReduceMax(dots, 1)
	}
	length := g.Sqrt(g.ReduceDot(features, features, 1))
	score := g.Div(greatest(g, dots, max(r.Nearest, 1)), g.Max(length, number(g, 1e-30)))
	return g.Where(g.Less(number(g, 0), length), score, number(g, -1))
}

// columns are some of a row.
func columns(g *graph.Graph, row *graph.Node, begin, end int) *graph.Node {
	return g.Slice(row, []int{0, begin}, []int{1, end})
}

// number is a constant [1].
func number(g *graph.Graph, v float32) *graph.Node { return g.Const(tensor.Floats([]float32{v}, 1)) }

// greatest is the mean of the n greatest of a row, of which several may be equal.
func greatest(g *graph.Graph, row *graph.Node, n int) *graph.Node {
	n = min(n, row.Shape[1])
	left, sum := number(g, float32(n)), number(g, 0)
	for range n {
		top := g.ReduceMax(row, 1)
		is := g.Equal(row, top)
		taken := g.Min(left, g.ReduceSum(g.Where(is, number(g, 1), number(g, 0)), 1))
		sum, left = g.Add(sum, g.Mul(taken, top)), g.Sub(left, taken)
		row = g.Where(is, number(g, -math.MaxFloat32), row)
	}
	return g.Div(sum, number(g, float32(n)))
}

// energyOf is the score by the rule's layer.
func (m *Model) energyOf(g *graph.Graph, features *graph.Node) *graph.Node {
	h, name := m.rule.Head, m.doc.Outside.Head
	cut, t := g.Min(features, number(g, h.Clip)), number(g, cmp.Or(h.Temperature, 1))
	logits := g.Add(g.MatMul(cut, param(g, name+"/kernel"), false, false), param(g, name+"/bias"))
	top := g.ReduceMax(logits, 1)
	sum := g.ReduceSum(g.Exp(g.Div(g.Sub(logits, top), t)), 1)
	energy := g.Add(top, g.Mul(t, g.Log(sum)))
	if h.Way == nil {
		return energy
	}
	way := g.Reshape(g.MatMul(cut, g.Param(CentroidsName, 1, len(h.Way)), false, true), 1)
	return g.Add(energy, way)
}

// param is a parameter that the network has.
func param(g *graph.Graph, name string) *graph.Node {
	i := slices.IndexFunc(g.Nodes, func(n *graph.Node) bool { return n.Op == graph.Param && n.Name == name })
	return g.Nodes[i]
}
