package layers

import (
	"math"
	"math/rand/v2"

	"wafer/nn/tensor"
)

// Initializer names the distribution of fresh weights, as Keras does: "zeros",
// "ones", "glorot_uniform", "he_uniform", "he_normal", "uniform" (−0.05…0.05),
// "orthogonal", and "lstm_bias" (zeros with ones for the forget gate).
// The distributions are Keras'; the numbers are not, since the generator differs.
type Initializer string

// stream is the generator of weight number i of a model.
func stream(seed uint64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, 0x77656967_68740000+uint64(i))) // "weight" in ASCII, then i
}

func (in Initializer) fill(t *tensor.Tensor, r *rand.Rand) {
	v := t.F()
	fanIn, fanOut := fans(t.Shape())
	switch in {
	case "zeros":
	case "ones":
		for i := range v {
			v[i] = 1
		}
	case "uniform":
		uniform(v, 0.05, r)
	case "glorot_uniform":
		uniform(v, math.Sqrt(6/float64(fanIn+fanOut)), r)
	case "he_uniform":
		uniform(v, math.Sqrt(6/float64(fanIn)), r)
	case "he_normal":
		truncatedNormal(v, math.Sqrt(2/float64(fanIn))/0.87962566103423978, r)
	case "orthogonal":
		orthogonal(v, t.Shape(), r)
	case "lstm_bias":
		h := len(v) / 4
		for i := h; i < 2*h; i++ {
			v[i] = 1
		}
	default:
		panic(&Error{string(in), "is not an initializer"})
	}
}

// fans counts inputs and outputs of a kernel whose last two axes are (in, out) and
// whose other axes are a receptive field, as Keras' compute_fans does.
func fans(s tensor.Shape) (in, out int) {
	switch len(s) {
	case 0:
		return 1, 1
	case 1:
		return s[0], s[0]
	}
	field := s[:len(s)-2].Size()
	return s[len(s)-2] * field, s[len(s)-1] * field
}

func uniform(v []float32, limit float64, r *rand.Rand) {
	for i := range v {
		v[i] = float32((2*r.Float64() - 1) * limit)
	}
}

// normal is a standard normal variable to within the twelve-uniform (Irwin–Hall)
// approximation, which needs no logarithm and so has the same bits everywhere.
func normal(r *rand.Rand) float64 {
	sum := -6.0
	for range 12 {
		sum += r.Float64()
	}
	return sum
}

// truncatedNormal draws again beyond two standard deviations, as Keras does.
func truncatedNormal(v []float32, deviation float64, r *rand.Rand) {
	for i := range v {
		x := normal(r)
		for x < -2 || x > 2 {
			x = normal(r)
		}
		v[i] = float32(x * deviation)
	}
}

// orthogonal fills a [rows, cols] matrix whose shorter side is orthonormal: a
// normal matrix orthogonalised by Gram–Schmidt, done twice for accuracy.
func orthogonal(v []float32, s tensor.Shape, r *rand.Rand) {
	rows, cols := s[:len(s)-1].Size(), s.Last()
	long, short := max(rows, cols), min(rows, cols)
	q := make([][]float64, short)
	for i := range q {
		q[i] = make([]float64, long)
		for j := range q[i] {
			q[i][j] = normal(r)
		}
		for range 2 {
			for _, p := range q[:i] {
				subtractProjection(q[i], p)
			}
		}
		scale := 1 / math.Sqrt(dot(q[i], q[i]))
		for j := range q[i] {
			q[i][j] *= scale
		}
	}
	for i := range rows {
		for j := range cols {
			if rows < cols {
				v[i*cols+j] = float32(q[i][j])
			} else {
				v[i*cols+j] = float32(q[j][i])
			}
		}
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += float64(a[i] * b[i]) // the conversion forbids a fused multiply-add
	}
	return sum
}

func subtractProjection(v, unit []float64) {
	d := dot(v, unit)
	for i := range v {
		v[i] -= float64(d * unit[i])
	}
}
