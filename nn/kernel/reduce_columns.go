package kernel

// columnRows is how many rows of terms are added to a vector of results at a time.
const columnRows = 8

// Columns reduces over outer axes: every result is one sum, a vector holds neighbouring
// results. Units are ColumnUnits.
func (r Reduction) Columns(k *Emitter) {
	c := &reduction{Reduction: r, Emitter: k, out: k.I32()}
	if r.Inner < columnGroup {
		c.narrow()
	} else {
		c.wide()
	}
}

// narrow keeps all results of a unit in registers from the first row to the last.
func (r *reduction) narrow() {
	n := (r.Inner + 3) / 4
	acc, means, zero := r.V128s(n), r.V128s(n), r.I32()
	r.SetInt(zero, C(0))
	r.results(func(u Local) {
		r.Address(r.out, L(r.Out[0]), L(u), 4*r.Inner)
		mean := r.I32()
		if r.Term == SquaredDiff {
			r.Address(mean, L(r.In[1]), L(u), 4*r.Inner)
		}
		for i := range n {
			if r.Term == SquaredDiff {
				r.Get(mean)
				r.V128Load(uint32(16 * i))
				r.Set(means[i])
			}
			r.first(zero, uint32(16*i))
			r.Set(acc[i])
		}
		r.FreeI32(mean)
		r.nest(r.Over, func(offset Local) {
			for i := range n {
				r.mean = means[i]
				r.Get(acc[i])
				r.term(offset, uint32(16*i))
				r.combine()
				r.Set(acc[i])
			}
		})
		for i := range n {
			r.storeLanes(r.out, acc[i], uint32(16*i), min(4, r.Inner-4*i))
		}
	})
	r.FreeV128(acc...)
	r.FreeV128(means...)
	r.FreeI32(zero)
}

// first pushes what a vector of results begins with: the elements at + imm from x, or +0.
func (r *reduction) first(at Local, imm uint32) {
	if r.Term == Max && turns(r.Over) > 0 {
		r.loadAt(r.x, at, imm)
	} else {
		r.F4(0)
	}
}

// combine pops results and terms and pushes the results with the terms taken in.
func (r *reduction) combine() {
	if r.Term == Max {
		r.F32x4Pmax()
	} else {
		r.F32x4Add()
	}
}

// wide works on stretches of neighbouring units: all their columns, a few rows at a
// time, since memory is fastest read in its own order.
func (r *reduction) wide() {
	u, column, from, to, mean := r.I32(), r.I32(), r.I32(), r.I32(), r.I32()
	r.x, r.y = r.I32(), r.I32()
	r.SetInt(u, L(r.Lo))
	r.While(func() { r.Get(u); r.Get(r.Hi); r.I32LtS() }, func() {
		r.place(u, column)
		r.Address(from, C(0), L(column), 4*columnGroup)
		r.Sum(L(column), L(r.Hi)) // to = min(column + Hi − u, groups) groups, less the last one's missing columns
		r.Get(u)
		r.I32Sub()
		r.Times(4 * columnGroup)
		r.Set(to)
		r.LeastOf(to, func() { r.I32Const(int32(4 * r.Inner)) })
		if r.Term == SquaredDiff { // laid out like the result
			r.Sum(L(r.In[1]), L(r.out))
			r.Get(r.Out[0])
			r.I32Sub()
			r.Set(mean)
		}
		r.columns(from, to, mean)
		r.Get(u) // + groups − column
		r.I32Const(int32(ColumnGroups(r.Inner)))
		r.I32Add()
		r.Get(column)
		r.I32Sub()
		r.Set(u)
	})
	r.FreeI32(u, column, from, to, mean, r.x, r.y)
}

// place finds the row of results of unit u: addresses out, x and y of its first column,
// and which group of it u is.
func (r *reduction) place(u, group Local) {
	rest, turn := r.I32(), r.I32()
	split := func(n int, part Local) { // rest / n, part = rest mod n
		r.Get(rest)
		r.I32Const(int32(n))
		r.I32RemU()
		r.Set(part)
		r.Get(rest)
		r.I32Const(int32(n))
		r.I32DivU()
		r.Set(rest)
	}
	r.SetInt(rest, L(u))
	split(ColumnGroups(r.Inner), group)
	r.Address(r.out, L(r.Out[0]), L(rest), 4*r.Inner)
	r.SetInt(r.x, L(r.In[0]))
	if r.Term == Dot {
		r.SetInt(r.y, L(r.In[1]))
	}
	for d := len(r.Kept) - 1; d >= 0; d-- {
		split(r.Kept[d].Length, turn)
		r.Address(r.x, L(r.x), L(turn), 4*r.Kept[d].Stride)
		if r.Term == Dot {
			r.Address(r.y, L(r.y), L(turn), 4*r.Kept[d].Stride)
		}
	}
	r.FreeI32(rest, turn)
}

// columns reduces bytes from ≤ c < to of a row of results.
func (r *reduction) columns(from, to, mean Local) {
	rows, outer := Loop{1, 0}, r.Over
	if k := len(outer) - 1; k >= 0 {
		rows, outer = outer[k], outer[:k]
	}
	begin := columnRows // how many rows the first block has, the others have columnRows
	if rows.Length%columnRows != 0 {
		begin = rows.Length % columnRows
	}
	begin = min(begin, rows.Length)
	once := turns(outer) == 1
	if !once || begin == 0 {
		r.columnLoop(from, to, r.Inner, 1, func(at Local, imm uint32, lanes int) {
			r.first(at, imm)
			r.storeAt(r.out, at, imm, lanes)
		})
	}
	block := func(n int, first bool) {
		r.columnLoop(from, to, r.Inner, 1, func(at Local, imm uint32,
			lanes int) {
			r.block(n, rows.Stride, mean, first, at, imm, lanes)
		})
	}
	r.eachTurn(outer, func() {
		row := r.I32()
		if begin > 0 {
			block(begin, once)
			r.skip(begin * rows.Stride)
		}
		r.For(row, C(begin), C(rows.Length), columnRows, func() {
			block(columnRows, false)
			r.skip(columnRows * rows.Stride)
		})
		r.FreeI32(row)
	})
}

// skip moves x and y on.
func (r *reduction) skip(floats int) {
	r.AddTo(r.x, C(4*floats))
	if r.Term == Dot {
		r.AddTo(r.y, C(4*floats))
	}
}

// block adds the terms of n rows to the results at.
func (r *reduction) block(n, stride int, mean Local, first bool, at Local, imm uint32, lanes int) {
	if r.Term == SquaredDiff {
		r.mean = r.V128()
		r.loadAt(mean, at, imm)
		r.Set(r.mean)
	}
	if first {
		r.first(at, imm)
	} else {
		r.loadAt(r.out, at, imm)
	}
	for i := range n {
		r.term(at, imm+uint32(4*i*stride))
		r.combine()
	}
	r.storeAt(r.out, at, imm, lanes)
	if r.Term == SquaredDiff {
		r.FreeV128(r.mean)
	}
}
