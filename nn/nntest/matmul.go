package nntest

import (
	"fmt"

	"wafer/nn/graph"
)

func matmul() []Case {
	var cases []Case
	for _, s := range [][3]int{ // m, k, n
		{1, 1, 1}, {1, 3, 1}, {3, 1, 3}, {1, 17, 33}, {3, 5, 7}, {17, 33, 1}, {4, 8, 16}, {5, 9, 31}, {4, 16,
			32}, {8, 300, 32},
		{17, 17, 17}, {33, 65, 33}, {65, 3, 65}, {7, 129, 100}, {100, 300, 100}, {2, 1025, 48}, {1, 256, 130}, {130,
			2, 4},
	} {
		for _, t := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
			cases = append(cases, product(nil, s[0], s[1], s[2], t[0], t[1]))
		}
	}
	for _, batch := range [][]int{{1}, {3}, {2, 5}} {
		for _, t := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
			cases = append(cases, product(batch, 5, 17, 33, t[0], t[1]))
		}
	}
	return append(cases,
		single(graph.MatMul, "itself", func(b *builder) *graph.Node {
			x := b.in(17, 17)
			return b.MatMul(x, x, true,
				false)
		}),
		single(graph.MatMul, "constant", func(b *builder) *graph.Node {
			return b.MatMul(b.in(5, 33), b.Broadcast(b.Scalar(0.1), 33, 40), false, false)
		}),
		// magnitudes from 2⁻³⁰ to 2³⁰: order and subnormals matter
		single(graph.MatMul, "wide", func(b *builder) *graph.Node {
			return b.MatMul(b.wide(9, 65), b.wide(65, 50), false, false)
		}).rough(),
		single(graph.MatMul, "not_finite", func(b *builder) *graph.Node {
			return b.MatMul(b.sprinkle(40, 7), b.in(7, 20), false, false)
		}).rough(),
		product(nil, 512, 512, 512, false, false).large(), product(nil, 64, 1152, 256, false, true).large(),
		product(nil, 32, 512, 512, true, false).large())
}

func product(batch []int, m, k, n int, ta, tb bool) Case {
	detail := fmt.Sprintf("%dx%dx%d", m, k, n)
	a, c := []int{m, k}, []int{k, n}
	if ta {
		detail, a = detail+"_ta", []int{k, m}
	}
	if tb {
		detail, c = detail+"_tb", []int{n, k}
	}
	if len(batch) > 0 {
		detail += "_batch" + dims(batch)
	}
	return single(graph.MatMul, detail, func(b *builder) *graph.Node {
		x, y := b.in(append(append([]int{}, batch...), a...)...), b.in(append(append([]int{}, batch...), c...)...)
		return b.MatMul(x, y, ta, tb)
	})
}

// wide adds an input of very different magnitudes.
func (b *builder) wide(shape ...int) *graph.Node {
	return b.given(fill(shape, func() float32 {
		return b.uniform() * float(uint32(127-30+b.rng.IntN(61))<<23)
	}), shape...)
}
