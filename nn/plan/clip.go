package plan

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// taps are those of a window along one axis that meet the picture somewhere: lo ≤ k < hi.
type taps struct{ lo, hi int }

// meeting are the taps that meet an axis of the image from some position of the result; one
// at least. Tap k of position o lies at o·stride + k·dilation − pad.
func meeting(c Conv, axis int) taps {
	length, results := [2]int{c.H, c.W}[axis], [2]int{c.OH, c.OW}[axis]
	pad, dilation := c.Pad[2*axis], c.Dilation[axis]
	before := pad - (results-1)*c.Stride[axis] // how far the last position lies before the image
	t := taps{0, min(c.Kernel[axis], (length-1+pad)/dilation+1)}
	if before > 0 {
		t.lo = (before + dilation - 1) / dilation
	}
	t.hi = max(t.hi, 1)
	t.lo = min(t.lo, t.hi-1)
	return t
}

// clipped is the window of the taps alone. Its padding may be negative, where the first of them
// lies inside the image for every position.
func clipped(c Conv) (w graph.Window, t [2]taps) {
	w = c.Window
	for axis, length := range [2]int{c.H, c.W} {
		t[axis] = meeting(c, axis)
		w.Kernel[axis] = t[axis].hi - t[axis].lo
		w.Pad[2*axis] -= t[axis].lo * w.Dilation[axis]
		last := ([2]int{c.OH, c.OW}[axis]-1)*w.Stride[axis] + (w.Kernel[axis]-1)*w.Dilation[axis] - w.Pad[2*axis]
		w.Pad[2*axis+1] = max(last+1-length, 0)
		if w.Kernel[axis] == 1 {
			w.Dilation[axis] = 1
		}
	}
	return w, t
}

// window lowers a convolution, a pooling or the gradient of one: taps that never meet the
// picture add nothing to any sum, so they are left out of it, and frames and lists of taps
// stay in proportion to the picture whatever the dilation.
func (l *lowering) window(n *graph.Node, in []*graph.Node) *graph.Node {
	c := convOf(n.Op, n.Attr, func(i int) tensor.Shape { return in[i].Shape }, n.Shape)
	w, t := clipped(c)
	if w.Kernel == c.Kernel {
		return l.add(n, n.Op, n.Attr, n.Shape, in...)
	}
	grad, isGrad := n.Attr.(graph.ConvGrad)
	attr, shape := graph.Attr(w), n.Shape
	if isGrad {
		grad.Window = w
		attr = grad
	}
	switch n.Op {
	case graph.Conv2D, graph.DepthwiseConv2D, graph.Conv2DGradInput, graph.DepthwiseConv2DGradInput:
		in = []*graph.Node{in[0], l.someTaps(n, in[1], t)}
	case graph.Conv2DGradFilter, graph.DepthwiseConv2DGradFilter:
		grad.Shape = tensor.Shape{w.Kernel[0], w.Kernel[1], shape[2], shape[3]}
		return l.allTaps(n, l.add(n, n.Op, grad, grad.Shape, in...), t)
	}
	return l.add(n, n.Op, attr, shape, in...)
}

// someTaps is the part of a kernel [kh,kw,…] that the taps are.
func (l *lowering) someTaps(n, k *graph.Node, t [2]taps) *graph.Node {
	begin, end := make([]int, len(k.Shape)), slices.Clone(k.Shape)
	for axis := range t {
		begin[axis], end[axis] = t[axis].lo, t[axis].hi
	}
	shape := slices.Clone(end)
	for i := range shape {
		shape[i] -= begin[i]
	}
	return l.add(n, graph.Slice, graph.Range{Begin: begin, End: end}, tensor.Shape(shape), k)
}

// allTaps puts zeros around the gradient d of the taps, for those that were left out.
func (l *lowering) allTaps(n, d *graph.Node, t [2]taps) *graph.Node {
	before, after := make([]int, len(d.Shape)), make([]int, len(d.Shape))
	for axis := range t {
		before[axis], after[axis] = t[axis].lo, n.Shape[axis]-t[axis].hi
	}
	return l.add(n, graph.Pad, graph.Range{Begin: before, End: after}, n.Shape, d)
}
