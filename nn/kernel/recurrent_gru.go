package kernel

// GRU writes the op of that name: zx [b,steps,3h], u [h,3h], br [3h] → trace
// [b,steps,5h]: z, r, n, a, h.
func GRU(k *Emitter, steps, h int) {
	w := newWalk(k, steps, h, false)
	w.constants()
	u := w.pack(k.In[1], h, 3*h)
	zx, br, trace := w.sequence(k.In[0], 3*h), &line{row: k.In[2]}, w.sequence(k.Out[0], 5*h)
	sums, hPrev := w.state(u.columns()), w.state(h)
	// a pushes a vector of the sums with their bias.
	a := func(at Local, offset, v int) {
		w.load(sums, at, offset, v)
		w.load(br, at, offset, v)
		w.F32x4Add()
	}
	w.write(func() {
		w.product(u, hPrev, sums)
		w.eachRow(func() {
			w.tiles(2*h, func(at Local, n int) {
				w.sigmoid(n, func(v int) {
					w.load(zx, at, 0, v)
					a(at, 0, v)
					w.F32x4Add()
				}, func(v int, y Local) { w.store(trace, at, 0, v, n, y) })
			})
			w.tiles(h, func(at Local, n int) {
				x := w.V128()
				for v := range vectorsOf(n) {
					a(at, 2*h, v)
					w.Set(x)
					w.store(trace, at, 3*h, v, n, x)
					w.load(zx, at, 2*h, v)
					w.load(trace, at, h, v)
					w.Get(x)
					w.F32x4Mul()
					w.F32x4Add()
					w.Set(x)
					w.keep(sums, at, 2*h, v, x)
				}
				w.FreeV128(x)
				w.tanh(n, func(v int) { w.load(sums, at, 2*h, v) }, func(v int, y Local) {
					w.gruState(at, v, n, y, trace, hPrev)
				})
			})
		})
	})
}

// gruState computes h = z·hPrev + (1 − z)·n, y being n.
func (w *walk) gruState(at Local, v, n int, y Local, trace, hPrev *line) {
	z := w.V128()
	w.store(trace, at, 2*w.h, v, n, y)
	w.load(trace, at, 0, v)
	w.LocalTee(z)
	w.load(hPrev, at, 0, v)
	w.F32x4Mul()
	w.oneMinus(func() { w.Get(z) })
	w.Get(y)
	w.F32x4Mul()
	w.F32x4Add()
	w.Set(z)
	w.keep(hPrev, at, 0, v, z)
	w.store(trace, at, 4*w.h, v, n, z)
	w.FreeV128(z)
}

// GRUGrad writes the op of that name: trace [b,steps,5h], u [h,3h], br [3h], dh
// [b,steps,h] → [b,steps,4h]: dz, dr, dn, da.
func GRUGrad(k *Emitter, steps, h int) {
	w := newWalk(k, steps, h, true)
	w.constants()
	u := w.packTransposed(k.In[1], 3*h, h)
	g := gruGrad{w, w.sequence(k.In[0], 5*h), nil, w.sequence(k.In[3], h), w.sequence(k.Out[0], 4*h),
		w.state(3 * h), w.state(u.columns()), w.state(h)}
	g.prev = w.previous(g.trace)
	w.write(func() {
		w.eachRow(func() {
			w.setPrevious(g.prev, g.trace)
			w.tiles(h, func(at Local, n int) {
				for v := range vectorsOf(n) {
					g.cell(at, v, n)
				}
			})
		})
		w.unlessLast(func() { w.product(u, g.through, g.sums) })
	})
}

type gruGrad struct {
	*walk
	trace, prev, dh, out *line
	through              *line // dz, dr, da: what passes through u
	sums, direct         *line // dhNext is d·z, which does not, plus sums
}

// cell computes vector v of a tile of n units.
func (w *gruGrad) cell(at Local, v, n int) {
	h := w.h
	z, r, c, d, dn, x := w.V128(), w.V128(), w.V128(), w.V128(), w.V128(), w.V128()
	for gate, l := range []Local{z, r, c} {
		w.load(w.trace, at, gate*h, v)
		w.Set(l)
	}
	w.load(w.dh, at, 0, v)
	w.load(w.direct, at, 0, v)
	w.load(w.sums, at, 0, v)
	w.F32x4Add()
	w.F32x4Add()
	w.Set(d)
	w.Get(d) // dn = (d·(1 − z))·(1 − c·c)
	w.oneMinus(func() { w.Get(z) })
	w.F32x4Mul()
	w.oneMinus(func() { w.op(c, w.F32x4Mul, c) })
	w.F32x4Mul()
	w.Set(dn)
	w.store(w.out, at, 2*h, v, n, dn)
	w.Get(d) // dz
	w.load(w.prev, at, 4*h, v)
	w.Get(c)
	w.F32x4Sub()
	w.F32x4Mul()
	w.throughGate(z)
	w.Set(x)
	w.store(w.out, at, 0, v, n, x)
	w.store(w.through, at, 0, v, n, x)
	w.Get(dn) // dr
	w.load(w.trace, at, 3*h, v)
	w.F32x4Mul()
	w.throughGate(r)
	w.Set(x)
	w.store(w.out, at, h, v, n, x)
	w.store(w.through, at, h, v, n, x)
	w.op(dn, w.F32x4Mul, r) // da
	w.Set(x)
	w.store(w.out, at, 3*h, v, n, x)
	w.store(w.through, at, 2*h, v, n, x)
	w.op(d, w.F32x4Mul, z)
	w.Set(x)
	w.keep(w.direct, at, 0, v, x)
	w.FreeV128(z, r, c, d, dn, x)
}
