package onnx

import (
	"math"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Operators that treat every element alike. They work in either storage.

// unary makes an operator of a function of one value.
func unary(f func(l *loader, x *graph.Node) *graph.Node) func(*loader) []value {
	return func(l *loader) []value {
		x := l.in(0)
		return []value{x.like(f(l, x.node))}
	}
}

// truth is unary with a truth value as its result.
func truth(f func(l *loader, x *graph.Node) *graph.Node) func(*loader) []value {
	return func(l *loader) []value {
		x := l.in(0)
		return []value{{f(l, x.node), Bool, x.last}}
	}
}

func absolute(l *loader, x *graph.Node) *graph.Node  { return l.g.Abs(x) }
func negative(l *loader, x *graph.Node) *graph.Node  { return l.g.Neg(x) }
func exp(l *loader, x *graph.Node) *graph.Node       { return l.g.Exp(x) }
func logarithm(l *loader, x *graph.Node) *graph.Node { return l.g.Log(x) }
func sqrt(l *loader, x *graph.Node) *graph.Node      { return l.g.Sqrt(x) }
func tanh(l *loader, x *graph.Node) *graph.Node      { return l.g.Tanh(x) }
func sigmoid(l *loader, x *graph.Node) *graph.Node   { return l.g.Sigmoid(x) }
func erf(l *loader, x *graph.Node) *graph.Node       { return l.g.Erf(x) }
func sin(l *loader, x *graph.Node) *graph.Node       { return l.g.Sin(x) }
func cos(l *loader, x *graph.Node) *graph.Node       { return l.g.Cos(x) }
func relu(l *loader, x *graph.Node) *graph.Node      { return l.g.Relu(x) }
func tan(l *loader, x *graph.Node) *graph.Node       { return l.g.Div(l.g.Sin(x), l.g.Cos(x)) }

func (l *loader) scale(x *graph.Node, by float32) *graph.Node { return l.g.Mul(x, l.scalar(by)) }
func (l *loader) plus(x *graph.Node, by float32) *graph.Node  { return l.g.Add(x, l.scalar(by)) }
func (l *loader) square(x *graph.Node) *graph.Node            { return l.g.Mul(x, x) }

// below is 1 where x < limit.
func (l *loader) below(x *graph.Node, limit float32) *graph.Node { return l.g.Less(x, l.scalar(limit)) }

func reciprocal(l *loader, x *graph.Node) *graph.Node { return l.g.Div(l.scalar(1), x) }

func sinh(l *loader, x *graph.Node) *graph.Node {
	return l.scale(l.g.Sub(l.g.Exp(x), l.g.Exp(l.g.Neg(x))), 0.5)
}

func cosh(l *loader, x *graph.Node) *graph.Node {
	return l.scale(l.g.Add(l.g.Exp(x), l.g.Exp(l.g.Neg(x))), 0.5)
}

// atan reduces to |x| ≤ tan(π/8) twice, then takes the polynomial of Cephes' atanf (error ≤ 2 ulp).
func atan(l *loader, x *graph.Node) *graph.Node {
	a := l.g.Abs(x)
	large, middle := l.g.Less(l.scalar(2.414213562373095), a), l.g.Less(l.scalar(0.4142135623730950), a)
	t := l.g.Where(large, l.g.Neg(reciprocal(l, a)), l.g.Where(middle, l.g.Div(l.plus(a, -1), l.plus(a, 1)), a))
	offset := l.g.Where(large, l.scalar(math.Pi/2), l.g.Where(middle, l.scalar(math.Pi/4), l.scalar(0)))
	z := l.square(t)
	p := l.plus(l.scale(z, 8.05374449538e-2), -1.38776856032e-1)
	p = l.plus(l.g.Mul(p, z), 1.99777106478e-1)
	p = l.plus(l.g.Mul(p, z), -3.33329491539e-1)
	y := l.g.Add(offset, l.g.Add(l.g.Mul(l.g.Mul(p, z), t), t))
	return l.g.Where(l.below(x, 0), l.g.Neg(y), y)
}

func asin(l *loader, x *graph.Node) *graph.Node {
	root := l.g.Sqrt(l.g.Mul(l.g.Sub(l.scalar(1), x), l.plus(x, 1)))
	return atan(l, l.g.Div(x, root))
}

func acos(l *loader, x *graph.Node) *graph.Node { return l.g.Sub(l.scalar(math.Pi/2), asin(l, x)) }

// asinh is odd: log(|x| + √(x²+1)) with x's sign.
func asinh(l *loader, x *graph.Node) *graph.Node {
	a := l.g.Abs(x)
	y := l.g.Log(l.g.Add(a, l.g.Sqrt(l.plus(l.square(a), 1))))
	return l.g.Where(l.below(x, 0), l.g.Neg(y), y)
}

func acosh(l *loader, x *graph.Node) *graph.Node {
	return l.g.Log(l.g.Add(x, l.g.Sqrt(l.plus(l.square(x), -1))))
}

func atanh(l *loader, x *graph.Node) *graph.Node {
	return l.scale(l.g.Log(l.g.Div(l.plus(x, 1), l.g.Sub(l.scalar(1), x))), 0.5)
}

// whole is the float32 from which on all are whole numbers.
const whole = 1 << 23

// round is to nearest, ties to even: what adding 2^23 leaves of the fraction.
func round(l *loader, x *graph.Node) *graph.Node {
	a := l.g.Abs(x)
	r := l.g.Sub(l.plus(a, whole), l.scalar(whole))
	r = l.g.Where(l.below(x, 0), l.g.Neg(r), r)
	return l.g.Where(l.below(a, whole), r, x)
}

func floor(l *loader, x *graph.Node) *graph.Node {
	r := round(l, x)
	return l.g.Sub(r, l.g.Less(x, r))
}

func ceil(l *loader, x *graph.Node) *graph.Node {
	r := round(l, x)
	return l.g.Add(r, l.g.Less(r, x))
}

// truncated is towards 0.
func (l *loader) truncated(x *graph.Node) *graph.Node {
	return l.g.Where(l.below(x, 0), ceil(l, x), floor(l, x))
}

func sign(l *loader, x *graph.Node) *graph.Node {
	return l.g.Sub(l.g.Less(l.scalar(0), x), l.below(x, 0))
}

// softplus is log(1 + e^x) without an overflow.
func softplus(l *loader, x *graph.Node) *graph.Node {
	small := l.g.Log(l.plus(l.g.Exp(l.g.Neg(l.g.Abs(x))), 1))
	return l.g.Add(l.g.Relu(x), small)
}

func softsign(l *loader, x *graph.Node) *graph.Node { return l.g.Div(x, l.plus(l.g.Abs(x), 1)) }
func mish(l *loader, x *graph.Node) *graph.Node     { return l.g.Mul(x, l.g.Tanh(softplus(l, x))) }

// clamped is x within lo…hi.
func (l *loader) clamped(x *graph.Node, lo, hi float32) *graph.Node {
	return l.g.Min(l.g.Max(x, l.scalar(lo)), l.scalar(hi))
}

func hardSwish(l *loader, x *graph.Node) *graph.Node {
	return l.g.Mul(x, l.scale(l.g.Relu6(l.plus(x, 3)), 1.0/6))
}

func hardSigmoid(l *loader, x *graph.Node) *graph.Node {
	return l.clamped(l.plus(l.scale(x, l.float("alpha", 0.2)), l.float("beta", 0.5)), 0, 1)
}

func leakyRelu(l *loader, x *graph.Node) *graph.Node {
	return l.g.Where(l.below(x, 0), l.scale(x, l.float("alpha", 0.01)), x)
}

// expm1 is e^x − 1 of the part of x below 0.
func (l *loader) expm1(x *graph.Node) *graph.Node {
	return l.plus(l.g.Exp(l.g.Min(x, l.scalar(0))), -1)
}

func elu(l *loader, x *graph.Node) *graph.Node {
	return l.g.Where(l.below(x, 0), l.scale(l.expm1(x), l.float("alpha", 1)), x)
}

func selu(l *loader, x *graph.Node) *graph.Node {
	alpha, gamma := l.float("alpha", 1.67326319217681884765625), l.float("gamma", 1.05070102214813232421875)
	return l.scale(l.g.Where(l.below(x, 0), l.scale(l.expm1(x), alpha), x), gamma)
}

func celu(l *loader, x *graph.Node) *graph.Node {
	alpha := l.float("alpha", 1)
	return l.g.Add(l.g.Relu(x), l.scale(l.expm1(l.scale(x, 1/alpha)), alpha))
}

func gelu(l *loader, x *graph.Node) *graph.Node {
	if l.text("approximate", "none") == "tanh" {
		return fastGelu(l, x)
	}
	return l.g.Mul(l.scale(x, 0.5), l.plus(l.g.Erf(l.scale(x, math.Sqrt2/2)), 1))
}

func fastGelu(l *loader, x *graph.Node) *graph.Node {
	if b, ok := l.optional(1); ok {
		x = l.g.Add(x, b.node)
	}
	inner := l.scale(l.g.Add(x, l.scale(l.g.Mul(l.square(x), x), 0.044715)), 0.7978845608028654)
	return l.g.Mul(l.scale(x, 0.5), l.plus(l.g.Tanh(inner), 1))
}

func quickGelu(l *loader, x *graph.Node) *graph.Node {
	return l.g.Mul(x, l.g.Sigmoid(l.scale(x, l.float("alpha", 1.702))))
}

func swish(l *loader, x *graph.Node) *graph.Node {
	return l.g.Mul(x, l.g.Sigmoid(l.scale(x, l.float("alpha", 1))))
}

func thresholdedRelu(l *loader, x *graph.Node) *graph.Node {
	return l.g.Where(l.g.Less(l.scalar(l.float("alpha", 1)), x), x, l.scalar(0))
}

func shrink(l *loader, x *graph.Node) *graph.Node {
	bias, lambda := l.float("bias", 0), l.float("lambd", 0.5)
	up := l.g.Where(l.g.Less(l.scalar(lambda), x), l.plus(x, -bias), l.scalar(0))
	return l.g.Where(l.below(x, -lambda), l.plus(x, bias), up)
}

func isNaN(l *loader, x *graph.Node) *graph.Node { return not(l, l.g.Equal(x, x)) }
func not(l *loader, x *graph.Node) *graph.Node   { return l.g.Equal(x, l.scalar(0)) }

func isInf(l *loader, x *graph.Node) *graph.Node {
	up, down := l.g.Less(l.scalar(math.MaxFloat32), x), l.below(x, -math.MaxFloat32)
	switch positive, negative := l.int("detect_positive", 1) != 0, l.int("detect_negative", 1) != 0; {
	case !positive && !negative:
		return l.scale(up, 0)
	case !negative:
		return up
	case !positive:
		return down
	}
	return l.g.Max(up, down)
}

func identity(l *loader) []value { return []value{l.in(0)} }

// dropout does nothing when a network is used; its mask is all ones.
func dropout(l *loader) []value {
	x := l.in(0)
	if t, ok := l.optional(2); ok && l.known(t)[0] != 0 {
		if ratio, ok := l.optional(1); !ok || l.known(ratio)[0] != 0 {
			l.fail("drops elements by chance, which is not supported")
		}
	}
	ones := value{l.g.Broadcast(l.scalar(1), x.node.Shape...), Bool, x.last}
	return []value{x, ones}
}

func cast(l *loader) []value { return []value{l.cast(l.in(0), Type(l.int("to", int(Float32))))} }

func castLike(l *loader) []value { return []value{l.cast(l.in(0), l.in(1).typ)} }

// cast makes whole numbers of floats towards 0, and truth values of any number. Narrow floats keep their precision.
func (l *loader) cast(x value, to Type) value {
	y := value{x.node, to, x.last}
	switch {
	case to.width() == 0:
		l.fail("casts to %v, which is not supported", to)
	case to == Bool && x.typ != Bool:
		y.node = not(l, not(l, x.node))
	case to.whole() && !x.typ.whole():
		y.node = l.truncated(x.node)
	}
	return y
}

// together stores two values alike, so that they broadcast as the file means it.
func (l *loader) together(a, b value) (x, y *graph.Node, last bool) {
	if !a.last && !b.last {
		return a.node, b.node, false
	}
	if a.rank() > 4 || b.rank() > 4 {
		return l.plain(a), l.plain(b), false
	}
	return l.fourLast(a), l.fourLast(b), true
}

// fourLast is a value with axes of length 1 in front up to four, stored [n h w c].
func (l *loader) fourLast(v value) *graph.Node {
	if v.node.Shape.Size() == 1 && v.rank() < 4 {
		return v.node
	}
	if v.rank() < 4 {
		shape := append(make([]int, 0, 4), 1, 1, 1, 1)
		copy(shape[4-v.rank():], v.node.Shape)
		v.node = l.fold(l.g.Reshape(v.node, shape...))
	}
	return l.channelsLast(v)
}

type function func(l *loader, x, y *graph.Node) *graph.Node

func add(l *loader, x, y *graph.Node) *graph.Node      { return l.g.Add(x, y) }
func sub(l *loader, x, y *graph.Node) *graph.Node      { return l.g.Sub(x, y) }
func mul(l *loader, x, y *graph.Node) *graph.Node      { return l.g.Mul(x, y) }
func div(l *loader, x, y *graph.Node) *graph.Node      { return l.g.Div(x, y) }
func larger(l *loader, x, y *graph.Node) *graph.Node   { return l.g.Max(x, y) }
func smaller(l *loader, x, y *graph.Node) *graph.Node  { return l.g.Min(x, y) }
func less(l *loader, x, y *graph.Node) *graph.Node     { return l.g.Less(x, y) }
func greater(l *loader, x, y *graph.Node) *graph.Node  { return l.g.Less(y, x) }
func equal(l *loader, x, y *graph.Node) *graph.Node    { return l.g.Equal(x, y) }
func notEqual(l *loader, x, y *graph.Node) *graph.Node { return not(l, l.g.Equal(x, y)) }
func lessOrEqual(l *loader, x, y *graph.Node) *graph.Node {
	return l.g.Max(l.g.Less(x, y), l.g.Equal(x, y))
}
func greaterOrEqual(l *loader, x, y *graph.Node) *graph.Node { return lessOrEqual(l, y, x) }

// pairwise makes an operator of a function of two values; whole numbers stay whole.
func pairwise(f function) func(*loader) []value {
	return func(l *loader) []value {
		a, b := l.in(0), l.in(1)
		x, y, last := l.together(a, b)
		r := f(l, x, y)
		if a.typ.whole() && l.node.Op == "Div" {
			r = l.truncated(r)
		}
		return []value{{r, a.typ, last}}
	}
}

// compare is pairwise with a truth value as its result.
func compare(f function) func(*loader) []value {
	return func(l *loader) []value {
		x, y, last := l.together(l.in(0), l.in(1))
		return []value{{f(l, x, y), Bool, last}}
	}
}

// variadic makes an operator of one or more operands.
func variadic(f function) func(*loader) []value {
	return func(l *loader) []value {
		r := l.in(0)
		for i := 1; i < len(l.node.Inputs); i++ {
			x, y, last := l.together(r, l.in(i))
			r = value{f(l, x, y), r.typ, last}
		}
		return []value{r}
	}
}

// mean is the sum of all operands, left to right, times the rounded reciprocal of their number.
func mean(l *loader) []value {
	r := variadic(add)(l)[0]
	return []value{r.like(l.scale(r.node, 1/float32(len(l.node.Inputs))))}
}

// prelu is x < 0 ? slope·x : x.
func prelu(l *loader) []value {
	x, by := l.in(0), l.in(1)
	if s := by.shape(); len(s) == 1 && x.rank() > 1 && s[0] == x.shape()[1] && s[0] != x.shape().Last() {
		by = x.like(l.channelsOf(by, x)) // one per channel, as old exporters wrote it
	}
	a, slope, last := l.together(x, by)
	return []value{{l.g.Where(l.below(a, 0), l.g.Mul(a, slope), a), x.typ, last}}
}

// clip is Clip, with attributes before opset 11 and operands from it on. Where min is above max, all is max.
func clip(l *loader) []value {
	x := l.in(0)
	y := x.node
	if l.Opset < 11 {
		return []value{x.like(l.clamped(y, l.float("min", -math.MaxFloat32), l.float("max", math.MaxFloat32)))}
	}
	if lo, ok := l.optional(1); ok {
		y = l.g.Max(y, l.one(lo))
	}
	if hi, ok := l.optional(2); ok {
		y = l.g.Min(y, l.one(hi))
	}
	return []value{x.like(y)}
}

// one is a value of one element as a scalar.
func (l *loader) one(v value) *graph.Node {
	if v.node.Shape.Size() != 1 {
		l.fail("takes a value of shape %v where one number is needed", v.node.Shape)
	}
	if len(v.node.Shape) == 0 {
		return v.node
	}
	return l.fold(l.g.Reshape(v.node))
}

// where is Where. Operands that are stored with channels last stay so, if all can be.
func where(l *loader) []value {
	c, a, b := l.in(0), l.in(1), l.in(2)
	if c.last || a.last || b.last {
		if c.rank() > 4 || a.rank() > 4 || b.rank() > 4 {
			c, a, b = value{node: l.plain(c)}, a.like(l.plain(a)), value{node: l.plain(b)}
			return []value{{l.g.Where(c.node, a.node, b.node), a.typ, false}}
		}
		return []value{{l.g.Where(l.fourLast(c), l.fourLast(a), l.fourLast(b)), a.typ, true}}
	}
	return []value{{l.g.Where(c.node, a.node, b.node), a.typ, false}}
}

// power is exact for small whole exponents; a base below 0 with a whole exponent keeps its sign.
func power(l *loader) []value {
	a, b := l.in(0), l.in(1)
	if e := l.folded(b); e.node.Op == graph.Const && e.node.Shape.Size() == 1 && e.rank() <= a.rank() {
		if y := l.smallPower(a.node, e.node.Value.F()[0]); y != nil {
			return []value{l.wholePower(a.like(y))}
		}
	}
	x, e, last := l.together(a, b)
	y := l.g.Exp(l.g.Mul(e, l.g.Log(l.g.Abs(x))))
	half := l.scale(e, 0.5)
	odd := not(l, l.g.Equal(floor(l, half), half))
	y = l.g.Where(l.g.Mul(l.below(x, 0), odd), l.g.Neg(y), y)
	y = l.g.Where(l.g.Equal(floor(l, e), e), y, l.g.Exp(l.g.Mul(e, l.g.Log(x)))) // no number for x < 0
	y = l.g.Where(l.g.Equal(e, l.scalar(0)), l.scalar(1), y)
	return []value{l.wholePower(value{y, a.typ, last})}
}

// wholePower rounds what exp and log made of whole numbers.
func (l *loader) wholePower(v value) value {
	if v.typ.whole() {
		v.node = round(l, v.node)
	}
	return v
}

// ones are n axes of length 1.
func ones(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = 1
	}
	return list
}

// smallPower is x^e by products, nil where e is not that small.
func (l *loader) smallPower(x *graph.Node, e float32) *graph.Node {
	switch {
	case e == 0.5:
		return l.g.Sqrt(x)
	case e == -0.5:
		return reciprocal(l, l.g.Sqrt(x))
	case e == -1:
		return reciprocal(l, x)
	case e >= 1 && e <= 8 && e == float32(int(e)):
		y := x
		for range int(e) - 1 {
			y = l.g.Mul(y, x)
		}
		return y
	}
	return nil
}

// mod has the sign of the divisor, or with fmod that of the dividend.
func mod(l *loader) []value {
	a := l.in(0)
	x, y, last := l.together(a, l.in(1))
	q := l.g.Div(x, y)
	if l.int("fmod", 0) != 0 {
		q = l.truncated(q)
	} else {
		q = floor(l, q)
	}
	return []value{{l.g.Sub(x, l.g.Mul(y, q)), a.typ, last}}
}

// bitShift is a product with a power of 2, which must be a constant, or a quotient rounded down.
func bitShift(l *loader) []value {
	x, by := l.in(0), l.in(1)
	f := l.known(by)
	factors := make([]float32, len(f))
	for i, n := range f {
		factors[i] = float32(math.Exp2(float64(n)))
	}
	k := l.floats(factors, by.shape()...)
	if l.text("direction", "LEFT") == "RIGHT" {
		return []value{{floor(l, l.g.Div(l.plain(x), k)), x.typ, false}}
	}
	return []value{{l.wrapped(l.g.Mul(l.plain(x), k), x.typ), x.typ, false}}
}

// wrapped is a whole number of at least 0 in so many bits.
func (l *loader) wrapped(x *graph.Node, typ Type) *graph.Node {
	bits := map[Type]float64{UInt8: 8, UInt16: 16}[typ]
	if bits == 0 {
		return x
	}
	n := float32(math.Exp2(bits))
	return l.g.Sub(x, l.scale(floor(l, l.scale(x, 1/n)), n))
}

// filled is a value of the shape that holds one number.
func (l *loader) filled(v float32, shape tensor.Shape) *graph.Node {
	return l.g.Broadcast(l.scalar(v), shape...)
}
