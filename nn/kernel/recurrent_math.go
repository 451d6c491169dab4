package kernel

import "math"

// fmath.Sigmoid and fmath.Tanh of several vectors side by side, one operation on each at
// a time: alone, each is a chain of dependent operations that leaves the processor idle
// most of the time. Their exponentials do less than Exp, since ranges are known, and give
// the same bits. Constants stand in locals, so that they are made outside of the loops.

const (
	scale64    = 0x1p-64
	exponent64 = (127 + 64) << 23
	exactTanh  = 40 // from here on 1 − 2/(eˣ+1) is 1
	smallTanh  = 0.625
)

var (
	expTerms  = []float32{1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1}
	tanhTerms = []float32{-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1}
)

// constants makes the locals that activations use.
func (w *walk) constants() {
	for _, list := range [][]float32{{1, 2, -104, scale64, exactTanh, smallTanh, log2e, roundBias, ln2High, ln2Low}, expTerms, tanhTerms} {
		for _, v := range list {
			w.define(math.Float32bits(v))
		}
	}
	w.define(signBit)
	w.define(exponent64)
}

func (w *walk) define(bits uint32) {
	l := w.V128()
	w.I4(bits)
	w.Set(l)
	w.known[bits] = l
}

// num pushes four copies of v.
func (w *walk) num(v float32) { w.bits(math.Float32bits(v)) }

// bits pushes four copies of a pattern.
func (w *walk) bits(v uint32) { w.Get(w.known[v]) }

// op pushes a op b.
func (w *walk) op(a Local, op func(), b Local) {
	w.Get(a)
	w.Get(b)
	op()
}

// chain is one vector on its way through an exponential.
type chain struct{ x, a, t, f, r, low, p Local }

// chains are the vectors of a tile.
type chains struct {
	*walk
	list []chain
}

// chains takes the locals for n vectors.
func (w *walk) chains(n int) *chains {
	c := &chains{w, make([]chain, n)}
	for i := range c.list {
		l := w.V128s(7)
		c.list[i] = chain{l[0], l[1], l[2], l[3], l[4], l[5], l[6]}
	}
	return c
}

func (c *chains) free() {
	for _, l := range c.list {
		c.FreeV128(l.x, l.a, l.t, l.f, l.r, l.low, l.p)
	}
}

func (c *chains) each(f func(v int, l *chain)) {
	for v := range c.list {
		f(v, &c.list[v])
	}
}

// exp sets p to eᵃ: for −104 ≤ a ≤ 0, or for 0 ≤ a ≤ exactTanh.
func (c *chains) exp(negative bool) {
	c.each(func(_ int, l *chain) {
		c.Get(l.a)
		c.num(log2e)
		c.F32x4Mul()
		c.num(roundBias)
		c.F32x4Add()
		c.LocalTee(l.t)
		c.num(roundBias)
		c.F32x4Sub()
		c.Set(l.f)
	})
	c.each(func(_ int, l *chain) {
		c.Get(l.a)
		c.Get(l.f)
		c.num(ln2High)
		c.F32x4Mul()
		c.F32x4Sub()
		c.Set(l.a)
		c.Get(l.f)
		c.num(ln2Low)
		c.F32x4Mul()
		c.Set(l.f)
	})
	c.each(func(_ int, l *chain) {
		c.op(l.a, c.F32x4Sub, l.f)
		c.Set(l.r)
		c.op(l.a, c.F32x4Sub, l.r)
		c.Get(l.f)
		c.F32x4Sub()
		c.Set(l.low)
		c.num(expTerms[0])
		c.Set(l.p)
	})
	for _, term := range expTerms[1:] {
		c.each(func(_ int, l *chain) {
			c.op(l.p, c.F32x4Mul, l.r)
			c.num(term)
			c.F32x4Add()
			c.Set(l.p)
		})
	}
	c.each(func(_ int, l *chain) {
		c.num(1) // h = 1 + r; low += r − (h − 1)
		c.Get(l.r)
		c.F32x4Add()
		c.Set(l.a)
		c.Get(l.low)
		c.Get(l.r)
		c.Get(l.a)
		c.num(1)
		c.F32x4Sub()
		c.F32x4Sub()
		c.F32x4Add()
		c.Set(l.low)
	})
	c.each(func(_ int, l *chain) {
		c.Get(l.a) // h + (p·(r·r) + low)
		c.Get(l.p)
		c.op(l.r, c.F32x4Mul, l.r)
		c.F32x4Mul()
		c.Get(l.low)
		c.F32x4Add()
		c.F32x4Add()
		c.scale(l.t, negative)
		c.Set(l.p)
	})
}

// scale multiplies the popped vector by 2ⁿ, n being the low bits of t: at once where that
// is a normal number, else by 2ⁿ⁺⁶⁴ and by 2⁻⁶⁴, which rounds once as Exp does.
func (c *chains) scale(t Local, negative bool) {
	c.Get(t)
	c.I32Const(23)
	c.I32x4Shl()
	if !negative {
		c.num(1) // the exponent's bias
		c.I32x4Add()
		c.F32x4Mul()
		return
	}
	c.bits(exponent64)
	c.I32x4Add()
	c.F32x4Mul()
	c.num(scale64)
	c.F32x4Mul()
}

// sigmoid computes the n ≤ tileUnits floats that load pushes and hands them to use.
func (w *walk) sigmoid(n int, load func(v int), use func(v int, y Local)) {
	c := w.chains(vectorsOf(n))
	c.each(func(v int, l *chain) {
		load(v)
		c.LocalTee(l.x)
		c.bits(signBit)
		c.V128Or()
		c.num(-104)
		c.F32x4Pmax()
		c.Set(l.a)
	})
	c.exp(true)
	c.each(func(_ int, l *chain) {
		c.num(1) // d = 1 + e
		c.Get(l.p)
		c.F32x4Add()
		c.Set(l.a)
		c.Get(l.p) // x < 0 ? e : 1 is the larger of e ≤ 1 and (x < 0 ? 0 : 1)
		c.num(1)
		c.Get(l.x)
		c.I32Const(31)
		c.I32x4ShrS()
		c.V128Andnot()
		c.F32x4Pmax()
		c.Get(l.a)
		c.F32x4Div()
		c.LocalTee(l.r) // q − q·(e − (d − 1))
		c.Get(l.r)
		c.Get(l.p)
		c.Get(l.a)
		c.num(1)
		c.F32x4Sub()
		c.F32x4Sub()
		c.F32x4Mul()
		c.F32x4Sub()
		c.Set(l.x)
	})
	c.each(func(v int, l *chain) { use(v, l.x) })
	c.free()
}

// tanh computes the n ≤ tileUnits floats that load pushes and hands them to use. load is
// called twice: what holds from 0.625 on goes to memory before the rest begins, since V8
// would mix the two and run out of registers.
func (w *walk) tanh(n int, load func(v int), use func(v int, y Local)) {
	c := w.chains(vectorsOf(n))
	c.each(func(v int, l *chain) {
		load(v)
		c.bits(signBit)
		c.V128Andnot()
		c.LocalTee(l.a)
		c.Get(l.a)
		c.F32x4Add()
		c.num(exactTanh)
		c.F32x4Pmin()
		c.Set(l.a)
	})
	c.exp(false)
	c.each(func(v int, l *chain) { // 1 − 2/(e²ᵃ + 1)
		c.Get(c.Mem)
		c.num(1)
		c.num(2)
		c.Get(l.p)
		c.num(1)
		c.F32x4Add()
		c.F32x4Div()
		c.F32x4Sub()
		c.V128Store(c.large + uint32(16*v))
	})
	c.each(func(v int, l *chain) {
		load(v)
		c.LocalTee(l.x)
		c.bits(signBit)
		c.V128Andnot()
		c.LocalTee(l.a)
		c.Get(l.a)
		c.F32x4Mul()
		c.Set(l.r)
		c.num(tanhTerms[0])
		c.Set(l.p)
	})
	for _, term := range tanhTerms[1:] {
		c.each(func(_ int, l *chain) {
			c.op(l.p, c.F32x4Mul, l.r)
			c.num(term)
			c.F32x4Add()
			c.Set(l.p)
		})
	}
	c.each(func(v int, l *chain) {
		c.op(l.p, c.F32x4Mul, l.r)
		c.Get(l.a)
		c.F32x4Mul()
		c.Get(l.a)
		c.F32x4Add()
		c.Get(c.Mem)
		c.V128Load(c.large + uint32(16*v))
		c.Get(l.a)
		c.num(smallTanh)
		c.F32x4Lt()
		c.V128Bitselect()
		c.Get(l.x)
		c.bits(signBit)
		c.V128And()
		c.V128Or()
		c.Set(l.x)
	})
	c.each(func(v int, l *chain) { use(v, l.x) })
	c.free()
}
