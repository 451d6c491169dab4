package main

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// op is a kernel on a shape that a network has.
type op struct {
	name, shape string
	build       func(g *graph.Graph) *graph.Node
}

// opGroup is what is measured together.
type opGroup struct {
	title string
	ops   []op
}

// opGroups are the shapes that the networks of bench-peers have, each once.
func opGroups() []opGroup {
	return []opGroup{
		{"MobileNetV2", []op{
			conv(224, 3, 32, 3, 2, 6), depthwise(112, 32, 1), conv(112, 32, 16, 1, 1, 0), conv(112, 16, 96, 1, 1, 6),
			depthwise(112, 96, 2), conv(56, 24, 144, 1, 1, 6), depthwise(56, 144, 1), conv(56, 144, 24, 1, 1, 0),
			conv(28, 192, 32, 1, 1, 0), depthwise(28, 192, 1), conv(14, 64, 384, 1, 1, 6), depthwise(14, 384, 1),
			conv(14, 576, 96, 1, 1, 0), depthwise(14, 576, 2), conv(7, 160, 960, 1, 1, 6), depthwise(7, 960, 1),
			conv(7, 960, 320, 1, 1, 0), conv(7, 320, 1280, 1, 1, 6), mean(7, 1280), dense(1, 1280, 1000, false),
			softmax(1, 1000),
		}},
		{"ResNet-18", []op{
			conv(224, 3, 64, 7, 2, 1), maxPool(112, 64), conv(56, 64, 64, 3, 1, 1), winograd(56, 64, 64, 4),
			conv(56, 64, 128, 3, 2, 1),
			conv(56, 64, 128, 1, 2, 0), conv(28, 128, 128, 3, 1, 1), winograd(28, 128, 128, 4),
			conv(14, 256, 256, 3, 1, 1),
			winograd(14, 256, 256, 2), winograd(14, 256, 256, 4), conv(7, 512, 512, 3, 1, 1), winograd(7, 512, 512, 2),
			mean(7, 512),
		}},
		{"MiniLM, 128 tokens", []op{
			dense(128, 384, 384, false), dense(128, 384, 1536, true), dense(128, 1536, 384, false),
			scores(12, 128, 32), softmax(12*128, 128), attend(12, 128, 32), layerNorm(128, 384),
		}},
		{"the seed program's LSTM", []op{
			dense(32*100, 128, 256, false), lstm(32, 100, 64), lstmGrad(32, 100, 64), lstm(1, 100, 64),
		}},
	}
}

// image is an input of one square picture, [1, side, side, channels].
func image(g *graph.Graph, side, channels int) *graph.Node {
	return g.Input("x", tensor.Float32, 1, side, side, channels)
}

// window is a square kernel with padding "same".
func window(side, kernel, stride int) graph.Window {
	return graph.Window{Kernel: [2]int{kernel, kernel}, Stride: [2]int{stride, stride},
		Dilation: [2]int{1, 1}}.SamePadding(side, side)
}

// conv is a convolution with bias and, by limit: 0 no activation, 1 relu, 6 relu6.
func conv(side, in, out, kernel, stride, limit int) op {
	return op{fmt.Sprintf("conv %d×%d", kernel, kernel), convShape(side, in, out, stride),
		func(g *graph.Graph) *graph.Node {
			y := g.Conv2D(image(g, side, in), g.Param("k", kernel, kernel, in, out), window(side, kernel, stride))
			y = g.Add(y, g.Param("b", out))
			switch limit {
			case 1:
				return g.Relu(y)
			case 6:
				return g.Relu6(y)
			}
			return y
		}}
}

// convShape is how a convolution is called in the table.
func convShape(side, in, out, stride int) string {
	s := fmt.Sprintf("%d×%d, %d → %d", side, side, in, out)
	if stride > 1 {
		s += fmt.Sprintf(", stride %d", stride)
	}
	return s
}

// depthwise is a 3×3 convolution of each channel with bias and relu6, as MobileNet has it.
func depthwise(side, channels, stride int) op {
	shape := fmt.Sprintf("%d×%d×%d", side, side, channels)
	if stride > 1 {
		shape += fmt.Sprintf(", stride %d", stride)
	}
	return op{"depthwise 3×3", shape, func(g *graph.Graph) *graph.Node {
		y := g.DepthwiseConv2D(image(g, side, channels), g.Param("depthwise", 3, 3, channels, 1),
			window(side, 3, stride))
		return g.Relu6(g.Add(y, g.Param("b", channels)))
	}}
}

// winograd is a 3×3 convolution by tiles of so many results each way, with bias and relu.
func winograd(side, in, out, tile int) op {
	return op{fmt.Sprintf("Winograd %d×%d", tile, tile), convShape(side, in, out, 1), func(g *graph.Graph) *graph.Node {
		at := graph.Winograd{Tile: tile, Pad: [4]int{1, 1, 1, 1}}
		y := g.WinogradConv2D(image(g, side, in), g.WinogradFilter(g.Param("k", 3, 3, in, out), at), at)
		return g.Relu(g.Add(y, g.Param("b", out)))
	}}
}

// maxPool is ResNet's: 3×3, stride 2, a border of 1.
func maxPool(side, channels int) op {
	return op{"max pool 3×3", fmt.Sprintf("%d×%d×%d, stride 2", side, side, channels),
		func(g *graph.Graph) *graph.Node {
			w := window(side, 3, 2)
			w.Pad = [4]int{1, 1, 1, 1}
			return g.MaxPool(image(g, side, channels), w)
		}}
}

// mean is the pooling in front of a classifier.
func mean(side, channels int) op {
	return op{"mean over space", fmt.Sprintf("%d×%d×%d", side, side, channels), func(g *graph.Graph) *graph.Node {
		return g.ReduceMean(image(g, side, channels), 1, 2)
	}}
}

// dense is [m, k] · [k, n] with bias, and gelu as transformers have it.
func dense(m, k, n int, gelu bool) op {
	name := "matrix product"
	if gelu {
		name += ", gelu"
	}
	return op{name, product{m, k, n}.String(), func(g *graph.Graph) *graph.Node {
		y := g.MatMul(g.Input("x", tensor.Float32, m, k), g.Param("w", k, n), false, false)
		y = g.Add(y, g.Param("b", n))
		if gelu {
			return layers.Gelu(g, y)
		}
		return y
	}}
}

// scores are the products of attention, a matrix per head: [heads, tokens, width] · [heads, width, tokens].
func scores(heads, tokens, width int) op {
	return op{"queries · keysᵀ", fmt.Sprintf("%d × %v", heads, product{tokens, width, tokens}),
		func(g *graph.Graph) *graph.Node {
			q, k := g.Input("q", tensor.Float32, heads, tokens, width),
				g.Input("k", tensor.Float32, heads, tokens, width)
			return g.MatMul(q, k, false, true)
		}}
}

// attend is the sum of values by the shares, a matrix per head.
func attend(heads, tokens, width int) op {
	return op{"weights · values", fmt.Sprintf("%d × %v", heads, product{tokens, tokens, width}),
		func(g *graph.Graph) *graph.Node {
			w, v := g.Input("w", tensor.Float32, heads, tokens, tokens),
				g.Input("v", tensor.Float32, heads, tokens, width)
			return g.MatMul(w, v, false, false)
		}}
}

// softmax is along rows of n.
func softmax(rows, n int) op {
	return op{"softmax", fmt.Sprintf("%d rows of %d", rows, n), func(g *graph.Graph) *graph.Node {
		return g.Softmax(g.Input("x", tensor.Float32, rows, n))
	}}
}

// layerNorm is BERT's, with its epsilon of 10⁻¹².
func layerNorm(rows, n int) op {
	return op{"layer norm", fmt.Sprintf("%d rows of %d", rows, n), func(g *graph.Graph) *graph.Node {
		return g.LayerNorm(g.Input("x", tensor.Float32, rows, n), g.Param("gamma", n), g.Param("beta", n), 1e-12)
	}}
}

// lstm is the recurrence alone: the product with the inputs is a matrix product before it.
func lstm(batch, steps, units int) op {
	return op{"LSTM", fmt.Sprintf("batch %d, %d steps, %d units", batch, steps, units),
		func(g *graph.Graph) *graph.Node {
			return g.LSTM(g.Input("zx", tensor.Float32, batch, steps, 4*units), g.Param("u", units, 4*units))
		}}
}

func lstmGrad(batch, steps, units int) op {
	return op{"LSTM gradient", fmt.Sprintf("batch %d, %d steps, %d units", batch, steps, units),
		func(g *graph.Graph) *graph.Node {
			trace, dh := g.Input("trace", tensor.Float32, batch, steps, 6*units),
				g.Input("dh", tensor.Float32, batch, steps, units)
			return g.LSTMGrad(trace, g.Param("u", units, 4*units), dh)
		}}
}
