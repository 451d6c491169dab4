package native

import (
	"math"

	"wafer/nn/fmath"
	"wafer/nn/graph"
)

// tail is done, how many of n elements registers have computed; the rest is left to Go's
// own float code.
func tail(done, n int) int {
	if done < n {
		clearUpper()
	}
	return done
}

// binary computes dst = a op b, element by element. dst may be a or b.
func binary(op graph.Op, dst, a, b []float32) {
	i := binaryWhole(op, dst, a, b)
	if i == 0 {
		i = tail(binaryVectors(op, dst, a, b), len(dst))
	}
	if i == len(dst) {
		return
	}
	dst, a, b = dst[i:], a[i:len(dst)], b[i:len(dst)]
	switch op {
	case graph.Add:
		for i, x := range a {
			dst[i] = x + b[i]
		}
	case graph.Sub:
		for i, x := range a {
			dst[i] = x - b[i]
		}
	case graph.Mul:
		for i, x := range a {
			dst[i] = x * b[i]
		}
	case graph.Div:
		for i, x := range a {
			dst[i] = x / b[i]
		}
	case graph.Max:
		for i, x := range a {
			dst[i] = choose(x < b[i], b[i], x)
		}
	case graph.Min:
		for i, x := range a {
			dst[i] = choose(b[i] < x, b[i], x)
		}
	case graph.Less:
		for i, x := range a {
			dst[i] = choose(x < b[i], 1, 0)
		}
	case graph.Equal:
		for i, x := range a {
			dst[i] = choose(x == b[i], 1, 0)
		}
	default:
		panic("native: " + op.String() + " is not binary")
	}
}

func choose(cond bool, yes, no float32) float32 {
	if cond {
		return yes
	}
	return no
}

// where computes dst = cond ≠ 0 ? a : b. dst may be any of them.
func where(dst, cond, a, b []float32) {
	i := whereWhole(dst, cond, a, b)
	if i == 0 {
		i = tail(whereVectors(dst, cond, a, b), len(dst))
	}
	for ; i < len(dst); i++ {
		dst[i] = choose(cond[i] != 0, a[i], b[i])
	}
}

// unary computes dst = op(src), element by element. dst may be src.
func unary(op graph.Op, dst, src []float32) {
	if op == graph.Broadcast || op == graph.Cast {
		copy(dst, src)
		return
	}
	i := unaryWhole(op, dst, src)
	if i == 0 {
		i = tail(unaryVectors(op, dst, src), len(dst))
	}
	for ; i < len(dst); i++ {
		dst[i] = unaryScalar(op, src[i])
	}
}

// unaryScalar is op of one element, what is left where registers end. It panics for an op that has no kernel: a copy in
// its place would pass unseen.
func unaryScalar(op graph.Op, x float32) float32 {
	switch op {
	case graph.Neg:
		return -x
	case graph.Abs:
		return math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
	case graph.Exp:
		return fmath.Exp(x)
	case graph.Log:
		return fmath.Log(x)
	case graph.Sqrt:
		return float32(math.Sqrt(float64(x)))
	case graph.Tanh:
		return fmath.Tanh(x)
	case graph.Sigmoid:
		return fmath.Sigmoid(x)
	case graph.Erf:
		return fmath.Erf(x)
	case graph.Sin:
		return fmath.Sin(x)
	case graph.Cos:
		return fmath.Cos(x)
	case graph.Relu:
		return choose(x < 0, 0, x)
	case graph.Relu6:
		return relu6(x)
	}
	panic("native: " + op.String() + " is not unary")
}

// relu6 is min(relu(x), 6), a NaN stays a NaN.
func relu6(x float32) float32 {
	x = choose(x < 0, 0, x)
	return choose(6 < x, 6, x)
}
