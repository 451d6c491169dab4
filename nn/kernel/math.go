package kernel

import "math"

// The functions of package fmath on vectors, with the same operations in the same
// order. Those with a V at the end work on several vectors side by side.

const (
	log2e         = 1.44269504088896341
	ln2High       = 0.693359375
	ln2Low        = -2.12194440e-4
	roundBias     = 12582912.0
	roundBiasBits = 0x4b400000
	signBit       = 0x80000000
)

// Exp pops a vector and pushes fmath.Exp of it.
func (k *Emitter) Exp() { k.onStack(k.ExpV) }

// Log pops a vector and pushes fmath.Log of it.
func (k *Emitter) Log() { k.onStack(k.LogV) }

// ExpV is fmath.Exp.
func (k *Emitter) ExpV(x Vec) Vec {
	return k.temporary(func() Vec {
		x = k.apply(k.F32x4Pmin, x, konst(89))   // 89 < x ? 89 : x
		x = k.apply(k.F32x4Pmax, x, konst(-104)) // x < -104 ? -104 : x
		t := k.add(k.mul(x, konst(log2e)), konst(roundBias))
		n := k.apply(k.I32x4Sub, t, bitsOf(roundBiasBits))
		f := k.sub(t, konst(roundBias))
		r0 := k.sub(x, k.mul(f, konst(ln2High)))
		c := k.mul(f, konst(ln2Low))
		r := k.sub(r0, c)
		low := k.sub(k.sub(r0, r), c)
		p := k.polynomial(r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
			5.0000001201e-1)
		h := k.add(konst(1), r)
		low = k.add(low, k.sub(r, k.sub(h, konst(1))))
		p = k.add(h, k.add(k.mul(p, k.mul(r, r)), low))
		half := k.apply(func() { k.I32Const(1); k.I32x4ShrS() }, n)
		return k.mul(k.mul(p, k.pow2V(half)), k.pow2V(k.apply(k.I32x4Sub, n, half)))
	})
}

// pow2V is 2ⁿ of integers n.
func (k *Emitter) pow2V(n Vec) Vec {
	return k.apply(func() { k.I4(127); k.I32x4Add(); k.I32Const(23); k.I32x4Shl() }, n)
}

// SigmoidV is fmath.Sigmoid.
func (k *Emitter) SigmoidV(x Vec) Vec {
	return k.temporary(func() Vec {
		e := k.ExpV(k.neg(k.abs(x)))
		d := k.add(konst(1), e)
		low := k.sub(e, k.sub(d, konst(1)))
		q := k.div(k.pick(e, konst(1), k.apply(k.F32x4Lt, x, konst(0))), d)
		return k.sub(q, k.mul(q, low))
	})
}

// TanhV is fmath.Tanh.
func (k *Emitter) TanhV(x Vec) Vec {
	return k.temporary(func() Vec {
		a := k.abs(x)
		z := k.mul(a, a)
		p := k.polynomial(z, -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1,
			-3.33332819422e-1)
		small := k.add(k.mul(k.mul(p, z), a), a)
		m := k.sub(konst(1), k.div(konst(2), k.add(k.ExpV(k.add(a, a)), konst(1))))
		return k.withSignV(k.pick(small, m, k.apply(k.F32x4Lt, a, konst(0.625))), x)
	})
}

// withSignV gives the magnitude m the sign of x.
func (k *Emitter) withSignV(m, x Vec) Vec {
	return k.apply(k.V128Or, m, k.apply(k.V128And, x, bitsOf(signBit)))
}

// ErfV is fmath.Erf.
func (k *Emitter) ErfV(x Vec) Vec {
	return k.temporary(func() Vec {
		t := k.apply(k.F32x4Pmin, k.abs(x), konst(4)) // 4 < t ? 4 : t
		s := k.mul(t, t)
		p := k.polynomial(s, -5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1,
			1.28379166e-1)
		small := k.add(k.mul(p, t), t)
		q := k.polynomial(t, -1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1,
			-6.34846687e-1, -1.28717512e-1)
		m := k.sub(konst(1), k.ExpV(k.sub(k.mul(q, t), t)))
		return k.withSignV(k.pick(small, m, k.apply(k.F32x4Le, t, konst(0.927734375))), x)
	})
}

// LogV is fmath.Log.
func (k *Emitter) LogV(x Vec) Vec {
	const sqrtHalf, one = 0x3f3504f3, 0x3f800000
	return k.temporary(func() Vec {
		tiny := k.apply(k.F32x4Lt, x, konst(1.1754944e-38)) // below 2⁻¹²⁶
		v := k.pick(k.mul(x, konst(8388608)), x, tiny)
		bias, scaled := int32(-127), int32(-127-23)
		u := k.apply(k.I32x4Add, v, bitsOf(one-sqrtHalf))
		e := k.apply(func() { k.I32Const(23); k.I32x4ShrU() }, u)
		e = k.apply(k.I32x4Add, e, k.pick(bitsOf(uint32(scaled)), bitsOf(uint32(bias)), tiny))
		e = k.apply(k.F32x4ConvertI32x4S, e)
		f := k.apply(k.I32x4Add, k.apply(k.V128And, u, bitsOf(0x7fffff)), bitsOf(sqrtHalf))
		f = k.sub(f, konst(1))
		s := k.div(f, k.add(konst(2), f))
		z := k.mul(s, s)
		w := k.mul(z, z)
		t1 := k.mul(w, k.add(k.mul(w, konst(0.24279078841)), konst(0.40000972152)))
		t2 := k.mul(z, k.add(k.mul(w, konst(0.28498786688)), konst(0.66666662693)))
		h := k.mul(k.mul(konst(0.5), f), f)
		const high, low = 0.69313812256, 9.0580006145e-6
		r := k.mul(s, k.add(h, k.add(t2, t1)))
		r = k.add(r, k.mul(e, konst(low)))
		r = k.sub(k.mul(e, konst(high)), k.sub(k.sub(h, r), f))
		r = k.pick(konst(float32(math.Inf(-1))), r, k.apply(k.F32x4Eq, x, konst(0)))
		r = k.pick(r, konst(float32(math.NaN())), k.apply(k.F32x4Ge, x, konst(0))) // not of a negative number or NaN
		return k.pick(x, r, k.apply(k.F32x4Gt, x, konst(math.MaxFloat32)))
	})
}

// SinV is fmath.Sin.
func (k *Emitter) SinV(x Vec) Vec {
	return k.temporary(func() Vec {
		return k.apply(k.V128Xor, k.turnV(k.abs(x), 0), k.apply(k.V128And, x, bitsOf(signBit)))
	})
}

// CosV is fmath.Cos.
func (k *Emitter) CosV(x Vec) Vec {
	return k.temporary(func() Vec { return k.turnV(k.abs(x), 1) })
}

// turnV is fmath's turn of a ≥ 0.
func (k *Emitter) turnV(a Vec, quadrant uint32) Vec {
	t := k.add(k.mul(a, konst(0.63661977236758134)), konst(roundBias))
	q := k.apply(k.I32x4Add, t, bitsOf(quadrant))
	f := k.sub(t, konst(roundBias))
	r := k.sub(a, k.mul(f, konst(0x1.92p+0)))
	r = k.sub(r, k.mul(f, konst(0x1.fb4p-12)))
	c := k.mul(f, konst(0x1.444p-24))
	h := k.sub(r, c)
	low := k.sub(k.sub(k.sub(r, h), c), k.mul(f, konst(0x1.68cp-39)))
	r = k.sub(k.add(h, low), k.mul(f, konst(0x1.1a6264p-54)))
	z := k.mul(r, r)
	p := k.polynomial(z, -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
	sin := k.add(k.mul(k.mul(p, z), r), r)
	p = k.polynomial(z, 2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
	cos := k.sub(k.mul(k.mul(p, z), z), k.mul(konst(0.5), z))
	cos = k.add(cos, konst(1))
	odd := k.apply(func() { k.I4(1); k.V128And(); k.I32x4Neg() }, q)
	v := k.pick(cos, sin, odd)
	v = k.apply(k.V128Xor, v, k.apply(func() { k.I32Const(30); k.I32x4Shl(); k.I4(signBit); k.V128And() }, q))
	return k.pick(v, konst(float32(math.NaN())), k.apply(k.F32x4Le, a, konst(8192)))
}
