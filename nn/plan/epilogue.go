package plan

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// epilogueNodes are the nodes whose work a product does on each finished sum.
type epilogueNodes struct {
	scale, bias, residual *graph.Node // operands
	act                   *graph.Node // the unary node itself
}

// absorbEpilogues makes one unit of each product and what follows it alone, and
// one unit of every other node.
func (b *builder) absorbEpilogues() {
	b.unit = make([]int, len(b.nodes))
	for i := range b.unit {
		b.unit[i] = -1
	}
	taken := make([]bool, len(b.nodes))
	for _, n := range b.nodes {
		if !b.isRoot(n) || taken[n.ID] {
			continue
		}
		u := &unit{members: []*graph.Node{n}}
		switch n.Op {
		case graph.MatMul, graph.Conv2D, graph.DepthwiseConv2D, graph.WinogradConv2D:
			u.product = n
			b.absorb(u, taken)
		}
		for _, m := range u.members {
			taken[m.ID] = true
		}
		b.units = append(b.units, u)
	}
	b.number()
}

// absorb follows the only reader of a product as long as it fits the order
// scale, bias, residual, activation.
func (b *builder) absorb(u *unit, taken []bool) {
	cur := u.product
	for u.ep.act == nil {
		if b.kept[cur.ID] || len(b.uses[cur.ID]) != 1 {
			return
		}
		next := b.uses[cur.ID][0]
		if b.root[next.ID] != next {
			// A reshape on the way: harmless where it keeps the elements.
			if next.Shape.Size() != cur.Shape.Size() {
				return
			}
			cur = next
			continue
		}
		if taken[next.ID] || b.fixed[next.ID] != b.fixed[cur.ID] || next.Shape.Size() != cur.Shape.Size() ||
			!u.ep.take(u.product, cur, next) {
			return
		}
		u.members = append(u.members, next)
		cur = next
	}
}

func (e *epilogueNodes) take(product, cur, next *graph.Node) bool {
	if next.Op.IsUnary() {
		e.act = next
		return true
	}
	if next.Op != graph.Add && next.Op != graph.Mul || e.residual != nil {
		return false
	}
	other := next.In[0]
	if other == cur {
		other = next.In[1]
	}
	columns := product.Shape.Last()
	perColumn := e.bias == nil && other.Shape.Equal(tensor.Shape{columns}) && next.Shape.Last() == columns
	switch {
	case next.Op == graph.Mul:
		if !perColumn || e.scale != nil {
			return false
		}
		e.scale = other
	case perColumn:
		e.bias = other
	case other.Shape.Size() == next.Shape.Size():
		e.residual = other
	default:
		return false
	}
	return true
}

// result is the node whose value the unit's product leaves.
func (u *unit) result() *graph.Node { return u.members[len(u.members)-1] }

// inside reports whether the unit computes n.
func (b *builder) inside(n *graph.Node, u *unit) bool {
	i := b.unit[n.ID]
	return i >= 0 && b.units[i] == u
}

// reads are the operands that a unit takes from outside.
func (b *builder) reads(u *unit) []*graph.Node {
	var out []*graph.Node
	for _, m := range u.members {
		for _, x := range m.In {
			if !b.inside(b.root[x.ID], u) {
				out = append(out, x)
			}
		}
	}
	return out
}

// number orders units by the node that they finish with, which is an order of
// execution, and notes what each needs.
func (b *builder) number() {
	b.units = sortUnits(b.units)
	b.dag = newDag(len(b.units))
	for i, u := range b.units {
		for _, m := range u.members {
			b.unit[m.ID] = i
		}
	}
	for i, u := range b.units {
		for _, x := range b.reads(u) {
			if d := b.unit[b.root[x.ID].ID]; d >= 0 {
				b.dag.edge(d, i)
			}
		}
	}
}
