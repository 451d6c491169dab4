package compile

import (
	"fmt"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/wasmbin"
)

// chain compiles a run of element-wise operations to one loop: every operand is loaded
// once, all values stay in registers, results are stored last.
func (c *compiler) chain(s *plan.Step) emission {
	key := &strings.Builder{}
	fmt.Fprintf(key, "chain_%d", s.Chain.N)
	for i, in := range s.Chain.Code {
		if i == 3 {
			key.WriteString("_etc")
			break
		}
		fmt.Fprintf(key, "_%v", in.Op)
	}
	for _, o := range s.Chain.Operands {
		fmt.Fprintf(key, " %d", o.Kind)
		if o.Kind == plan.Row {
			fmt.Fprintf(key, ":%d", c.size(o.Value))
		}
		for _, d := range o.Dims {
			fmt.Fprintf(key, ":%dx%d", d.Length, d.Stride)
		}
	}
	for _, in := range s.Chain.Code {
		fmt.Fprintf(key, " %d=%v(%d,%d,%d)%x", in.Dst, in.Op, in.A, in.B, in.C, in.Alpha)
	}
	for _, st := range s.Chain.Stores {
		fmt.Fprintf(key, " %d>%d", st.From, st.To)
	}
	e := emission{key: key.String(), outs: s.Out, units: s.Units, grain: s.Grain, work: s.Work}
	lengths := make([]int, len(s.Chain.Operands))
	for i, o := range s.Chain.Operands {
		e.ins = append(e.ins, o.Value)
		lengths[i] = c.size(o.Value)
	}
	e.emit = func(k *kernel.Emitter) { (&chainCode{Emitter: k, Chain: s.Chain, lengths: lengths}).write() }
	return e
}

// size is the number of elements of a value.
func (c *compiler) size(value int) int { return c.plan.Values[value].Shape.Size() }

// chainCode is the loop of one chain.
type chainCode struct {
	*kernel.Emitter
	*plan.Chain
	lengths []int           // elements of each operand
	slots   []wasmbin.Local // the value of each slot in the current turn
	walkers []*walker       // of operands that are repeated
	loaded  []bool          // slots that hold their operand's value
	at      wasmbin.Local   // byte offset of the current elements
	width   kernel.Width
}

func (c *chainCode) write() {
	c.slots = c.V128s(len(c.Operands) + len(c.Outputs) + c.Temps)
	c.walkers = make([]*walker, len(c.Operands))
	vectors := true
	for i, o := range c.Operands {
		switch o.Kind {
		case plan.Scalar:
			c.Get(c.In[i])
			c.V128Load32Splat(0)
			c.Set(c.slots[i])
		case plan.Row:
			c.walkers[i] = newWalker(c.Emitter, c.In[i], c.row(i), c.Lo)
		case plan.Strided:
			c.walkers[i] = newWalker(c.Emitter, c.In[i], o.Dims, c.Lo)
		}
		vectors = vectors && (c.walkers[i] == nil || c.walkers[i].vectors())
	}
	at, end, whole := c.I32(), c.I32(), c.I32()
	c.at = at
	c.bytes(at, c.Lo)
	c.bytes(end, c.Hi)
	if vectors {
		c.Get(end)
		c.Get(at)
		c.I32Sub()
		c.I32Const(-16)
		c.I32And()
		c.Get(at)
		c.I32Add()
		c.Set(whole)
		c.For(at, kernel.L(at), kernel.L(whole), 16, func() { c.turn(kernel.Four) })
	}
	if !vectors || c.N%4 != 0 {
		c.For(at, kernel.L(at), kernel.L(end), 4, func() { c.turn(kernel.One) })
	}
}

// row is an operand that is repeated as a whole.
func (c *chainCode) row(i int) []plan.Dim {
	n := c.lengths[i]
	return []plan.Dim{{Length: c.N / n, Stride: 0}, {Length: n, Stride: 1}}
}

func (c *chainCode) bytes(to, elements wasmbin.Local) {
	c.Get(elements)
	c.I32Const(2)
	c.I32Shl()
	c.Set(to)
}

// turn computes w elements: loads come where a value is first used, all before the
// stores, since a result may lie over an operand.
func (c *chainCode) turn(w kernel.Width) {
	c.width, c.loaded = w, make([]bool, len(c.Operands))
	for _, in := range c.Code {
		c.instruction(in)
	}
	for _, s := range c.Stores {
		c.push(s.From)
		c.Set(c.slots[s.To])
	}
	for i, out := range c.Out {
		c.Sum(kernel.L(out), kernel.L(c.at))
		c.Get(c.slots[len(c.Operands)+i])
		c.Store(w, 0)
	}
	for _, walk := range c.walkers {
		if walk != nil {
			walk.advance(int(w))
		}
	}
}

// push pushes the value of a slot.
func (c *chainCode) push(slot int) {
	if slot < len(c.Operands) && !c.loaded[slot] && c.Operands[slot].Kind != plan.Scalar {
		c.loaded[slot] = true
		if walk := c.walkers[slot]; walk != nil {
			walk.load(c.width)
		} else {
			c.Sum(kernel.L(c.In[slot]), kernel.L(c.at))
			c.Load(c.width, 0)
		}
		c.LocalTee(c.slots[slot])
		return
	}
	c.Get(c.slots[slot])
}

func (c *chainCode) instruction(in plan.Instr) {
	switch {
	case in.Op == graph.Where:
		c.push(in.B)
		c.push(in.C)
		c.push(in.A)
		c.F4(0)
		c.F32x4Ne()
		c.V128Bitselect()
	case in.B >= 0:
		c.push(in.A)
		c.push(in.B)
		binary(c.Emitter, in.Op)
	default:
		c.push(in.A)
		unary(c.Emitter, in.Op, in.Alpha)
	}
	c.Set(c.slots[in.Dst])
}

// walker follows a broadcast operand through the elements of a chain: an address and a
// counter for every axis but the outermost.
type walker struct {
	k       *kernel.Emitter
	dims    []plan.Dim
	address wasmbin.Local
	count   []wasmbin.Local
}

// newWalker starts at element from.
func newWalker(k *kernel.Emitter, base wasmbin.Local, dims []plan.Dim, from wasmbin.Local) *walker {
	w := &walker{k: k, dims: dims, address: k.I32(), count: make([]wasmbin.Local, len(dims))}
	k.SetInt(w.address, kernel.L(base))
	rest := k.I32()
	k.SetInt(rest, kernel.L(from))
	for i := len(dims) - 1; i >= 0; i-- {
		w.count[i] = k.I32()
		k.Get(rest)
		k.I32Const(int32(dims[i].Length))
		k.I32RemU()
		k.LocalTee(w.count[i])
		k.I32Const(int32(4 * dims[i].Stride))
		k.I32Mul()
		k.Get(w.address)
		k.I32Add()
		k.Set(w.address)
		k.Get(rest)
		k.I32Const(int32(dims[i].Length))
		k.I32DivU()
		k.Set(rest)
	}
	k.FreeI32(rest)
	return w
}

func (w *walker) inner() plan.Dim { return w.dims[len(w.dims)-1] }

// vectors reports whether any four elements from a multiple of four on are neighbours
// or one and the same.
func (w *walker) vectors() bool { return w.inner().Length%4 == 0 && w.inner().Stride <= 1 }

func (w *walker) load(width kernel.Width) {
	w.k.Get(w.address)
	if width == kernel.Four && w.inner().Stride == 0 {
		w.k.V128Load32Splat(0)
	} else {
		w.k.Load(width, 0)
	}
}

// advance goes n elements on.
func (w *walker) advance(n int) { w.axis(len(w.dims)-1, n) }

func (w *walker) axis(i, n int) {
	d, k := w.dims[i], w.k
	k.AddTo(w.address, kernel.C(4*d.Stride*n))
	if i == 0 {
		return
	}
	k.Get(w.count[i])
	k.I32Const(int32(n))
	k.I32Add()
	k.LocalTee(w.count[i])
	k.I32Const(int32(d.Length))
	k.I32GeU()
	k.If()
	k.SetInt(w.count[i], kernel.C(0))
	k.AddTo(w.address, kernel.C(-4*d.Stride*d.Length))
	w.axis(i-1, 1)
	k.End()
}
