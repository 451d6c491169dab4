package fmath

import "math"

// Domain is the largest |x| of Sin and Cos. Beyond it they are NaN: the
// reduction below would no longer be accurate.
const Domain = 8192

const twoOverPi = 0.63661977236758134

// π/2 = the sum of these. Each of the first four has 11 bits, so that n·part is
// exact for the |n| ≤ 5216 of the domain.
const (
	halfPi1 = 0x1.92p+0
	halfPi2 = 0x1.fb4p-12
	halfPi3 = 0x1.444p-24
	halfPi4 = 0x1.68cp-39
	halfPi5 = 0x1.1a6264p-54
)

// Sin is the sine of x radians, odd to the bit; NaN for |x| > Domain.
func Sin(x float32) float32 {
	s := turn(abs(x), 0)
	return math.Float32frombits(math.Float32bits(s) ^ math.Float32bits(x)&signBit)
}

// Cos is the cosine of x radians; NaN for |x| > Domain.
func Cos(x float32) float32 { return turn(abs(x), 1) }

// turn is sin(a + q·π/2) for a ≥ 0. Cody and Waite's reduction: n = a·2/π
// rounded, r = a − n·π/2 part by part; the polynomials for |r| ≤ π/4 are those
// of Cephes' sinf and cosf; the low two bits of n+q are the quadrant.
func turn(a float32, q uint32) float32 {
	t := float32(a*twoOverPi) + roundBias
	q += math.Float32bits(t)
	f := t - roundBias
	r := a - float32(f*halfPi1)
	r -= float32(f * halfPi2) // exact so far
	c := float32(f * halfPi3)
	h := r - c
	low := ((r - h) - c) - float32(f*halfPi4) // what the rounding of h lost, and the next part
	r = (h + low) - float32(f*halfPi5)
	z := float32(r * r)

	p := float32(-1.9515295891e-4*z) + 8.3321608736e-3
	p = float32(p*z) - 1.6666654611e-1
	sin := float32(float32(p*z)*r) + r

	p = float32(2.443315711809948e-5*z) - 1.388731625493765e-3
	p = float32(p*z) + 4.166664568298827e-2
	cos := float32(float32(p*z)*z) - float32(0.5*z)
	cos += 1

	v := sin
	if q&1 != 0 {
		v = cos
	}
	v = math.Float32frombits(math.Float32bits(v) ^ q<<30&signBit)
	if !(a <= Domain) {
		v = float32(math.NaN())
	}
	return v
}
