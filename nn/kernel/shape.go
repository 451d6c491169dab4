package kernel

// Dim is one axis of a View: Length turns, In floats apart in the operand and Out in the result.
type Dim struct{ Length, In, Out int }

// View is the copy that a Transpose, Slice, Reverse or Broadcast is: the result's element
// (i, j, …) is the operand's element Base + i·In₀ + j·In₁ + …, the axes outermost first,
// neighbours merged. Elements are four bytes of any type.
type View struct {
	Base int
	Dims []Dim
}

// tileColumns is how many of the operand's neighbours a unit of a transposition takes.
const tileColumns = 16

func (v View) inner() Dim { return v.Dims[len(v.Dims)-1] }

// whole reports whether the operand is copied as it lies.
func (v View) whole() bool { return len(v.Dims) == 1 && v.inner().In == 1 }

// crossing is the axis along which the operand's elements are neighbours while those of
// the result are along another; −1: none.
func (v View) crossing() int {
	for i, d := range v.Dims[:len(v.Dims)-1] {
		if d.In == 1 && v.inner().In > 1 {
			return i
		}
	}
	return -1
}

// Units is the number of units, of which grain at a time are shared: elements of what is
// copied as a whole, tiles of a transposition, runs along the innermost axis else.
func (v View) Units() (units, grain int) {
	if v.whole() {
		return v.inner().Length, 16
	}
	units = 1
	for _, d := range v.outer() {
		units *= d.Length
	}
	return units, 1
}

// outer is the axes that units walk.
func (v View) outer() []Dim {
	outer := append([]Dim{}, v.Dims[:len(v.Dims)-1]...)
	if c := v.crossing(); c >= 0 {
		d := outer[c]
		outer = append(append(outer[:c], outer[c+1:]...), Dim{(d.Length + tileColumns - 1) / tileColumns, tileColumns, tileColumns * d.Out})
	}
	return outer
}

// Emit writes the code.
func (v View) Emit(k *Emitter) {
	if v.whole() {
		k.copyShare(k.Out[0], k.In[0], v.Base, 0, v.inner().Length)
		return
	}
	inner, c := v.inner(), v.crossing()
	from, to := stream{base: k.In[0], offset: 4 * v.Base}, stream{base: k.Out[0]}
	var lengths []int
	for _, d := range v.outer() {
		lengths = append(lengths, d.Length)
		from.strides = append(from.strides, 4*d.In)
		to.strides = append(to.strides, 4*d.Out)
	}
	k.odometer(lengths, []stream{from, to}, func(_ Local, at, turn []Local) {
		from, to := at[0], at[1]
		switch {
		case c >= 0:
			v.tiles(k, from, to, turn[len(turn)-1], v.Dims[c])
		case inner.In == 1:
			k.copyRun(to, from, inner.Length)
		case inner.In == 0:
			x := k.V128()
			k.Get(from)
			k.V128Load32Splat(0)
			k.Set(x)
			k.fillRun(to, 0, inner.Length, x)
			k.FreeV128(x)
		case inner.In == -1:
			k.reverseRun(to, from, inner.Length)
		default:
			k.stridedRun(to, from, inner.Length, inner.In)
		}
	})
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

// tiles transposes one unit: tileColumns neighbours of the operand, or the rest of them
// in the last unit, times the whole innermost axis of the result.
func (v View) tiles(k *Emitter, from, to, unit Local, c Dim) {
	rest := c.Length % tileColumns
	if rest == 0 {
		v.strip(k, from, to, tileColumns, c)
		return
	}
	if c.Length < tileColumns {
		v.strip(k, from, to, rest, c)
		return
	}
	k.Get(unit)
	k.I32Const(int32(c.Length / tileColumns))
	k.I32LtS()
	k.If()
	v.strip(k, from, to, tileColumns, c)
	k.Else()
	v.strip(k, from, to, rest, c)
	k.End()
}

// strip transposes n neighbours of the operand in tiles of four by four.
func (v View) strip(k *Emitter, from, to Local, n int, c Dim) {
	r := v.inner()
	i, p, q := k.I32(), k.I32(), k.I32()
	k.SetInt(p, L(from))
	k.SetInt(q, L(to))
	rows := func(count int) {
		for j := 0; j < n; j += 4 {
			k.tile4(q, p, r.In, c.Out, j, count, min(4, n-j))
		}
		k.AddTo(p, C(4*count*r.In))
		k.AddTo(q, C(4*count))
	}
	k.For(i, C(0), C(r.Length/4), 1, func() { rows(4) })
	if rest := r.Length % 4; rest > 0 {
		rows(rest)
	}
	k.FreeI32(i, p, q)
}

// tile4 reads four columns, from column j on, of rows rows of the operand, stride floats
// apart, and writes the first columns of them as rows of the result.
func (k *Emitter) tile4(to, from Local, stride, outStride, j, rows, columns int) {
	t := k.V128s(4)
	for i := range rows {
		k.Get(from)
		k.V128Load(uint32(4 * (i*stride + j)))
		k.Set(t[i])
	}
	k.Transpose4(t)
	for i := range columns {
		k.storeLanes(to, t[i], uint32(4*(j+i)*outStride), rows)
	}
	k.FreeV128(t...)
}

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
