//go:build !(goexperiment.simd && go1.27)

package native

// dotTaps computes the pixels of a row, dst [·,n]: dst[at,c] = Σ over taps t
// ascending, from +0, of x[at·step+taps[t]+c]·k[t·n+c].
func dotTaps(dst, x []float32, step int, k []float32, n int, taps []int) {
	dotTapsFrom(0, dst, x, step, k, n, taps)
}

// addProducts adds to sums[t·n+c], for at < count ascending,
// x[at·step+taps[t]+c]·dy[at·n+c].
func addProducts(sums []float32, n int, x []float32, step int, taps []int, dy []float32, channels, count int) {
	addProductsFrom(0, sums, n, x, step, taps, dy, channels, count)
}
