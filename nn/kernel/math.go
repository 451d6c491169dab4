package kernel

import "math"

// The functions of package fmath on vectors: each pops its operand and pushes the
// result, with the same operations in the same order. Horner steps are named as there.

const (
	log2e         = 1.44269504088896341
	ln2High       = 0.693359375
	ln2Low        = -2.12194440e-4
	roundBias     = 12582912.0
	roundBiasBits = 0x4b400000
	signBit       = 0x80000000
)

// with binds the top of the stack to a local for the time of f.
func (k *Emitter) with(f func(x Local)) {
	x := k.V128()
	k.Set(x)
	f(x)
	k.FreeV128(x)
}

// horner pops p and pushes p·x + c for each c.
func (k *Emitter) horner(x Local, cs ...float32) {
	for _, c := range cs {
		k.Get(x)
		k.F32x4Mul()
		k.F4(c)
		k.F32x4Add()
	}
}

// choose pops yes, no (yes below) and keeps yes where the mask that cond pushes is set.
func (k *Emitter) choose(cond func()) {
	cond()
	k.V128Bitselect()
}

// Exp is fmath.Exp.
func (k *Emitter) Exp() {
	k.with(func(x Local) {
		n, f, r, low, p := k.V128(), k.V128(), k.V128(), k.V128(), k.V128()
		// clamp: x > 89 ? 89 : x, then x < -104 ? -104 : x
		k.Get(x)
		k.F4(89)
		k.F32x4Pmin() // 89 < x ? 89 : x
		k.F4(-104)
		k.F32x4Pmax() // x < -104 ? -104 : x
		k.Set(x)
		k.Get(x)
		k.F4(log2e)
		k.F32x4Mul()
		k.F4(roundBias)
		k.F32x4Add()
		k.LocalTee(f)
		k.I4(roundBiasBits)
		k.I32x4Sub()
		k.Set(n)
		k.Get(f)
		k.F4(roundBias)
		k.F32x4Sub()
		k.Set(f)
		k.Get(x) // k = x - f·ln2High
		k.Get(f)
		k.F4(ln2High)
		k.F32x4Mul()
		k.F32x4Sub()
		k.Set(x)
		k.Get(f)
		k.F4(ln2Low)
		k.F32x4Mul()
		k.Set(f) // c
		k.Get(x)
		k.Get(f)
		k.F32x4Sub()
		k.Set(r)
		k.Get(x) // low = (k - r) - c
		k.Get(r)
		k.F32x4Sub()
		k.Get(f)
		k.F32x4Sub()
		k.Set(low)
		k.F4(1.9875691500e-4)
		k.horner(r, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
		k.Set(p)
		k.F4(1) // h
		k.Get(r)
		k.F32x4Add()
		k.Set(x)
		k.Get(low) // low += r - (h - 1)
		k.Get(r)
		k.Get(x)
		k.F4(1)
		k.F32x4Sub()
		k.F32x4Sub()
		k.F32x4Add()
		k.Set(low)
		k.Get(x) // h + (p·(r·r) + low)
		k.Get(p)
		k.Get(r)
		k.Get(r)
		k.F32x4Mul()
		k.F32x4Mul()
		k.Get(low)
		k.F32x4Add()
		k.F32x4Add()
		k.Get(n) // · 2^half · 2^(n-half)
		k.I32Const(1)
		k.I32x4ShrS()
		k.LocalTee(f)
		k.pow2()
		k.F32x4Mul()
		k.Get(n)
		k.Get(f)
		k.I32x4Sub()
		k.pow2()
		k.F32x4Mul()
		k.FreeV128(n, f, r, low, p)
	})
}

// pow2 pops integers n and pushes 2ⁿ.
func (k *Emitter) pow2() {
	k.I4(127)
	k.I32x4Add()
	k.I32Const(23)
	k.I32x4Shl()
}

// Sigmoid is fmath.Sigmoid.
func (k *Emitter) Sigmoid() {
	k.with(func(x Local) {
		e, d, q := k.V128(), k.V128(), k.V128()
		k.Get(x)
		k.F32x4Abs()
		k.F32x4Neg()
		k.Exp()
		k.Set(e)
		k.F4(1)
		k.Get(e)
		k.F32x4Add()
		k.Set(d)
		k.Get(e) // x < 0 ? e : 1
		k.F4(1)
		k.choose(func() {
			k.Get(x)
			k.F4(0)
			k.F32x4Lt()
		})
		k.Get(d)
		k.F32x4Div()
		k.LocalTee(q)
		k.Get(q) // q - q·(e - (d - 1))
		k.Get(e)
		k.Get(d)
		k.F4(1)
		k.F32x4Sub()
		k.F32x4Sub()
		k.F32x4Mul()
		k.F32x4Sub()
		k.FreeV128(e, d, q)
	})
}

// Tanh is fmath.Tanh.
func (k *Emitter) Tanh() {
	k.with(func(x Local) {
		a, z, small := k.V128(), k.V128(), k.V128()
		k.Get(x)
		k.F32x4Abs()
		k.LocalTee(a)
		k.Get(a)
		k.F32x4Mul()
		k.Set(z)
		k.F4(-5.70498872745e-3)
		k.horner(z, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1)
		k.Get(z)
		k.F32x4Mul()
		k.Get(a)
		k.F32x4Mul()
		k.Get(a)
		k.F32x4Add()
		k.Set(small)
		k.Get(small)
		k.F4(1) // 1 - 2/(Exp(a+a)+1)
		k.F4(2)
		k.Get(a)
		k.Get(a)
		k.F32x4Add()
		k.Exp()
		k.F4(1)
		k.F32x4Add()
		k.F32x4Div()
		k.F32x4Sub()
		k.choose(func() {
			k.Get(a)
			k.F4(0.625)
			k.F32x4Lt()
		})
		k.withSign(x)
		k.FreeV128(a, z, small)
	})
}

// withSign gives the popped magnitude the sign of x.
func (k *Emitter) withSign(x Local) {
	k.Get(x)
	k.I4(signBit)
	k.V128And()
	k.V128Or()
}

// Erf is fmath.Erf.
func (k *Emitter) Erf() {
	k.with(func(x Local) {
		t, s, small := k.V128(), k.V128(), k.V128()
		k.Get(x)
		k.F32x4Abs()
		k.F4(4)
		k.F32x4Pmin() // 4 < t ? 4 : t
		k.LocalTee(t)
		k.Get(t)
		k.F32x4Mul()
		k.Set(s)
		k.F4(-5.96761703e-4)
		k.horner(s, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1)
		k.Get(t)
		k.F32x4Mul()
		k.Get(t)
		k.F32x4Add()
		k.Set(small)
		k.Get(small)
		k.F4(1)
		k.F4(-1.72853470e-5)
		k.horner(t, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.28717512e-1)
		k.Get(t)
		k.F32x4Mul()
		k.Get(t)
		k.F32x4Sub()
		k.Exp()
		k.F32x4Sub()
		k.choose(func() {
			k.Get(t)
			k.F4(0.927734375)
			k.F32x4Le()
		})
		k.withSign(x)
		k.FreeV128(t, s, small)
	})
}

// Log is fmath.Log.
func (k *Emitter) Log() {
	k.with(func(x Local) {
		const sqrtHalf, one = 0x3f3504f3, 0x3f800000
		u, e, f, s, z, w, h := k.V128(), k.V128(), k.V128(), k.V128(), k.V128(), k.V128(), k.V128()
		subnormal := func() {
			k.Get(x)
			k.F4(1.1754944e-38)
			k.F32x4Lt()
		}
		k.Get(x)
		k.F4(8388608)
		k.F32x4Mul()
		k.Get(x)
		k.choose(subnormal)
		k.I4(one - sqrtHalf)
		k.I32x4Add()
		k.Set(u)
		k.Get(u)
		k.I32Const(23)
		k.I32x4ShrU()
		bias, biasSubnormal := int32(-127), int32(-127-23)
		k.I4(uint32(biasSubnormal))
		k.I4(uint32(bias))
		k.choose(subnormal)
		k.I32x4Add()
		k.F32x4ConvertI32x4S()
		k.Set(e)
		k.Get(u)
		k.I4(0x7fffff)
		k.V128And()
		k.I4(sqrtHalf)
		k.I32x4Add()
		k.F4(1)
		k.F32x4Sub()
		k.Set(f)
		k.Get(f)
		k.F4(2)
		k.Get(f)
		k.F32x4Add()
		k.F32x4Div()
		k.LocalTee(s)
		k.Get(s)
		k.F32x4Mul()
		k.LocalTee(z)
		k.Get(z)
		k.F32x4Mul()
		k.Set(w)
		k.F4(0.5)
		k.Get(f)
		k.F32x4Mul()
		k.Get(f)
		k.F32x4Mul()
		k.Set(h)
		const high, low = 0.69313812256, 9.0580006145e-6
		k.Get(s) // s·(h + (t2 + t1))
		k.Get(h)
		k.Get(z) // t2
		k.Get(w)
		k.F4(0.28498786688)
		k.F32x4Mul()
		k.F4(0.66666662693)
		k.F32x4Add()
		k.F32x4Mul()
		k.Get(w) // t1
		k.Get(w)
		k.F4(0.24279078841)
		k.F32x4Mul()
		k.F4(0.40000972152)
		k.F32x4Add()
		k.F32x4Mul()
		k.F32x4Add()
		k.F32x4Add()
		k.F32x4Mul()
		k.Get(e)
		k.F4(low)
		k.F32x4Mul()
		k.F32x4Add()
		k.Set(z) // r
		k.Get(e) // e·high - ((h - r) - f)
		k.F4(high)
		k.F32x4Mul()
		k.Get(h)
		k.Get(z)
		k.F32x4Sub()
		k.Get(f)
		k.F32x4Sub()
		k.F32x4Sub()
		k.Set(z)
		k.F4(float32(math.Inf(-1))) // x == 0
		k.Get(z)
		k.choose(func() {
			k.Get(x)
			k.F4(0)
			k.F32x4Eq()
		})
		k.Set(z)
		k.F4(float32(math.NaN())) // x < 0 or NaN: not x ≥ 0
		k.Get(z)
		k.choose(func() {
			k.Get(x)
			k.F4(0)
			k.F32x4Ge()
			k.V128Not()
		})
		k.Set(z)
		k.Get(x) // x > MaxFloat32
		k.Get(z)
		k.choose(func() {
			k.Get(x)
			k.F4(math.MaxFloat32)
			k.F32x4Gt()
		})
		k.FreeV128(u, e, f, s, z, w, h)
	})
}

// Sin is fmath.Sin.
func (k *Emitter) Sin() {
	k.with(func(x Local) {
		k.Get(x)
		k.F32x4Abs()
		k.turn(0)
		k.Get(x)
		k.I4(signBit)
		k.V128And()
		k.V128Xor()
	})
}

// Cos is fmath.Cos.
func (k *Emitter) Cos() {
	k.F32x4Abs()
	k.turn(1)
}

// turn is fmath's turn on a popped a ≥ 0.
func (k *Emitter) turn(quadrant uint32) {
	k.with(func(a Local) {
		q, f, r, c, h, z := k.V128(), k.V128(), k.V128(), k.V128(), k.V128(), k.V128()
		k.Get(a)
		k.F4(0.63661977236758134)
		k.F32x4Mul()
		k.F4(roundBias)
		k.F32x4Add()
		k.LocalTee(f)
		k.I4(quadrant)
		k.I32x4Add()
		k.Set(q)
		k.Get(f)
		k.F4(roundBias)
		k.F32x4Sub()
		k.Set(f)
		times := func(part float32) {
			k.Get(f)
			k.F4(part)
			k.F32x4Mul()
		}
		k.Get(a)
		times(0x1.92p+0)
		k.F32x4Sub()
		times(0x1.fb4p-12)
		k.F32x4Sub()
		k.Set(r)
		times(0x1.444p-24)
		k.Set(c)
		k.Get(r)
		k.Get(c)
		k.F32x4Sub()
		k.Set(h)
		k.Get(h) // r = (h + low) - f·halfPi5, low = ((r - h) - c) - f·halfPi4
		k.Get(r)
		k.Get(h)
		k.F32x4Sub()
		k.Get(c)
		k.F32x4Sub()
		times(0x1.68cp-39)
		k.F32x4Sub()
		k.F32x4Add()
		times(0x1.1a6264p-54)
		k.F32x4Sub()
		k.LocalTee(r)
		k.Get(r)
		k.F32x4Mul()
		k.Set(z)
		k.F4(2.443315711809948e-5) // cos
		k.horner(z, -1.388731625493765e-3, 4.166664568298827e-2)
		k.Get(z)
		k.F32x4Mul()
		k.Get(z)
		k.F32x4Mul()
		k.F4(0.5)
		k.Get(z)
		k.F32x4Mul()
		k.F32x4Sub()
		k.F4(1)
		k.F32x4Add()
		k.F4(-1.9515295891e-4) // sin
		k.horner(z, 8.3321608736e-3, -1.6666654611e-1)
		k.Get(z)
		k.F32x4Mul()
		k.Get(r)
		k.F32x4Mul()
		k.Get(r)
		k.F32x4Add()
		k.choose(func() { // cos where q is odd
			k.I4(0)
			k.Get(q)
			k.I4(1)
			k.V128And()
			k.I32x4Sub()
		})
		k.Get(q)
		k.I32Const(30)
		k.I32x4Shl()
		k.I4(signBit)
		k.V128And()
		k.V128Xor()
		k.Set(z)
		k.Get(z)
		k.F4(float32(math.NaN()))
		k.choose(func() {
			k.Get(a)
			k.F4(8192)
			k.F32x4Le()
		})
		k.FreeV128(q, f, r, c, h, z)
	})
}

// Relu is x < 0 ? 0 : x.
func (k *Emitter) Relu() {
	k.F4(0)
	k.F32x4Pmax()
}

// Relu6 is relu, then 6 < x ? 6 : x.
func (k *Emitter) Relu6() {
	k.Relu()
	k.F4(6)
	k.F32x4Pmin()
}

// LeakyRelu is x < 0 ? alpha·x : x.
func (k *Emitter) LeakyRelu(alpha float32) {
	k.below(func(x Local) {
		k.F4(alpha)
		k.Get(x)
		k.F32x4Mul()
	})
}

// Elu is x < 0 ? alpha·(exp(x) − 1) : x.
func (k *Emitter) Elu(alpha float32) {
	k.below(func(x Local) {
		k.F4(alpha)
		k.Get(x)
		k.Exp()
		k.F4(1)
		k.F32x4Sub()
		k.F32x4Mul()
	})
}

// below pushes what f pushes where x < 0, else x.
func (k *Emitter) below(f func(x Local)) {
	k.with(func(x Local) {
		f(x)
		k.Get(x)
		k.choose(func() {
			k.Get(x)
			k.F4(0)
			k.F32x4Lt()
		})
	})
}

// Gelu is (0.5·x)·(1 + erf(x·0.70710677)).
func (k *Emitter) Gelu() {
	k.with(func(x Local) {
		k.F4(0.5)
		k.Get(x)
		k.F32x4Mul()
		k.F4(1)
		k.Get(x)
		k.F4(0.70710677)
		k.F32x4Mul()
		k.Erf()
		k.F32x4Add()
		k.F32x4Mul()
	})
}

// Silu is x·sigmoid(x).
func (k *Emitter) Silu() {
	k.with(func(x Local) {
		k.Get(x)
		k.Get(x)
		k.Sigmoid()
		k.F32x4Mul()
	})
}

// HardSigmoid is relu6(x+3)·(1/6).
func (k *Emitter) HardSigmoid() {
	k.F4(3)
	k.F32x4Add()
	k.Relu6()
	k.F4(1.0 / 6)
	k.F32x4Mul()
}
