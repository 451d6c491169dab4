package nntest

import "wafer/nn/graph"

// unaryOps are the maps of one float32, with the slope where there is one.
var unaryOps = map[graph.Op]func(b *builder, x *graph.Node) *graph.Node{
	graph.Neg:         func(b *builder, x *graph.Node) *graph.Node { return b.Neg(x) },
	graph.Abs:         func(b *builder, x *graph.Node) *graph.Node { return b.Abs(x) },
	graph.Exp:         func(b *builder, x *graph.Node) *graph.Node { return b.Exp(x) },
	graph.Log:         func(b *builder, x *graph.Node) *graph.Node { return b.Log(x) },
	graph.Sqrt:        func(b *builder, x *graph.Node) *graph.Node { return b.Sqrt(x) },
	graph.Tanh:        func(b *builder, x *graph.Node) *graph.Node { return b.Tanh(x) },
	graph.Sigmoid:     func(b *builder, x *graph.Node) *graph.Node { return b.Sigmoid(x) },
	graph.Erf:         func(b *builder, x *graph.Node) *graph.Node { return b.Erf(x) },
	graph.Sin:         func(b *builder, x *graph.Node) *graph.Node { return b.Sin(x) },
	graph.Cos:         func(b *builder, x *graph.Node) *graph.Node { return b.Cos(x) },
	graph.Relu:        func(b *builder, x *graph.Node) *graph.Node { return b.Relu(x) },
	graph.Relu6:       func(b *builder, x *graph.Node) *graph.Node { return b.Relu6(x) },
	graph.LeakyRelu:   func(b *builder, x *graph.Node) *graph.Node { return b.LeakyRelu(x, 0.2) },
	graph.Elu:         func(b *builder, x *graph.Node) *graph.Node { return b.Elu(x, 1.3) },
	graph.Gelu:        func(b *builder, x *graph.Node) *graph.Node { return b.Gelu(x) },
	graph.Silu:        func(b *builder, x *graph.Node) *graph.Node { return b.Silu(x) },
	graph.HardSigmoid: func(b *builder, x *graph.Node) *graph.Node { return b.HardSigmoid(x) },
	graph.Cast:        func(b *builder, x *graph.Node) *graph.Node { return b.Cast(x) },
}

var binaryOps = map[graph.Op]func(b *builder, x, y *graph.Node) *graph.Node{
	graph.Add:   func(b *builder, x, y *graph.Node) *graph.Node { return b.Add(x, y) },
	graph.Sub:   func(b *builder, x, y *graph.Node) *graph.Node { return b.Sub(x, y) },
	graph.Mul:   func(b *builder, x, y *graph.Node) *graph.Node { return b.Mul(x, y) },
	graph.Div:   func(b *builder, x, y *graph.Node) *graph.Node { return b.Div(x, y) },
	graph.Max:   func(b *builder, x, y *graph.Node) *graph.Node { return b.Max(x, y) },
	graph.Min:   func(b *builder, x, y *graph.Node) *graph.Node { return b.Min(x, y) },
	graph.Less:  func(b *builder, x, y *graph.Node) *graph.Node { return b.Less(x, y) },
	graph.Equal: func(b *builder, x, y *graph.Node) *graph.Node { return b.Equal(x, y) },
}

func elementwise() []Case {
	var cases []Case
	for op := graph.Neg; op <= graph.Cast; op++ {
		cases = append(cases, unary(op)...)
	}
	for op := graph.Add; op < graph.Where; op++ {
		cases = append(cases, binary(op)...)
	}
	return append(append(cases, where()...), castInts())
}

func unary(op graph.Op) []Case {
	f := unaryOps[op]
	cases := []Case{
		single(op, "edges", func(b *builder) *graph.Node { return f(b, b.given(edges, len(edges))) }).rough(),
		// Every exponent with random digits.
		single(op, "sweep", func(b *builder) *graph.Node { return f(b, b.given(sweep(b), 2048)) }).rough(),
	}
	for _, shape := range [][]int{{}, {1}, {3}, {17}, {3, 33}, {2, 5, 13}} {
		cases = append(cases, single(op, dims(shape), func(b *builder) *graph.Node {
			if op == graph.Log || op == graph.Sqrt {
				return f(b, b.positive(shape...))
			}
			return f(b, b.apart(shape...))
		}))
	}
	return cases
}

// patterns are pairs of shapes, one for each way to broadcast.
var patterns = []struct {
	name string
	a, b []int
}{
	{"same", []int{4, 33}, []int{4, 33}}, {"same_1", []int{1}, []int{1}}, {"scalars", nil, nil},
	{"scalar_right", []int{5, 17}, nil}, {"scalar_left", nil, []int{65}}, {"one_right", []int{3, 7}, []int{1}},
	{"row", []int{5, 33}, []int{33}}, {"row_2d", []int{2, 3, 17}, []int{1, 17}}, {"row_left", []int{16}, []int{3, 16}},
	{"row_long", []int{3, 1500}, []int{1500}}, {"row_wide", []int{700, 3}, []int{3}},
	{"column", []int{5, 33}, []int{5, 1}}, {"column_left", []int{4, 1}, []int{4, 16}},
	{"middle", []int{2, 3, 4, 5}, []int{3, 1, 5}}, {"general", []int{4, 1, 3}, []int{5, 1}}, {"outer", []int{17, 1}, []int{1, 19}},
	{"batch", []int{3, 1, 1, 8}, []int{3, 2, 5, 8}}, {"rank", []int{2, 1, 3, 1, 2}, []int{3, 3, 1}},
}

func binary(op graph.Op) []Case {
	f := binaryOps[op]
	n := len(edges)
	cases := []Case{single(op, "edges", func(b *builder) *graph.Node {
		return f(b, b.given(edges, n, 1), b.given(edges, 1, n))
	}).rough(), single(op, "edges_flat", func(b *builder) *graph.Node {
		var x, y []float32
		for i := range n * n {
			x, y = append(x, edges[i/n]), append(y, edges[i%n])
		}
		return f(b, b.given(x, n*n), b.given(y, n*n))
	}).rough()}
	for _, p := range patterns {
		cases = append(cases, single(op, p.name, func(b *builder) *graph.Node {
			if op == graph.Div {
				return f(b, b.apart(p.a...), b.positive(p.b...))
			}
			return f(b, b.apart(p.a...), b.between(p.b...))
		}))
	}
	return append(cases, single(op, "itself", func(b *builder) *graph.Node {
		x := b.positive(37)
		return f(b, x, x)
	}).rough())
}

func where() []Case {
	var cases []Case
	for _, p := range patterns {
		for i, order := range [][3][]int{{p.a, p.b, p.b}, {p.b, p.a, p.b}, {p.a, p.a, nil}} {
			cases = append(cases, single(graph.Where, p.name+"_"+[]string{"cond", "yes", "no"}[i], func(b *builder) *graph.Node {
				return b.Where(b.truths(order[0]...), b.in(order[1]...), b.in(order[2]...))
			}))
		}
	}
	return append(cases, single(graph.Where, "edges", func(b *builder) *graph.Node {
		return b.Where(b.given(edges, len(edges)), b.Scalar(1), b.given(edges, len(edges)))
	}).rough())
}

// truths is 0 or 1, from a parameter: an input would get a gradient, and nothing
// flows back to a condition.
func (b *builder) truths(shape ...int) *graph.Node {
	x := b.param(shape...)
	return b.Where(b.Less(x, b.Scalar(-0.3)), b.Scalar(0), b.Less(x, b.Scalar(0.3)))
}

func castInts() Case {
	return single(graph.Cast, "ints", func(b *builder) *graph.Node {
		values := []int32{0, 1, -1, 1 << 24, 1<<24 + 1, 1<<24 + 2, 1<<24 + 3, -1<<24 - 1, 1<<31 - 1, -1 << 31, 1<<31 - 64, 1<<31 - 65, 123456789}
		return b.Cast(b.givenInts(values, len(values)))
	}).rough()
}

// sweep is 2048 values of either sign over every exponent.
func sweep(b *builder) []float32 {
	v := make([]float32, 0, 2048)
	for e := range uint32(256) {
		for range 4 {
			digits := b.rng.Uint32() & 0x7fffff
			v = append(v, float(e<<23|digits), float(1<<31|e<<23|digits))
		}
	}
	return v
}
