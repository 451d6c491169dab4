//go:build !(goexperiment.simd && go1.27 && amd64)

package native

func microKernel() micro { return micro{tileN(), tile, tileRow, false} }

func copyPanel(dst, src []float32, ld, k, nr int) bool { return false }
