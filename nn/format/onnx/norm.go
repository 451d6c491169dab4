package onnx

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// batchNorm is BatchNormalization over axis 1.
func batchNorm(l *loader) []value {
	x := l.in(0)
	if l.int("training_mode", 0) != 0 {
		return l.trainedNorm(x)
	}
	if x.rank() < 2 {
		l.fail("needs samples and channels, found shape %v", x.shape())
	}
	epsilon := l.float("epsilon", 1e-5)
	var p [4]*graph.Node
	for i := range p {
		p[i] = l.in(i + 1).node
	}
	if x.rank() == 4 || x.rank() == 2 { // channels are, or become, the innermost axis
		y := x.node
		if x.rank() == 4 {
			y = l.channelsLast(x)
		}
		return []value{{l.g.BatchNorm(y, p[0], p[1], p[2], p[3], graph.Norm{Epsilon: epsilon}), x.typ, x.rank() == 4}}
	}
	perm, back := lastAxis(x.rank(), 1)
	y := l.g.BatchNorm(l.moved(x.node, perm), p[0], p[1], p[2], p[3], graph.Norm{Epsilon: epsilon})
	return []value{x.like(l.moved(y, back))}
}

// trainedNorm normalises by the batch itself and gives the running means.
func (l *loader) trainedNorm(x value) []value {
	y := l.plain(x)
	var axes []int
	for i := range y.Shape {
		if i != 1 {
			axes = append(axes, i)
		}
	}
	mean, variance := l.moments(y, axes)
	momentum := l.float("momentum", 0.9)
	running := func(old value, now *graph.Node) value {
		flat := l.g.Reshape(now, old.node.Shape...)
		return value{node: l.g.Add(l.scale(old.node, momentum), l.scale(flat, 1-momentum)), typ: old.typ}
	}
	n := l.normalised(y, mean, variance, l.float("epsilon", 1e-5))
	plain := value{node: y}
	out := l.g.Add(l.g.Mul(n, l.channelsOf(l.in(1), plain)), l.channelsOf(l.in(2), plain))
	return []value{{node: out, typ: x.typ}, running(l.in(3), mean), running(l.in(4), variance)}
}

// moments are mean and variance over axes, with these kept.
func (l *loader) moments(x *graph.Node, axes []int) (mean, variance *graph.Node) {
	n := 1
	for _, a := range axes {
		n *= x.Shape[a]
	}
	m := l.g.ReduceMean(x, axes...)
	v := l.scale(l.g.ReduceSquaredDiff(x, m, axes...), 1/float32(n))
	return l.keeping(m, x.Shape, axes), l.keeping(v, x.Shape, axes)
}

// normalised is (x − mean)/√(variance + epsilon).
func (l *loader) normalised(x, mean, variance *graph.Node, epsilon float32) *graph.Node {
	return l.g.Div(l.g.Sub(x, mean), l.g.Sqrt(l.plus(variance, epsilon)))
}

// instanceNorm is InstanceNormalization: each channel of each sample on its own.
func instanceNorm(l *loader) []value {
	x := l.in(0)
	mean, variance := l.moments(x.node, x.positions())
	y := x.like(l.normalised(x.node, mean, variance, l.float("epsilon", 1e-5)))
	y.node = l.g.Add(l.g.Mul(y.node, l.channelsOf(l.in(1), y)), l.channelsOf(l.in(2), y))
	return []value{y}
}

// from are the axes from one to the end.
func from(axis, rank int) (list []int) {
	for i := axis; i < rank; i++ {
		list = append(list, i)
	}
	return list
}

// layerNorm is LayerNormalization from axis on, by our op where that is the innermost one and nobody takes mean or
// deviation.
func layerNorm(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	axis := l.axis(l.int("axis", -1), len(x.Shape))
	epsilon := l.float("epsilon", 1e-5)
	scale := l.in(1).node
	shift, shifted := l.optional(2)
	last := axis == len(x.Shape)-1
	if last && shifted && len(l.node.Outputs) == 1 && len(scale.Shape) == 1 && scale.Shape[0] == x.Shape.Last() &&
		shift.node.Shape.Equal(scale.Shape) {
		return []value{{node: l.g.LayerNorm(x, scale, shift.node, epsilon), typ: in.typ}}
	}
	mean, variance := l.moments(x, from(axis, len(x.Shape)))
	y := l.g.Mul(l.normalised(x, mean, variance, epsilon), scale)
	if shifted {
		y = l.g.Add(y, shift.node)
	}
	inverse := reciprocal(l, l.g.Sqrt(l.plus(variance, epsilon)))
	return []value{{node: y, typ: in.typ}, {node: mean, typ: in.typ}, {node: inverse, typ: in.typ}}
}

// rmsNorm is RMSNormalization: x/√(mean of x² + epsilon)·scale.
func rmsNorm(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	axes := from(l.axis(l.int("axis", -1), len(x.Shape)), len(x.Shape))
	n := 1
	for _, a := range axes {
		n *= x.Shape[a]
	}
	mean := l.keeping(l.scale(l.g.ReduceDot(x, x, axes...), 1/float32(n)), x.Shape, axes)
	y := l.g.Div(x, l.g.Sqrt(l.plus(mean, l.float("epsilon", 1e-5))))
	return []value{{node: l.g.Mul(y, l.in(1).node), typ: in.typ}}
}

// groupNorm is GroupNormalization with scales per channel or, in opset 18, per group.
func groupNorm(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	groups := l.int("num_groups", 1)
	if len(x.Shape) < 2 || groups < 1 || x.Shape[1]%groups != 0 {
		l.fail("has %d groups of channels for shape %v", groups, x.Shape)
	}
	y := l.g.Reshape(x, x.Shape[0], groups, x.Shape.Size()/x.Shape[0]/groups)
	mean, variance := l.moments(y, []int{2})
	y = l.g.Reshape(l.normalised(y, mean, variance, l.float("epsilon", 1e-5)), x.Shape...)
	perChannel := func(v value) *graph.Node {
		n := v.node.Shape.Size()
		if n == groups && groups != x.Shape[1] { // opset 18 has one number per group
			each := l.g.Broadcast(l.g.Reshape(v.node, groups, 1), groups, x.Shape[1]/groups)
			v.node = l.g.Reshape(each, x.Shape[1])
		}
		return l.channelsOf(v, value{node: y})
	}
	return []value{{node: l.g.Add(l.g.Mul(y, perChannel(l.in(1))), perChannel(l.in(2))), typ: in.typ}}
}

// localNorm divides by the sum of squares over neighbouring channels: a product with a band of ones.
func localNorm(l *loader) []value {
	in := l.in(0)
	x := l.channelsLast(in)
	size, c := l.int("size", 1), x.Shape[3]
	band := make([]float32, c*c)
	for i := range c {
		for j := max(i-(size-1)/2, 0); j < min(i+size/2+1, c); j++ {
			band[i*c+j] = 1
		}
	}
	sums := l.matrixAlong(l.square(x), 3, band, c)
	base := l.plus(l.scale(sums, l.float("alpha", 1e-4)/float32(size)), l.float("bias", 1))
	return []value{{l.g.Div(x, l.toPower(base, l.float("beta", 0.75))), in.typ, true}}
}

// lpNorm is LpNormalization for p 1 or 2; where the norm is 0, so is the result.
func lpNorm(l *loader) []value {
	x := l.in(0)
	axis := x.stored(l.axis(l.int("axis", -1), x.rank()))
	f := l2Over
	if l.int("p", 2) == 1 {
		f = l1Over
	}
	n := l.keeping(f(l, x.node, []int{axis}), x.node.Shape, []int{axis})
	return []value{x.like(l.g.Where(l.g.Equal(n, l.scalar(0)), l.scalar(0), l.g.Div(x.node, n)))}
}

// meanVarianceNorm is MeanVarianceNormalization, whose 10⁻⁹ is added to the deviation as the specification's function
// does.
func meanVarianceNorm(l *loader) []value {
	x := l.in(0)
	axes := l.storedAxes(x, l.ints("axes", 0, 2, 3))
	mean, variance := l.moments(x.node, axes)
	return []value{x.like(l.g.Div(l.g.Sub(x.node, mean), l.plus(l.g.Sqrt(variance), 1e-9)))}
}

func softmax(l *loader, x *graph.Node) *graph.Node    { return l.g.Softmax(x) }
func logSoftmax(l *loader, x *graph.Node) *graph.Node { return l.g.LogSoftmax(x) }
func hardmax(l *loader, x *graph.Node) *graph.Node    { return l.g.OneHot(l.g.ArgMax(x), x.Shape.Last()) }

// softmaxOf works along an axis; before opset 13 on all axes from it on together.
func softmaxOf(f func(*loader, *graph.Node) *graph.Node) func(*loader) []value {
	return func(l *loader) []value {
		in := l.in(0)
		if l.Opset < 13 {
			x := l.plain(in)
			axis := l.axis(l.int("axis", 1), len(x.Shape))
			rows := x.Shape[:axis].Size()
			return []value{{node: l.g.Reshape(f(l, l.g.Reshape(x, rows, x.Shape.Size()/rows)), x.Shape...),
				typ: in.typ}}
		}
		axis := in.stored(l.axis(l.int("axis", -1), in.rank()))
		if in.rank() == 0 {
			return []value{in.like(l.g.Reshape(f(l, l.g.Reshape(in.node, 1)), tensor.Shape{}...))}
		}
		perm, back := lastAxis(in.rank(), axis)
		return []value{in.like(l.moved(f(l, l.moved(in.node, perm)), back))}
	}
}

// crossEntropy is the loss of scores; its second result are their log probabilities.
func crossEntropy(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	perm, back := lastAxis(len(x.Shape), 1)
	logs := l.moved(l.g.LogSoftmax(l.moved(x, perm)), back)
	return []value{l.pick(logs, in.typ), {node: logs, typ: in.typ}}
}

// negativeLogLikelihood is NegativeLogLikelihoodLoss of log probabilities.
func negativeLogLikelihood(l *loader) []value {
	in := l.in(0)
	return []value{l.pick(l.plain(in), in.typ)}
}

// pick is the weighted mean of −logs at the targets.
func (l *loader) pick(logs *graph.Node, typ Type) value {
	target := l.plain(l.in(1))
	classes := logs.Shape[1]
	column := l.g.Reshape(target, append(target.Shape.Clone(), 1)...)
	hot := l.g.Equal(column, l.iota(classes)) // [n … classes]
	perm, _ := lastAxis(len(logs.Shape), 1)
	inner := len(logs.Shape) - 1
	loss := l.g.Neg(l.g.ReduceDot(hot, l.moved(logs, perm), inner))
	weight := l.g.ReduceSum(hot, inner)
	if w, ok := l.optional(2); ok {
		weight = l.g.ReduceSum(l.g.Mul(hot, w.node), inner)
	}
	if a := l.node.attr("ignore_index"); a != nil {
		weight = l.g.Where(l.g.Equal(target, l.scalar(float32(a.I))), l.scalar(0), weight)
	}
	loss = l.g.Mul(loss, weight)
	all := from(0, len(loss.Shape))
	switch l.text("reduction", "mean") {
	case "none":
		return value{node: loss, typ: typ}
	case "sum":
		return value{node: l.g.ReduceSum(loss, all...), typ: typ}
	}
	return value{node: l.g.Div(l.g.ReduceSum(loss, all...), l.g.ReduceSum(weight, all...)), typ: typ}
}

// iota are the numbers from 0 to n−1.
func (l *loader) iota(n int) *graph.Node {
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(i)
	}
	return l.floats(list, n)
}
