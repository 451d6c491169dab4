package graph

import "wafer/nn/tensor"

func init() {
	specs[MaxPool] = spec{arity: 1, attr: Window{}, infer: poolShape}
	specs[AvgPool] = spec{arity: 1, attr: Window{}, infer: poolShape}
	specs[MaxPoolGrad] = spec{arity: 2, attr: ConvGrad{}, infer: poolGradShape}
	specs[AvgPoolGrad] = spec{arity: 1, attr: ConvGrad{}, infer: poolGradShape}
}

// MaxPool is the largest element of each window: m starts at the first element
// inside the image and becomes x where m < x, scanning (kh, kw) ascending.
// Positions of the padding never take part. x [n,h,w,c] gives [n,oh,ow,c].
func (g *Graph) MaxPool(x *Node, w Window) *Node { return g.add(MaxPool, w, x) }

// MaxPoolGrad sends dy [n,oh,ow,c] to the element of x that MaxPool took (the
// first of equals); an element that several windows took is their sum from +0, (oh, ow)
// ascending.
func (g *Graph) MaxPoolGrad(x, dy *Node, w Window) *Node {
	return g.add(MaxPoolGrad, ConvGrad{w, x.Shape}, x, dy)
}

// AvgPool is the sum from +0 over (kh, kw) ascending, divided by the number of positions
// inside the image, as Keras counts.
func (g *Graph) AvgPool(x *Node, w Window) *Node { return g.add(AvgPool, w, x) }

// AvgPoolGrad gives each element the sum from +0, (oh, ow) ascending, of dy divided by
// the number of positions of its window.
func (g *Graph) AvgPoolGrad(dy *Node, w Window, shape tensor.Shape) *Node {
	return g.add(AvgPoolGrad, ConvGrad{w, shape}, dy)
}

// poolShape: x [n h w c] → [n oh ow c]. Padding must be less than the kernel, so that no window lies in it altogether:
// its mean or largest would be of nothing.
func poolShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x, w := n.In[0].Shape, n.Attr.(Window)
	if len(x) != 4 {
		return no("needs an image [n h w c]")
	}
	if w.Dilation != [2]int{1, 1} {
		return no("pooling has no dilation")
	}
	for i := range 4 {
		if w.Pad[i] >= w.Kernel[i/2] {
			return no("padding %v leaves a window of %v empty", w.Pad, w.Kernel)
		}
	}
	return windowShape(x, w, x[3])
}

// poolGradShape: dy [n oh ow c], for the largest x [n h w c] before it → the shape of x, which the attribute has.
func poolGradShape(n *Node) (tensor.Shape, tensor.DType, string) {
	attr := n.Attr.(ConvGrad)
	dy := n.In[len(n.In)-1].Shape
	got, _, reason := poolShape(&Node{In: []*Node{{Shape: attr.Shape}}, Attr: attr.Window})
	if reason != "" || !got.Equal(dy) || n.Op == MaxPoolGrad && !n.In[0].Shape.Equal(attr.Shape) {
		return no("does not undo a pooling of %v: %s", attr.Shape, reason)
	}
	return f32(attr.Shape...)
}
