package kernel

// smallMatrix is the right operand [k,n] of one product per step, in scratch, packed once
// for all steps: panels of a few vectors of columns, each panel row by row.
type smallMatrix struct {
	at      uint32
	k       int
	vectors int // of a panel
	panels  int
}

// newSmallMatrix chooses the panels. A panel's sums of one row stand in registers, with
// one load each in flight, of 15; six of them hide the latency of an addition. The rest
// of the last panel is wasted.
func (w *walk) newSmallMatrix(k, n int) smallMatrix {
	best, cost := smallMatrix{}, 0
	for v := 6; v > 0; v -= 2 {
		panels := (vectorsOf(n) + v - 1) / v
		if c := panels * (3*v + 2); best.panels == 0 || c < cost {
			best, cost = smallMatrix{k: k, vectors: v, panels: panels}, c
		}
	}
	best.at = w.Reserve(16*best.vectors*best.panels*k + 3*16*best.vectors) // packTransposed writes up to 3 rows more
	return best
}

// columns is how many floats a row of the product has.
func (m smallMatrix) columns() int { return 4 * m.vectors * m.panels }

// row is the bytes of a row of a panel.
func (m smallMatrix) row() int { return 16 * m.vectors }

// pack copies u [k,n]. Columns beyond n hold anything.
func (w *walk) pack(u Local, k, n int) smallMatrix {
	m := w.newSmallMatrix(k, n)
	row, panel, line, from, to := w.I32(), w.I32(), w.I32(), w.I32(), w.I32()
	w.SetInt(line, L(u))
	w.For(row, C(0), C(m.row()*k), m.row(), func() {
		w.SetInt(from, L(line))
		w.scratchAt(m.at)
		w.Get(row)
		w.I32Add()
		w.Set(to)
		w.For(panel, C(0), C(m.panels), 1, func() {
			for v := range uint32(m.vectors) {
				w.Get(to)
				w.Get(from)
				w.V128Load(16 * v)
				w.V128Store(16 * v)
			}
			w.AddTo(from, C(m.row()))
			w.AddTo(to, C(m.row()*k))
		})
		w.AddTo(line, C(4*n))
	})
	w.FreeI32(row, panel, line, from, to)
	return m
}

// packTransposed copies u [n,k] as [k,n]: rows of u become columns. Four elements of a
// row are read at once; what that writes beyond a panel the next one overwrites.
func (w *walk) packTransposed(u Local, k, n int) smallMatrix {
	m := w.newSmallMatrix(k, n)
	column, p, inPanel, from, to, panel := w.I32(), w.I32(), w.I32(), w.I32(), w.I32(), w.I32()
	v := w.V128()
	w.scratchAt(m.at)
	w.Set(panel)
	w.SetInt(inPanel, C(0))
	w.SetInt(from, L(u))
	w.For(column, C(0), C(n), 1, func() {
		w.Sum(L(panel), L(inPanel))
		w.Set(to)
		w.For(p, C(0), C(k), 4, func() {
			w.Get(from)
			w.V128Load(0)
			w.Set(v)
			for lane := range 4 {
				w.Get(to)
				w.Get(v)
				w.V128Store32Lane(uint32(m.row()*lane), byte(lane))
			}
			w.AddTo(from, C(16))
			w.AddTo(to, C(4*m.row()))
		})
		w.AddTo(from, C(4*k-16*vectorsOf(k)))
		w.AddTo(inPanel, C(4))
		w.When(func() {
			w.Get(inPanel)
			w.I32Const(int32(m.row()))
			w.I32Eq()
		}, func() {
			w.SetInt(inPanel, C(0))
			w.AddTo(panel, C(m.row()*k))
		})
	})
	w.FreeV128(v)
	w.FreeI32(column, p, inPanel, from, to, panel)
	return m
}

// product computes to = a·m for all rows of the block: every sum starts at +0 and ascends.
// a has m.k floats per row, to has room for m.columns().
func (w *walk) product(m smallMatrix, a, to *line) {
	w.Get(w.rows)
	w.I32Const(1)
	w.I32Eq()
	w.If()
	w.productOne(m, a, to)
	w.Else()
	w.productBlock(m, a, to)
	w.End()
}

// inner runs body with p = the address of each of the first n floats at a. It is left to
// the engine to unroll this loop: within one body V8 moves all loads to the front, and
// those of two steps would not fit the registers.
func (w *walk) inner(p, a Local, n int, body func()) {
	end := w.I32()
	w.Sum(L(a), C(4*n))
	w.Set(end)
	w.For(p, L(a), L(end), 4, body)
	w.FreeI32(end)
}

func (w *walk) clearSums(sums []Local) {
	for _, s := range sums {
		w.F4(0)
		w.Set(s)
	}
}

// productOne takes one row and a panel at a time.
func (w *walk) productOne(m smallMatrix, a, to *line) {
	sums, splat := w.V128s(m.vectors), w.V128()
	panel, b, c, p := w.I32(), w.I32(), w.I32(), w.I32()
	w.scratchAt(m.at)
	w.Set(b)
	w.SetInt(c, L(to.first))
	w.For(panel, C(0), C(m.panels), 1, func() {
		w.clearSums(sums)
		w.inner(p, a.first, m.k, func() {
			w.Get(p)
			w.V128Load32Splat(0)
			w.Set(splat)
			for v, s := range sums {
				w.Get(s)
				w.Get(splat)
				w.Get(b)
				w.V128Load(uint32(16 * v))
				w.F32x4Mul()
				w.F32x4Add()
				w.Set(s)
			}
			w.AddTo(b, C(m.row()))
		})
		for v, s := range sums {
			w.Get(c)
			w.Get(s)
			w.V128Store(uint32(16 * v))
		}
		w.AddTo(c, C(m.row()))
	})
	w.FreeV128(append(sums, splat)...)
	w.FreeI32(panel, b, c, p)
}

// productBlock takes blockRows rows and two vectors of columns at a time.
func (w *walk) productBlock(m smallMatrix, a, to *line) {
	sums := w.V128s(2 * blockRows)
	panel, part, b, c, p, q := w.I32(), w.I32(), w.I32(), w.I32(), w.I32(), w.I32()
	w.scratchAt(m.at)
	w.Set(b)
	w.SetInt(c, L(to.first))
	w.For(panel, C(0), C(m.panels), 1, func() {
		w.For(part, C(0), C(m.vectors), 2, func() {
			w.SetInt(q, L(b))
			w.clearSums(sums)
			w.inner(p, a.first, m.k, func() {
				w.blockStep(sums, p, q, a.perRow)
				w.AddTo(q, C(m.row()))
			})
			for i, s := range sums {
				w.Get(c)
				w.Get(s)
				w.V128Store(uint32(i/2*to.perRow + i%2*16))
			}
			w.AddTo(c, C(32))
			w.AddTo(b, C(32))
		})
		w.AddTo(b, C(m.row()*(m.k-1)))
	})
	w.FreeV128(sums...)
	w.FreeI32(panel, part, b, c, p, q)
}

// blockStep adds the products of a column of A at p, its elements lda bytes apart, and
// two vectors at q.
func (w *walk) blockStep(sums []Local, p, q Local, lda int) {
	splat, b := w.V128(), w.V128s(2)
	for v, l := range b {
		w.Get(q)
		w.V128Load(uint32(16 * v))
		w.Set(l)
	}
	for r := range blockRows {
		w.Get(p)
		w.V128Load32Splat(uint32(r * lda))
		w.Set(splat)
		for v, l := range b {
			s := sums[2*r+v]
			w.Get(s)
			w.Get(splat)
			w.Get(l)
			w.F32x4Mul()
			w.F32x4Add()
			w.Set(s)
		}
	}
	w.FreeV128(splat)
	w.FreeV128(b...)
}
