package grad

import "wafer/nn/graph"

func init() {
	unary := map[graph.Op]func(b *builder, n, dy *graph.Node) *graph.Node{
		// of a float32; an int32 leads to no parameter
		graph.Cast: func(b *builder, n, dy *graph.Node) *graph.Node { return dy },
		graph.Neg:  func(b *builder, n, dy *graph.Node) *graph.Node { return b.Neg(dy) },
		graph.Abs: func(b *builder, n, dy *graph.Node) *graph.Node {
			x, zero := n.In[0], b.Scalar(0)
			return b.Mul(dy, b.Sub(b.Less(zero, x), b.Less(x, zero)))
		},
		graph.Exp:  func(b *builder, n, dy *graph.Node) *graph.Node { return b.Mul(dy, n) },
		graph.Log:  func(b *builder, n, dy *graph.Node) *graph.Node { return b.Div(dy, n.In[0]) },
		graph.Sqrt: func(b *builder, n, dy *graph.Node) *graph.Node { return b.Div(dy, b.Mul(n, b.Scalar(2))) },
		graph.Tanh: func(b *builder, n, dy *graph.Node) *graph.Node {
			return b.Mul(dy, b.Sub(b.Scalar(1), b.Mul(n, n)))
		},
		graph.Sigmoid: func(b *builder, n, dy *graph.Node) *graph.Node {
			return b.Mul(b.Mul(dy, n), b.Sub(b.Scalar(1), n))
		},
		graph.Erf: func(b *builder, n, dy *graph.Node) *graph.Node {
			const twoOverSqrtPi = 1.1283792
			return b.Mul(b.Mul(dy, b.Scalar(twoOverSqrtPi)), b.Exp(b.Neg(b.Mul(n.In[0], n.In[0]))))
		},
		graph.Sin: func(b *builder, n, dy *graph.Node) *graph.Node { return b.Mul(dy, b.Cos(n.In[0])) },
		graph.Cos: func(b *builder, n, dy *graph.Node) *graph.Node { return b.Neg(b.Mul(dy, b.Sin(n.In[0]))) },
		graph.Relu: func(b *builder, n, dy *graph.Node) *graph.Node {
			return b.Where(b.Less(b.Scalar(0), n), dy, b.Scalar(0))
		},
		graph.Relu6: func(b *builder, n, dy *graph.Node) *graph.Node {
			return b.inside(n, 0, 6, dy)
		},
	}
	for op, f := range unary {
		rules[op] = func(b *builder, n, dy *graph.Node) { b.add(n.In[0], f(b, n, dy)) }
	}
	rules[graph.Add] = func(b *builder, n, dy *graph.Node) {
		b.addLazily(n, 0, func() *graph.Node { return b.unbroadcast(dy, n.In[0].Shape) })
		b.addLazily(n, 1, func() *graph.Node { return b.unbroadcast(dy, n.In[1].Shape) })
	}
	rules[graph.Sub] = func(b *builder, n, dy *graph.Node) {
		b.addLazily(n, 0, func() *graph.Node { return b.unbroadcast(dy, n.In[0].Shape) })
		b.addLazily(n, 1, func() *graph.Node { return b.unbroadcast(b.Neg(dy), n.In[1].Shape) })
	}
	rules[graph.Mul] = func(b *builder, n, dy *graph.Node) {
		x, y := n.In[0], n.In[1]
		b.addLazily(n, 0, func() *graph.Node { return b.unbroadcast(b.Mul(dy, y), x.Shape) })
		b.addLazily(n, 1, func() *graph.Node { return b.unbroadcast(b.Mul(dy, x), y.Shape) })
	}
	rules[graph.Div] = func(b *builder, n, dy *graph.Node) {
		x, y := n.In[0], n.In[1]
		b.addLazily(n, 0, func() *graph.Node { return b.unbroadcast(b.Div(dy, y), x.Shape) })
		b.addLazily(n, 1, func() *graph.Node { return b.unbroadcast(b.Neg(b.Div(b.Mul(dy, n), y)), y.Shape) })
	}
	rules[graph.Max] = func(b *builder, n, dy *graph.Node) { b.choose(n, dy, b.Less(n.In[0], n.In[1]), 1, 0) }
	rules[graph.Min] = func(b *builder, n, dy *graph.Node) { b.choose(n, dy, b.Less(n.In[1], n.In[0]), 1, 0) }
	rules[graph.Where] = func(b *builder, n, dy *graph.Node) { b.choose(n, dy, n.In[0], 1, 2) }
}

// choose sends dy to operand yes where cond ≠ 0 and to operand no elsewhere.
func (b *builder) choose(n, dy, cond *graph.Node, yes, no int) {
	zero := b.Scalar(0)
	b.addLazily(n, yes, func() *graph.Node { return b.unbroadcast(b.Where(cond, dy, zero), n.In[yes].Shape) })
	b.addLazily(n, no, func() *graph.Node { return b.unbroadcast(b.Where(cond, zero, dy), n.In[no].Shape) })
}

// inside is d where lo < x < hi and 0 elsewhere.
func (b *builder) inside(x *graph.Node, lo, hi float32, d *graph.Node) *graph.Node {
	in := b.Mul(b.Less(b.Scalar(lo), x), b.Less(x, b.Scalar(hi)))
	return b.Where(in, d, b.Scalar(0))
}
