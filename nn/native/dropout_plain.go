//go:build !(goexperiment.simd && go1.27)

package native

func dropoutVectors(out []float32, lo int, first, second uint32, rate, keep float32) int { return 0 }
