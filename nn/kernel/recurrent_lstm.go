package kernel

// LSTM writes the op of that name: zx [b,steps,4h], u [h,4h] → trace [b,steps,6h]: i, f,
// g, o, c, h.
func LSTM(k *Emitter, steps, h int) {
	w := newWalk(k, steps, h, false)
	w.constants()
	u := w.pack(k.In[1], h, 4*h)
	zx, trace := w.sequence(k.In[0], 4*h), w.sequence(k.Out[0], 6*h)
	z, hPrev, cPrev := w.state(u.columns()), w.state(h), w.state(h)
	w.write(func() {
		w.product(u, hPrev, z)
		w.eachRow(func() {
			w.lstmGates(w.sigmoid, 0, 2*h, zx, z, trace)
			w.lstmGates(w.sigmoid, 3*h, h, zx, z, trace)
			w.lstmGates(w.tanh, 2*h, h, zx, z, trace)
			w.lstmState(trace, hPrev, cPrev)
		})
	})
}

// activation is walk.sigmoid or walk.tanh.
type activation func(n int, load func(v int), use func(v int, y Local))

// lstmGates computes n floats of a row of the trace from the given one on.
func (w *walk) lstmGates(act activation, from, n int, zx, z, trace *line) {
	w.tiles(n, func(at Local, n int) {
		act(n, func(v int) {
			w.load(zx, at, from, v)
			w.load(z, at, from, v)
			w.F32x4Add()
		}, func(v int, y Local) { w.store(trace, at, from, v, n, y) })
	})
}

// lstmState computes c = f·cPrev + i·g and h = o·tanh(c).
func (w *walk) lstmState(trace, hPrev, cPrev *line) {
	h := w.h
	w.tiles(h, func(at Local, n int) {
		c := w.V128()
		for v := range vectorsOf(n) {
			w.load(trace, at, h, v)
			w.load(cPrev, at, 0, v)
			w.F32x4Mul()
			w.load(trace, at, 0, v)
			w.load(trace, at, 2*h, v)
			w.F32x4Mul()
			w.F32x4Add()
			w.Set(c)
			w.keep(cPrev, at, 0, v, c)
			w.store(trace, at, 4*h, v, n, c)
		}
		w.FreeV128(c)
		w.tanh(n, func(v int) { w.load(cPrev, at, 0, v) }, func(v int, y Local) {
			w.load(trace, at, 3*h, v)
			w.Get(y)
			w.F32x4Mul()
			w.Set(y)
			w.keep(hPrev, at, 0, v, y)
			w.store(trace, at, 5*h, v, n, y)
		})
	})
}

// LSTMGrad writes the op of that name: trace [b,steps,6h], u [h,4h], dh [b,steps,h] →
// dz [b,steps,4h].
func LSTMGrad(k *Emitter, steps, h int) {
	w := newWalk(k, steps, h, true)
	w.constants()
	u := w.packTransposed(k.In[1], 4*h, h)
	trace, dh, dz := w.sequence(k.In[0], 6*h), w.sequence(k.In[2], h), w.sequence(k.Out[0], 4*h)
	dhNext, dcNext := w.state(u.columns()), w.state(h)
	prev := w.previous(trace)
	w.write(func() {
		w.eachRow(func() {
			w.setPrevious(prev, trace)
			w.tiles(h, func(at Local, n int) {
				w.tanh(n, func(v int) { w.load(trace, at, 4*h, v) }, func(v int, y Local) {
					w.lstmCellGrad(at, v, n, y, trace, prev, dh, dz, dhNext, dcNext)
				})
			})
		})
		w.unlessLast(func() { w.product(u, dz, dhNext) })
	})
}

// lstmCellGrad computes vector v of a tile of n units, y being tanh(c).
func (w *walk) lstmCellGrad(at Local, v, n int, y Local, trace, prev, dh, dz, dhNext, dcNext *line) {
	h := w.h
	i, f, g, o, d, dc := w.V128(), w.V128(), w.V128(), w.V128(), w.V128(), w.V128()
	for gate, l := range []Local{i, f, g, o} {
		w.load(trace, at, gate*h, v)
		w.Set(l)
	}
	w.load(dh, at, 0, v)
	w.load(dhNext, at, 0, v)
	w.F32x4Add()
	w.Set(d)
	w.load(dcNext, at, 0, v) // dc = dcNext + (d·o)·(1 − y·y)
	w.op(d, w.F32x4Mul, o)
	w.oneMinus(func() { w.op(y, w.F32x4Mul, y) })
	w.F32x4Mul()
	w.F32x4Add()
	w.Set(dc)
	w.op(d, w.F32x4Mul, y)
	w.throughGate(o)
	w.Set(d)
	w.store(dz, at, 3*h, v, n, d)
	w.op(dc, w.F32x4Mul, g)
	w.throughGate(i)
	w.Set(d)
	w.store(dz, at, 0, v, n, d)
	w.Get(dc)
	w.load(prev, at, 4*h, v)
	w.F32x4Mul()
	w.throughGate(f)
	w.Set(d)
	w.store(dz, at, h, v, n, d)
	w.op(dc, w.F32x4Mul, i)
	w.oneMinus(func() { w.op(g, w.F32x4Mul, g) })
	w.F32x4Mul()
	w.Set(d)
	w.store(dz, at, 2*h, v, n, d)
	w.op(dc, w.F32x4Mul, f)
	w.Set(d)
	w.keep(dcNext, at, 0, v, d)
	w.FreeV128(i, f, g, o, d, dc)
}

// oneMinus pushes 1 − what x pushes.
func (w *walk) oneMinus(x func()) {
	w.num(1)
	x()
	w.F32x4Sub()
}

// throughGate pops d and pushes (d·s)·(1 − s): the gradient through a sigmoid s.
func (w *walk) throughGate(s Local) {
	w.Get(s)
	w.F32x4Mul()
	w.oneMinus(func() { w.Get(s) })
	w.F32x4Mul()
}
