package onnx

import (
	"wafer/nn/graph"
)

// Whole numbers of 8 bits are floats here: sums are exact up to 2^24, and rounding is to nearest, ties to even, as
// the operators say.

// limits are the numbers of a type.
func (l *loader) limits(typ Type) (lo, hi float32) {
	switch typ {
	case UInt8:
		return 0, 255
	case Int8:
		return -128, 127
	case UInt16:
		return 0, 65535
	case Int16:
		return -32768, 32767
	}
	l.fail("quantises to %v, which is not supported", typ)
	return 0, 0
}

// along is a scale or a zero point as it meets x: one number, one per slice of an axis, or one per block of it.
func (l *loader) along(v value, x value, axis int) *graph.Node {
	n := v.node.Shape.Size()
	if n == 1 {
		return l.one(v)
	}
	shape := ones(x.rank())
	if len(v.node.Shape) == 1 {
		shape[x.stored(axis)] = n
		return l.fold(l.g.Reshape(v.node, shape...))
	}
	block := l.int("block_size", 0)
	if block < 1 || x.last || v.rank() != x.rank() {
		l.fail("has scales of shape %v for shape %v", v.shape(), x.shape())
	}
	index := make([]int, x.shape()[axis])
	for i := range index {
		index[i] = i / block
	}
	return l.taken(v.node, axis, index)
}

// quantAxis is the axis of scales that are one per position, 1 by default.
func (l *loader) quantAxis(x value) int {
	if x.rank() == 0 {
		return 0
	}
	return l.axis(l.int("axis", min(1, x.rank()-1)), x.rank())
}

// quantizeLinear rounds x/scale to nearest even, adds the zero point and cuts to the type's range. Whole numbers stay
// float32, which has all of 24 bits.
func quantizeLinear(l *loader) []value {
	x, scale := l.in(0), l.in(1)
	axis := l.quantAxis(x)
	typ := Type(l.int("output_dtype", int(UInt8)))
	y := round(l, l.g.Div(x.node, l.along(scale, x, axis)))
	if zero, ok := l.optional(2); ok {
		typ = zero.typ
		y = l.g.Add(y, l.along(zero, x, axis))
	}
	lo, hi := l.limits(typ)
	return []value{{l.clamped(y, lo, hi), typ, x.last}}
}

// dequantizeLinear is (x − zero point)·scale.
func dequantizeLinear(l *loader) []value {
	x, scale := l.in(0), l.in(1)
	axis := l.quantAxis(x)
	y := x.node
	if zero, ok := l.optional(2); ok {
		y = l.g.Sub(y, l.along(zero, x, axis))
	}
	return []value{{l.g.Mul(y, l.along(scale, x, axis)), scale.typ, x.last}}
}

// dynamicQuantize takes the scale from the numbers themselves.
func dynamicQuantize(l *loader) []value {
	x := l.in(0)
	all := from(0, x.rank())
	hi := l.g.Max(l.g.ReduceMax(x.node, all...), l.scalar(0))
	lo := l.g.Min(minOver(l, x.node, all), l.scalar(0))
	scale := l.g.Div(l.g.Sub(hi, lo), l.scalar(255))
	zero := round(l, l.clamped(l.g.Div(l.g.Neg(lo), scale), 0, 255))
	y := l.clamped(l.g.Add(round(l, l.g.Div(x.node, scale)), zero), 0, 255)
	return []value{{y, UInt8, x.last}, {node: scale, typ: Float32}, {node: zero, typ: UInt8}}
}

// centred is operand i less its zero point, operand z; along an axis where there are several.
func (l *loader) centred(i, z, axis int) value {
	x := l.in(i)
	zero, ok := l.optional(z)
	if !ok {
		return x
	}
	return x.like(l.fold(l.g.Sub(x.node, l.along(zero, x, axis))))
}

// matMulInteger is MatMulInteger; its sums are exact up to 2²⁴.
func matMulInteger(l *loader) []value {
	a := l.centred(0, 2, max(l.in(0).rank()-2, 0))
	b := l.centred(1, 3, max(l.in(1).rank()-1, 0))
	return []value{{node: l.product(l.plain(a), l.plain(b)), typ: Int32}}
}

// convInteger is ConvInteger, likewise.
func convInteger(l *loader) []value {
	y := l.convolution(l.centred(0, 2, 0), l.centred(1, 3, 0))
	y.typ = Int32
	return []value{y}
}

// requantised is a sum of products in the scale and with the zero point of the result.
func (l *loader) requantised(y value, factor *graph.Node, scale, zero value) []value {
	r := round(l, l.g.Div(l.g.Mul(y.node, factor), l.one(scale)))
	lo, hi := l.limits(zero.typ)
	return []value{{l.clamped(l.g.Add(r, l.one(zero)), lo, hi), zero.typ, y.last}}
}

// qlinearMatMul is QLinearMatMul: a sum of products in float32, brought to the scale of the result.
func qlinearMatMul(l *loader) []value {
	a, b := l.in(0), l.in(3)
	x := l.g.Sub(l.plain(a), l.along(l.in(2), a, max(a.rank()-2, 0)))
	k := l.g.Sub(l.plain(b), l.along(l.in(5), b, max(b.rank()-1, 0)))
	y := value{node: l.product(x, k)}
	factor := l.g.Mul(l.along(l.in(1), y, max(y.rank()-2, 0)), l.along(l.in(4), y, max(y.rank()-1, 0)))
	return l.requantised(y, factor, l.in(6), l.in(7))
}

// qlinearConv is QLinearConv, likewise; its bias counts in products of the two scales.
func qlinearConv(l *loader) []value {
	x, k := l.in(0), l.in(3)
	a := x.like(l.g.Sub(x.node, l.one(l.in(2))))
	b := k.like(l.fold(l.g.Sub(k.node, l.along(l.in(5), k, 0))))
	y := l.convolution(a, b)
	if bias, ok := l.optional(8); ok {
		y.node = l.g.Add(y.node, l.channelsOf(bias, y))
	}
	factor := l.g.Mul(l.one(l.in(1)), l.along(l.in(4), y, 1))
	return l.requantised(y, factor, l.in(6), l.in(7))
}
