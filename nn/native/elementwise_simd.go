//go:build goexperiment.simd && go1.27

package native

import (
	"simd"

	"wafer/nn/graph"
)

// lanes is the number of float32 in a register.
func lanes() int { return f32v(0).Len() }

func relu6V(x simd.Float32s) simd.Float32s {
	zero, six := f32v(0), f32v(6)
	x = zero.IfElse(x.Less(zero), x)
	return six.IfElse(six.Less(x), x)
}

// binaryVectors applies op to whole registers and returns how many elements that
// were. Each op has a loop of its own; a method value would not inline.
func binaryVectors(op graph.Op, dst, a, b []float32) int {
	n, w := len(dst), lanes()
	a, b = a[:n], b[:n]
	i := 0
	switch op {
	case graph.Add:
		for ; i+w <= n; i += w {
			x, y := simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
			x.Add(y).Store(dst[i:])
		}
	case graph.Sub:
		for ; i+w <= n; i += w {
			x, y := simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
			x.Sub(y).Store(dst[i:])
		}
	case graph.Mul:
		for ; i+w <= n; i += w {
			x, y := simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
			x.Mul(y).Store(dst[i:])
		}
	case graph.Div:
		for ; i+w <= n; i += w {
			x, y := simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
			x.Div(y).Store(dst[i:])
		}
	case graph.Max:
		for ; i+w <= n; i += w {
			x, y := simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
			y.IfElse(x.Less(y), x).Store(dst[i:])
		}
	case graph.Min:
		for ; i+w <= n; i += w {
			x, y := simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
			y.IfElse(y.Less(x), x).Store(dst[i:])
		}
	case graph.Less:
		one, zero := f32v(1), f32v(0)
		for ; i+w <= n; i += w {
			x, y := simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
			one.IfElse(x.Less(y), zero).Store(dst[i:])
		}
	case graph.Equal:
		one, zero := f32v(1), f32v(0)
		for ; i+w <= n; i += w {
			x, y := simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
			one.IfElse(x.Equal(y), zero).Store(dst[i:])
		}
	}
	return i
}

// unaryVectors applies op to whole registers and returns how many elements that were.
func unaryVectors(op graph.Op, alpha float32, dst, src []float32) int {
	n, w := len(dst), lanes()
	src = src[:n]
	i := 0
	switch op {
	case graph.Neg:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			x.ToBits().Xor(simd.BroadcastUint32s(0x80000000)).BitsToFloat32().Store(dst[i:])
		}
	case graph.Abs:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			absV(x).Store(dst[i:])
		}
	case graph.Exp:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			expV(x).Store(dst[i:])
		}
	case graph.Log:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			logV(x).Store(dst[i:])
		}
	case graph.Sqrt:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			x.Sqrt().Store(dst[i:])
		}
	case graph.Tanh:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			tanhV(x).Store(dst[i:])
		}
	case graph.Sigmoid:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			sigmoidV(x).Store(dst[i:])
		}
	case graph.Erf:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			erfV(x).Store(dst[i:])
		}
	case graph.Sin:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			sinV(x).Store(dst[i:])
		}
	case graph.Cos:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			turnV(absV(x), 1).Store(dst[i:])
		}
	case graph.Relu:
		zero := f32v(0)
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			zero.IfElse(x.Less(zero), x).Store(dst[i:])
		}
	case graph.Relu6:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			relu6V(x).Store(dst[i:])
		}
	case graph.LeakyRelu:
		a, zero := f32v(alpha), f32v(0)
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			a.Mul(x).IfElse(x.Less(zero), x).Store(dst[i:])
		}
	case graph.Elu:
		a, zero, one := f32v(alpha), f32v(0), f32v(1)
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			a.Mul(expV(x).Sub(one)).IfElse(x.Less(zero), x).Store(dst[i:])
		}
	case graph.Gelu:
		half, one, sqrtHalf := f32v(0.5), f32v(1), f32v(0.70710677)
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			half.Mul(x).Mul(one.Add(erfV(x.Mul(sqrtHalf)))).Store(dst[i:])
		}
	case graph.Silu:
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			x.Mul(sigmoidV(x)).Store(dst[i:])
		}
	case graph.HardSigmoid:
		three, sixth := f32v(3), f32v(1.0/6)
		for ; i+w <= n; i += w {
			x := simd.LoadFloat32s(src[i:])
			relu6V(x.Add(three)).Mul(sixth).Store(dst[i:])
		}
	}
	return i
}

// whereVectors is unaryVectors for Where.
func whereVectors(dst, cond, a, b []float32) int {
	n, w := len(dst), lanes()
	cond, a, b = cond[:n], a[:n], b[:n]
	zero := f32v(0)
	i := 0
	for ; i+w <= n; i += w {
		c, x, y := simd.LoadFloat32s(cond[i:]), simd.LoadFloat32s(a[i:]), simd.LoadFloat32s(b[i:])
		x.IfElse(c.NotEqual(zero), y).Store(dst[i:])
	}
	return i
}
