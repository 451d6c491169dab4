package plan

import (
	"slices"

	"wafer/nn/graph"
)

// align is the grain of offsets in elements: 64 bytes, one AVX-512 register.
const align = 16

// buffer is a stretch of the arena with the steps during which it is in use.
type buffer struct {
	size        int
	first, last int // steps, both inclusive
	prepared    bool
	offset      int
}

// findLifetimes gives every result in the arena a buffer, or lets a chain's
// result take over the buffer of an operand that dies there.
func (e *emitter) findLifetimes(units []*unit) {
	at := map[*unit]int{}
	for i, u := range units {
		at[u] = i
	}
	end := len(units)
	lastUse := func(n *graph.Node) int {
		if e.keptThroughAlias(n) || e.fixed[n.ID] {
			return end
		}
		last := at[e.units[e.unit[n.ID]]]
		for _, r := range e.readers(n) {
			last = max(last, at[e.units[e.unit[r.ID]]])
		}
		return last
	}
	for i, u := range units {
		taken := map[int]bool{}
		for _, m := range u.members {
			if u.product != nil && m != u.result() || e.inPlace[m] != nil || e.fusible(m) && !e.escapes(m) {
				continue
			}
			last := lastUse(m)
			if k, ok := e.dying(u, m, i, taken); ok {
				taken[k], e.bufOf[m] = true, k
				e.bufs[k].last = last
				continue
			}
			e.bufOf[m] = len(e.bufs)
			e.bufs = append(e.bufs, buffer{size: (m.Shape.Size() + align - 1) / align * align, first: i, last: last, prepared: e.fixed[m.ID]})
		}
	}
}

// dying finds the buffer of an operand of chain u that m's result may take over:
// read element for element, by nothing after step i, and not by a broadcast or
// from another place within u.
func (e *emitter) dying(u *unit, m *graph.Node, i int, taken map[int]bool) (int, bool) {
	if !e.fusible(m) {
		return 0, false
	}
	for _, x := range e.reads(u) {
		r := e.root[x.ID]
		k, ok := e.bufOf[r]
		if ok && !taken[k] && e.bufs[k].last == i && e.readElementwise(u, r) && r.Shape.Size() == m.Shape.Size() {
			return k, true
		}
	}
	return 0, false
}

func (e *emitter) readElementwise(u *unit, r *graph.Node) bool {
	for _, x := range e.reads(u) {
		if e.root[x.ID] == r && !e.sameElements(x) {
			return false
		}
	}
	return true
}

// placeBuffers gives offsets, largest buffer first, each at the lowest place that
// is free during its whole life, and fills them into the values.
func (e *emitter) placeBuffers() {
	order := make([]int, len(e.bufs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return e.bufs[y].size - e.bufs[x].size })
	var placed []int // by offset
	for _, i := range order {
		b := &e.bufs[i]
		if b.prepared {
			b.offset = e.plan.PreparedLen
			e.plan.PreparedLen += b.size
			continue
		}
		at := 0
		for _, j := range placed {
			o := &e.bufs[j]
			if o.last < b.first || b.last < o.first {
				continue
			}
			if at+b.size <= o.offset {
				break
			}
			at = max(at, o.offset+o.size)
		}
		b.offset = at
		e.plan.ArenaLen = max(e.plan.ArenaLen, at+b.size)
		k, _ := slices.BinarySearchFunc(placed, at, func(j, at int) int { return e.bufs[j].offset - at })
		placed = slices.Insert(placed, k, i)
	}
	for n, v := range e.values {
		if value := &e.plan.Values[v]; value.Space == Arena || value.Space == Prepared {
			value.Offset += e.bufs[e.bufOf[e.root[n.ID]]].offset
		}
	}
}
