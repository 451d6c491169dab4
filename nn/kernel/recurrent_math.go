package kernel

import (
	"math"
	"slices"
)

// activate is fmath.Sigmoid of some vectors and fmath.Tanh of others (either may be
// none), side by side: four together have the best speed, more run out of registers. The
// bits are those of SigmoidV and TanhV; the exponentials do less than ExpV, since their
// ranges are known.
func (w *walk) activate(s, t Vec) (sigmoid, tanh Vec) {
	n := len(s.locals)
	r := w.temporary(func() Vec {
		num := w.beside(s)
		as := w.apply(w.F32x4Pmax, w.apply(w.V128Or, s, num(minusZero)), num(-104)) // −|s|
		num = w.beside(t)
		at := w.apply(w.V128Andnot, t, num(minusZero))
		at = w.apply(w.F32x4Pmin, w.add(at, at), num(40)) // 2|t|; from 40 on tanh is 1
		p, exponent := w.unscaledExp(join(as, at))
		return join(w.finishSigmoid(s, p.part(0, n), exponent.part(0, n)),
			w.finishTanh(t, p.part(n, -1), exponent.part(n, -1)))
	})
	return r.part(0, n), r.part(n, -1)
}

// The numbers of activate. Minus zero is the sign's bit.
var (
	minusZero = float32(math.Copysign(0, -1))
	expTerms  = []float32{1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
		5.0000001201e-1}
	tanhTerms = []float32{-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1}
)

// constants puts them into locals: left to itself, V8 makes some anew in every turn of a
// loop.
func (w *walk) constants() {
	w.known = map[float32]Local{}
	others := []float32{minusZero, 1, 2, 40, -104, 0.625, log2e, roundBias, ln2High, ln2Low, 0x1p64, 0x1p-64}
	for _, v := range slices.Concat(expTerms, tanhTerms, others) {
		w.known[v] = w.V128()
		w.F4(v)
		w.Set(w.known[v])
	}
}

// beside gives numbers in as many vectors as x has.
func (w *walk) beside(x Vec) func(v float32) Vec {
	return func(v float32) Vec { return Vec{locals: slices.Repeat([]Local{w.known[v]}, len(x.locals))} }
}

// horner is the polynomial of x with these terms, the highest first.
func (w *walk) horner(x Vec, terms []float32) Vec {
	num := w.beside(x)
	p := num(terms[0])
	for _, c := range terms[1:] {
		p = w.add(w.mul(p, x), num(c))
	}
	return p
}

// unscaledExp is fmath.Exp of a that is clamped, but for the factor 2ⁿ: n·2²³ is beside it.
func (w *walk) unscaledExp(a Vec) (p, exponent Vec) {
	num := w.beside(a)
	t := w.add(w.mul(a, num(log2e)), num(roundBias)) // n is in its low bits
	f := w.sub(t, num(roundBias))
	r0 := w.sub(a, w.mul(f, num(ln2High)))
	c := w.mul(f, num(ln2Low))
	r := w.sub(r0, c)
	low := w.sub(w.sub(r0, r), c)
	p = w.horner(r, expTerms)
	h := w.add(num(1), r)
	low = w.add(low, w.sub(r, w.sub(h, num(1))))
	p = w.add(h, w.add(w.mul(p, w.mul(r, r)), low))
	return p, w.apply(func() { w.I32Const(23); w.I32x4Shl() }, t)
}

// finishSigmoid: with e = Exp(−|x|), d = 1 + e, q = (x < 0 ? e : 1)/d it is q − q·(e − (d − 1)).
func (w *walk) finishSigmoid(x, p, exponent Vec) Vec {
	num := w.beside(x)
	// · 2ⁿ⁺⁶⁴ · 2⁻⁶⁴: small results are rounded once, as in Exp
	e := w.mul(w.mul(p, w.apply(w.I32x4Add, exponent, num(0x1p64))), num(0x1p-64))
	d := w.add(num(1), e)
	low := w.sub(e, w.sub(d, num(1)))
	// e ≤ 1: the numerator is the larger of e and (x < 0 ? 0 : 1).
	positive := w.apply(func() { w.I32Const(31); w.I32x4ShrS(); w.V128Andnot() }, num(1), x)
	q := w.div(w.apply(w.F32x4Pmax, e, positive), d)
	return w.sub(q, w.mul(q, low))
}

// finishTanh: |x| < 0.625 ? |x| + (poly(x²)·x²)·|x| : 1 − 2/(Exp(2|x|) + 1), with x's sign.
func (w *walk) finishTanh(x, p, exponent Vec) Vec {
	num := w.beside(x)
	e := w.mul(p, w.apply(w.I32x4Add, exponent, num(1)))
	m := w.sub(num(1), w.div(num(2), w.add(e, num(1))))
	a := w.apply(w.V128Andnot, x, num(minusZero))
	z := w.mul(a, a)
	small := w.add(w.mul(w.mul(w.horner(z, tanhTerms), z), a), a)
	m = w.pick(small, m, w.apply(w.F32x4Lt, a, num(0.625)))
	return w.apply(w.V128Or, m, w.apply(w.V128And, x, num(minusZero)))
}

// join puts the vectors of b beside those of a.
func join(a, b Vec) Vec { return VecOf(slices.Concat(a.locals, b.locals)...) }

// part is vectors from ≤ i < to, −1 being the end.
func (v Vec) part(from, to int) Vec {
	if to < 0 {
		to = len(v.locals)
	}
	return VecOf(v.locals[from:to]...)
}
