//go:build !(goexperiment.simd && go1.27 && amd64)

package native

// Without assembly there are no whole registers: the callers' loops do all.
func dotTapsWhole(dst, x []float32, step int, k []float32, n int, taps []int, end *finish) int {
	return 0
}

func addProductsWhole(sums []float32, n int, x []float32, step int, taps []int, dy []float32, channels, count int) int {
	return 0
}
