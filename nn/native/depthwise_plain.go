//go:build !(goexperiment.simd && go1.27)

package native

func dotTapsVectors(dst, x []float32, step int, k []float32, n int, taps []int) int { return 0 }

// addProducts adds to sums[t·n+c], for at < count ascending,
// x[at·step+taps[t]+c]·dy[at·n+c].
func addProducts(sums []float32, n int, x []float32, step int, taps []int, dy []float32, channels, count int) {
	addProductsFrom(0, sums, n, x, step, taps, dy, channels, count)
}
