package kernel

// GRU writes the op of that name: zx [b,steps,3h], u [h,3h], br [3h] → trace
// [b,steps,5h]: z, r, n, a, h.
func GRU(k *Emitter, steps, h int) {
	w := newWalk(k, steps, false)
	w.constants()
	u := w.pack(k.In[1], h, 3*h)
	zx, br, trace := w.sequence(k.In[0], 3*h), &line{row: k.In[2]}, w.sequence(k.Out[0], 5*h)
	sums, hPrev := w.state(u.columns()), w.state(h)
	w.write(func() {
		w.product(u, hPrev, sums)
		w.eachRow(func() {
			w.tiles(h, 8, func(at Local, n int) {
				x := func(gate int) Vec { return w.load(zx, at, gate*h, n) }
				a := func(gate int) Vec { return w.add(w.load(sums, at, gate*h, n), w.load(br, at, gate*h, n)) }
				s, _ := w.activate(join(w.add(x(0), a(0)), w.add(x(1), a(1))), Vec{})
				z, r, third := s.part(0, vectorsOf(n)), s.part(vectorsOf(n), -1), a(2)
				w.store(trace, at, 0, n, z)
				w.store(trace, at, h, n, r)
				w.store(trace, at, 3*h, n, third)
				w.keep(sums, at, 2*h, w.add(x(2), w.mul(r, third)))
			})
			w.tiles(h, 16, func(at Local, n int) {
				_, y := w.activate(Vec{}, w.load(sums, at, 2*h, n))
				w.store(trace, at, 2*h, n, y)
				z := w.load(trace, at, 0, n)
				y = w.add(w.mul(z, w.load(hPrev, at, 0, n)), w.mul(w.sub(konst(1), z), y))
				w.store(trace, at, 4*h, n, y)
				w.keep(hPrev, at, 0, y)
			})
		})
	})
}

// GRUGrad writes the op of that name: trace [b,steps,5h], u [h,3h], br [3h], dh
// [b,steps,h] → [b,steps,4h]: dz, dr, dn, da.
func GRUGrad(k *Emitter, steps, h int) {
	w := newWalk(k, steps, true)
	u := w.packTransposed(k.In[1], 3*h, h)
	trace, dh, out := w.sequence(k.In[0], 5*h), w.sequence(k.In[3], h), w.sequence(k.Out[0], 4*h)
	// dhNext is direct = d·z plus the sums that through = dz, dr, da give with u.
	through, sums, direct := w.state(3*h), w.state(u.columns()), w.state(h)
	prev := w.previous(trace)
	w.write(func() {
		w.eachRow(func() {
			w.setPrevious(prev, trace)
			w.tiles(h, 4, func(at Local, n int) {
				part := func(i int) Vec { return w.load(trace, at, i*h, n) }
				z, r, c := part(0), part(1), part(2)
				d := w.add(w.load(dh, at, 0, n), w.add(w.load(direct, at, 0, n), w.load(sums, at, 0, n)))
				dn := w.mul(w.mul(d, w.sub(konst(1), z)), w.sub(konst(1), w.mul(c, c)))
				dz := w.throughGate(w.mul(d, w.sub(w.load(prev, at, 4*h, n), c)), z)
				dr, da := w.throughGate(w.mul(dn, part(3)), r), w.mul(dn, r)
				for i, x := range []Vec{dz, dr, dn, da} {
					w.store(out, at, i*h, n, x)
				}
				for i, x := range []Vec{dz, dr, da} {
					w.store(through, at, i*h, n, x)
				}
				w.keep(direct, at, 0, w.mul(d, z))
			})
		})
		w.unlessLast(func() { w.product(u, through, sums) })
	})
}
