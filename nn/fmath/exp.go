package fmath

import "math"

const (
	log2e = 1.44269504088896341
	// ln 2 in two parts; n·ln2High is exact for |n| < 2¹⁵.
	ln2High = 0.693359375
	ln2Low  = -2.12194440e-4
)

// Exp is eˣ. Exp(−Inf) is 0, Exp(+Inf) and results from 2¹²⁸ on are +Inf,
// results below 2⁻¹²⁶ are subnormal (gradual underflow).
//
// x = n·ln 2 + r, |r| ≤ ln 2/2; eʳ = (1 + r) + (p(r)·r² + low) with the polynomial of
// Cephes' expf (Moshier), where low is what the rounding of r and of 1 + r lost; the result is eʳ·2^⌊n/2⌋·2^(n−⌊n/2⌋).
func Exp(x float32) float32 {
	if x > 89 { // e⁸⁹ > 2¹²⁸
		x = 89
	}
	if x < -104 { // e⁻¹⁰⁴ < 2⁻¹⁵⁰
		x = -104
	}
	t := float32(x*log2e) + roundBias
	n := int32(math.Float32bits(t)) - roundBiasBits
	f := t - roundBias
	k := x - float32(f*ln2High) // exact
	c := float32(f * ln2Low)
	r := k - c
	low := (k - r) - c // what the rounding of r lost

	p := float32(1.9875691500e-4*r) + 1.3981999507e-3
	p = float32(p*r) + 8.3334519073e-3
	p = float32(p*r) + 4.1665795894e-2
	p = float32(p*r) + 1.6666665459e-1
	p = float32(p*r) + 5.0000001201e-1
	h := 1 + r
	low += r - (h - 1) // what the rounding of h lost
	p = h + (float32(p*float32(r*r)) + low)

	half := n >> 1
	return float32(float32(p*pow2(half)) * pow2(n-half))
}

// Sigmoid is 1/(1+e⁻ˣ) for x ≥ 0 and eˣ/(1+eˣ) below, so that it keeps its
// relative accuracy down to the subnormal results. With e = Exp(−|x|) and
// d = 1 + e: q = (x < 0 ? e : 1) / d, then q − q·(e − (d − 1)).
func Sigmoid(x float32) float32 {
	e := Exp(-abs(x))
	top := float32(1)
	if x < 0 {
		top = e
	}
	d := 1 + e
	low := e - (d - 1) // what the rounding of d lost
	q := top / d
	return q - float32(q*low)
}

// Tanh is the hyperbolic tangent, odd to the bit. With a = |x|, the magnitude
// is, as in Cephes' tanhf, a + (p(a²)·a²)·a below 0.625, else 1 − 2/(Exp(2a) + 1).
func Tanh(x float32) float32 {
	a := abs(x)
	z := float32(a * a)
	p := float32(-5.70498872745e-3*z) + 2.06390887954e-2
	p = float32(p*z) - 5.37397155531e-2
	p = float32(p*z) + 1.33314422036e-1
	p = float32(p*z) - 3.33332819422e-1
	small := float32(float32(p*z)*a) + a
	m := 1 - 2/(Exp(a+a)+1)
	if a < 0.625 {
		m = small
	}
	return withSign(m, x)
}
