package nntest

import (
	"fmt"

	"wafer/nn/grad"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// training are graphs of many ops: whole training steps with their updates, and
// the arrangements that plans fuse or that are easy to get wrong.
func training() []Case {
	cases := []Case{
		steps(50, "mlp_sgd", mlpStep), steps(50, "cnn_adam", cnnStep), steps(50, "separable_momentum", separableStep),
		steps(50, "text_lstm_rmsprop", lstmStep), steps(50, "text_gru_sgd", gruStep),
		step("plan/swap_parameters", swapParameters), step("plan/leaves_as_outputs", leavesAsOutputs),
		step("plan/same_node_twice", sameNodeTwice), step("plan/no_outputs", noOutputs), step("plan/constants_only",
			constantsOnly),
		step("plan/late_use", lateUse), step("plan/views", views), step("plan/one_element", oneElement),
	}
	for _, act := range []string{"relu", "gelu", "silu", "tanh", "leaky_relu", "hard_sigmoid"} {
		cases = append(cases, epilogues(act)...)
	}
	return cases
}

// steps is a case that runs n times, so that the updates feed on one another.
func steps(n int, name string, build func(b *builder)) Case {
	c := several(graph.NumOps, name, build).rough()
	c.Steps = n
	return c
}

func step(name string, build func(b *builder)) Case { return steps(3, name, build) }

// epilogues put bias, activation and residual behind a product, in and out of order.
func epilogues(act string) []Case {
	f := func(b *builder, x *graph.Node) *graph.Node { return unaryNamed(act).apply(b.Graph, x) }
	name := func(s string) string { return "epilogue/" + s + "_" + act }
	w := graph.Window{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}, Pad: [4]int{1, 1, 1, 1}}
	return []Case{
		several(graph.NumOps, name("dense"), func(b *builder) {
			b.Output("y", f(b, b.Add(b.MatMul(b.in(7, 33), b.in(33, 50), false, false), b.in(50))))
		}).rough(),
		several(graph.NumOps, name("dense_residual"), func(b *builder) {
			x := b.in(6, 33)
			b.Output("y", b.Add(x, f(b, b.Add(b.in(33), b.MatMul(x, b.in(33, 33), false, true)))))
		}).rough(),
		several(graph.NumOps, name("dense_kept"), func(b *builder) { // what lies between is wanted too
			z := b.MatMul(b.in(3, 17), b.in(17, 20), false, false)
			a := b.Add(z, b.in(20))
			b.Output("z", z)
			b.Output("y", f(b, a))
			b.Output("twice", b.Mul(a, f(b, a)))
		}).rough(),
		several(graph.NumOps, name("conv"), func(b *builder) {
			y := b.Add(b.Conv2D(b.in(2, 6, 5, 3), b.in(3, 3, 3, 17), w), b.in(17))
			b.Output("y", f(b, y))
		}).rough(),
		several(graph.NumOps, name("conv_batchnorm_residual"), func(b *builder) {
			x := b.in(2, 5, 5, 8)
			y := b.Conv2D(x, b.in(3, 3, 8, 8), w)
			y = b.BatchNorm(y, b.in(8), b.in(8), b.in(8), b.positive(8), graph.Norm{Epsilon: 1e-3})
			b.Output("y", f(b, b.Add(y, x)))
		}).rough(),
		several(graph.NumOps, name("depthwise"), func(b *builder) {
			y := b.DepthwiseConv2D(b.in(1, 7, 6, 8), b.in(3, 3, 8, 2), w)
			b.Output("y", f(b, b.Add(b.Mul(y, b.in(16)), b.in(16))))
		}).rough(),
		several(graph.NumOps, name("column_bias"), func(b *builder) { // a bias along rows, not columns
			b.Output("y", f(b, b.Add(b.MatMul(b.in(9, 5), b.in(5, 9), false, false), b.in(9, 1))))
		}).rough(),
	}
}

// labels is a one-hot target of the given classes.
func (b *builder) labels(n, classes int) *graph.Node { return b.OneHot(b.ints(0, classes, n), classes) }

// crossEntropy is the mean of −Σ target·log softmax(logits).
func (b *builder) crossEntropy(logits, target *graph.Node) *graph.Node {
	rows := b.ReduceDot(b.LogSoftmax(logits), target, 1)
	return b.Neg(b.ReduceMean(rows, 0))
}

// dense is x·W + bias with new parameters.
func (b *builder) dense(x *graph.Node, units int) *graph.Node {
	return b.Add(b.MatMul(x, b.scaled(0.3, x.Shape.Last(), units), false, false), b.scaled(0.1, units))
}

// scaled adds a parameter of small values.
func (b *builder) scaled(s float32, shape ...int) *graph.Node {
	p := b.param(shape...)
	for i := range b.state[p.Name].F() {
		b.state[p.Name].F()[i] *= s
	}
	return p
}

// zeros adds a parameter of zeros: the memory of an optimiser.
func (b *builder) zeros(like *graph.Node) *graph.Node {
	name := fmt.Sprintf("w%d", len(b.state))
	b.state[name] = tensor.New(tensor.Float32, like.Shape...)
	return b.Param(name, like.Shape...)
}

// minimise outputs the loss and updates every parameter so far by the rule.
func (b *builder) minimise(loss *graph.Node, rule func(w, d *graph.Node)) {
	b.Output("loss", loss)
	params := b.Leaves(graph.Param)
	for i, d := range grad.Gradients(b.Graph, loss, params) {
		rule(params[i], d)
	}
}

func (b *builder) sgd(w, d *graph.Node) { b.Update(w, b.Sub(w, b.Mul(d, b.Scalar(0.1)))) }

func (b *builder) momentum(w, d *graph.Node) {
	m := b.zeros(w)
	v := b.Sub(b.Mul(m, b.Scalar(0.9)), b.Mul(d, b.Scalar(0.05)))
	b.Update(m, v)
	b.Update(w, b.Add(w, v))
}

func (b *builder) rmsprop(w, d *graph.Node) {
	m := b.zeros(w)
	v := b.Add(b.Mul(m, b.Scalar(0.9)), b.Mul(b.Mul(d, d), b.Scalar(0.1)))
	b.Update(m, v)
	b.Update(w, b.Sub(w, b.Div(b.Mul(d, b.Scalar(0.01)), b.Sqrt(b.Add(v, b.Scalar(1e-7))))))
}

func (b *builder) adam(w, d *graph.Node) {
	m, v := b.zeros(w), b.zeros(w)
	m1 := b.Add(m, b.Mul(b.Sub(d, m), b.Scalar(0.1)))
	v1 := b.Add(v, b.Mul(b.Sub(b.Mul(d, d), v), b.Scalar(0.001)))
	b.Update(m, m1)
	b.Update(v, v1)
	b.Update(w, b.Sub(w, b.Div(b.Mul(m1, b.Scalar(0.01)), b.Add(b.Sqrt(v1), b.Scalar(1e-7)))))
}

func mlpStep(b *builder) {
	h := b.Relu(b.dense(b.in(9, 20), 33))
	h = b.Mul(h, b.DropoutMask(b.ints(0, 1000, 2), graph.Dropout{Rate: 0.2, Salt: 3, Shape: h.Shape}))
	b.minimise(b.crossEntropy(b.dense(h, 10), b.labels(9, 10)), b.sgd)
}

func cnnStep(b *builder) {
	w := graph.Window{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}, Pad: [4]int{1, 1, 1, 1}}
	two := graph.Window{Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Dilation: [2]int{1, 1}}
	x := b.Conv2D(b.in(4, 12, 12, 1), b.scaled(0.5, 3, 3, 1, 8), w)
	x = b.MaxPool(b.Relu(b.Add(x, b.scaled(0.1, 8))), two)
	x = batchNormTraining(b, b.Conv2D(x, b.scaled(0.3, 3, 3, 8, 17), w), 17)
	x = b.Reshape(b.AvgPool(b.Relu(x), two), 4, 3*3*17)
	b.minimise(b.crossEntropy(b.dense(x, 10), b.labels(4, 10)), b.adam)
}

func separableStep(b *builder) {
	w := graph.Window{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Dilation: [2]int{1, 1}}.SamePadding(9, 9)
	one := graph.Window{Kernel: [2]int{1, 1}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
	x := b.DepthwiseConv2D(b.in(3, 9, 9, 3), b.scaled(0.5, 3, 3, 3, 2), w)
	x = b.Relu6(batchNormTraining(b, b.Conv2D(x, b.scaled(0.5, 1, 1, 6, 16), one), 16))
	x = b.ReduceMean(x, 1, 2)
	b.minimise(b.crossEntropy(b.dense(x, 5), b.labels(3, 5)), b.momentum)
}

func lstmStep(b *builder) {
	const n, t, d, h = 5, 7, 12, 10
	x := b.Gather(b.scaled(0.5, 30, d), b.ints(0, 30, n, t))
	zx := b.Reshape(b.dense(b.Reshape(x, n*t, d), 4*h), n, t, 4*h)
	y := b.Narrow(b.LSTM(zx, b.scaled(0.3, h, 4*h)), 2, 5*h, 6*h)
	p := b.Sigmoid(b.dense(b.Reshape(b.Narrow(y, 1, t-1, t), n, h), 1))
	q := b.Cast(b.ints(0, 2, n, 1))
	like := b.Add(b.Mul(q, b.Log(p)), b.Mul(b.Sub(b.Scalar(1), q), b.Log(b.Sub(b.Scalar(1), p))))
	b.minimise(b.Neg(b.ReduceMean(like, 0, 1)), b.rmsprop)
}

func gruStep(b *builder) {
	const n, t, d, h = 3, 6, 9, 17
	x := b.Gather(b.scaled(0.5, 20, d), b.ints(0, 20, n, t))
	x = b.LayerNorm(x, b.scaled(1, d), b.scaled(0.1, d), 1e-3)
	zx := b.Reshape(b.dense(b.Reshape(b.Reverse(x, 1), n*t, d), 3*h), n, t, 3*h)
	y := b.Narrow(b.GRU(zx, b.scaled(0.3, h, 3*h), b.scaled(0.1, 3*h)), 2, 4*h, 5*h)
	pooled := b.Concat(1, b.ReduceMax(y, 1), b.ReduceMean(y, 1))
	b.minimise(b.crossEntropy(b.dense(pooled, 4), b.labels(n, 4)), b.sgd)
}

func swapParameters(b *builder) {
	v, w := b.param(3, 5), b.param(3, 5)
	b.Output("sum", b.Add(v, b.Mul(w, b.Scalar(2))))
	b.Update(v, w)
	b.Update(w, v)
}

func leavesAsOutputs(b *builder) {
	x, w := b.in(4), b.param(4)
	c := b.Const(tensor.Floats([]float32{1, 2, 3, 4}, 4))
	for i, n := range []*graph.Node{x, w, c, b.Reshape(w, 2, 2), b.ints(0, 9, 3)} {
		b.Output(fmt.Sprint("y", i), n)
	}
	b.Update(w, b.Add(w, x)) // the outputs show w as it was
}

func sameNodeTwice(b *builder) {
	x := b.Exp(b.in(5, 7))
	b.Output("a", x)
	b.Output("b", x)
	b.Output("c", b.Add(x, x))
	b.Output("d", b.Reshape(x, 35))
}

func noOutputs(b *builder) {
	w := b.param(33)
	b.Tanh(b.in(3)) // nobody asks for it
	b.Update(w, b.Mul(w, b.Scalar(0.5)))
}

func constantsOnly(b *builder) {
	b.Output("y", b.Softmax(b.Mul(b.Const(tensor.Floats([]float32{1, 2, 3}, 3)), b.Scalar(0.1))))
}

// lateUse keeps early values alive while many others come and go.
func lateUse(b *builder) {
	first := b.Exp(b.in(6, 17))
	x := first
	for range 12 {
		x = b.Tanh(b.MatMul(x, b.in(17, 17), false, false))
	}
	b.Output("y", b.Add(first, x))
	b.Output("first", first)
}

// views reshape, cut and join what was computed, then compute on.
func views(b *builder) {
	x := b.Relu(b.in(4, 6))
	flat := b.Reshape(x, 24)
	left, right := b.Narrow(flat, 0, 0, 12), b.Narrow(flat, 0, 12, 24)
	y := b.Concat(0, b.Mul(left, right), right, b.Neg(left))
	b.Output("y", b.Transpose(b.Reshape(y, 9, 4), 1, 0))
	b.Output("x", b.Reshape(b.Broadcast(b.Reshape(x, 4, 1, 6), 4, 3, 6), 12, 6))
}

func oneElement(b *builder) {
	x := b.in(1, 1)
	b.Output("y", b.ReduceSum(b.Mul(x, b.Softmax(x)), 0, 1))
	b.Output("z", b.MatMul(x, x, true, true))
}
