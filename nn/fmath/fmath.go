// Package fmath defines the float32 functions whose bits every executor must
// repeat: scalar Go here, SIMD of any width in native, WebAssembly in compile.
//
// Each function is a fixed sequence of float32 + − × ÷ (round to nearest even,
// never fused: every product stands in float32(…), since Go may fuse across
// statements and inlined calls where only a conversion rounds), integer
// operations on the bits, comparisons and selects. An `if` here is a select:
// both sides may be computed. There are no tables and no float64, and rounding
// to an integer is the addition of 1.5·2²³, which every unit does alike.
// Multiplying by 2ⁿ goes through the exponent bits.
//
// The bits of every result that is not NaN are part of the contract; the sign
// and payload of a NaN are not. Subnormal operands and results are exact as
// IEEE 754 has them: nothing is flushed to zero.
//
// Largest errors, in units in the last place of the true value, over every
// 67th float32 (TestErrors prints them):
//
//	Exp 0.75  Log 0.82  Tanh 1.34  Sigmoid 1.90  Erf 1.16  Sin 1.52  Cos 1.51
package fmath

import "math"

const (
	roundBias     = 12582912.0 // 1.5·2²³: x + roundBias − roundBias rounds to an integer
	roundBiasBits = 0x4b400000
	signBit       = 0x80000000
	one           = 0x3f800000
)

// pow2 is 2ⁿ for −126 ≤ n ≤ 127.
func pow2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

// abs clears the sign bit.
func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ signBit) }

// withSign gives the non-negative magnitude m the sign of x.
func withSign(m, x float32) float32 {
	return math.Float32frombits(math.Float32bits(m) | math.Float32bits(x)&signBit)
}

// Tree16 adds 16 partial sums as a tree: p[i]+p[i+8], then +4, +2, +1. It is
// the end of every sum along the innermost axis.
func Tree16(p *[16]float32) float32 {
	s := *p
	for step := 8; step > 0; step /= 2 {
		for i := range step {
			s[i] += s[i+step]
		}
	}
	return s[0]
}
