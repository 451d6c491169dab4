package nntest

import "wafer/nn/graph"

type poolCase struct {
	name       string
	n, h, w, c int
	kh, kw     int
	stride     int
	same       bool
	pad        [4]int
}

var poolCases = []poolCase{
	{name: "2x2", n: 2, h: 6, w: 8, c: 3, kh: 2, kw: 2, stride: 2},
	{name: "2x2_odd", n: 1, h: 7, w: 5, c: 17, kh: 2, kw: 2, stride: 2},
	{name: "2x2_odd_same", n: 2, h: 7, w: 5, c: 8, kh: 2, kw: 2, stride: 2, same: true},
	{name: "3x3_stride1_same", n: 1, h: 5, w: 6, c: 33, kh: 3, kw: 3, stride: 1, same: true},
	{name: "3x3_stride2_same", n: 2, h: 8, w: 9, c: 5, kh: 3, kw: 3, stride: 2, same: true},
	{name: "3x2_pad", n: 1, h: 5, w: 5, c: 1, kh: 3, kw: 2, stride: 1, pad: [4]int{2, 1, 1, 0}},
	{name: "2x2_stride3", n: 1, h: 9, w: 9, c: 4, kh: 2, kw: 2, stride: 3},
	{name: "1x1", n: 1, h: 3, w: 3, c: 65, kh: 1, kw: 1, stride: 1},
	{name: "whole_image", n: 3, h: 4, w: 4, c: 16, kh: 4, kw: 4, stride: 1},
	{name: "window_beyond_image", n: 2, h: 5, w: 6, c: 5, kh: 60, kw: 40, stride: 7, same: true},
}

func (p poolCase) window() graph.Window {
	w := graph.Window{Kernel: [2]int{p.kh, p.kw}, Stride: [2]int{p.stride, p.stride}, Dilation: [2]int{1, 1},
		Pad: p.pad}
	if p.same {
		w = w.SamePadding(p.h, p.w)
	}
	return w
}

func pool() []Case {
	var cases []Case
	for _, p := range poolCases {
		w := p.window()
		image, result := []int{p.n, p.h, p.w, p.c}, []int{p.n, w.Out(0, p.h), w.Out(1, p.w), p.c}
		cases = append(cases,
			single(graph.MaxPool, p.name, func(b *builder) *graph.Node { return b.MaxPool(b.distinct(image...), w) }),
			single(graph.AvgPool, p.name, func(b *builder) *graph.Node { return b.AvgPool(b.in(image...), w) }),
			single(graph.MaxPoolGrad, p.name, func(b *builder) *graph.Node {
				return b.MaxPoolGrad(b.distinct(image...), b.in(result...), w)
			}).rough(),
			single(graph.MaxPoolGrad, p.name+"_ties", func(b *builder) *graph.Node {
				return b.MaxPoolGrad(b.Cast(b.ints(0, 3, image...)), b.in(result...), w)
			}).rough(),
			single(graph.AvgPoolGrad, p.name,
				func(b *builder) *graph.Node { return b.AvgPoolGrad(b.in(result...), w, image) }).rough())
	}
	w := poolCases[4].window()
	edgy := func(b *builder) *graph.Node { return b.sprinkle(2, 8, 9, 17) }
	return append(cases,
		single(graph.MaxPool, "edges", func(b *builder) *graph.Node { return b.MaxPool(edgy(b), w) }).rough(),
		single(graph.AvgPool, "edges", func(b *builder) *graph.Node { return b.AvgPool(edgy(b), w) }).rough(),
		single(graph.MaxPoolGrad, "edges", func(b *builder) *graph.Node {
			x := edgy(b)
			return b.MaxPoolGrad(x, b.in(2, 4, 5, 17), w)
		}).rough())
}

// sprinkle adds an input of zeros of both signs, infinities, NaNs and ordinary values.
func (b *builder) sprinkle(shape ...int) *graph.Node {
	return b.given(fill(shape, func() float32 {
		if b.rng.IntN(3) == 0 {
			return edges[b.rng.IntN(len(edges))]
		}
		return float32(b.rng.IntN(3)-1) * b.uniform()
	}), shape...)
}
