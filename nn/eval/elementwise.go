package eval

import (
	"math"

	"wafer/nn/fmath"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	unary(graph.Neg, func(x float32) float32 { return -x })
	unary(graph.Abs, func(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) })
	unary(graph.Exp, fmath.Exp)
	unary(graph.Log, fmath.Log)
	unary(graph.Sqrt, sqrt)
	unary(graph.Tanh, fmath.Tanh)
	unary(graph.Sigmoid, fmath.Sigmoid)
	unary(graph.Erf, fmath.Erf)
	unary(graph.Sin, fmath.Sin)
	unary(graph.Cos, fmath.Cos)
	unary(graph.Relu, relu)
	unary(graph.Relu6, relu6)
	kernels[graph.Cast] = cast

	binary(graph.Add, func(a, b float32) float32 { return a + b })
	binary(graph.Sub, func(a, b float32) float32 { return a - b })
	binary(graph.Mul, func(a, b float32) float32 { return float32(a * b) })
	binary(graph.Div, func(a, b float32) float32 { return a / b })
	binary(graph.Max, pmax)
	binary(graph.Min, pmin)
	binary(graph.Less, func(a, b float32) float32 { return truth(a < b) })
	binary(graph.Equal, func(a, b float32) float32 { return truth(a == b) })
	kernels[graph.Where] = where
}

// unary has f as the kernel of an op.
func unary(op graph.Op, f func(float32) float32) {
	kernels[op] = func(_ *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) { apply(f, in[0], out) }
}

// apply is y[i] = f(x[i]).
func apply(f func(float32) float32, in, out *tensor.Tensor) {
	x, y := in.F(), out.F()
	for i := range y {
		y[i] = f(x[i])
	}
}

// binary has f as the kernel of an op on two operands that stretch to the shape of the result.
func binary(op graph.Op, f func(a, b float32) float32) {
	kernels[op] = func(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
		a, b, y := in[0], in[1], out.F()
		each(n.Shape, func(i int, index []int) {
			y[i] = f(a.F()[position(a.Shape(), index)], b.F()[position(b.Shape(), index)])
		})
	}
}

// where is a where cond ≠ 0, as of a NaN, and b elsewhere.
func where(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	cond, a, b, y := in[0], in[1], in[2], out.F()
	each(n.Shape, func(i int, index []int) {
		if cond.F()[position(cond.Shape(), index)] != 0 {
			y[i] = a.F()[position(a.Shape(), index)]
		} else {
			y[i] = b.F()[position(b.Shape(), index)]
		}
	})
}

// sqrt is correctly rounded: float64 has more than twice the digits.
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// relu lets a NaN and −0 through.
func relu(x float32) float32 {
	if x < 0 {
		return 0
	}
	return x
}

// relu6 is min(relu(x), 6).
func relu6(x float32) float32 { return pmin(relu(x), 6) }

// pmax is b only where a < b: of a NaN in front nothing is larger.
func pmax(a, b float32) float32 {
	if a < b {
		return b
	}
	return a
}

// pmin is b only where b < a.
func pmin(a, b float32) float32 {
	if b < a {
		return b
	}
	return a
}

// truth is how a comparison is a number.
func truth(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

// cast rounds to nearest even what int32 has and float32 has not, from 2²⁴ on.
func cast(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	if in[0].DType() == tensor.Float32 {
		copy(out.F(), in[0].F())
		return
	}
	for i, v := range in[0].I() {
		out.F()[i] = float32(v)
	}
}
