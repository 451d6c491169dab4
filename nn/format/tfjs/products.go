package tfjs

import (
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
)

// window reads the attributes that convolutions and pooling share, for pictures x [n h w c]. SAME pads so that the
// result has ⌈n/stride⌉ places, an odd rest behind; padding of pooling counts in no average. EXPLICIT has the numbers
// for all four axes in explicit_paddings.
func (l *loader) window(x value, kernel [2]int) graph.Window {
	l.channelsLast()
	if len(x.Shape) != 4 {
		fail(say.Errorf("works on pictures [n h w c], found shape %v", x.Shape))
	}
	w := graph.Window{Kernel: kernel, Stride: l.along("strides"), Dilation: l.along("dilations")}
	switch padding := l.node.Attrs["padding"].S; padding {
	case "VALID":
	case "SAME":
		for i := range 2 {
			n := x.Shape[1+i]
			out := (n + w.Stride[i] - 1) / w.Stride[i]
			total := max((out-1)*w.Stride[i]+(w.Kernel[i]-1)*w.Dilation[i]+1-n, 0)
			w.Pad[2*i], w.Pad[2*i+1] = total/2, total-total/2
		}
	case "EXPLICIT": // two numbers for each axis
		p := l.node.Attrs["explicit_paddings"].List.I
		for i := range w.Pad {
			if w.Pad[i] = int(p[2+i]); w.Pad[i] < 0 || w.Pad[i] > 1<<16 {
				fail(say.Errorf("has paddings %v", p))
			}
		}
	default:
		fail(say.Errorf("has padding %.40q", string(padding)))
	}
	return w
}

// along are lengths for height and width of a list for all four axes; 1 where it is left out.
func (l *loader) along(name string) [2]int {
	list := l.node.Attrs[name].List.I
	if list == nil {
		return [2]int{1, 1}
	}
	if len(list) != 4 || list[0] != 1 || list[3] != 1 || min(list[1], list[2]) < 1 || max(list[1], list[2]) > 1<<16 {
		fail(say.Errorf("has %s %v", name, list))
	}
	return [2]int{int(list[1]), int(list[2])}
}

// conv is a convolution of pictures with kernels [h w c m].
func (l *loader) conv(f func(g *graph.Graph, x, k *graph.Node, w graph.Window) *graph.Node) value {
	x, k := l.in(0), l.in(1)
	if len(k.Shape) != 4 {
		fail(say.Errorf("has a kernel of shape %v, needs four axes", k.Shape))
	}
	return value{f(l.G, x.Node, k.Node, l.window(x, [2]int{k.Shape[0], k.Shape[1]})), false}
}

// plainConv and the operators below it are a convolution or a product of matrices, alone or with what TensorFlow has
// joined with it.
func plainConv(l *loader) []value      { return []value{l.conv((*graph.Graph).Conv2D)} }
func plainDepthwise(l *loader) []value { return []value{l.conv((*graph.Graph).DepthwiseConv2D)} }
func fusedConv(l *loader) []value      { return []value{l.fused(plainConv(l)[0])} }
func fusedDepthwise(l *loader) []value { return []value{l.fused(plainDepthwise(l)[0])} }
func plainMatMul(l *loader) []value    { return []value{l.matMul("transpose_a", "transpose_b")} }
func fusedMatMul(l *loader) []value    { return []value{l.fused(plainMatMul(l)[0])} }

// batchMatMul is a product for every sample, or by one matrix for all of them.
func batchMatMul(l *loader) []value {
	x, k := l.in(0), l.in(1)
	if s := x.Shape; len(k.Shape) == 2 && len(s) > 2 && !l.node.Attrs["adj_x"].B {
		n := s.Last()
		flat := l.G.MatMul(l.G.Reshape(x.Node, s.Size()/max(n, 1), n), k.Node, false, l.node.Attrs["adj_y"].B)
		shape := s.Clone()
		shape[len(s)-1] = flat.Shape[1]
		return []value{{l.G.Reshape(flat, shape...), false}}
	}
	return []value{l.matMul("adj_x", "adj_y")}
}

// matMul is x·k, with the attributes of the names telling which of the two is transposed in its last two axes.
func (l *loader) matMul(a, b string) value {
	return value{l.G.MatMul(l.in(0).Node, l.in(1).Node, l.node.Attrs[a].B, l.node.Attrs[b].B), false}
}

// fused applies what TensorFlow has joined with a product; its operands follow the product's two.
func (l *loader) fused(y value) value {
	operand := 2
	for _, op := range l.node.Attrs["fused_ops"].List.S {
		switch op {
		case "BiasAdd":
			y.Node = l.G.Add(y.Node, l.in(operand).Node)
			operand++
		case "Prelu":
			y = l.prelu(y, l.in(operand))
			operand++
		case "Relu":
			y.Node = l.G.Relu(y.Node)
		case "Relu6":
			y.Node = l.G.Relu6(y.Node)
		case "Elu":
			y.Node = layers.Elu(l.G, y.Node, 1)
		case "Sigmoid":
			y.Node = l.G.Sigmoid(y.Node)
		case "Tanh":
			y.Node = l.G.Tanh(y.Node)
		case "LeakyRelu":
			y.Node = layers.LeakyRelu(l.G, y.Node, l.float("leakyrelu_alpha", 0.2))
		default:
			fail(say.Errorf("has %.40q joined with it, which is not supported", string(op)))
		}
	}
	return y
}

// batchNorm has x, scale, offset, mean and variance, all [c]. Only its first result is made: the others are for
// training.
func batchNorm(l *loader) []value {
	l.channelsLast()
	if l.node.Attrs["is_training"].B {
		fail(say.New("normalises by the batch, as in training"))
	}
	x, n := l.in(0), graph.Norm{Epsilon: l.float("epsilon", 1e-4)}
	return []value{{l.G.BatchNorm(x.Node, l.in(1).Node, l.in(2).Node, l.in(3).Node, l.in(4).Node, n), false}}
}

// pool has its window in ksize.
func pool(f func(*graph.Graph, *graph.Node, graph.Window) *graph.Node) func(*loader) []value {
	return func(l *loader) []value {
		x := l.in(0)
		return []value{{f(l.G, x.Node, l.window(x, l.along("ksize"))), false}}
	}
}

// reduceMin is −max(−x).
func reduceMin(g *graph.Graph, x *graph.Node, axes ...int) *graph.Node {
	return g.Neg(g.ReduceMax(g.Neg(x), axes...))
}

// reduce joins known axes to one number each; keep_dims leaves them with length 1. Without any axis nothing is done.
func reduce(f func(g *graph.Graph, x *graph.Node, axes ...int) *graph.Node) func(*loader) []value {
	return func(l *loader) []value {
		x := l.in(0)
		kept, gone := x.Shape.Clone(), make([]bool, len(x.Shape))
		for _, a := range l.lengths(1) {
			gone[axis(a, len(x.Shape))] = true
		}
		var axes []int
		for i, g := range gone {
			if g {
				axes = append(axes, i)
				kept[i] = 1
			}
		}
		if len(axes) == 0 {
			return []value{x}
		}
		y := f(l.G, x.Node, axes...)
		if l.node.Attrs["keep_dims"].B {
			y = l.G.Reshape(y, kept...)
		}
		return []value{{y, x.whole && l.node.Op != "Mean"}}
	}
}
