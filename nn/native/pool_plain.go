//go:build !(goexperiment.simd && go1.27)

package native

// maxTaps sets dst[c] to the largest x[first+tap+c].
func maxTaps(dst, x []float32, first int, taps []int) { maxTapsFrom(0, dst, x, first, taps) }

// meanTaps sets dst[c] to the mean of x[first+tap+c].
func meanTaps(dst, x []float32, first int, taps []int) { meanTapsFrom(0, dst, x, first, taps) }

// addAtMax adds dy[c] to d at the tap whose x is the largest of channel c, the first of equals.
func addAtMax(d, x []float32, first int, dy []float32, taps []int) {
	addAtMaxFrom(0, d, x, first, dy, taps)
}

// addShare adds to d at every tap dy[c] divided by their number.
func addShare(d []float32, first int, dy []float32, taps []int) { addShareFrom(0, d, first, dy, taps) }
