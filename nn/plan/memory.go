package plan

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/order"
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
		taken, offered := map[int]bool{}, e.offered(u, i)
		for _, m := range u.members {
			if u.product != nil && m != u.result() || e.inPlace[m] != nil || e.fusible(m) && !e.escapes(m) {
				continue
			}
			last := lastUse(m)
			if k, ok := e.dying(m, offered, taken); ok {
				taken[k], e.bufOf[m] = true, k
				e.bufs[k].last = last
				continue
			}
			e.bufOf[m] = len(e.bufs)
			e.bufs = append(e.bufs, buffer{size: (m.Shape.Size() + align - 1) / align * align, first: i, last: last,
				prepared: e.fixed[m.ID]})
		}
	}
}

// offered are the roots of u's operands in the arena that nothing reads after step i and that u
// reads element for element only, not by a broadcast or from another place.
func (e *emitter) offered(u *unit, i int) []*graph.Node {
	if !e.fusible(u.result()) {
		return nil
	}
	var roots []*graph.Node
	whole := map[*graph.Node]bool{}
	for _, x := range e.reads(u) {
		r := e.root[x.ID]
		was, known := whole[r]
		if !known {
			roots = append(roots, r)
		}
		whole[r] = (was || !known) && e.sameElements(x)
	}
	return slices.DeleteFunc(roots, func(r *graph.Node) bool {
		k, ok := e.bufOf[r]
		return !ok || !whole[r] || e.bufs[k].last != i
	})
}

// dying finds the buffer of an offered operand that m's result may take over.
func (e *emitter) dying(m *graph.Node, offered []*graph.Node, taken map[int]bool) (int, bool) {
	for _, r := range offered {
		if k := e.bufOf[r]; !taken[k] && r.Shape.Size() == m.Shape.Size() {
			return k, true
		}
	}
	return 0, false
}

// placed are the buffers that have their place, by blocks of steps that they are in use.
type placed struct {
	blocks [][]int // indices of buffers
	seen   []bool
	budget int // pairs of buffers that may still be compared
}

const (
	stepsInABlock = 256
	pairsInAll    = 1 << 24
)

// meeting lists the placed buffers whose lives meet b's, by offset; ok is false where the budget
// ran out.
func (p *placed) meeting(bufs []buffer, b *buffer) (list []int, ok bool) {
	for k := b.first / stepsInABlock; k <= b.last/stepsInABlock; k++ {
		if p.budget -= len(p.blocks[k]); p.budget < 0 {
			return nil, false
		}
		for _, j := range p.blocks[k] {
			if o := &bufs[j]; !p.seen[j] && o.first <= b.last && b.first <= o.last {
				p.seen[j] = true
				list = append(list, j)
			}
		}
	}
	for _, j := range list {
		p.seen[j] = false
	}
	order.Stable(list, func(x, y int) int { return bufs[x].offset - bufs[y].offset })
	return list, true
}

func (p *placed) add(i int, b *buffer) {
	for k := b.first / stepsInABlock; k <= b.last/stepsInABlock; k++ {
		p.blocks[k] = append(p.blocks[k], i)
	}
}

// placeBuffers gives offsets, largest buffer first, each at the lowest place that
// is free during its whole life, and fills them into the values.
func (e *emitter) placeBuffers() {
	largest := make([]int, len(e.bufs))
	for i := range largest {
		largest[i] = i
	}
	order.Stable(largest, func(x, y int) int { return e.bufs[y].size - e.bufs[x].size })
	last := 0
	for _, b := range e.bufs {
		last = max(last, b.last)
	}
	p := &placed{make([][]int, last/stepsInABlock+1), make([]bool, len(e.bufs)), pairsInAll}
	for _, i := range largest {
		b := &e.bufs[i]
		if b.prepared {
			b.offset = e.plan.PreparedLen
			e.plan.PreparedLen += b.size
			continue
		}
		b.offset = e.plan.ArenaLen // behind all others, where the search for a gap would take too long
		if others, ok := p.meeting(e.bufs, b); ok {
			b.offset = gapFor(b.size, e.bufs, others)
		}
		e.plan.ArenaLen = max(e.plan.ArenaLen, b.offset+b.size)
		p.add(i, b)
	}
	for n, v := range e.values {
		if value := &e.plan.Values[v]; value.Space == Arena || value.Space == Prepared {
			value.Offset += e.bufs[e.bufOf[e.root[n.ID]]].offset
		}
	}
}

// gapFor is the lowest offset of so many elements between the others, which come by offset.
func gapFor(size int, bufs []buffer, others []int) int {
	at := 0
	for _, j := range others {
		o := &bufs[j]
		if at+size <= o.offset {
			break
		}
		at = max(at, o.offset+o.size)
	}
	return at
}
