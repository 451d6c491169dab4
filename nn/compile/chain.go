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
		fmt.Fprintf(key, " %d=%v(%d,%d,%d)", in.Dst, in.Op, in.A, in.B, in.C)
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
	scalars []wasmbin.Local // operands of one element, in all lanes
	walkers []*walker       // of operands that are repeated
	at      wasmbin.Local   // byte offset of the current elements

	// The current turn.
	width  kernel.Width
	group  int          // vectors side by side
	values []kernel.Vec // of each slot, empty: an operand that was not read yet
}

// sideBySide is the number of vectors of one turn: enough to hide the latency of long
// functions, few enough for the registers of short ones.
const sideBySide = 4

func (c *chainCode) write() {
	c.walkers, c.scalars = make([]*walker, len(c.Operands)), make([]wasmbin.Local, len(c.Operands))
	vectors := true
	for i, o := range c.Operands {
		switch o.Kind {
		case plan.Scalar:
			c.scalars[i] = c.V128()
			c.Get(c.In[i])
			c.V128Load32Splat(0)
			c.Set(c.scalars[i])
		case plan.Row:
			c.walkers[i] = newWalker(c.Emitter, c.In[i], c.row(i), c.Lo)
		case plan.Strided:
			c.walkers[i] = newWalker(c.Emitter, c.In[i], o.Dims, c.Lo)
		}
		vectors = vectors && (c.walkers[i] == nil || c.walkers[i].vectors())
	}
	at, end := c.I32(), c.I32()
	c.at = at
	c.bytes(at, c.Lo)
	c.bytes(end, c.Hi)
	if vectors {
		if c.N >= 4*sideBySide {
			c.turns(end, kernel.Four, sideBySide)
		}
		c.turns(end, kernel.Four, 1)
	}
	if !vectors || c.N%4 != 0 {
		c.turns(end, kernel.One, 1)
	}
}

// turns computes groups of vectors as long as a whole one is left.
func (c *chainCode) turns(end wasmbin.Local, w kernel.Width, group int) {
	step, last := 4*int(w)*group, c.I32()
	c.Get(end)
	c.I32Const(int32(step - 1))
	c.I32Sub()
	c.Set(last)
	c.For(c.at, kernel.L(c.at), kernel.L(last), step, func() { c.turn(w, group) })
	c.FreeI32(last)
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

// turn computes a group of vectors: loads come where a value is first used, all before
// the stores, since a result may lie over an operand.
func (c *chainCode) turn(w kernel.Width, group int) {
	c.width, c.group = w, group
	c.values = make([]kernel.Vec, len(c.Operands)+len(c.Outputs)+c.Temps)
	for i, l := range c.scalars {
		if c.Operands[i].Kind == plan.Scalar {
			all := make([]wasmbin.Local, group)
			for j := range all {
				all[j] = l
			}
			c.values[i] = kernel.VecOf(all...)
		}
	}
	var made []kernel.Vec
	for _, in := range c.Code {
		v := c.instruction(in)
		c.values[in.Dst], made = v, append(made, v)
	}
	for _, s := range c.Stores {
		c.values[s.To] = c.values[s.From]
	}
	for i, out := range c.Out {
		c.Sum(kernel.L(out), kernel.L(c.at))
		to := c.I32()
		c.Set(to)
		for j, l := range c.values[len(c.Operands)+i].Locals() {
			c.Get(to)
			c.Get(l)
			c.Store(w, uint32(16*j))
		}
		c.FreeI32(to)
	}
	for i, walk := range c.walkers {
		if walk != nil && c.values[i].Locals() == nil { // read by no instruction
			walk.advance(int(w) * group)
		}
	}
	for _, v := range made {
		c.FreeV128(v.Locals()...)
	}
	for i, v := range c.values[:len(c.Operands)] {
		if c.Operands[i].Kind != plan.Scalar {
			c.FreeV128(v.Locals()...)
		}
	}
}

// value is what a slot holds; an operand is read when first asked for.
func (c *chainCode) value(slot int) kernel.Vec {
	if c.values[slot].Locals() == nil {
		c.values[slot] = c.read(slot)
	}
	return c.values[slot]
}

func (c *chainCode) read(slot int) kernel.Vec {
	v := c.V128s(c.group)
	walk, from := c.walkers[slot], wasmbin.Local(0)
	if walk == nil {
		from = c.I32()
		c.Sum(kernel.L(c.In[slot]), kernel.L(c.at))
		c.Set(from)
		defer c.FreeI32(from)
	}
	for j, l := range v {
		if walk != nil {
			walk.load(c.width)
			c.Set(l)
			walk.advance(int(c.width))
			continue
		}
		c.Get(from)
		c.Load(c.width, uint32(16*j))
		c.Set(l)
	}
	return kernel.VecOf(v...)
}

func (c *chainCode) instruction(in plan.Instr) kernel.Vec {
	switch {
	case in.Op == graph.Where:
		return c.WhereV(c.value(in.A), c.value(in.B), c.value(in.C))
	case in.B >= 0:
		return binary(c.Emitter, in.Op, c.value(in.A), c.value(in.B))
	}
	return unary(c.Emitter, in.Op, c.value(in.A))
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
