//go:build goexperiment.simd && go1.27

package native

import (
	"math"
	"simd"
)

// The functions of fmath on whole registers: the same operations in the same
// order, a select for each if.

// f32v is a register of one number.
func f32v(x float32) simd.Float32s { return simd.BroadcastFloat32s(x) }

// zeroV is a register of zeros. BroadcastFloat32s(0) would clear its source with an SSE
// instruction, which within AVX code costs some processors 300 cycles, see clearUpper.
func zeroV() (zero simd.Float32s) { return }

// nanV is a register of math.NaN().
func nanV() simd.Float32s { return simd.BroadcastUint32s(0x7FC00000).BitsToFloat32() }

// pow2V is 2ⁿ for −126 ≤ n ≤ 127.
func pow2V(n simd.Int32s) simd.Float32s {
	return n.Add(simd.BroadcastInt32s(127)).ShiftAllLeft(23).ToBits().BitsToFloat32()
}

// expV is fmath.Exp.
func expV(x simd.Float32s) simd.Float32s {
	const roundBias, roundBiasBits = 12582912.0, 0x4b400000
	high, low := f32v(89), f32v(-104)
	x = high.IfElse(high.Less(x), x)
	x = low.IfElse(x.Less(low), x)
	bias := f32v(roundBias)
	t := x.Mul(f32v(1.44269504088896341)).Add(bias)
	n := t.ToBits().BitsToInt32().Sub(simd.BroadcastInt32s(roundBiasBits))
	f := t.Sub(bias)
	k := x.Sub(f.Mul(f32v(0.693359375)))
	c := f.Mul(f32v(-2.12194440e-4))
	r := k.Sub(c)
	lost := k.Sub(r).Sub(c)

	p := f32v(1.9875691500e-4).Mul(r).Add(f32v(1.3981999507e-3))
	p = p.Mul(r).Add(f32v(8.3334519073e-3))
	p = p.Mul(r).Add(f32v(4.1665795894e-2))
	p = p.Mul(r).Add(f32v(1.6666665459e-1))
	p = p.Mul(r).Add(f32v(5.0000001201e-1))
	one := f32v(1)
	h := one.Add(r)
	lost = lost.Add(r.Sub(h.Sub(one)))
	p = h.Add(p.Mul(r.Mul(r)).Add(lost))

	half := n.ShiftAllRight(1)
	return p.Mul(pow2V(half)).Mul(pow2V(n.Sub(half)))
}

// sigmoidV is fmath.Sigmoid.
func sigmoidV(x simd.Float32s) simd.Float32s {
	one := f32v(1)
	e := expV(x.ToBits().Or(simd.BroadcastUint32s(0x80000000)).BitsToFloat32())
	top := e.IfElse(x.Less(zeroV()), one)
	d := one.Add(e)
	lost := e.Sub(d.Sub(one))
	q := top.Div(d)
	return q.Sub(q.Mul(lost))
}

// withSignV is m, which is not negative, with the sign of x.
func withSignV(m, x simd.Float32s) simd.Float32s {
	return m.ToBits().Or(x.ToBits().And(simd.BroadcastUint32s(0x80000000))).BitsToFloat32()
}

// absV clears the sign, also of a NaN.
func absV(x simd.Float32s) simd.Float32s {
	return x.ToBits().And(simd.BroadcastUint32s(0x7fffffff)).BitsToFloat32()
}

// tanhV is fmath.Tanh; both branches are computed and one is chosen.
func tanhV(x simd.Float32s) simd.Float32s {
	a := absV(x)
	z := a.Mul(a)
	p := f32v(-5.70498872745e-3).Mul(z).Add(f32v(2.06390887954e-2))
	p = p.Mul(z).Sub(f32v(5.37397155531e-2))
	p = p.Mul(z).Add(f32v(1.33314422036e-1))
	p = p.Mul(z).Sub(f32v(3.33332819422e-1))
	small := p.Mul(z).Mul(a).Add(a)
	one := f32v(1)
	m := one.Sub(f32v(2).Div(expV(a.Add(a)).Add(one)))
	return withSignV(small.IfElse(a.Less(f32v(0.625)), m), x)
}

// erfV is fmath.Erf; both branches are computed and one is chosen.
func erfV(x simd.Float32s) simd.Float32s {
	t, four := absV(x), f32v(4)
	t = four.IfElse(four.Less(t), t)
	s := t.Mul(t)

	p := f32v(-5.96761703e-4).Mul(s).Add(f32v(4.99119423e-3))
	p = p.Mul(s).Sub(f32v(2.67681349e-2))
	p = p.Mul(s).Add(f32v(1.12819925e-1))
	p = p.Mul(s).Sub(f32v(3.76125336e-1))
	p = p.Mul(s).Add(f32v(1.28379166e-1))
	small := p.Mul(t).Add(t)

	q := f32v(-1.72853470e-5).Mul(t).Add(f32v(3.83197126e-4))
	q = q.Mul(t).Sub(f32v(3.88396438e-3))
	q = q.Mul(t).Add(f32v(2.42546219e-2))
	q = q.Mul(t).Sub(f32v(1.06777877e-1))
	q = q.Mul(t).Sub(f32v(6.34846687e-1))
	q = q.Mul(t).Sub(f32v(1.28717512e-1))
	q = q.Mul(t).Sub(t)
	m := f32v(1).Sub(expV(q))
	return withSignV(small.IfElse(t.LessEqual(f32v(0.927734375)), m), x)
}

// logV is fmath.Log, denormal numbers included.
func logV(x simd.Float32s) simd.Float32s {
	const one, sqrtHalf = 0x3f800000, 0x3f3504f3
	tiny := x.Less(f32v(1.1754944e-38))
	v := x.Mul(f32v(8388608)).IfElse(tiny, x)
	bias := simd.BroadcastInt32s(-127-23).IfElse(tiny, simd.BroadcastInt32s(-127))
	u := v.ToBits().Add(simd.BroadcastUint32s(one - sqrtHalf))
	e := u.ShiftAllRight(23).BitsToInt32().Add(bias).ConvertToFloat32()
	f := u.And(simd.BroadcastUint32s(0x7fffff)).Add(simd.BroadcastUint32s(sqrtHalf)).BitsToFloat32().Sub(f32v(1))

	s := f.Div(f32v(2).Add(f))
	z := s.Mul(s)
	w := z.Mul(z)
	t1 := w.Mul(w.Mul(f32v(0.24279078841)).Add(f32v(0.40000972152)))
	t2 := z.Mul(w.Mul(f32v(0.28498786688)).Add(f32v(0.66666662693)))
	h := f32v(0.5).Mul(f).Mul(f)
	r := s.Mul(h.Add(t2.Add(t1)))
	r = r.Add(e.Mul(f32v(9.0580006145e-6)))
	r = e.Mul(f32v(0.69313812256)).Sub(h.Sub(r).Sub(f))

	zero := zeroV()
	r = f32v(float32(math.Inf(-1))).IfElse(x.Equal(zero), r)
	r = nanV().IfElse(x.Less(zero).Or(x.NotEqual(x)), r)
	return x.IfElse(f32v(math.MaxFloat32).Less(x), r)
}

// turnV is sin(a + q·π/2), see fmath.
func turnV(a simd.Float32s, quarter uint32) simd.Float32s {
	bias := f32v(12582912.0)
	t := a.Mul(f32v(0.63661977236758134)).Add(bias)
	q := simd.BroadcastUint32s(quarter).Add(t.ToBits())
	f := t.Sub(bias)
	r := a.Sub(f.Mul(f32v(0x1.92p+0)))
	r = r.Sub(f.Mul(f32v(0x1.fb4p-12)))
	c := f.Mul(f32v(0x1.444p-24))
	h := r.Sub(c)
	low := r.Sub(h).Sub(c).Sub(f.Mul(f32v(0x1.68cp-39)))
	r = h.Add(low).Sub(f.Mul(f32v(0x1.1a6264p-54)))
	z := r.Mul(r)

	p := f32v(-1.9515295891e-4).Mul(z).Add(f32v(8.3321608736e-3))
	p = p.Mul(z).Sub(f32v(1.6666654611e-1))
	sin := p.Mul(z).Mul(r).Add(r)

	p = f32v(2.443315711809948e-5).Mul(z).Sub(f32v(1.388731625493765e-3))
	p = p.Mul(z).Add(f32v(4.166664568298827e-2))
	cos := p.Mul(z).Mul(z).Sub(f32v(0.5).Mul(z))
	cos = cos.Add(f32v(1))

	oneI := simd.BroadcastUint32s(1)
	v := cos.IfElse(q.And(oneI).Equal(oneI), sin)
	v = v.ToBits().Xor(q.ShiftAllLeft(30).And(simd.BroadcastUint32s(0x80000000))).BitsToFloat32()
	return v.IfElse(a.LessEqual(f32v(8192)), nanV())
}

// sinV is fmath.Sin: that of |x| with the sign of x.
func sinV(x simd.Float32s) simd.Float32s {
	s := turnV(absV(x), 0)
	return s.ToBits().Xor(x.ToBits().And(simd.BroadcastUint32s(0x80000000))).BitsToFloat32()
}
