package nntest

import (
	"fmt"

	"wafer/nn/graph"
)

func gather() []Case {
	var cases []Case
	for _, index := range [][]int{nil, {1}, {7}, {3, 5}, {2, 3, 4}} {
		for _, depth := range []int{1, 3, 17} {
			cases = append(cases, single(graph.OneHot, fmt.Sprintf("%s_depth%d", dims(index), depth),
				func(b *builder) *graph.Node {
					return b.OneHot(b.ints(-2, depth+2, index...), depth)
				}).rough())
		}
		for _, table := range [][]int{{1, 1}, {5, 3}, {10, 17}, {40, 32}, {3, 65}} {
			detail := dims(index) + "_from_" + dims(table)
			cases = append(cases,
				single(graph.Gather, detail, func(b *builder) *graph.Node {
					return b.Gather(b.in(table...), b.ints(-1, table[0]+1, index...))
				}),
				single(graph.ScatterAdd, detail, func(b *builder) *graph.Node {
					i := b.ints(-1, table[0]+1, index...)
					return b.ScatterAdd(i, b.in(append(append([]int{}, index...), table[1])...), table[0])
				}))
		}
	}
	return append(cases,
		single(graph.ScatterAdd, "one_row", func(b *builder) *graph.Node {
			return b.ScatterAdd(b.ints(1, 2, 300),
				b.in(300, 33), 3)
		}),
		single(graph.Gather, "far_outside", func(b *builder) *graph.Node {
			return b.Gather(b.in(4, 3), b.givenInts([]int32{-1 << 31, 1<<31 - 1, 4, 3, -1, 0}, 6))
		}),
		single(graph.ScatterAdd, "far_outside", func(b *builder) *graph.Node {
			return b.ScatterAdd(b.givenInts([]int32{-1 << 31, 1<<31 - 1, 4, 3, -1, 0}, 6), b.in(6, 3), 4)
		}),
		single(graph.Gather, "32x100_from_10000x64",
			func(b *builder) *graph.Node { return b.Gather(b.in(10000, 64), b.ints(0, 10000, 32, 100)) }).large(),
		single(graph.ScatterAdd, "32x100_from_10000x64", func(b *builder) *graph.Node {
			return b.ScatterAdd(b.ints(0, 10000, 32, 100), b.in(32, 100, 64), 10000)
		}).large())
}
