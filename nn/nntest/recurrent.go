package nntest

import (
	"fmt"

	"wafer/nn/graph"
)

// recurrent: batch, steps, units.
func recurrent() []Case {
	var cases []Case
	for _, s := range [][3]int{{1, 1, 1}, {1, 3, 5}, {2, 1, 17}, {3, 4, 8}, {2, 5, 33}, {17, 2, 3}, {5, 7, 16},
		{1, 3, 65}, {33, 3, 20}, {2, 9, 64}} {
		cases = append(cases, recurrence(s[0], s[1], s[2])...)
	}
	for _, c := range recurrence(32, 50, 128) {
		cases = append(cases, c.large())
	}
	return cases
}

func recurrence(n, t, h int) []Case {
	detail := fmt.Sprintf("%dx%dx%d", n, t, h)
	return []Case{
		// The gradient rule takes the outputs h alone; the rest of the trace is compared too.
		single(graph.LSTM, detail, func(b *builder) *graph.Node {
			return b.Narrow(b.LSTM(b.in(n, t, 4*h), b.in(h, 4*h)), 2, 5*h, 6*h)
		}),
		single(graph.LSTM, detail+"_trace", func(b *builder) *graph.Node {
			return b.LSTM(b.apart(n, t, 4*h),
				b.in(h, 4*h))
		}).rough(),
		single(graph.LSTMGrad, detail, func(b *builder) *graph.Node {
			u := b.in(h, 4*h)
			return b.LSTMGrad(b.LSTM(b.in(n, t, 4*h), u), u, b.in(n, t, h))
		}).rough(),
		single(graph.GRU, detail, func(b *builder) *graph.Node {
			return b.Narrow(b.GRU(b.in(n, t, 3*h), b.in(h, 3*h), b.in(3*h)), 2, 4*h, 5*h)
		}),
		single(graph.GRU, detail+"_trace", func(b *builder) *graph.Node {
			return b.GRU(b.apart(n, t, 3*h),
				b.in(h, 3*h), b.in(3*h))
		}).rough(),
		single(graph.GRUGrad, detail, func(b *builder) *graph.Node {
			u, br := b.in(h, 3*h), b.in(3*h)
			return b.GRUGrad(b.GRU(b.in(n, t, 3*h), u, br), u, br, b.in(n, t, h))
		}).rough(),
	}
}
