package kernel

// LSTM writes the op of that name: zx [b,steps,4h], u [h,4h] → trace [b,steps,6h]: i, f,
// g, o, c, h.
func LSTM(k *Emitter, steps, h int) {
	w := newWalk(k, steps, false)
	w.constants()
	u := w.pack(k.In[1], h, 4*h)
	zx, trace := w.sequence(k.In[0], 4*h), w.sequence(k.Out[0], 6*h)
	sums, hPrev, cPrev := w.state(u.columns()), w.state(h), w.state(h)
	w.write(func() {
		w.product(u, hPrev, sums)
		w.eachRow(func() {
			w.tiles(h, 4, func(at Local, n int) {
				z := func(gate int) Vec { return w.add(w.load(zx, at, gate*h, n), w.load(sums, at, gate*h, n)) }
				s, g := w.activate(join(join(z(0), z(1)), z(3)), z(2))
				i, f, o := s.part(0, 1), s.part(1, 2), s.part(2, 3)
				c := w.add(w.mul(f, w.load(cPrev, at, 0, n)), w.mul(i, g))
				for part, x := range []Vec{i, f, g, o, c} {
					w.store(trace, at, part*h, n, x)
				}
				w.keep(cPrev, at, 0, c)
			})
			w.tiles(h, 16, func(at Local, n int) {
				_, y := w.activate(Vec{}, w.load(cPrev, at, 0, n))
				y = w.mul(w.load(trace, at, 3*h, n), y)
				w.store(trace, at, 5*h, n, y)
				w.keep(hPrev, at, 0, y)
			})
		})
	})
}

// LSTMGrad writes the op of that name: trace [b,steps,6h], u [h,4h], dh [b,steps,h] →
// dz [b,steps,4h].
func LSTMGrad(k *Emitter, steps, h int) {
	w := newWalk(k, steps, true)
	w.constants()
	u := w.packTransposed(k.In[1], 4*h, h)
	trace, dh, dz := w.sequence(k.In[0], 6*h), w.sequence(k.In[2], h), w.sequence(k.Out[0], 4*h)
	dhNext, dcNext := w.state(u.columns()), w.state(h)
	prev := w.previous(trace)
	cell := func(at Local, unit, n int, y Vec) {
		part := func(i int) Vec { return w.load(trace, at, i*h+unit, n) }
		i, f, g, o := part(0), part(1), part(2), part(3)
		d := w.add(w.load(dh, at, unit, n), w.load(dhNext, at, unit, n))
		dc := w.add(w.load(dcNext, at, unit, n), w.mul(w.mul(d, o), w.sub(konst(1), w.mul(y, y))))
		w.store(dz, at, unit, n, w.throughGate(w.mul(dc, g), i))
		w.store(dz, at, h+unit, n, w.throughGate(w.mul(dc, w.load(prev, at, 4*h+unit, n)), f))
		w.store(dz, at, 2*h+unit, n, w.mul(w.mul(dc, i), w.sub(konst(1), w.mul(g, g))))
		w.store(dz, at, 3*h+unit, n, w.throughGate(w.mul(d, y), o))
		w.keep(dcNext, at, unit, w.mul(dc, f))
	}
	w.write(func() {
		w.eachRow(func() {
			w.setPrevious(prev, trace)
			w.tiles(h, 16, func(at Local, n int) {
				_, y := w.activate(Vec{}, w.load(trace, at, 4*h, n))
				for v := range y.locals {
					cell(at, 4*v, min(n-4*v, 4), y.part(v, v+1))
				}
			})
		})
		w.unlessLast(func() { w.product(u, dz, dhNext) })
	})
}

// throughGate is (d·s)·(1 − s): a gradient brought through the sigmoid s.
func (w *walk) throughGate(d, s Vec) Vec { return w.mul(w.mul(d, s), w.sub(konst(1), s)) }
