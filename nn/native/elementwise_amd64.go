//go:build goexperiment.simd && go1.27

package native

import (
	"math"

	"simd/archsimd"
	"wafer/nn/graph"
)

// The ops that chains and epilogues are mostly made of, in assembly. Each of the functions works
// on whole registers and returns how many elements that were, 0 where it cannot.

// binaryWhole is binary by AVX2, eight elements at a time; there is none for Equal.
func binaryWhole(op graph.Op, dst, a, b []float32) int {
	n := len(dst) / 8
	if n == 0 || !archsimd.X86.AVX2() {
		return 0
	}
	d, x, y := &dst[0], &a[:len(dst)][0], &b[:len(dst)][0]
	switch op {
	case graph.Add:
		addAVX2(d, x, y, n)
	case graph.Sub:
		subAVX2(d, x, y, n)
	case graph.Mul:
		mulAVX2(d, x, y, n)
	case graph.Div:
		divAVX2(d, x, y, n)
	case graph.Max: // x < y ? y : x
		maxAVX2(d, y, x, n)
	case graph.Min: // y < x ? y : x
		minAVX2(d, y, x, n)
	case graph.Less:
		lessAVX2(d, x, y, n)
	default:
		return 0
	}
	return 8 * n
}

// whereWhole is where by AVX2.
func whereWhole(dst, cond, a, b []float32) int {
	n := len(dst) / 8
	if n == 0 || !archsimd.X86.AVX2() {
		return 0
	}
	whereAVX2(&dst[0], &cond[:len(dst)][0], &a[:len(dst)][0], &b[:len(dst)][0], n)
	return 8 * n
}

// unaryWhole is Relu and Relu6 by AVX2, clamped between 0 and a highest number.
func unaryWhole(op graph.Op, dst, src []float32) int {
	n, high := len(dst)/8, float32(6)
	if op == graph.Relu {
		high = float32(math.Inf(1))
	}
	if n == 0 || !archsimd.X86.AVX2() || op != graph.Relu && op != graph.Relu6 {
		return 0
	}
	clampAVX2(&dst[0], &src[:len(dst)][0], 0, high, n)
	return 8 * n
}

//go:noescape
func addAVX2(dst, a, b *float32, n int)

//go:noescape
func subAVX2(dst, a, b *float32, n int)

//go:noescape
func mulAVX2(dst, a, b *float32, n int)

//go:noescape
func divAVX2(dst, a, b *float32, n int)

//go:noescape
func maxAVX2(dst, a, b *float32, n int)

//go:noescape
func minAVX2(dst, a, b *float32, n int)

//go:noescape
func lessAVX2(dst, a, b *float32, n int)

//go:noescape
func whereAVX2(dst, a, b, c *float32, n int)

//go:noescape
func clampAVX2(dst, a *float32, low, high float32, n int)
