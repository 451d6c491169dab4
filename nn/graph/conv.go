package graph

import (
	"fmt"

	"wafer/nn/tensor"
)

// Window places a kernel on an image: convolutions and pooling.
type Window struct {
	Kernel   [2]int `json:"kernel"`   // height, width
	Stride   [2]int `json:"stride"`   // vertical, horizontal, ≥ 1
	Dilation [2]int `json:"dilation"` // ≥ 1
	Pad      [4]int `json:"pad"`      // zeros above, below, left, right
}

// String is the window as plans and dumps print it.
func (w Window) String() string {
	return fmt.Sprintf("kernel=%v stride=%v dilation=%v pad=%v", w.Kernel, w.Stride, w.Dilation, w.Pad)
}

// Out is the number of positions along axis 0 (vertical) or 1 (horizontal) on an
// image of the given length; below 1 when the kernel does not fit.
func (w Window) Out(axis, length int) int {
	span := (w.Kernel[axis]-1)*w.Dilation[axis] + 1
	room := length + w.Pad[2*axis] + w.Pad[2*axis+1] - span
	if room < 0 {
		return 0
	}
	return room/w.Stride[axis] + 1
}

// maxWindow bounds each number of a window, so that positions stay within 32 bits.
const maxWindow = 1 << 28

// Fault says what no window may have, "" for none.
func (w Window) Fault() string {
	for i := range 2 {
		for _, n := range []int{w.Kernel[i], w.Stride[i], w.Dilation[i], w.Pad[2*i] + 1, w.Pad[2*i+1] + 1} {
			if n < 1 || n > maxWindow {
				return fmt.Sprintf("kernel %v, stride %v and dilation %v must be 1 or more, pad %v 0 or more, "+
					"all below %d", w.Kernel, w.Stride, w.Dilation, w.Pad, maxWindow)
			}
		}
	}
	return ""
}

// SamePadding fills in the padding of Keras' padding="same": the output has
// ceil(length/stride) positions and the odd zero goes below and to the right.
func (w Window) SamePadding(height, width int) Window {
	for i, length := range [2]int{height, width} {
		out := (length + w.Stride[i] - 1) / w.Stride[i]
		total := max((out-1)*w.Stride[i]+(w.Kernel[i]-1)*w.Dilation[i]+1-length, 0)
		w.Pad[2*i], w.Pad[2*i+1] = total/2, total-total/2
	}
	return w
}

// ConvGrad is the attribute of the gradient ops of convolutions and pooling: the
// window of the forward op and the shape of the result (image or kernel).
type ConvGrad struct {
	Window
	Shape tensor.Shape `json:"shape"`
}

func (a ConvGrad) String() string { return a.Window.String() + " shape=" + a.Shape.String() }

func init() {
	specs[Conv2D] = spec{arity: 2, attr: Window{}, infer: convShape}
	specs[DepthwiseConv2D] = spec{arity: 2, attr: Window{}, infer: depthwiseShape}
	for _, op := range []Op{Conv2DGradInput, Conv2DGradFilter, DepthwiseConv2DGradInput, DepthwiseConv2DGradFilter} {
		specs[op] = spec{arity: 2, attr: ConvGrad{}, infer: convGradShape}
	}
}

// Conv2D is cross-correlation as in Keras: x [n,h,w,ci] with kernel k
// [kh,kw,ci,co] gives [n,oh,ow,co]. Each output is one sum from +0 over
// (kh, kw, ci) ascending; zeros of the padding take part or not, which is the
// same to the bit for finite kernels (eval leaves them out).
func (g *Graph) Conv2D(x, k *Node, w Window) *Node { return g.add(Conv2D, w, x, k) }

// Conv2DGradInput is the gradient for x: dy [n,oh,ow,co], k [kh,kw,ci,co] give
// shape [n,h,w,ci]. Each element is one sum over (kh, kw, co) ascending of
// dy·k at those positions where the window reached it.
func (g *Graph) Conv2DGradInput(dy, k *Node, w Window, shape tensor.Shape) *Node {
	return g.add(Conv2DGradInput, ConvGrad{w, shape}, dy, k)
}

// Conv2DGradFilter is the gradient for k: x [n,h,w,ci], dy [n,oh,ow,co] give
// shape [kh,kw,ci,co]. Each element is one sum over (n, oh, ow) ascending of x·dy.
func (g *Graph) Conv2DGradFilter(x, dy *Node, w Window, shape tensor.Shape) *Node {
	return g.add(Conv2DGradFilter, ConvGrad{w, shape}, x, dy)
}

// DepthwiseConv2D filters every channel on its own: x [n,h,w,c] with k
// [kh,kw,c,m] gives [n,oh,ow,c·m], output channel c·m+j from channel c and filter j.
// Each output is one sum over (kh, kw) ascending.
func (g *Graph) DepthwiseConv2D(x, k *Node, w Window) *Node { return g.add(DepthwiseConv2D, w, x, k) }

// DepthwiseConv2DGradInput is the gradient for x: one sum over (kh, kw, m) ascending.
func (g *Graph) DepthwiseConv2DGradInput(dy, k *Node, w Window, shape tensor.Shape) *Node {
	return g.add(DepthwiseConv2DGradInput, ConvGrad{w, shape}, dy, k)
}

// DepthwiseConv2DGradFilter is the gradient for k: one sum over (n, oh, ow) ascending.
func (g *Graph) DepthwiseConv2DGradFilter(x, dy *Node, w Window, shape tensor.Shape) *Node {
	return g.add(DepthwiseConv2DGradFilter, ConvGrad{w, shape}, x, dy)
}

// convShape: x [n h w ci], k [kh kw ci co] → [n oh ow co].
func convShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x, k, w := n.In[0].Shape, n.In[1].Shape, n.Attr.(Window)
	if len(x) != 4 || len(k) != 4 || k[0] != w.Kernel[0] || k[1] != w.Kernel[1] || k[2] != x[3] {
		return no("needs an image [n h w ci] and a kernel [%d %d ci co]", w.Kernel[0], w.Kernel[1])
	}
	return windowShape(x, w, k[3])
}

// depthwiseShape: x [n h w c], k [kh kw c m] → [n oh ow c·m].
func depthwiseShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x, k, w := n.In[0].Shape, n.In[1].Shape, n.Attr.(Window)
	if len(x) != 4 || len(k) != 4 || k[0] != w.Kernel[0] || k[1] != w.Kernel[1] || k[2] != x[3] {
		return no("needs an image [n h w c] and a kernel [%d %d c m]", w.Kernel[0], w.Kernel[1])
	}
	return windowShape(x, w, k[2]*k[3])
}

// windowShape is the result of sliding w over the image x, with the given channels.
func windowShape(x tensor.Shape, w Window, channels int) (tensor.Shape, tensor.DType, string) {
	if reason := w.Fault(); reason != "" {
		return no("%s", reason)
	}
	oh, ow := w.Out(0, x[1]), w.Out(1, x[2])
	if oh < 1 || ow < 1 {
		return no("the kernel is larger than the padded image")
	}
	return f32(x[0], oh, ow, channels)
}

// convGradShape checks that the forward op with the claimed shape would give dy.
func convGradShape(n *Node) (tensor.Shape, tensor.DType, string) {
	attr := n.Attr.(ConvGrad)
	a, b := n.In[0].Shape, n.In[1].Shape
	x, k, dy := attr.Shape, b, a // GradInput: (dy, k) → x
	if n.Op == Conv2DGradFilter || n.Op == DepthwiseConv2DGradFilter {
		x, k, dy = a, attr.Shape, b // GradFilter: (x, dy) → k
	}
	forward := &Node{Op: Conv2D, In: []*Node{{Shape: x}, {Shape: k}}, Attr: attr.Window}
	rule := convShape
	if n.Op == DepthwiseConv2DGradInput || n.Op == DepthwiseConv2DGradFilter {
		rule = depthwiseShape
	}
	if got, _, reason := rule(forward); reason != "" || !got.Equal(dy) {
		return no("does not undo a convolution of %v with %v: %s", x, k, reason)
	}
	return f32(attr.Shape...)
}
