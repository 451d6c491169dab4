//go:build !(goexperiment.simd && go1.27)

package native

func smallProductVectors(dst []float32, ldd int, a []float32, lda, rows, k int, b []float32, n int) int {
	return 0
}
