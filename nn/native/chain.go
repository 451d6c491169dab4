package native

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// chainBlock is how many elements of a chain are worked on at a time: 4 KB, so that
// a handful of scratch blocks stay in the nearest cache.
const chainBlock = plan.ChainBlock

// chainRun is a chain with its memory bound.
type chainRun struct {
	*plan.Chain
	program           *program
	operands, outputs [][]float32
	lengths           []int // of memory of its own that each slot needs
}

// slot is one of a chain's slots on one thread.
type slot struct {
	now  []float32 // for the current block
	room []float32 // memory behind temporaries and broadcast operands
}

// newChainRun binds a step that is a chain.
func newChainRun(p *program, s *plan.Step) *chainRun {
	c := &chainRun{Chain: s.Chain, program: p}
	for _, o := range c.Operands {
		c.operands = append(c.operands, p.f(o.Value))
	}
	for _, v := range c.Outputs {
		c.outputs = append(c.outputs, p.f(v))
	}
	c.measure()
	return c
}

// measure sets c.lengths.
func (c *chainRun) measure() {
	n := min(chainBlock, c.N)
	c.lengths = make([]int, len(c.Operands)+len(c.Outputs)+c.Temps)
	for i, o := range c.Operands {
		switch o.Kind {
		case plan.Scalar, plan.Strided:
			c.lengths[i] = n
		case plan.Row:
			c.lengths[i] = n + len(c.operands[i])
		}
	}
	for i := len(c.Operands) + len(c.Outputs); i < len(c.lengths); i++ {
		c.lengths[i] = n
	}
}

// slots are those of thread t.
func (c *chainRun) slots(t int) []slot {
	w := c.program.spaces[t]
	rest, slots := w.memory, w.slots[:len(c.lengths)]
	for i, n := range c.lengths {
		slots[i].room, rest = rest[:n:n], rest[n:]
	}
	return slots
}

// run executes elements lo ≤ i < hi on thread t.
func (c *chainRun) run(t, lo, hi int) {
	s := c.slots(t)
	for i, o := range c.Operands {
		switch o.Kind {
		case plan.Scalar:
			fill(s[i].room, c.operands[i][0])
		case plan.Row:
			repeat(s[i].room, c.operands[i])
		}
	}
	for ; lo < hi; lo += chainBlock {
		c.bind(s, lo, min(lo+chainBlock, hi))
		for i := range c.Code {
			execute(&c.Code[i], s)
		}
		for _, st := range c.Stores {
			copy(s[st.To].now, s[st.From].now)
		}
	}
}

// bind points every slot at elements lo ≤ i < hi.
func (c *chainRun) bind(s []slot, lo, hi int) {
	for i, o := range c.Operands {
		switch o.Kind {
		case plan.Full:
			s[i].now = c.operands[i][lo:hi]
		case plan.Row:
			// The row is repeated once beyond a block, so any phase is a slice of it.
			phase := lo % len(c.operands[i])
			s[i].now = s[i].room[phase : phase+hi-lo]
		case plan.Scalar:
			s[i].now = s[i].room[:hi-lo]
		case plan.Strided:
			s[i].now = s[i].room[:hi-lo]
			gatherStrided(s[i].now, c.operands[i], 0, o.Dims, lo)
		}
	}
	base := len(c.Operands)
	for i, out := range c.outputs {
		s[base+i].now = out[lo:hi]
	}
	for i := base + len(c.outputs); i < len(s); i++ {
		s[i].now = s[i].room[:hi-lo]
	}
}

// execute runs one instruction over a block.
func execute(in *plan.Instr, slots []slot) {
	switch {
	case in.Op == graph.Where:
		where(slots[in.Dst].now, slots[in.A].now, slots[in.B].now, slots[in.C].now)
	case in.B >= 0:
		binary(in.Op, slots[in.Dst].now, slots[in.A].now, slots[in.B].now)
	default:
		unary(in.Op, slots[in.Dst].now, slots[in.A].now)
	}
}

// fill writes v everywhere.
func fill(dst []float32, v float32) {
	for i := range dst {
		dst[i] = v
	}
}

// repeat fills dst with copies of row, one after the other.
func repeat(dst, row []float32) {
	if len(row) == 0 {
		return
	}
	for n := copy(dst, row); n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}
