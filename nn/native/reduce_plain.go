//go:build !(goexperiment.simd && go1.27)

package native

func partials(term term, p *[16]float32, x, y []float32, mean float32) int { return 0 }

func columnVectors(term term, acc, x, y []float32, rows, stride int) int { return 0 }

func largestVectors(x []float32) (m float32, n int) { return x[0], 1 }
