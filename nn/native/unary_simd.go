//go:build goexperiment.simd && go1.27

package native

import (
	"simd"

	"wafer/nn/graph"
)

// The unary twins of elementwise_simd.go.

// unaryVectors chooses the function of an op, 0 where it has none.
func unaryVectors(op graph.Op, dst, src []float32) int {
	switch op {
	case graph.Neg:
		return negVectors(dst, src)
	case graph.Abs:
		return absVectors(dst, src)
	case graph.Exp:
		return expVectors(dst, src)
	case graph.Log:
		return logVectors(dst, src)
	case graph.Sqrt:
		return sqrtVectors(dst, src)
	case graph.Tanh:
		return tanhVectors(dst, src)
	case graph.Sigmoid:
		return sigmoidVectors(dst, src)
	case graph.Erf:
		return erfVectors(dst, src)
	case graph.Sin:
		return sinVectors(dst, src)
	case graph.Cos:
		return cosVectors(dst, src)
	case graph.Relu:
		return reluVectors(dst, src)
	case graph.Relu6:
		return relu6Vectors(dst, src)
	}
	return 0
}

func negVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	sign := simd.BroadcastUint32s(0x80000000)
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		x.ToBits().Xor(sign).BitsToFloat32().Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func absVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		absV(x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func expVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		expV(x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func logVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		logV(x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func sqrtVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		x.Sqrt().Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func tanhVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		tanhV(x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func sigmoidVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		sigmoidV(x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func erfVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		erfV(x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func sinVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		sinV(x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func cosVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		turnV(absV(x), 1).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func reluVectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	zero := zeroV()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		zero.IfElse(x.Less(zero), x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

func relu6Vectors(dst, src []float32) int {
	n, w := len(dst), lanes()
	for len(dst) >= w && len(src) >= w {
		x := simd.LoadFloat32s(src)
		relu6V(x).Store(dst)
		src, dst = src[w:], dst[w:]
	}
	return n - len(dst)
}

// relu6V is relu6: comparisons, so that a NaN stays one.
func relu6V(x simd.Float32s) simd.Float32s {
	zero, six := zeroV(), f32v(6)
	x = zero.IfElse(x.Less(zero), x)
	return six.IfElse(six.Less(x), x)
}
