package solve

import (
	"math"

	"wafer/nn/fmath"
)

// axpy adds a·x to y.
func axpy(y []float32, a float32, x []float32) {
	x = x[:len(y)]
	for i := range y {
		y[i] = float32(a*x[i]) + y[i]
	}
}

// dot is Σ x·y in float64, four partial sums and then their tree.
func dot(x, y []float32) float64 {
	y = y[:len(x)]
	var a, b, c, d float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a += float64(x[i]) * float64(y[i]) // a product of two float32 is exact in float64
		b += float64(x[i+1]) * float64(y[i+1])
		c += float64(x[i+2]) * float64(y[i+2])
		d += float64(x[i+3]) * float64(y[i+3])
	}
	for ; i < len(x); i++ {
		a += float64(x[i]) * float64(y[i])
	}
	return (a + c) + (b + d)
}

// power is vᵉ for v > 0 by float32 logarithm and exponential: the same everywhere.
func power(v, e float64) float32 {
	if e == 0 {
		return 1
	}
	if e == 1 {
		return float32(v)
	}
	return fmath.Exp(float32(float64(fmath.Log(float32(v))) * e))
}

// softmax overwrites a row of logits by probabilities and returns the logarithm of their sum's inverse:
// log Σ exp(z).
func softmax(z []float32) float64 {
	top := z[0]
	for _, v := range z {
		top = max(top, v)
	}
	var sum float32
	for i, v := range z {
		z[i] = fmath.Exp(v - top)
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
	return float64(top) + float64(fmath.Log(sum))
}

// Probabilities are logits [n, classes] after a softmax of each row.
func Probabilities(logits []float32, classes int) []float32 {
	p := append([]float32(nil), logits...)
	for i := 0; i+classes <= len(p); i += classes {
		softmax(p[i : i+classes])
	}
	return p
}

func sqrt(v float64) float64 { return math.Sqrt(v) }
