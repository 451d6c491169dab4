package kernel

// OneHot writes rows of depth floats: 1 at the index, 0 elsewhere. Units are indices.
func OneHot(k *Emitter, depth int) {
	v := k.I32()
	k.clearUnits(4 * depth)
	k.odometer([]int{1 << 30}, []stream{{k.In[0], 0, []int{4}}, {k.Out[0], 0, []int{4 * depth}}},
		func(_ Local, at, _ []Local) {
			k.ifIndex(v, at[0], depth, func() {
				k.Address(v, L(at[1]), L(v), 4)
				k.Get(v)
				k.F32Const(1)
				k.F32Store(0)
			})
		})
	k.FreeI32(v)
}

// clearUnits sets the result's units Lo ≤ u < Hi, of so many bytes each, to 0.
func (k *Emitter) clearUnits(bytes int) {
	p := k.I32()
	k.Address(p, L(k.Out[0]), L(k.Lo), bytes)
	k.Get(p)
	k.I32Const(0)
	k.Get(k.Hi)
	k.Get(k.Lo)
	k.I32Sub()
	k.Times(bytes)
	k.MemoryFill()
	k.FreeI32(p)
}

// ifIndex loads the index at an address to v and runs body if 0 ≤ v < n.
func (k *Emitter) ifIndex(v, at Local, n int, body func()) {
	k.When(func() {
		k.Get(at)
		k.I32Load(0)
		k.LocalTee(v)
		k.I32Const(int32(n))
		k.I32LtU()
	}, body)
}

// Gather copies rows of d floats from a table of so many rows; an index outside it
// gives zeros. Operands are table, index; units are indices.
func Gather(k *Emitter, rows, d int) {
	v, from := k.I32(), k.I32()
	k.odometer([]int{1 << 30}, []stream{{k.In[1], 0, []int{4}}, {k.Out[0], 0, []int{4 * d}}},
		func(_ Local, at, _ []Local) {
			k.Get(at[0])
			k.I32Load(0)
			k.LocalTee(v)
			k.I32Const(int32(rows))
			k.I32LtU()
			k.If()
			k.Address(from, L(k.In[0]), L(v), 4*d)
			k.copyRun(at[1], from, d)
			k.Else()
			k.zeroRun(at[1], 0, d)
			k.End()
		})
	k.FreeI32(v, from)
}

// Scatter adds count rows of d floats to rows of a table of zeros; an index outside it
// is dropped. Operands are index, dy.
type Scatter struct{ Rows, D, Count int }

// ByRows reports whether threads share the rows of the table rather than its columns:
// better where clearing it is most of the work, since memory is then filled in one piece.
func (s Scatter) ByRows() bool { return s.Rows >= 2*s.Count }

// Units is the number of rows, or of groups of columns.
func (s Scatter) Units() int {
	if s.ByRows() {
		return s.Rows
	}
	return ColumnGroups(s.D)
}

// Emit writes the code.
func (s Scatter) Emit(k *Emitter) {
	if s.ByRows() {
		s.rows(k)
	} else {
		s.columns(k)
	}
}

// rows looks at every index and adds the rows that fall on table rows Lo ≤ v < Hi.
func (s Scatter) rows(k *Emitter) {
	v, to, n := k.I32(), k.I32(), k.I32()
	k.clearUnits(4 * s.D)
	k.Get(k.Hi)
	k.Get(k.Lo)
	k.I32Sub()
	k.Set(n)
	s.each(k, func(index, dy Local) {
		k.When(func() {
			k.Get(index)
			k.I32Load(0)
			k.LocalTee(v)
			k.Get(k.Lo)
			k.I32Sub()
			k.Get(n)
			k.I32LtU()
		}, func() {
			k.Address(to, L(k.Out[0]), L(v), 4*s.D)
			k.rowLoop(s.D, 4, func(at Local, imm uint32, lanes int) { k.accumulate(to, dy, at, imm, lanes) })
		})
	})
	k.FreeI32(v, to, n)
}

// accumulate adds the vector at from + at + imm to that at to.
func (k *Emitter) accumulate(to, from, at Local, imm uint32, lanes int) {
	k.loadAt(to, at, imm)
	k.loadAt(from, at, imm)
	k.F32x4Add()
	k.storeAt(to, at, imm, lanes)
}

// each walks the indices and rows of dy.
func (s Scatter) each(k *Emitter, body func(index, dy Local)) {
	i, index, dy := k.I32(), k.I32(), k.I32()
	k.SetInt(index, L(k.In[0]))
	k.SetInt(dy, L(k.In[1]))
	k.For(i, C(0), C(s.Count), 1, func() {
		body(index, dy)
		k.AddTo(index, C(4))
		k.AddTo(dy, C(4*s.D))
	})
	k.FreeI32(i, index, dy)
}

// columns adds every row, columns of units Lo ≤ u < Hi only.
func (s Scatter) columns(k *Emitter) {
	v, to, from, end := k.I32(), k.I32(), k.I32(), k.I32()
	k.columnShare(from, end, s.D)
	k.SetInt(to, L(k.Out[0]))
	k.For(v, C(0), C(s.Rows), 1, func() {
		k.columnLoop(from, end, s.D, 4, func(at Local, imm uint32, lanes int) {
			k.F4(0)
			k.storeAt(to, at, imm, lanes)
		})
		k.AddTo(to, C(4*s.D))
	})
	s.each(k, func(index, dy Local) {
		k.ifIndex(v, index, s.Rows, func() {
			k.Address(to, L(k.Out[0]), L(v), 4*s.D)
			k.columnLoop(from, end, s.D, 4, func(at Local, imm uint32,
				lanes int) {
				k.accumulate(to, dy, at, imm, lanes)
			})
		})
	})
	k.FreeI32(v, to, from, end)
}

// CastInt32 converts int32 to float32, to nearest even. Units are groups of 16 elements
// of n.
func CastInt32(k *Emitter, n int) {
	from, to := k.I32(), k.I32()
	k.columnShare(from, to, n)
	k.columnLoop(from, to, n, 1, func(at Local, imm uint32, lanes int) {
		k.loadAt(k.In[0], at, imm)
		k.F32x4ConvertI32x4S()
		k.storeAt(k.Out[0], at, imm, lanes)
	})
	k.FreeI32(from, to)
}
