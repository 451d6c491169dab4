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
	scratch           []*chainScratch // one per thread, nil before it ran
}

// chainScratch is what one thread needs to run a chain's blocks.
type chainScratch struct {
	slots [][]float32 // all slots for the current block
	temps [][]float32 // block-sized memory behind temporaries and broadcast operands
}

func newChainRun(p *program, s *plan.Step, threads int) *chainRun {
	c := &chainRun{Chain: s.Chain, program: p}
	for _, o := range c.Operands {
		c.operands = append(c.operands, p.f(o.Value))
	}
	for _, v := range c.Outputs {
		c.outputs = append(c.outputs, p.f(v))
	}
	lengths := c.lengths()
	sum := 0
	for _, n := range lengths {
		sum += n
	}
	p.reserve(sum)
	c.scratch = make([]*chainScratch, threads)
	return c
}

// lengths is how much memory of its own each slot needs.
func (c *chainRun) lengths() []int {
	n := min(chainBlock, c.N)
	lengths := make([]int, len(c.Operands)+len(c.Outputs)+c.Temps)
	for i, o := range c.Operands {
		switch o.Kind {
		case plan.Scalar, plan.Strided:
			lengths[i] = n
		case plan.Row:
			lengths[i] = n + len(c.operands[i])
		}
	}
	for i := len(c.Operands) + len(c.Outputs); i < len(lengths); i++ {
		lengths[i] = n
	}
	return lengths
}

// of is the scratch of thread t.
func (c *chainRun) of(t int) *chainScratch {
	if c.scratch[t] != nil {
		return c.scratch[t]
	}
	lengths, rest := c.lengths(), c.program.scratch[t]
	s := &chainScratch{slots: make([][]float32, len(lengths)), temps: make([][]float32, len(lengths))}
	for i, n := range lengths {
		s.temps[i], rest = rest[:n:n], rest[n:]
	}
	c.scratch[t] = s
	return s
}

// run executes elements lo ≤ i < hi on thread t.
func (c *chainRun) run(t, lo, hi int) {
	s := c.of(t)
	for i, o := range c.Operands {
		switch o.Kind {
		case plan.Scalar:
			fill(s.temps[i], c.operands[i][0])
		case plan.Row:
			repeat(s.temps[i], c.operands[i])
		}
	}
	for ; lo < hi; lo += chainBlock {
		c.bind(s, lo, min(lo+chainBlock, hi))
		for i := range c.Code {
			execute(&c.Code[i], s.slots)
		}
		for _, st := range c.Stores {
			copy(s.slots[st.To], s.slots[st.From])
		}
	}
}

// bind points every slot at elements lo ≤ i < hi.
func (c *chainRun) bind(s *chainScratch, lo, hi int) {
	for i, o := range c.Operands {
		switch o.Kind {
		case plan.Full:
			s.slots[i] = c.operands[i][lo:hi]
		case plan.Row:
			// The row is repeated once beyond a block, so any phase is a slice of it.
			phase := lo % len(c.operands[i])
			s.slots[i] = s.temps[i][phase : phase+hi-lo]
		case plan.Scalar:
			s.slots[i] = s.temps[i][:hi-lo]
		case plan.Strided:
			s.slots[i] = s.temps[i][:hi-lo]
			gatherStrided(s.slots[i], c.operands[i], 0, o.Dims, lo)
		}
	}
	base := len(c.Operands)
	for i, out := range c.outputs {
		s.slots[base+i] = out[lo:hi]
	}
	for i := base + len(c.outputs); i < len(s.slots); i++ {
		s.slots[i] = s.temps[i][:hi-lo]
	}
}

func execute(in *plan.Instr, slots [][]float32) {
	switch {
	case in.Op == graph.Where:
		where(slots[in.Dst], slots[in.A], slots[in.B], slots[in.C])
	case in.B >= 0:
		binary(in.Op, slots[in.Dst], slots[in.A], slots[in.B])
	default:
		unary(in.Op, slots[in.Dst], slots[in.A])
	}
}

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
