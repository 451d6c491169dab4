package nntest

import (
	"fmt"

	"wafer/nn/graph"
)

// convCase is one geometry, used for the forward op and both gradients.
type convCase struct {
	name             string
	n, h, w, ci, co  int // co is the multiplier of a depthwise convolution
	kh, kw           int
	stride, dilation int
	same             bool
	pad              [4]int
}

func (c convCase) window() graph.Window {
	w := graph.Window{Kernel: [2]int{c.kh, c.kw}, Stride: [2]int{c.stride, c.stride},
		Dilation: [2]int{c.dilation, c.dilation}, Pad: c.pad}
	if c.same {
		w = w.SamePadding(c.h, c.w)
	}
	return w
}

func convCases() []convCase {
	cases := []convCase{
		{name: "1x1", n: 2, h: 5, w: 7, ci: 3, co: 8, kh: 1, kw: 1, stride: 1, dilation: 1},
		{name: "1x1_stride2", n: 1, h: 5, w: 6, ci: 8, co: 17, kh: 1, kw: 1, stride: 2, dilation: 1},
		{name: "3x3_valid", n: 2, h: 7, w: 9, ci: 3, co: 8, kh: 3, kw: 3, stride: 1, dilation: 1},
		{name: "3x3_stride2_same", n: 2, h: 8, w: 7, ci: 3, co: 17, kh: 3, kw: 3, stride: 2, dilation: 1, same: true},
		{name: "3x3_stride3", n: 1, h: 11, w: 10, ci: 1, co: 3, kh: 3, kw: 3, stride: 3, dilation: 1},
		{name: "3x3_dilation2_same", n: 1, h: 9, w: 9, ci: 3, co: 5, kh: 3, kw: 3, stride: 1, dilation: 2, same: true},
		{name: "3x3_dilation2_stride2", n: 2, h: 11, w: 12, ci: 2, co: 8, kh: 3, kw: 3, stride: 2, dilation: 2,
			pad: [4]int{1, 2, 0, 3}},
		{name: "5x5_same", n: 1, h: 13, w: 12, ci: 1, co: 8, kh: 5, kw: 5, stride: 1, dilation: 1, same: true},
		{name: "1x3_conv1d", n: 3, h: 1, w: 33, ci: 17, co: 8, kh: 1, kw: 3, stride: 1, dilation: 1, same: true},
		{name: "3x1", n: 1, h: 17, w: 3, ci: 8, co: 3, kh: 3, kw: 1, stride: 1, dilation: 1},
		{name: "2x4_pad", n: 2, h: 6, w: 5, ci: 3, co: 33, kh: 2, kw: 4, stride: 1, dilation: 1,
			pad: [4]int{2, 1, 3, 4}},
		{name: "7x7_stride2_same", n: 1, h: 16, w: 16, ci: 3, co: 8, kh: 7, kw: 7, stride: 2, dilation: 1, same: true},
		{name: "whole_image", n: 5, h: 4, w: 4, ci: 8, co: 10, kh: 4, kw: 4, stride: 1, dilation: 1},
		{name: "pixel", n: 1, h: 1, w: 1, ci: 3, co: 5, kh: 3, kw: 3, stride: 1, dilation: 1, same: true},
		{name: "kernel_beyond_image", n: 1, h: 2, w: 2, ci: 1, co: 2, kh: 5, kw: 5, stride: 1, dilation: 1, same: true},
		{name: "many_images", n: 17, h: 3, w: 3, ci: 2, co: 3, kh: 2, kw: 2, stride: 1, dilation: 1},
	}
	cases = append(cases, farCases...)
	for _, ci := range []int{1, 3, 8, 17, 32} {
		for _, co := range []int{1, 3, 8, 17, 32} {
			cases = append(cases, convCase{name: fmt.Sprintf("3x3_same_%dto%d", ci, co), n: 1, h: 5, w: 6, ci: ci,
				co: co, kh: 3, kw: 3, stride: 1, dilation: 1, same: true})
		}
	}
	return append(cases, convCase{name: "3x3_long", n: 1, h: 6, w: 18, ci: 40, co: 20, kh: 3, kw: 3, stride: 1,
		dilation: 1, same: true})
}

// farCases have taps that never meet the picture, which plans leave out.
var farCases = []convCase{
	{name: "dilation_beyond_image", n: 2, h: 8, w: 8, ci: 3, co: 5, kh: 3, kw: 3, stride: 1, dilation: 1 << 18,
		same: true},
	{name: "dilation_across_stride2", n: 1, h: 9, w: 7, ci: 2, co: 3, kh: 5, kw: 3, stride: 2, dilation: 4, same: true},
	{name: "causal_far", n: 2, h: 1, w: 12, ci: 3, co: 8, kh: 1, kw: 4, stride: 1, dilation: 5,
		pad: [4]int{0, 0, 15, 0}},
	{name: "taps_before_image", n: 1, h: 40, w: 3, ci: 2, co: 3, kh: 2, kw: 1, stride: 50, dilation: 20,
		pad: [4]int{5, 0, 0, 0}},
	{name: "taps_behind_image", n: 2, h: 6, w: 5, ci: 3, co: 2, kh: 4, kw: 3, stride: 3, dilation: 9,
		pad: [4]int{2, 30, 1, 22}},
	{name: "no_tap_meets", n: 1, h: 3, w: 3, ci: 2, co: 3, kh: 2, kw: 2, stride: 40, dilation: 20,
		pad: [4]int{10, 20, 11, 21}},
}

// convShapes gives the builder's operands: image, kernel, and a gradient of the result.
func (c convCase) leaves(b *builder, depthwise, x, k, dy bool) (image, kernel, grad *graph.Node) {
	ks := []int{c.kh, c.kw, c.ci, c.co}
	channels := c.co
	if depthwise {
		channels *= c.ci
	}
	w := c.window()
	if x {
		image = b.in(c.n, c.h, c.w, c.ci)
	}
	if k {
		kernel = b.in(ks...)
	}
	if dy {
		grad = b.in(c.n, w.Out(0, c.h), w.Out(1, c.w), channels)
	}
	return image, kernel, grad
}

func conv() []Case {
	var cases []Case
	for _, c := range convCases() {
		cases = append(cases, c.full()...)
	}
	for _, c := range convCases() {
		if c.co > 3 {
			c.co = 1 + c.co%2 // multipliers 1 and 2 are what people use
		}
		cases = append(cases, c.depthwise()...)
	}
	bench := convCase{name: "fashion", n: 32, h: 28, w: 28, ci: 32, co: 64, kh: 3, kw: 3, stride: 1, dilation: 1,
		same: true}
	for _, c := range bench.full() {
		cases = append(cases, c.large())
	}
	thin := convCase{name: "land", n: 8, h: 32, w: 32, ci: 64, co: 1, kh: 3, kw: 3, stride: 1, dilation: 1, same: true}
	for _, c := range thin.depthwise() {
		cases = append(cases, c.large())
	}
	return cases
}

func (c convCase) full() []Case {
	image, kernel := []int{c.n, c.h, c.w, c.ci}, []int{c.kh, c.kw, c.ci, c.co}
	return []Case{
		single(graph.Conv2D, c.name, func(b *builder) *graph.Node {
			x, k, _ := c.leaves(b, false, true, true, false)
			return b.Conv2D(x, k, c.window())
		}),
		single(graph.Conv2DGradInput, c.name, func(b *builder) *graph.Node {
			_, k, dy := c.leaves(b, false, false, true, true)
			return b.Conv2DGradInput(dy, k, c.window(), image)
		}).rough(),
		single(graph.Conv2DGradFilter, c.name, func(b *builder) *graph.Node {
			x, _, dy := c.leaves(b, false, true, false, true)
			return b.Conv2DGradFilter(x, dy, c.window(), kernel)
		}).rough(),
	}
}

func (c convCase) depthwise() []Case {
	image, kernel := []int{c.n, c.h, c.w, c.ci}, []int{c.kh, c.kw, c.ci, c.co}
	return []Case{
		single(graph.DepthwiseConv2D, c.name, func(b *builder) *graph.Node {
			x, k, _ := c.leaves(b, true, true, true, false)
			return b.DepthwiseConv2D(x, k, c.window())
		}),
		single(graph.DepthwiseConv2DGradInput, c.name, func(b *builder) *graph.Node {
			_, k, dy := c.leaves(b, true, false, true, true)
			return b.DepthwiseConv2DGradInput(dy, k, c.window(), image)
		}).rough(),
		single(graph.DepthwiseConv2DGradFilter, c.name, func(b *builder) *graph.Node {
			x, _, dy := c.leaves(b, true, true, false, true)
			return b.DepthwiseConv2DGradFilter(x, dy, c.window(), kernel)
		}).rough(),
	}
}
