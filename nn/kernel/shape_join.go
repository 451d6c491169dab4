package kernel

// Concat joins operands: for each of outer rows, lengths[i] floats of operand i.
type Concat struct {
	Outer   int
	Lengths []int
}

// Units is the number of units, of which grain at a time are shared: rows, or elements
// of the only row.
func (c Concat) Units() (units, grain int) {
	if c.Outer > 1 {
		return c.Outer, 1
	}
	return c.row(), 16
}

func (c Concat) row() (n int) {
	for _, l := range c.Lengths {
		n += l
	}
	return n
}

// Emit writes the code.
func (c Concat) Emit(k *Emitter) {
	begin := 0
	if c.Outer <= 1 {
		for i, n := range c.Lengths {
			k.copyShare(k.Out[0], k.In[i], 0, begin, n)
			begin += n
		}
		return
	}
	var streams []stream
	for i, n := range c.Lengths {
		streams = append(streams, stream{k.In[i], 0, []int{4 * n}}, stream{k.Out[0], 4 * begin, []int{4 * c.row()}})
		begin += n
	}
	k.odometer([]int{c.Outer}, streams, func(_ Local, at, _ []Local) {
		for i, n := range c.Lengths {
			k.copyRun(at[2*i+1], at[2*i], n)
		}
	})
}

// Pad surrounds an operand of shape X by zeros: the result has shape Out, and Before
// zeros in front of each axis.
type Pad struct{ X, Before, Out []int }

// rowAxis is the last padded axis: it and those below are a row.
func (p Pad) rowAxis() int {
	for a := len(p.X) - 1; a > 0; a-- {
		if p.X[a] != p.Out[a] {
			return a
		}
	}
	return 0
}

func product(lengths []int) int {
	n := 1
	for _, l := range lengths {
		n *= l
	}
	return n
}

// Units is the number of units: rows.
func (p Pad) Units() int { return product(p.Out[:p.rowAxis()]) }

// Emit writes the code.
func (p Pad) Emit(k *Emitter) {
	if len(p.X) == 0 {
		k.copyRun(k.Out[0], k.In[0], 1)
		return
	}
	axis := p.rowAxis()
	below := product(p.X[axis+1:])
	row, n, left := p.Out[axis]*below, p.X[axis]*below, p.Before[axis]*below
	from, to := stream{base: k.In[0]}, stream{base: k.Out[0]}
	for a := range axis {
		stride := 4 * product(p.X[a+1:])
		from.offset -= p.Before[a] * stride
		from.strides = append(from.strides, stride)
		to.strides = append(to.strides, 4*product(p.Out[a+1:]))
	}
	k.odometer(p.Out[:axis], []stream{from, to}, func(_ Local, at, turn []Local) {
		copied := func() {
			k.zeroRun(at[1], 0, left)
			dst := k.I32()
			k.Sum(L(at[1]), C(4*left))
			k.Set(dst)
			k.copyRun(dst, at[0], n)
			k.FreeI32(dst)
			k.zeroRun(at[1], left+n, row-left-n)
		}
		if !p.inside(k, turn) {
			copied()
			return
		}
		k.If()
		copied()
		k.Else()
		k.zeroRun(at[1], 0, row)
		k.End()
	})
}

// inside pushes whether the turns of the outer axes are inside the operand; false: they
// always are, and nothing is pushed.
func (p Pad) inside(k *Emitter, turn []Local) bool {
	some := false
	for a, t := range turn {
		if p.X[a] == p.Out[a] {
			continue
		}
		k.Get(t)
		k.I32Const(int32(p.Before[a]))
		k.I32Sub()
		k.I32Const(int32(p.X[a]))
		k.I32LtU()
		if some {
			k.I32And()
		}
		some = true
	}
	return some
}

// copyShare copies to units Lo ≤ u < Hi what lies there of a stretch of n floats, which
// begins at float begin of the result and at float base of the operand.
func (k *Emitter) copyShare(out, in Local, base, begin, n int) {
	from, to := k.I32(), k.I32()
	k.Get(k.Lo) // from = max(Lo, begin)
	k.I32Const(int32(begin))
	k.Get(k.Lo)
	k.I32Const(int32(begin))
	k.I32GtS()
	k.Select()
	k.Set(from)
	k.SetInt(to, L(k.Hi))
	k.LeastOf(to, func() { k.I32Const(int32(begin + n)) })
	k.When(func() { k.Get(from); k.Get(to); k.I32LtS() }, func() {
		p := k.I32()
		k.Address(p, L(out), L(from), 4)
		k.Get(p)
		k.Address(p, L(in), L(from), 4)
		k.Sum(L(p), C(4*(base-begin)))
		k.Get(to)
		k.Get(from)
		k.I32Sub()
		k.Times(4)
		k.MemoryCopy()
		k.FreeI32(p)
	})
	k.FreeI32(from, to)
}
