package nntest

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/layers"
)

// unaryMap is a map of one float32: an op, or with Op NumOps a composition of package layers.
type unaryMap struct {
	name  string
	op    graph.Op
	apply func(g *graph.Graph, x *graph.Node) *graph.Node
}

var unaryMaps = []unaryMap{
	{"neg", graph.Neg, (*graph.Graph).Neg},
	{"abs", graph.Abs, (*graph.Graph).Abs},
	{"exp", graph.Exp, (*graph.Graph).Exp},
	{"log", graph.Log, (*graph.Graph).Log},
	{"sqrt", graph.Sqrt, (*graph.Graph).Sqrt},
	{"tanh", graph.Tanh, (*graph.Graph).Tanh},
	{"sigmoid", graph.Sigmoid, (*graph.Graph).Sigmoid},
	{"erf", graph.Erf, (*graph.Graph).Erf},
	{"sin", graph.Sin, (*graph.Graph).Sin},
	{"cos", graph.Cos, (*graph.Graph).Cos},
	{"relu", graph.Relu, (*graph.Graph).Relu},
	{"relu6", graph.Relu6, (*graph.Graph).Relu6},
	{"leaky_relu", graph.NumOps, func(g *graph.Graph,
		x *graph.Node) *graph.Node {
		return layers.LeakyRelu(g, x, 0.2)
	}},
	{"elu", graph.NumOps, func(g *graph.Graph, x *graph.Node) *graph.Node { return layers.Elu(g, x, 1.3) }},
	{"gelu", graph.NumOps, layers.Gelu},
	{"silu", graph.NumOps, layers.Silu},
	{"hard_sigmoid", graph.NumOps, layers.HardSigmoid},
	{"cast", graph.Cast, (*graph.Graph).Cast},
}

// unaryNamed is the map of a name.
func unaryNamed(name string) unaryMap {
	return unaryMaps[slices.IndexFunc(unaryMaps, func(m unaryMap) bool { return m.name == name })]
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
	for _, m := range unaryMaps {
		cases = append(cases, unary(m)...)
	}
	for op := graph.Add; op < graph.Where; op++ {
		if f := binaryOps[op]; f != nil { // a hole is what TestEveryOpHasACase reports
			cases = append(cases, binary(op, f)...)
		}
	}
	return append(append(cases, where()...), castInts())
}

func unary(m unaryMap) []Case {
	one := func(detail string, build func(b *builder) *graph.Node) Case {
		if m.op == graph.NumOps {
			detail = m.name + "/" + detail
		}
		return single(m.op, detail, func(b *builder) *graph.Node { return m.apply(b.Graph, build(b)) })
	}
	cases := []Case{
		one("edges", func(b *builder) *graph.Node { return b.given(edges, len(edges)) }).rough(),
		// Every exponent with random digits.
		one("sweep", func(b *builder) *graph.Node { return b.given(sweep(b), 2048) }).rough(),
	}
	for _, shape := range [][]int{{}, {1}, {3}, {17}, {3, 33}, {2, 5, 13}} {
		cases = append(cases, one(dims(shape), func(b *builder) *graph.Node {
			if m.op == graph.Log || m.op == graph.Sqrt {
				return b.positive(shape...)
			}
			return b.apart(shape...)
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
	{"middle", []int{2, 3, 4, 5}, []int{3, 1, 5}}, {"general", []int{4, 1, 3}, []int{5, 1}}, {"outer", []int{17, 1},
		[]int{1, 19}},
	{"batch", []int{3, 1, 1, 8}, []int{3, 2, 5, 8}}, {"rank", []int{2, 1, 3, 1, 2}, []int{3, 3, 1}},
}

func binary(op graph.Op, f func(b *builder, x, y *graph.Node) *graph.Node) []Case {
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
			cases = append(cases, single(graph.Where, p.name+"_"+[]string{"cond", "yes", "no"}[i],
				func(b *builder) *graph.Node {
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
		values := []int32{0, 1, -1, 1 << 24, 1<<24 + 1, 1<<24 + 2, 1<<24 + 3, -1<<24 - 1, 1<<31 - 1, -1 << 31,
			1<<31 - 64, 1<<31 - 65, 123456789}
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
