package peers

import (
	"fmt"

	"wafer/nn/graph"
)

// Op is one operation of a convolutional network.
type Op struct {
	Op      string // "conv", "maxpool", "gap", "flatten", "dense" or "add"
	Src     []int  // operands: positions of earlier operations, -1 for the input
	K, S, P int    // conv, maxpool: side of the window, stride, zeros on all four sides
	DW      bool   // conv: depthwise
	Act     string // conv, dense, add: "none", "relu", "relu6" or "softmax"
}

func (o Op) window() graph.Window {
	return graph.Window{Kernel: [2]int{o.K, o.K}, Stride: [2]int{o.S, o.S}, Dilation: [2]int{1, 1},
		Pad: [4]int{o.P, o.P, o.P, o.P}}
}

// convNet adds the operations on x [n,h,w,c].
func (b *builder) convNet(ops []Op, x *graph.Node) *graph.Node {
	done := []*graph.Node{x} // result i stands at i+1
	for i, o := range ops {
		a := done[o.Src[0]+1]
		var y *graph.Node
		switch o.Op {
		case "conv":
			y = b.activate(o.Act, b.Add(b.conv(o, fmt.Sprint(i, ".w"), a), b.param(fmt.Sprint(i, ".b"))))
		case "maxpool":
			y = b.MaxPool(a, o.window())
		case "gap":
			y = b.ReduceMean(a, 1, 2)
		case "flatten":
			y = b.Reshape(a, a.Shape[0], a.Shape.Size()/a.Shape[0])
		case "dense":
			y = b.activate(o.Act, b.linear(a, fmt.Sprint(i)))
		case "add":
			y = b.activate(o.Act, b.Add(a, done[o.Src[1]+1]))
		default:
			panic(fmt.Errorf("operation %q is unknown", o.Op))
		}
		done = append(done, y)
	}
	return done[len(ops)]
}

// conv is the convolution of x with the named kernel, by Winograd where that pays, as layers.Conv2D's is.
func (b *builder) conv(o Op, kernel string, x *graph.Node) *graph.Node {
	k, w := b.param(kernel), o.window()
	if o.DW {
		return b.DepthwiseConv2D(x, k, w)
	}
	tile := graph.WinogradTile(x.Shape, k.Shape, w)
	if tile == 0 {
		return b.Conv2D(x, k, w)
	}
	attr := graph.Winograd{Tile: tile, Pad: w.Pad}
	return b.WinogradConv2D(x, b.WinogradFilter(k, attr), attr)
}

func (b *builder) activate(name string, x *graph.Node) *graph.Node {
	switch name {
	case "none":
		return x
	case "relu":
		return b.Relu(x)
	case "relu6":
		return b.Relu6(x)
	case "softmax":
		return b.Softmax(x)
	}
	panic(fmt.Errorf("activation %q is unknown", name))
}
