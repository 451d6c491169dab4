package plan

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// lowering copies a graph's nodes with new numbers, writes ops that are nothing but
// element-wise work as such, so that they fuse with their neighbours, and clips windows.
type lowering struct {
	nodes  []*graph.Node
	origin []int // the graph's node that each comes from
	moved  map[*graph.Node]*graph.Node
}

func lower(g *graph.Graph) *lowering {
	l := &lowering{moved: map[*graph.Node]*graph.Node{}}
	for _, n := range g.Nodes {
		in := make([]*graph.Node, len(n.In))
		for i, x := range n.In {
			in[i] = l.moved[x]
		}
		l.moved[n] = l.lowered(n, in)
	}
	return l
}

// lowered is the node that stands for n, on operands in.
func (l *lowering) lowered(n *graph.Node, in []*graph.Node) *graph.Node {
	switch n.Op {
	case graph.BatchNorm:
		return l.batchNorm(n, in)
	case graph.Conv2D, graph.Conv2DGradInput, graph.Conv2DGradFilter, graph.DepthwiseConv2D,
		graph.DepthwiseConv2DGradInput, graph.DepthwiseConv2DGradFilter,
		graph.MaxPool, graph.MaxPoolGrad, graph.AvgPool, graph.AvgPoolGrad:
		return l.window(n, in)
	}
	return l.add(n, n.Op, n.Attr, n.Shape, in...)
}

// add appends a node that stands for, or is part of, the graph's node n.
func (l *lowering) add(n *graph.Node, op graph.Op, attr graph.Attr, shape tensor.Shape, in ...*graph.Node) *graph.Node {
	c := &graph.Node{ID: len(l.nodes), Op: op, Name: n.Name, In: in, Attr: attr, Shape: shape, DType: n.DType,
		Value: n.Value}
	l.nodes, l.origin = append(l.nodes, c), append(l.origin, n.ID)
	return c
}

// batchNorm is x·s + t with s = gamma / sqrt(var+epsilon) and t = beta − mean·s:
// the same operations in the same order as graph.BatchNorm.
func (l *lowering) batchNorm(n *graph.Node, in []*graph.Node) *graph.Node {
	x, gamma, beta, mean, variance := in[0], in[1], in[2], in[3], in[4]
	c := gamma.Shape
	epsilon := l.add(n, graph.Const, nil, tensor.Shape{})
	epsilon.Value = tensor.Scalar(n.Attr.(graph.Norm).Epsilon)
	root := l.add(n, graph.Sqrt, nil, c, l.add(n, graph.Add, nil, c, variance, epsilon))
	s := l.add(n, graph.Div, nil, c, gamma, root)
	t := l.add(n, graph.Sub, nil, c, beta, l.add(n, graph.Mul, nil, c, mean, s))
	return l.add(n, graph.Add, nil, n.Shape, l.add(n, graph.Mul, nil, n.Shape, x, s), t)
}
