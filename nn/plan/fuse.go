package plan

import (
	"iter"
	"math/bits"
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// maxChain bounds the instructions of a chain, and with them its scratch blocks.
const maxChain = 64

// bitset is a set of units.
type bitset []uint64

func newBitset(n int) bitset    { return make(bitset, (n+63)/64) }
func (s bitset) set(i int)      { s[i/64] |= 1 << (i % 64) }
func (s bitset) clear(i int)    { s[i/64] &^= 1 << (i % 64) }
func (s bitset) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }
func (s bitset) or(t bitset) {
	for i, w := range t {
		s[i] |= w
	}
}

// meets reports whether both sets have a member in common.
func (s bitset) meets(t bitset) bool {
	for i, w := range t {
		if s[i]&w != 0 {
			return true
		}
	}
	return false
}

// without lists the members of s that t lacks.
func (s bitset) without(t bitset) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for w &^= t[i]; w != 0; w &= w - 1 {
				if !yield(64*i + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

func sortUnits(units []*unit) []*unit {
	slices.SortStableFunc(units, func(a, b *unit) int { return a.result().ID - b.result().ID })
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
		slices.SortStableFunc(readers, func(x, y *graph.Node) int { return x.ID - y.ID })
		for _, r := range readers {
			if b.fusible(r) && b.fixed[r.ID] == b.fixed[n.ID] && r.Shape.Size() == n.Shape.Size() && b.readsWhole(r, n) {
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
	if up.users.meets(uq.deps) || uq.users.meets(up.deps) {
		return
	}
	up.members = append(up.members, uq.members...)
	slices.SortStableFunc(up.members, func(x, y *graph.Node) int { return x.ID - y.ID })
	for _, m := range uq.members {
		b.unit[m.ID] = p
	}
	uq.gone = true
	b.joinDependences(p, q)
}

// joinDependences lets p stand for itself and q: whoever needs one of them needs what
// either needs. q stays in the sets that have it, beside p.
func (b *builder) joinDependences(p, q int) {
	up, uq := b.units[p], b.units[q]
	for r := range up.users.without(uq.users) {
		b.units[r].deps.or(uq.deps)
	}
	for r := range uq.users.without(up.users) {
		b.units[r].deps.or(up.deps)
		b.units[r].deps.set(p)
	}
	for d := range up.deps.without(uq.deps) {
		b.units[d].users.or(uq.users)
	}
	for d := range uq.deps.without(up.deps) {
		b.units[d].users.or(up.users)
		b.units[d].users.set(p)
	}
	for _, s := range []struct{ to, from bitset }{{up.deps, uq.deps}, {up.users, uq.users}} {
		s.to.or(s.from)
		s.to.clear(p)
		s.to.clear(q)
	}
}

// wholeAcross reports whether everything that reader takes from producer is
// element for element.
func (b *builder) wholeAcross(reader, producer *unit) bool {
	for _, m := range reader.members {
		for _, x := range m.In {
			if slices.Contains(producer.members, b.root[x.ID]) &&
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

// runAfterReaders adds the dependence of unit p on every other reader of param;
// false, and nothing changes, when one of them depends on p.
func (b *builder) runAfterReaders(p int, param *graph.Node) bool {
	var before []int
	for _, r := range b.readers(param) {
		if q := b.unit[r.ID]; q != p {
			if b.units[q].deps.has(p) {
				return false
			}
			before = append(before, q)
		}
	}
	for _, q := range before {
		b.units[p].deps.set(q)
		b.units[p].deps.or(b.units[q].deps)
	}
	for _, u := range b.units {
		if !u.gone && u.deps.has(p) {
			u.deps.or(b.units[p].deps)
		}
	}
	return true
}

// order lists the units so that each comes after what it depends on, otherwise
// in the order of the graph.
func (b *builder) order() []*unit {
	waiting, done := []int{}, newBitset(len(b.units))
	for i, u := range b.units {
		if u.gone {
			done.set(i)
		} else {
			waiting = append(waiting, i)
		}
	}
	slices.SortStableFunc(waiting, func(x, y int) int { return b.units[x].result().ID - b.units[y].result().ID })
	var out []*unit
	for len(waiting) > 0 {
		k := slices.IndexFunc(waiting, func(i int) bool { return b.ready(i, done) })
		out = append(out, b.units[waiting[k]])
		done.set(waiting[k])
		waiting = slices.Delete(waiting, k, k+1)
	}
	return out
}

func (b *builder) ready(i int, done bitset) bool {
	for w, bits := range b.units[i].deps {
		if bits&^done[w] != 0 {
			return false
		}
	}
	return true
}
