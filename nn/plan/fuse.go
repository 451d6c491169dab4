package plan

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/order"
	"wafer/nn/tensor"
)

// maxChain bounds the instructions of a chain, and with them its scratch blocks.
const maxChain = 64

func sortUnits(units []*unit) []*unit {
	order.Stable(units, func(a, b *unit) int { return a.result().ID - b.result().ID })
	return units
}

// fusible reports whether a node can be an instruction of a chain.
func (b *builder) fusible(n *graph.Node) bool {
	if !b.isRoot(n) || b.unit[n.ID] < 0 || b.units[b.unit[n.ID]].product != nil {
		return false
	}
	if n.Op != graph.Broadcast && !n.Op.IsElementwise() {
		return false
	}
	return !slices.ContainsFunc(n.In, func(x *graph.Node) bool { return x.DType != tensor.Float32 })
}

// fuseElementwise merges producers into the chains of their readers, from the
// last node to the first, nearest reader first: so a value that only the
// backward pass uses is computed there.
func (b *builder) fuseElementwise() {
	for i := len(b.nodes) - 1; i >= 0; i-- {
		n := b.nodes[i]
		if !b.live[i] || !b.fusible(n) {
			continue
		}
		readers := b.readers(n)
		order.Stable(readers, func(x, y *graph.Node) int { return x.ID - y.ID })
		for _, r := range readers {
			if b.fusible(r) && b.fixed[r.ID] == b.fixed[n.ID] && r.Shape.Size() == n.Shape.Size() &&
				b.readsWhole(r, n) {
				b.merge(b.unit[n.ID], b.unit[r.ID])
			}
		}
	}
}

// readsWhole reports whether r sees n only element for element, not a part of it
// broadcast to the same size.
func (b *builder) readsWhole(r, n *graph.Node) bool {
	for _, x := range r.In {
		if b.root[x.ID] == n && !b.sameElements(x) {
			return false
		}
	}
	return true
}

// merge joins units p and q unless another unit has to run between them.
func (b *builder) merge(p, q int) {
	up, uq := b.units[p], b.units[q]
	if p == q || len(up.members)+len(uq.members) > maxChain || !b.wholeAcross(up, uq) || !b.wholeAcross(uq, up) {
		return
	}
	if !b.dag.merge(p, q) {
		return
	}
	up.members = append(up.members, uq.members...)
	order.Stable(up.members, func(x, y *graph.Node) int { return x.ID - y.ID })
	for _, m := range uq.members {
		b.unit[m.ID] = p
	}
}

// wholeAcross reports whether everything that reader takes from producer is
// element for element.
func (b *builder) wholeAcross(reader, producer *unit) bool {
	for _, m := range reader.members {
		for _, x := range m.In {
			if b.inside(b.root[x.ID], producer) &&
				(!b.sameElements(x) || x.Shape.Size() != m.Shape.Size()) {
				return false
			}
		}
	}
	return true
}

// updateInPlace lets a chain write a parameter's new value over the old one
// where every other reader of the old one can run before.
func (b *builder) updateInPlace() {
	count := map[*graph.Node]int{}
	for _, u := range b.updates {
		count[u.Param]++
	}
	isOutput := map[*graph.Node]bool{}
	for _, o := range b.outputs {
		isOutput[b.root[o.Node.ID]] = true
	}
	for _, u := range b.updates {
		v := b.root[u.Value.ID]
		if count[u.Param] == 1 && !isOutput[v] && b.inPlace[v] == nil && b.fusible(v) && !b.fixed[v.ID] &&
			b.sameElements(u.Value) && b.runAfterReaders(b.unit[v.ID], u.Param) {
			b.inPlace[v] = u.Param
		}
	}
}

// runAfterReaders lets unit p run after every other reader of param; false where one of them
// needs p.
func (b *builder) runAfterReaders(p int, param *graph.Node) bool {
	for _, r := range b.readers(param) {
		if q := b.unit[r.ID]; q != p && !b.dag.runAfter(q, p) {
			return false
		}
	}
	return true
}

// order lists the units so that each comes after what it needs, otherwise in the order of the
// graph.
func (b *builder) order() []*unit {
	key := make([]int, len(b.units))
	for i, u := range b.units {
		key[i] = u.result().ID
	}
	var out []*unit
	for _, i := range b.dag.order(key) {
		out = append(out, b.units[i])
	}
	return out
}
