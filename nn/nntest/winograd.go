package nntest

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/layers"
)

// winogradCase is one geometry, used with both tiles.
type winogradCase struct {
	name            string
	n, h, w, ci, co int
	pad             [4]int
}

func winograd() []Case {
	same := [4]int{1, 1, 1, 1}
	shapes := []winogradCase{
		{"valid", 1, 8, 10, 5, 7, [4]int{}},
		{"same", 2, 7, 9, 3, 8, same},
		{"whole_tiles", 2, 8, 12, 16, 32, same},
		{"pixel", 1, 1, 1, 3, 5, same},
		{"one_result", 3, 3, 3, 17, 1, [4]int{}},
		{"row", 2, 1, 13, 4, 6, same},
		{"column", 2, 11, 1, 9, 33, same},
		{"above_and_right", 1, 5, 6, 6, 19, [4]int{1, 0, 0, 1}},
		{"below_and_left", 1, 6, 5, 8, 18, [4]int{0, 1, 1, 0}},
		{"far_outside", 2, 3, 4, 2, 3, [4]int{5, 6, 7, 4}},
		{"many_images", 9, 5, 3, 3, 4, same},
		{"vectors_and_more", 1, 9, 6, 37, 50, same},
		{"many_channels", 1, 7, 7, 270, 20, same},
	}
	var cases []Case
	for _, tile := range []int{2, 4} {
		for _, s := range [][2]int{{1, 1}, {3, 5}, {16, 16}, {7, 33}, {18, 50}} {
			cases = append(cases, single(graph.WinogradFilter, fmt.Sprintf("%d_%dto%d", tile, s[0], s[1]),
				func(b *builder) *graph.Node {
					return b.WinogradFilter(b.in(3, 3, s[0], s[1]), graph.Winograd{Tile: tile})
				}).rough())
		}
		for _, s := range shapes {
			cases = append(cases, s.build(tile))
		}
		cases = append(cases, winogradEpilogues(graph.Winograd{Tile: tile, Pad: same})...)
		cases = append(cases, winogradCase{"resnet", 4, 56, 56, 64, 64, same}.build(tile).large())
	}
	return cases
}

// build gives the transformed kernel as an input of the product's own, so that it
// is not what conv2d would be given.
func (s winogradCase) build(tile int) Case {
	attr := graph.Winograd{Tile: tile, Pad: s.pad}
	return single(graph.WinogradConv2D, fmt.Sprintf("%d_%s", tile, s.name), func(b *builder) *graph.Node {
		return b.WinogradConv2D(b.in(s.n, s.h, s.w, s.ci), b.in(attr.Side()*attr.Side(), s.ci, s.co), attr)
	}).rough()
}

// winogradEpilogues put scale, bias, residual and activation behind the product.
func winogradEpilogues(attr graph.Winograd) []Case {
	name := func(s string) string { return fmt.Sprintf("%d_%s", attr.Tile, s) }
	conv := func(b *builder, x *graph.Node, co int) *graph.Node {
		return b.WinogradConv2D(x, b.WinogradFilter(b.param(3, 3, x.Shape.Last(), co), attr), attr)
	}
	return []Case{
		single(graph.WinogradConv2D, name("bias_relu"), func(b *builder) *graph.Node {
			return b.Relu(b.Add(conv(b, b.in(2, 6, 5, 3), 17), b.in(17)))
		}).rough(),
		single(graph.WinogradConv2D, name("bias_silu"), func(b *builder) *graph.Node {
			return layers.Silu(b.Graph, b.Add(conv(b, b.in(1, 9, 10, 8), 8), b.param(8)))
		}).rough(),
		single(graph.WinogradConv2D, name("batchnorm_residual_relu"), func(b *builder) *graph.Node {
			x := b.in(2, 7, 6, 24)
			y := b.BatchNorm(conv(b, x, 24), b.param(24), b.param(24), b.param(24), b.positive(24),
				graph.Norm{Epsilon: 1e-3})
			return b.Relu(b.Add(y, x))
		}).rough(),
		several(graph.WinogradConv2D, name("kept"), func(b *builder) { // the sums are wanted too
			y := conv(b, b.in(1, 5, 5, 4), 6)
			b.Output("y", y)
			b.Output("z", layers.LeakyRelu(b.Graph, y, 0.1))
		}).rough(),
	}
}
