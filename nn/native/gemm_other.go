//go:build !(goexperiment.simd && go1.27 && amd64)

package native

// microKernel is the tile in Go, by vectors where there are some.
func microKernel() micro { return micro{tileN(), tile, tileRow, false} }

// copyPanels leaves all panels to the caller.
func copyPanels(dst, src []float32, ld, k, whole, width int) bool { return false }

// wideRow leaves all columns to the caller.
func wideRow(dst, a []float32, step int, b []float32, ld, n, k int) int { return 0 }
