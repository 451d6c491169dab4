//go:build goexperiment.simd && go1.27

package native

import (
	"slices"

	"simd/archsimd"
)

// dotTapsWhole is dotTaps, and end, for the channels that fill registers; it returns how many
// these are. Four pixels share each load of the filter; the last four of a row may have been
// computed before.
func dotTapsWhole(dst, x []float32, step int, k []float32, n int, taps []int, end *finish) int {
	pixels, channels := len(dst)/n, n&^7
	if !archsimd.X86.AVX2() || pixels < 4 || channels == 0 {
		return 0
	}
	_, _ = x[(pixels-1)*step+slices.Max(taps)+channels-1], k[(len(taps)-1)*n+channels-1]
	for at := 0; at < pixels; at += 4 {
		at = min(at, pixels-4)
		dotTapsAVX2(dst[at*n:], n, x[at*step:], step, k, taps, channels, end)
	}
	return channels
}

// dotTapsAVX2 is dotTaps, and end, for four pixels and a multiple of 8 channels. It checks nothing.
//
//go:noescape
func dotTapsAVX2(dst []float32, n int, x []float32, step int, k []float32, taps []int, channels int, end *finish)

// addProductsWhole is addProducts for three taps at a time, where there are no others, and two
// registers of channels; it returns how many channels.
func addProductsWhole(sums []float32, n int, x []float32, step int, taps []int, dy []float32, channels, count int) int {
	channels &^= 15
	if !archsimd.X86.AVX2() || len(taps)%3 != 0 || channels == 0 || count == 0 {
		return 0
	}
	_, _ = x[(count-1)*step+slices.Max(taps)+channels-1], dy[(count-1)*n+channels-1]
	_ = sums[(len(taps)-1)*n+channels-1]
	for c := 0; c < channels; c += 16 {
		for t := 0; t < len(taps); t += 3 {
			addProductsAVX2(sums[t*n+c:], n, x[c:], step, (*[3]int)(taps[t:]), dy[c:], count)
		}
	}
	return channels
}

// addProductsAVX2 is addProducts for three taps and 16 channels. It checks nothing.
//
//go:noescape
func addProductsAVX2(sums []float32, n int, x []float32, step int, taps *[3]int, dy []float32, count int)
