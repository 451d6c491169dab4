//go:build !(goexperiment.simd && go1.27)

package native

func smallPanels(b []float32, k, n int) []float32 { return nil }

func smallProductVectors(dst []float32, ldd int, a []float32, lda, rows, k int, panels []float32, n int) int {
	return 0
}

func lstmVectors(row, cPrev []float32, h int) int { return 0 }

func lstmGradVectors(dRow, row, cPrev, dh, dhNext, dcNext []float32, h int) int { return 0 }
