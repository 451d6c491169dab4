//go:build !(goexperiment.simd && go1.27)

package native

// addAtMax adds dy[c] to d at the tap whose x is the largest of channel c, the first of equals.
func addAtMax(d, x, dy []float32, taps []int) { addAtMaxFrom(0, d, x, dy, taps) }
