package explain

import (
	"cmp"
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// tapsOf are the last maps [1 h w c] before the score on every way to it, in the order of the graph: those that the
// convolutions give, before they are pooled or flattened. ok is false where a way has none.
func tapsOf(b built) (taps []*graph.Node, ok bool) {
	w := tapper{dependents(b.Graph, b.x), make([]bool, len(b.Nodes)), make([]bool, len(b.Nodes))}
	w.back(b.scores)
	for i, is := range w.taps {
		if is {
			taps = append(taps, b.Nodes[i])
		}
	}
	return taps, !w.taps[b.x.ID]
}

// tapper marks nodes by ID; where a way has no maps, the input is among the taps.
type tapper struct{ depends, seen, taps []bool }

func (w *tapper) back(n *graph.Node) {
	if w.seen[n.ID] || !w.depends[n.ID] {
		return
	}
	w.seen[n.ID] = true
	if n.Op == graph.Input || isMap(n) {
		w.tap(n)
		return
	}
	for _, in := range n.In {
		w.back(in)
	}
}

// tap takes the maps that local pooling was given, which have more places.
func (w *tapper) tap(n *graph.Node) {
	for (n.Op == graph.MaxPool || n.Op == graph.AvgPool) && isMap(n.In[0]) {
		n = n.In[0]
	}
	w.taps[n.ID] = true
}

func isMap(n *graph.Node) bool {
	return n.DType == tensor.Float32 && len(n.Shape) == 4 && n.Shape[0] == 1 && n.Shape[1]*n.Shape[2] > 1
}

// behind copies what stands between taps and score, so that it hangs on copies of the taps: later taps depend on
// earlier ones, but a copy on none of the others.
func (b built) behind(taps []*graph.Node) (copies []*graph.Node, scores *graph.Node) {
	depends := dependents(b.Graph, taps...)
	to := map[*graph.Node]*graph.Node{}
	for _, n := range taps {
		to[n] = b.Reshape(n, n.Shape...)
		copies = append(copies, to[n])
	}
	var again func(n *graph.Node) *graph.Node
	again = func(n *graph.Node) *graph.Node {
		if !depends[n.ID] || to[n] != nil {
			return cmp.Or(to[n], n)
		}
		in := make([]*graph.Node, len(n.In))
		for i, x := range n.In {
			in[i] = again(x)
		}
		to[n] = b.AddOp(n.Op, n.Attr, in...)
		return to[n]
	}
	return copies, again(b.scores)
}

// affine tells that the score is a sum of the taps times constants, plus a constant.
func affine(g *graph.Graph, taps []*graph.Node, score *graph.Node) bool {
	depends := dependents(g, taps...)
	needed := make([]bool, score.ID+1)
	needed[score.ID] = true
	for i := score.ID; i >= 0; i-- {
		n := g.Nodes[i]
		if !needed[i] || !depends[i] || slices.Contains(taps, n) {
			continue
		}
		if !affineIn(n, depends) {
			return false
		}
		for _, in := range n.In {
			needed[in.ID] = true
		}
	}
	return true
}

// affineIn tells that a node is so in those of its operands that depend on something.
func affineIn(n *graph.Node, depends []bool) bool {
	count := 0
	for _, in := range n.In {
		if depends[in.ID] {
			count++
		}
	}
	switch n.Op {
	case graph.Neg, graph.Add, graph.Sub, graph.AvgPool, graph.ReduceSum, graph.Reshape, graph.Transpose, graph.Slice,
		graph.Concat, graph.Pad, graph.Reverse, graph.Broadcast:
		return true
	case graph.Mul, graph.MatMul:
		return count == 1
	case graph.Div, graph.Conv2D, graph.DepthwiseConv2D, graph.BatchNorm:
		return count == 1 && depends[n.In[0].ID]
	}
	return false
}
