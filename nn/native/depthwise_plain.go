//go:build !(goexperiment.simd && go1.27)

package native

func dotTapsVectors(dst, x []float32, step int, k []float32, n int, taps []int) int { return 0 }

func addProductsVectors(c int, sums []float32, n int, x []float32, step int, taps []int, dy []float32, channels,
	count int) int {
	return 0
}
