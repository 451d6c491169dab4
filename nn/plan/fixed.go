package plan

import "wafer/nn/graph"

// findFixed marks the nodes that depend on nothing but constants and parameters
// that no update changes: scales of a batch normalisation in inference, transformed
// filters, products of weights. Their steps run once for many runs. A node that
// repeats its operands is left where it is used: it would only cost memory.
func (b *builder) findFixed() {
	b.fixed = make([]bool, len(b.nodes))
	updated := map[*graph.Node]bool{}
	for _, u := range b.updates {
		updated[u.Param] = true
	}
	for _, n := range b.nodes {
		switch {
		case n.Op == graph.Param:
			b.fixed[n.ID] = !updated[n]
		case n.Op == graph.Const:
			b.fixed[n.ID] = true
		case n.Op != graph.Input:
			b.fixed[n.ID] = b.fixedFrom(n)
		}
	}
	for i, n := range b.nodes { // a leaf itself is no step
		b.fixed[i] = b.fixed[i] && !n.Op.IsLeaf()
	}
}

func (b *builder) fixedFrom(n *graph.Node) bool {
	largest := 0
	for _, x := range n.In {
		if !b.fixed[x.ID] {
			return false
		}
		largest = max(largest, x.Shape.Size())
	}
	repeats := n.Op.IsElementwise() || n.Op == graph.Broadcast || n.Op == graph.OneHot || n.Op == graph.Gather
	return len(n.In) > 0 && (!repeats || n.Shape.Size() <= largest)
}
