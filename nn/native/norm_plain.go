//go:build !(goexperiment.simd && go1.27)

package native

func scaleShiftVectors(out, x, s, t []float32) int     { return 0 }
func addScalarVectors(out, x []float32, v float32) int { return 0 }
func mulScalarVectors(out, x []float32, v float32) int { return 0 }
func divideVectors(x []float32, v float32) int         { return 0 }
