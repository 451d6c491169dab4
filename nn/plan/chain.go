package plan

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/order"
	"wafer/nn/tensor"
)

// chain turns a unit of element-wise nodes into instructions on slots.
func (e *emitter) chain(s *Step, u *unit) {
	c := &chainBuilder{emitter: e, unit: u, Chain: &Chain{N: u.result().Shape.Size()},
		operands: map[operandKey]int{}, slot: map[*graph.Node]int{}}
	for _, m := range u.members {
		if e.escapes(m) {
			c.results = append(c.results, m)
			c.Outputs = append(c.Outputs, e.value(m))
		}
	}
	for _, m := range u.members {
		for _, x := range m.In {
			if !c.internal(x) {
				c.operand(x, m.Shape)
			}
		}
	}
	c.code()
	s.Chain = c.Chain
	for _, o := range c.Operands {
		s.In = append(s.In, o.Value)
	}
	s.Out = c.Outputs
	s.Units, s.Grain, s.Work = c.N, chainGrain, c.N*len(c.Code)
}

// escapes reports whether a member's value is read outside its unit.
func (e *emitter) escapes(m *graph.Node) bool {
	if e.keptThroughAlias(m) {
		return true
	}
	return slices.ContainsFunc(e.readers(m), func(r *graph.Node) bool { return e.unit[r.ID] != e.unit[m.ID] })
}

// keptThroughAlias reports whether n or a view of it is an output or an update's value.
func (e *emitter) keptThroughAlias(n *graph.Node) bool {
	return e.kept[n.ID] || slices.ContainsFunc(e.uses[n.ID], func(u *graph.Node) bool {
		return e.root[u.ID] != u && e.keptThroughAlias(u)
	})
}

type operandKey struct {
	value int
	seen  string // the shape that it is broadcast to, "" where it is not
}

type chainBuilder struct {
	*emitter
	*Chain
	unit     *unit
	results  []*graph.Node // parallel to Outputs
	operands map[operandKey]int
	slot     map[*graph.Node]int // where a member's value stands
}

// internal reports whether an operand is computed by the chain itself.
func (c *chainBuilder) internal(x *graph.Node) bool {
	return c.inside(c.root[x.ID], c.unit)
}

// operand is the slot of an outside value seen in the shape of its reader.
func (c *chainBuilder) operand(x *graph.Node, shape tensor.Shape) int {
	key := operandKey{value: c.value(x)}
	o := Operand{Value: key.value}
	size := x.Shape.Size()
	switch {
	case size == c.N:
		o.Kind = Full
	case size == 1:
		o.Kind = Scalar
	default:
		o.Dims = dimsOf(x.Shape, shape)
		if o.Kind = Strided; isRow(o.Dims) {
			o.Kind, o.Dims = Row, nil
		} else {
			key.seen = shape.String()
		}
	}
	if i, ok := c.operands[key]; ok {
		return i
	}
	c.operands[key] = len(c.Operands)
	c.Operands = append(c.Operands, o)
	return c.operands[key]
}

// dimsOf describes x stretched to shape: the axes with the stride of x, 0 where
// it is repeated, neighbours merged where one stride serves both.
func dimsOf(x, shape tensor.Shape) []Dim {
	off, stride := len(shape)-len(x), x.Size()
	var dims []Dim
	for i, length := range shape {
		step := 0
		if i >= off && x[i-off] != 1 {
			stride /= x[i-off]
			step = stride
		}
		if length == 1 {
			continue
		}
		if k := len(dims) - 1; k >= 0 && (dims[k].Stride == step*length) {
			dims[k] = Dim{dims[k].Length * length, step}
			continue
		}
		dims = append(dims, Dim{length, step})
	}
	return dims
}

// isRow recognises a contiguous value repeated as a whole.
func isRow(d []Dim) bool { return len(d) == 2 && d[0].Stride == 0 && d[1].Stride == 1 }

// code writes one instruction per member and gives scratch blocks back after
// their last use.
func (c *chainBuilder) code() {
	last := map[*graph.Node]int{} // index of the last instruction that reads a member
	for i, m := range c.unit.members {
		for _, x := range m.In {
			if c.internal(x) {
				last[c.root[x.ID]] = i
			}
		}
	}
	base := len(c.Operands) + len(c.Outputs)
	var free []int
	for i, m := range c.unit.members {
		in := Instr{Op: m.Op, A: -1, B: -1, C: -1}
		for k, x := range m.In {
			*[]*int{&in.A, &in.B, &in.C}[k] = c.source(x, m.Shape)
		}
		for _, x := range slices.Compact(c.sources(m)) {
			if s := c.slot[x]; last[x] == i && s >= base && !c.stored(s) {
				free = append(free, s)
			}
		}
		in.Dst = c.destination(m, i, base, &free)
		c.slot[m] = in.Dst
		c.Code = append(c.Code, in)
	}
}

func (c *chainBuilder) stored(slot int) bool {
	return slices.ContainsFunc(c.Stores, func(s Store) bool { return s.From == slot })
}

// sources are the members that m reads, each once.
func (c *chainBuilder) sources(m *graph.Node) []*graph.Node {
	var out []*graph.Node
	for _, x := range m.In {
		if c.internal(x) {
			out = append(out, c.root[x.ID])
		}
	}
	order.Stable(out, func(x, y *graph.Node) int { return x.ID - y.ID })
	return out
}

func (c *chainBuilder) source(x *graph.Node, shape tensor.Shape) int {
	if c.internal(x) {
		return c.slot[c.root[x.ID]]
	}
	return c.operand(x, shape)
}

// destination is the output's own slot, unless a later instruction still reads
// an operand that the output overwrites; then a scratch block stored at the end.
func (c *chainBuilder) destination(m *graph.Node, i, base int, free *[]int) int {
	out := slices.Index(c.results, m)
	if out >= 0 && !c.readLater(m, i) {
		return len(c.Operands) + out
	}
	slot := base + c.Temps
	if k := len(*free); k > 0 {
		slot, *free = (*free)[k-1], (*free)[:k-1]
	} else {
		c.Temps++
	}
	if out >= 0 {
		c.Stores = append(c.Stores, Store{slot, len(c.Operands) + out})
	}
	return slot
}

// readLater reports whether an instruction after i reads memory that m's result
// overwrites: a parameter updated in place or a buffer taken over.
func (c *chainBuilder) readLater(m *graph.Node, i int) bool {
	for _, later := range c.unit.members[i+1:] {
		for _, x := range later.In {
			if r := c.root[x.ID]; r != m && c.sharesMemory(r, m) {
				return true
			}
		}
	}
	return false
}

// sharesMemory reports whether an operand's root lies where m's result goes.
func (c *chainBuilder) sharesMemory(r, m *graph.Node) bool {
	if c.inside(r, c.unit) {
		return false
	}
	if p := c.inPlace[m]; p != nil {
		return r == p
	}
	b, ok := c.bufOf[r]
	return ok && b == c.bufOf[m]
}
