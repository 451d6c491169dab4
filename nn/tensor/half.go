package tensor

import "math"

// Half rounds v to the nearest IEEE 754 binary16, ties to even, and returns its
// bits. Values beyond the range become infinities; a NaN stays a quiet NaN.
func Half(v float32) uint16 {
	bits := math.Float32bits(v)
	sign := uint16(bits >> 16 & 0x8000)
	exp := int32(bits>>23&0xff) - 127
	frac := bits & 0x7fffff
	switch {
	case exp == 128 && frac != 0:
		return sign | 0x7e00
	case exp > 15:
		return sign | 0x7c00
	case exp >= -14:
		return roundHalf(sign, uint32(exp+15)<<23|frac, 13)
	case exp >= -25:
		return roundHalf(sign, frac|0x800000, uint32(-exp-14)+13)
	}
	return sign
}

// roundHalf drops the low `shift` bits of m, rounding to nearest even. A carry
// out of the fraction moves into the exponent, as it should.
func roundHalf(sign uint16, m, shift uint32) uint16 {
	half := uint32(1) << (shift - 1)
	kept := m >> shift
	rest := m & (half<<1 - 1)
	if rest > half || rest == half && kept&1 == 1 {
		kept++
	}
	return sign | uint16(kept)
}

// FromHalf widens the bits of an IEEE 754 binary16 exactly.
func FromHalf(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp := uint32(h >> 10 & 0x1f)
	frac := uint32(h & 0x3ff)
	switch {
	case exp == 31:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	case exp != 0:
		return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
	}
	v := float32(frac) * (1.0 / (1 << 24)) // subnormal: frac × 2⁻²⁴, exact
	if sign != 0 {
		v = -v
	}
	return v
}

// Widen is FromHalf for all of to, whose numbers stand in from, 2 bytes each, little endian.
func Widen(to []float32, from []byte) {
	from = from[:2*len(to)]
	for i := range to {
		h := uint32(from[2*i]) | uint32(from[2*i+1])<<8
		if exp := h >> 10 & 0x1f; exp != 0 && exp != 31 {
			to[i] = math.Float32frombits(h>>15<<31 | (h&0x7fff+112<<10)<<13)
		} else {
			to[i] = FromHalf(uint16(h))
		}
	}
}

// IsHalf tells numbers that float16 holds exactly.
func IsHalf(f []float32) bool {
	for _, v := range f {
		if FromHalf(Half(v)) != v {
			return false
		}
	}
	return true
}
