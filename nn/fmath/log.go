package fmath

import "math"

// Log is the natural logarithm. Log(±0) is −Inf, Log of a negative number is
// NaN, Log(+Inf) is +Inf; subnormal operands are scaled up first.
//
// x = 2ᵉ·m with √½ ≤ m < √2, f = m − 1, s = f/(2+f), and the polynomial in s²
// of FreeBSD's e_logf.c (Sun Microsystems).
func Log(x float32) float32 {
	v, bias := x, int32(-127)
	if x < 1.1754944e-38 { // 2⁻¹²⁶
		v, bias = float32(x*8388608), -127-23
	}
	const sqrtHalf = 0x3f3504f3
	u := math.Float32bits(v) + (one - sqrtHalf)
	e := float32(int32(u>>23) + bias)
	f := math.Float32frombits(u&0x7fffff+sqrtHalf) - 1

	s := f / (2 + f)
	z := float32(s * s)
	w := float32(z * z)
	t1 := float32(w * (float32(w*0.24279078841) + 0.40000972152))
	t2 := float32(z * (float32(w*0.28498786688) + 0.66666662693))
	h := float32(float32(0.5*f) * f)
	const high, low = 0.69313812256, 9.0580006145e-6
	r := float32(s * (h + (t2 + t1)))
	r += float32(e * low)
	r = float32(e*high) - ((h - r) - f)

	if x == 0 {
		r = float32(math.Inf(-1))
	}
	if x < 0 || x != x {
		r = float32(math.NaN())
	}
	if x > math.MaxFloat32 {
		r = x
	}
	return r
}
