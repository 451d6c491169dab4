//go:build goexperiment.simd && go1.27

package native

import "simd/archsimd"

// clearUpper forgets the upper halves of the vector registers. Go's own float
// code uses SSE instructions, which on many processors wait for or merge with
// upper halves that are not known to be zero; the compiler does not clear them yet.
func clearUpper() {
	if archsimd.X86.AVX() {
		archsimd.ClearAVXUpperBits()
	}
}
