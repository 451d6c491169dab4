package nntest

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

type reduceCase struct{ shape, axes []int }

func reduceCases() []reduceCase {
	cases := []reduceCase{
		{nil, nil}, {[]int{5}, nil}, {[]int{2, 3, 4}, []int{0, 1, 2}}, {[]int{2, 3, 4},
			[]int{0, 2}}, {[]int{2, 3, 4}, []int{1}},
		{[]int{3, 17, 5}, []int{0, 1}}, {[]int{3, 5, 33}, []int{1, 2}}, {[]int{4, 1}, []int{1}}, {[]int{33, 1},
			[]int{0, 1}},
		{[]int{33, 1}, []int{0}}, {[]int{1, 40}, []int{0}}, {[]int{2, 7, 7, 17}, []int{1, 2}}, {[]int{2, 7, 7, 17},
			[]int{0, 1, 2}},
		{[]int{2, 3, 2, 3}, []int{1, 3}}, {[]int{300, 100}, []int{0}}, {[]int{100, 300}, []int{1}}, {[]int{3, 1500},
			[]int{1}},
		{[]int{1500, 3}, []int{0}}, {[]int{5000}, []int{0}},
	}
	for _, n := range []int{1, 3, 15, 16, 17, 31, 32, 33, 65} {
		cases = append(cases, reduceCase{[]int{n}, []int{0}}, reduceCase{[]int{3, n}, []int{1}},
			reduceCase{[]int{n, 3}, []int{0}})
	}
	return cases
}

func reduce() []Case {
	var cases []Case
	for _, c := range reduceCases() {
		detail := fmt.Sprintf("%s_axes%s", dims(c.shape), dims(c.axes))
		cases = append(cases,
			single(graph.ReduceSum, detail, func(b *builder) *graph.Node {
				return b.ReduceSum(b.in(c.shape...),
					c.axes...)
			}),
			single(graph.ReduceMax, detail, func(b *builder) *graph.Node {
				return b.ReduceMax(b.distinct(c.shape...),
					c.axes...)
			}),
			single(graph.ReduceMax, detail+"_edges",
				func(b *builder) *graph.Node { return b.ReduceMax(b.sprinkle(c.shape...), c.axes...) }).rough(),
			single(graph.ReduceDot, detail, func(b *builder) *graph.Node {
				return b.ReduceDot(b.in(c.shape...), b.in(c.shape...), c.axes...)
			}),
			single(graph.ReduceSquaredDiff, detail, func(b *builder) *graph.Node {
				x := b.in(c.shape...)
				return b.ReduceSquaredDiff(x, b.in(without(c.shape, c.axes)...), c.axes...)
			}))
	}
	for _, shape := range [][]int{{1}, {3}, {17}, {5, 33}, {2, 3, 10}, {4, 1}, {3, 150}} {
		cases = append(cases,
			single(graph.ArgMax, dims(shape),
				func(b *builder) *graph.Node { return b.ArgMax(b.distinct(shape...)) }).rough(),
			single(graph.ArgMax, dims(shape)+"_ties",
				func(b *builder) *graph.Node { return b.ArgMax(b.Cast(b.ints(0, 3, shape...))) }).rough(),
			single(graph.ArgMax, dims(shape)+"_edges",
				func(b *builder) *graph.Node { return b.ArgMax(b.sprinkle(shape...)) }).rough())
	}
	return append(cases, single(graph.ReduceSum, "1000x1000", func(b *builder) *graph.Node {
		return b.ReduceSum(b.in(1000, 1000), 1)
	}).large())
}

func without(shape, axes []int) []int {
	g := graph.New()
	return g.ReduceSum(g.Input("x", tensor.Float32, shape...), axes...).Shape
}
