//go:build !(goexperiment.simd && go1.27 && amd64)

package native

func microKernel() micro { return micro{tileN(), tile, tileRow, false} }

func copyPanels(dst, src []float32, ld, k, whole, width int) bool { return false }

func wideRow(dst, a []float32, step int, b []float32, ld, n, k int) int { return 0 }
