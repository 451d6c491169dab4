package plan

import (
	"container/heap"
	"slices"

	"wafer/nn/order"
)

// dag is who must run before whom among units, with an order of execution that is kept valid
// while units are merged and edges added. Searches stay between two places of that order, as in
// Pearce and Kelly, "A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs" (2006).
// They have a budget in all: planning takes time in proportion to nodes and edges, and what is
// not found out within it is taken for a dependence, which costs a fusion and no bit.
type dag struct {
	deps, users [][]int32 // direct ones; of units that were merged, to be looked up by find
	into        []int32   // the unit that each was merged into, itself while it is one
	place       []int32   // in the order of execution
	budget      int       // edges that searches may still look at, beside least each
	seen        []int32   // number of the search that saw a unit last
	search      int32
}

// Budgets in edges: all graphs of a few thousand nodes are searched to the end.
const (
	budgetInAll = 1 << 24
	budgetLeast = 64
)

func newDag(n int) *dag {
	d := &dag{deps: make([][]int32, n), users: make([][]int32, n), into: make([]int32, n), place: make([]int32, n),
		budget: budgetInAll, seen: make([]int32, n)}
	for i := range n {
		d.into[i], d.place[i] = int32(i), int32(i)
	}
	return d
}

// find is the unit that i has become part of.
func (d *dag) find(i int) int {
	for int(d.into[i]) != i {
		d.into[i] = d.into[d.into[i]]
		i = int(d.into[i])
	}
	return i
}

// edge says that unit i needs unit dep, which has an earlier place.
func (d *dag) edge(dep, i int) {
	d.deps[i], d.users[dep] = append(d.deps[i], int32(dep)), append(d.users[dep], int32(i))
}

// walk collects the units that hang on unit i, along next, and have their place strictly between
// those of i and end; met tells whether end itself hangs on one of them. ok is false where the budget ran out.
func (d *dag) walk(i, end int, next [][]int32) (found []int32, met, ok bool) {
	d.search++
	limit := max(d.budget, 0) + budgetLeast
	between := func(x int) bool { // places of end and x on the same side of i
		return d.place[i] < d.place[x] && d.place[x] < d.place[end] || d.place[end] < d.place[x] &&
			d.place[x] < d.place[i]
	}
	looked := 0
	list := []int32{int32(i)}
	for k := 0; k < len(list); k++ {
		for _, to := range next[list[k]] {
			if looked++; looked > limit {
				d.budget -= looked
				return nil, false, false
			}
			x := d.find(int(to))
			if x == end && k > 0 {
				met = true
			}
			if d.seen[x] != d.search && between(x) {
				d.seen[x] = d.search
				list = append(list, int32(x))
			}
		}
	}
	d.budget -= looked
	return list[1:], met, true
}

// merge makes units p and q one, p, unless another unit has to run between them.
func (d *dag) merge(p, q int) bool {
	first, second := p, q
	if d.place[p] > d.place[q] {
		first, second = q, p
	}
	after, met, ok := d.walk(first, second, d.users)
	if !ok || met {
		return false
	}
	before, _, ok := d.walk(second, first, d.deps)
	if !ok {
		return false
	}
	slots := d.slots(before, after, first, second)
	d.put(before, slots)
	d.place[p] = slots[len(before)]
	d.put(after, slots[len(slots)-len(after):])
	d.into[q] = int32(p)
	d.deps[p], d.users[p] = joined(d.deps[p], d.deps[q]), joined(d.users[p], d.users[q])
	d.deps[q], d.users[q] = nil, nil
	return true
}

// slots are the places of all these units, ascending.
func (d *dag) slots(before, after []int32, more ...int) []int32 {
	var slots []int32
	for _, x := range more {
		slots = append(slots, d.place[x])
	}
	for _, list := range [][]int32{before, after} {
		for _, x := range list {
			slots = append(slots, d.place[x])
		}
	}
	order.Sort(slots)
	return slots
}

// put gives the units the places, in the order that they have among themselves.
func (d *dag) put(units, places []int32) {
	order.Stable(units, func(a, b int32) int { return int(d.place[a] - d.place[b]) })
	for i, x := range units {
		d.place[x] = places[i]
	}
}

func joined(a, b []int32) []int32 {
	if len(a) < len(b) {
		a, b = b, a
	}
	return append(a, b...)
}

// runAfter lets unit p run after unit q; false, and nothing changes, where q needs p.
func (d *dag) runAfter(q, p int) bool {
	if d.place[q] > d.place[p] {
		after, met, ok := d.walk(p, q, d.users)
		if !ok || met || slices.ContainsFunc(d.users[p], func(u int32) bool { return d.find(int(u)) == q }) {
			return false
		}
		before, _, ok := d.walk(q, p, d.deps)
		if !ok {
			return false
		}
		slots := d.slots(before, after, p, q)
		d.put(append(before, int32(q)), slots)
		d.put(append(after, int32(p)), slots[len(before)+1:])
	}
	d.edge(q, p)
	return true
}

// ready is a heap of units whose dependences have run, those of the least key first.
type ready struct{ units, key []int }

func (r *ready) Len() int           { return len(r.units) }
func (r *ready) Less(i, j int) bool { return r.key[r.units[i]] < r.key[r.units[j]] }
func (r *ready) Swap(i, j int)      { r.units[i], r.units[j] = r.units[j], r.units[i] }
func (r *ready) Push(x any)         { r.units = append(r.units, x.(int)) }
func (r *ready) Pop() any {
	last := r.units[len(r.units)-1]
	r.units = r.units[:len(r.units)-1]
	return last
}

// order lists the units that are left so that each comes after what it needs, otherwise by key.
func (d *dag) order(key []int) []int {
	missing := make([]int, len(d.into))
	r := &ready{key: key}
	each := func(list []int32, i int, f func(x int)) {
		for _, to := range list {
			if x := d.find(int(to)); x != i {
				f(x)
			}
		}
	}
	for i := range d.into {
		if d.find(i) != i {
			continue
		}
		each(d.deps[i], i, func(int) { missing[i]++ })
		if missing[i] == 0 {
			heap.Push(r, i)
		}
	}
	var list []int
	for r.Len() > 0 {
		i := heap.Pop(r).(int)
		list = append(list, i)
		each(d.users[i], i, func(x int) {
			if missing[x]--; missing[x] == 0 {
				heap.Push(r, x)
			}
		})
	}
	return list
}
