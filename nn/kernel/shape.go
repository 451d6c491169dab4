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
		outer = append(append(outer[:c], outer[c+1:]...),
			Dim{(d.Length + tileColumns - 1) / tileColumns, tileColumns, tileColumns * d.Out})
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
