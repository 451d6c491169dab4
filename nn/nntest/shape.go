package nntest

import (
	"fmt"

	"wafer/nn/graph"
)

func shape() []Case {
	var cases []Case
	add := func(op graph.Op, detail string, in []int, f func(b *builder, x *graph.Node) *graph.Node) {
		cases = append(cases,
			single(op, detail, func(b *builder) *graph.Node { return f(b, b.in(in...)) }),
			single(op, detail+"_ints", func(b *builder) *graph.Node { return f(b, b.ints(-9, 9, in...)) }).rough())
	}
	for _, c := range [][2][]int{{{2, 6}, {3, 4}}, {{12}, {3, 2, 2}}, {{3, 1, 5}, {15}}, {{1}, nil}, {nil, {1, 1}},
		{{4, 33}, {4, 33}}} {
		add(graph.Reshape, dims(c[0])+"_to_"+dims(c[1]), c[0],
			func(b *builder, x *graph.Node) *graph.Node { return b.Reshape(x, c[1]...) })
	}
	for _, c := range [][2][]int{
		{{3, 5}, {1, 0}}, {{17, 33}, {1, 0}}, {{65, 3}, {1, 0}}, {{3, 5}, {0, 1}}, {{2, 3, 5},
			{2, 0, 1}}, {{2, 3, 5}, {0, 2, 1}}, {{2, 3, 17}, {1, 0, 2}},
		{{2, 3, 4, 5}, {0, 3, 1, 2}}, {{2, 3, 4, 5}, {3, 2, 1, 0}}, {{7}, {0}}, {nil, nil}, {{2, 1, 3, 2, 2},
			{4, 0, 3, 1, 2}},
	} {
		add(graph.Transpose, dims(c[0])+"_by_"+dims(c[1]), c[0],
			func(b *builder, x *graph.Node) *graph.Node { return b.Transpose(x, c[1]...) })
	}
	for _, c := range [][3][]int{
		{{10}, {2}, {9}}, {{10}, {0}, {10}}, {{4, 33}, {1, 0}, {3, 33}}, {{4, 33}, {0, 16}, {4, 33}}, {{4, 33},
			{1, 3}, {2, 4}},
		{{3, 4, 5}, {1, 1, 1}, {3, 3, 4}}, {{2, 3, 4, 5}, {0, 1, 0, 2}, {2, 2, 4, 5}},
	} {
		add(graph.Slice, fmt.Sprintf("%s_%s_to_%s", dims(c[0]), dims(c[1]), dims(c[2])), c[0],
			func(b *builder, x *graph.Node) *graph.Node {
				return b.Slice(x, c[1], c[2])
			})
		// What Slice cuts, Pad can put back.
		before, after := c[1], make([]int, len(c[0]))
		for i := range after {
			after[i] = c[0][i] - c[2][i]
		}
		add(graph.Pad, fmt.Sprintf("%s_%s_and_%s", dims(c[0]), dims(before), dims(after)), c[0],
			func(b *builder, x *graph.Node) *graph.Node {
				return b.Pad(x, before, after)
			})
	}
	for _, c := range []struct {
		shape []int
		axis  int
	}{{[]int{7}, 0}, {[]int{3, 5}, 0}, {[]int{3, 17}, 1}, {[]int{2, 3, 4}, 1}, {[]int{2, 5, 33}, 1}, {[]int{1, 1},
		1}, {[]int{2, 2, 2, 3}, 2}} {
		name := fmt.Sprintf("%s_axis%d", dims(c.shape), c.axis)
		add(graph.Reverse, name, c.shape, func(b *builder, x *graph.Node) *graph.Node { return b.Reverse(x, c.axis) })
		add(graph.Concat, name, c.shape, func(b *builder, x *graph.Node) *graph.Node {
			longer := append([]int{}, c.shape...)
			longer[c.axis] += 2
			if x.DType != 0 {
				return b.Concat(c.axis, x, b.ints(0, 5, longer...), x)
			}
			return b.Concat(c.axis, x, b.in(longer...), x)
		})
	}
	add(graph.Concat, "one", []int{3, 4}, func(b *builder, x *graph.Node) *graph.Node { return b.Concat(1, x) })
	for _, c := range [][2][]int{{nil, {3, 5}}, {{1}, {17}}, {{33}, {4, 33}}, {{5, 1}, {5, 17}},
		{{2, 1, 3}, {2, 4, 3}}, {{4, 1, 3}, {2, 4, 5, 3}}, {{3}, {3}}} {
		add(graph.Broadcast, dims(c[0])+"_to_"+dims(c[1]), c[0],
			func(b *builder, x *graph.Node) *graph.Node { return b.Broadcast(x, c[1]...) })
	}
	return cases
}
