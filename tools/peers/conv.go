package peers

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/native"
	"wafer/nn/tensor"
)

// Op is one operation of a convolutional network.
type Op struct {
	Op      string // "conv", "maxpool", "gap", "flatten", "dense" or "add"
	Src     []int  // operands: positions of earlier operations, -1 for the input
	K, S, P int    // conv, maxpool: side of the window, stride, zeros on all four sides
	DW      bool   // conv: depthwise
	Act     string // conv, dense, add: "none", "relu", "relu6" or "softmax"
	Shape   []int  // of the result, channels first
}

func (o Op) window() graph.Window {
	return graph.Window{Kernel: [2]int{o.K, o.K}, Stride: [2]int{o.S, o.S}, Dilation: [2]int{1, 1}, Pad: [4]int{o.P, o.P, o.P, o.P}}
}

// convNet adds the operations on x [n,h,w,c].
func (b *builder) convNet(ops []Op, x *graph.Node) *graph.Node {
	done := []*graph.Node{x} // result i stands at i+1
	for i, o := range ops {
		a := done[o.Src[0]+1]
		var y *graph.Node
		switch o.Op {
		case "conv":
			y = b.activate(o.Act, b.Add(b.conv(o, fmt.Sprint(i), a), b.param(fmt.Sprint(i, ".b"))))
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

// conv is the convolution of x, by Winograd where that was prepared.
func (b *builder) conv(o Op, name string, x *graph.Node) *graph.Node {
	switch {
	case b.weights[name+".u"] != nil:
		return b.WinogradConv2D(x, b.param(name+".u"), o.winograd(x.Shape, b.weights[name+".w"].Shape()))
	case o.DW:
		return b.DepthwiseConv2D(x, b.param(name+".w"), o.window())
	}
	return b.Conv2D(x, b.param(name+".w"), o.window())
}

// winograd is how to compute a convolution of x with kernel k: tile 0 for directly.
func (o Op) winograd(x, k tensor.Shape) graph.Winograd {
	if o.DW {
		return graph.Winograd{}
	}
	return graph.Winograd{Tile: graph.WinogradTile(x, k, o.window()), Pad: o.window().Pad}
}

// prepare transforms the kernels of those convolutions for which that pays, once and for all.
func (b *builder) prepare(ops []Op, chw []int) error {
	g, state := graph.New(), graph.State{}
	for i, o := range ops {
		name := fmt.Sprint(i, ".w")
		k := b.weights[name]
		if o.Op != "conv" || k == nil {
			continue
		}
		x := chw
		if o.Src[0] >= 0 {
			x = ops[o.Src[0]].Shape
		}
		if a := o.winograd(tensor.Shape{1, x[1], x[2], x[0]}, k.Shape()); a.Tile != 0 {
			state[name] = k
			g.Output(fmt.Sprint(i, ".u"), g.WinogradFilter(g.Param(name, k.Shape()...), a))
		}
	}
	if len(g.Outputs) == 0 {
		return nil
	}
	p, err := native.Runner(1)(g, state)
	if err != nil {
		return err
	}
	transformed, err := p.Run(nil)
	for name, u := range transformed {
		b.weights[name] = u
	}
	return err
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
