package tfjs

import (
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// operators makes the values of a node, in the order of its results, by TensorFlow's definitions
// (tensorflow/core/ops). Pictures are [n h w c].
var operators = map[string]func(*loader) []value{
	"Identity": first, "IdentityN": all, "StopGradient": first, "PreventGradient": first, "CheckNumerics": first,
	"Snapshot": first, "Cast": cast,
	"Relu": unary((*graph.Graph).Relu), "Relu6": unary((*graph.Graph).Relu6), "Sigmoid": unary((*graph.Graph).Sigmoid),
	"Tanh": unary((*graph.Graph).Tanh), "Softmax": unary((*graph.Graph).Softmax),
	"LogSoftmax": unary((*graph.Graph).LogSoftmax), "Exp": unary((*graph.Graph).Exp), "Log": unary((*graph.Graph).Log),
	"Sqrt": unary((*graph.Graph).Sqrt), "Neg": unary((*graph.Graph).Neg), "Abs": unary((*graph.Graph).Abs),
	"Erf": unary((*graph.Graph).Erf), "Sin": unary((*graph.Graph).Sin), "Cos": unary((*graph.Graph).Cos),
	"Square": unary(square), "Rsqrt": unary(rsqrt), "Reciprocal": unary(reciprocal), "Inv": unary(reciprocal),
	"Softplus": unary(softplus), "Selu": unary(selu), "Elu": unary(elu), "LeakyRelu": leakyRelu, "Prelu": prelu,
	"Add": pairwise((*graph.Graph).Add), "AddV2": pairwise((*graph.Graph).Add), "BiasAdd": biasAdd,
	"Sub": pairwise((*graph.Graph).Sub), "Mul": pairwise((*graph.Graph).Mul), "RealDiv": pairwise((*graph.Graph).Div),
	"Div": pairwise((*graph.Graph).Div), "Maximum": pairwise((*graph.Graph).Max),
	"Minimum": pairwise((*graph.Graph).Min), "SquaredDifference": pairwise(squaredDifference),
	"Less": pairwise((*graph.Graph).Less), "Greater": pairwise(greater), "Equal": pairwise((*graph.Graph).Equal),
	"AddN": addN, "Pow": power, "ClipByValue": clip, "Select": choose, "SelectV2": choose,

	"Conv2D": plainConv, "_FusedConv2D": fusedConv, "DepthwiseConv2dNative": plainDepthwise,
	"FusedDepthwiseConv2dNative": fusedDepthwise, "MatMul": plainMatMul, "_FusedMatMul": fusedMatMul,
	"BatchMatMul": batchMatMul, "BatchMatMulV2": batchMatMul, "FusedBatchNorm": batchNorm,
	"FusedBatchNormV2": batchNorm,
	"FusedBatchNormV3": batchNorm, "MaxPool": pool((*graph.Graph).MaxPool), "AvgPool": pool((*graph.Graph).AvgPool),
	"Mean": reduce((*graph.Graph).ReduceMean), "Sum": reduce((*graph.Graph).ReduceSum),
	"Max": reduce((*graph.Graph).ReduceMax), "Min": reduce(reduceMin), "ArgMax": argMax,

	"Reshape": reshape, "Squeeze": squeeze, "ExpandDims": expandDims, "Transpose": transpose, "Pad": pad, "PadV2": pad,
	"MirrorPad": mirrorPad, "ConcatV2": concat, "Pack": pack, "Unpack": unpack, "Split": split, "SplitV": splitV,
	"Slice": slice, "StridedSlice": stridedSlice, "Gather": gather, "GatherV2": gather, "Tile": tile, "Fill": fill,
	"Shape": shapeOf, "Rank": rankOf, "Size": sizeOf, "ZerosLike": zerosLike, "OnesLike": onesLike,
	"ResizeBilinear": resize(linearTaps), "ResizeNearestNeighbor": resize(nearestTap),
}

// first hands the first operand on: what these operators do matters in training alone.
func first(l *loader) []value { return []value{l.in(0)} }

// all hands every operand on, each as a result.
func all(l *loader) []value { return l.inputs() }

// unary is an operator of one operand; its result does not count as whole numbers.
func unary(f func(*graph.Graph, *graph.Node) *graph.Node) func(*loader) []value {
	return func(l *loader) []value {
		x := l.in(0)
		return []value{{f(l.G, x.Node), false}}
	}
}

// pairwise is an operator of two operands, one of which may have fewer axes or lengths of 1, as NumPy broadcasts.
func pairwise(f func(g *graph.Graph, a, b *graph.Node) *graph.Node) func(*loader) []value {
	return func(l *loader) []value {
		a, b := l.in(0), l.in(1)
		return []value{{f(l.G, a.Node, b.Node), a.whole && b.whole && l.node.Op != "RealDiv"}}
	}
}

// cast keeps numbers; only constants lose what is behind the point.
func cast(l *loader) []value {
	x, to := l.in(0), l.node.Attrs["DstT"].Type
	if !to.whole() || x.whole {
		return []value{{x.Node, to.whole()}}
	}
	f := append([]float32(nil), l.numbers(x)...)
	for i, v := range f {
		f[i] = float32(int64(max(-1<<62, min(1<<62, float64(v)))))
	}
	return []value{{l.floats(f, x.Shape...), true}}
}

// square, as the operators below it, is written with those of package graph: each is a few nodes there.
func square(g *graph.Graph, x *graph.Node) *graph.Node     { return g.Mul(x, x) }
func reciprocal(g *graph.Graph, x *graph.Node) *graph.Node { return g.Div(g.Scalar(1), x) }
func rsqrt(g *graph.Graph, x *graph.Node) *graph.Node      { return reciprocal(g, g.Sqrt(x)) }
func elu(g *graph.Graph, x *graph.Node) *graph.Node        { return layers.Elu(g, x, 1) }
func greater(g *graph.Graph, a, b *graph.Node) *graph.Node { return g.Less(b, a) }

func squaredDifference(g *graph.Graph, a, b *graph.Node) *graph.Node { return square(g, g.Sub(a, b)) }

// softplus is log(1 + exp(x)), as max(x, 0) + log(1 + exp(−|x|)).
func softplus(g *graph.Graph, x *graph.Node) *graph.Node {
	return g.Add(g.Relu(x), g.Log(g.Add(g.Scalar(1), g.Exp(g.Neg(g.Abs(x))))))
}

// selu has the constants of Klambauer et al. 2017, arXiv 1706.02515.
func selu(g *graph.Graph, x *graph.Node) *graph.Node {
	return g.Mul(g.Scalar(1.05070098), layers.Elu(g, x, 1.67326324))
}

// leakyRelu has TensorFlow's default slope of 0.2.
func leakyRelu(l *loader) []value {
	return []value{{layers.LeakyRelu(l.G, l.in(0).Node, l.float("alpha", 0.2)), false}}
}

// prelu has the slopes as second operand.
func prelu(l *loader) []value { return []value{l.prelu(l.in(0), l.in(1))} }

// prelu is x, and alpha·x where x < 0; alpha is broadcast to x.
func (l *loader) prelu(x, alpha value) value {
	return value{l.G.Where(l.G.Less(x.Node, l.scalar(0)), l.G.Mul(alpha.Node, x.Node), x.Node), false}
}

// biasAdd adds [c] along the last axis.
func biasAdd(l *loader) []value {
	l.channelsLast()
	return []value{{l.G.Add(l.in(0).Node, l.in(1).Node), false}}
}

// channelsLast refuses pictures [n c h w], which TensorFlow.js itself does not run.
func (l *loader) channelsLast() {
	if f := l.node.Attrs["data_format"].S; f != "" && f != "NHWC" {
		fail(say.Errorf("has data_format %.40q, NHWC is supported", string(f)))
	}
}

// addN adds one operand or more of one shape.
func addN(l *loader) []value {
	sum := l.in(0)
	for _, v := range l.inputs()[1:] {
		sum.Node = l.G.Add(sum.Node, v.Node)
	}
	return []value{sum}
}

// power has a constant exponent: 2, 1/2, −1/2, −1 or 1.
func power(l *loader) []value {
	x, e := l.in(0), l.known(1)
	if len(e) != 1 {
		fail(say.Errorf("has exponents %v, one of 2, 1, 0.5, -0.5 or -1 is supported", e))
	}
	switch e[0] {
	case 1:
		return []value{x}
	case 2:
		return []value{{square(l.G, x.Node), x.whole}}
	case 0.5:
		return []value{{l.G.Sqrt(x.Node), false}}
	case -0.5:
		return []value{{rsqrt(l.G, x.Node), false}}
	case -1:
		return []value{{reciprocal(l.G, x.Node), false}}
	}
	fail(say.Errorf("has exponents %v, one of 2, 1, 0.5, -0.5 or -1 is supported", e))
	return nil
}

// clip brings x between the second and the third operand.
func clip(l *loader) []value {
	x := l.in(0)
	return []value{{l.G.Min(l.G.Max(x.Node, l.in(1).Node), l.in(2).Node), x.whole}}
}

// choose takes the second operand where the first is not 0, else the third. All three are broadcast, as TensorFlow.js
// does it for Select too, which in TensorFlow takes whole rows by a vector.
func choose(l *loader) []value {
	a := l.in(1)
	return []value{{l.G.Where(l.in(0).Node, a.Node, l.in(2).Node), a.whole}}
}

// argMax is the place of the largest along the last axis, of equal ones the first.
func argMax(l *loader) []value {
	x := l.in(0)
	if a := axis(l.lengths(1)[0], len(x.Shape)); a != len(x.Shape)-1 {
		fail(say.Errorf("takes the largest along axis %d, the last is supported", a))
	}
	return []value{{l.G.Cast(l.G.ArgMax(x.Node)), true}}
}

// shapeOf are the lengths of the operand, the batch that the graph is built for included: a constant.
func shapeOf(l *loader) []value {
	s := l.in(0).Shape
	list := make([]float32, len(s))
	for i, n := range s {
		list[i] = float32(n)
	}
	return []value{{l.floats(list, len(list)), true}}
}

// rankOf and sizeOf are the number of axes and of elements, constants too.
func rankOf(l *loader) []value { return []value{{l.scalar(float32(len(l.in(0).Shape))), true}} }
func sizeOf(l *loader) []value { return []value{{l.scalar(float32(l.in(0).Shape.Size())), true}} }

// zerosLike and onesLike are constants of the operand's shape.
func zerosLike(l *loader) []value { return l.like(0) }
func onesLike(l *loader) []value  { return l.like(1) }

// like is v in the shape of the first operand.
func (l *loader) like(v float32) []value {
	x := l.in(0)
	return []value{{l.full(x.Shape, v), x.whole}}
}

// fill is a known number in a known shape.
func fill(l *loader) []value {
	v := l.in(1)
	return []value{{l.full(l.lengths(0), l.numbers(v)[0]), v.whole}}
}

// full is a constant of one number. Its elements count against the budget for constants.
func (l *loader) full(shape tensor.Shape, v float32) *graph.Node {
	size := 1.0
	for _, n := range shape {
		size *= float64(max(n, 0))
	}
	if size > float64(l.Budget) || size < 1 {
		fail(say.Errorf("makes a constant of shape %v", shape))
	}
	l.Budget -= int(size)
	t := tensor.New(tensor.Float32, shape...)
	for i := range t.F() {
		t.F()[i] = v
	}
	return l.Const(t)
}
