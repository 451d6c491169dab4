//go:build !(goexperiment.simd && go1.27)

package native

func lstmVectors(row, cPrev []float32, h int) int { return 0 }

func lstmGradVectors(dRow, row, cPrev, dh, dhNext, dcNext []float32, h int) int { return 0 }
