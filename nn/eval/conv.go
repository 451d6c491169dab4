package eval

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.Conv2D] = conv
	kernels[graph.Conv2DGradInput] = convGradInput
	kernels[graph.Conv2DGradFilter] = convGradFilter
	kernels[graph.DepthwiseConv2D] = depthwise
	kernels[graph.DepthwiseConv2DGradInput] = depthwiseGradInput
	kernels[graph.DepthwiseConv2DGradFilter] = depthwiseGradFilter
}

// image is a tensor of four axes: an image [n,h,w,c] or a kernel [kh,kw,ci,co].
type image struct {
	v          []float32
	n, h, w, c int
}

// asImage sees the elements, not a copy of them.
func asImage(t *tensor.Tensor) image {
	s := t.Shape()
	return image{t.F(), s[0], s[1], s[2], s[3]}
}

// at points to an element.
func (m image) at(n, h, w, c int) *float32 { return &m.v[((n*m.h+h)*m.w+w)*m.c+c] }

// source is the image position along an axis that output position o sees through
// kernel position k; ok tells whether it is inside the image, not its padding.
func source(w graph.Window, axis, o, k, length int) (i int, ok bool) {
	i = o*w.Stride[axis] + k*w.Dilation[axis] - w.Pad[2*axis]
	return i, i >= 0 && i < length
}

// target is the output position along an axis that sees image position i through
// kernel position k, if there is one.
func target(w graph.Window, axis, i, k, length int) (o int, ok bool) {
	o = i + w.Pad[2*axis] - k*w.Dilation[axis]
	if o < 0 || o%w.Stride[axis] != 0 {
		return 0, false
	}
	o /= w.Stride[axis]
	return o, o < length
}

// conv is y[b,oh,ow,co] = Σ over (kh, kw, ci) ascending of x[b,h,v,ci]·k[kh,kw,ci,co]; padding adds no term.
func conv(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w := n.Attr.(graph.Window)
	x, k, y := asImage(in[0]), asImage(in[1]), asImage(out)
	each(n.Shape, func(_ int, at []int) {
		b, oh, ow, co := at[0], at[1], at[2], at[3]
		sum := float32(0)
		for kh := range w.Kernel[0] {
			for kw := range w.Kernel[1] {
				h, okH := source(w, 0, oh, kh, x.h)
				v, okW := source(w, 1, ow, kw, x.w)
				if !okH || !okW {
					continue
				}
				for ci := range x.c {
					sum += float32(*x.at(b, h, v, ci) * *k.at(kh, kw, ci, co))
				}
			}
		}
		*y.at(b, oh, ow, co) = sum
	})
}

// convGradInput is dx[b,h,v,ci] = Σ over (kh, kw, co) ascending of dy[b,oh,ow,co]·k[kh,kw,ci,co], of the positions that
// saw x[b,h,v,ci].
func convGradInput(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w := n.Attr.(graph.ConvGrad).Window
	dy, k, dx := asImage(in[0]), asImage(in[1]), asImage(out)
	each(n.Shape, func(_ int, at []int) {
		b, h, v, ci := at[0], at[1], at[2], at[3]
		sum := float32(0)
		for kh := range w.Kernel[0] {
			for kw := range w.Kernel[1] {
				oh, okH := target(w, 0, h, kh, dy.h)
				ow, okW := target(w, 1, v, kw, dy.w)
				if !okH || !okW {
					continue
				}
				for co := range dy.c {
					sum += float32(*dy.at(b, oh, ow, co) * *k.at(kh, kw, ci, co))
				}
			}
		}
		*dx.at(b, h, v, ci) = sum
	})
}

// convGradFilter is filterSum for every element of the kernel [kh,kw,ci,co].
func convGradFilter(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w := n.Attr.(graph.ConvGrad).Window
	x, dy, dk := asImage(in[0]), asImage(in[1]), asImage(out)
	each(n.Shape, func(_ int, at []int) {
		kh, kw, ci, co := at[0], at[1], at[2], at[3]
		*dk.at(kh, kw, ci, co) = filterSum(w, x, dy, kh, kw, ci, co)
	})
}

// filterSum is Σ over (n, oh, ow) ascending of x·dy for one element of a kernel.
func filterSum(w graph.Window, x, dy image, kh, kw, ci, co int) float32 {
	sum := float32(0)
	for b := range dy.n {
		for oh := range dy.h {
			for ow := range dy.w {
				h, okH := source(w, 0, oh, kh, x.h)
				v, okW := source(w, 1, ow, kw, x.w)
				if okH && okW {
					sum += float32(*x.at(b, h, v, ci) * *dy.at(b, oh, ow, co))
				}
			}
		}
	}
	return sum
}

// depthwise is y[b,oh,ow,c·m+i] = Σ over (kh, kw) ascending of x[b,h,v,c]·k[kh,kw,c,i], m channels of the result for
// each of the image.
func depthwise(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w := n.Attr.(graph.Window)
	x, k, y := asImage(in[0]), asImage(in[1]), asImage(out)
	each(n.Shape, func(_ int, at []int) {
		b, oh, ow, co := at[0], at[1], at[2], at[3]
		c, m := co/k.c, co%k.c
		sum := float32(0)
		for kh := range w.Kernel[0] {
			for kw := range w.Kernel[1] {
				h, okH := source(w, 0, oh, kh, x.h)
				v, okW := source(w, 1, ow, kw, x.w)
				if okH && okW {
					sum += float32(*x.at(b, h, v, c) * *k.at(kh, kw, c, m))
				}
			}
		}
		*y.at(b, oh, ow, co) = sum
	})
}

// depthwiseGradInput is dx[b,h,v,c] = Σ over (kh, kw, i) ascending of dy[b,oh,ow,c·m+i]·k[kh,kw,c,i].
func depthwiseGradInput(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w := n.Attr.(graph.ConvGrad).Window
	dy, k, dx := asImage(in[0]), asImage(in[1]), asImage(out)
	each(n.Shape, func(_ int, at []int) {
		b, h, v, c := at[0], at[1], at[2], at[3]
		sum := float32(0)
		for kh := range w.Kernel[0] {
			for kw := range w.Kernel[1] {
				oh, okH := target(w, 0, h, kh, dy.h)
				ow, okW := target(w, 1, v, kw, dy.w)
				if !okH || !okW {
					continue
				}
				for m := range k.c {
					sum += float32(*dy.at(b, oh, ow, c*k.c+m) * *k.at(kh, kw, c, m))
				}
			}
		}
		*dx.at(b, h, v, c) = sum
	})
}

// depthwiseGradFilter is filterSum of a channel with each of its results.
func depthwiseGradFilter(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w := n.Attr.(graph.ConvGrad).Window
	x, dy, dk := asImage(in[0]), asImage(in[1]), asImage(out)
	each(n.Shape, func(_ int, at []int) {
		kh, kw, c, m := at[0], at[1], at[2], at[3]
		*dk.at(kh, kw, c, m) = filterSum(w, x, dy, kh, kw, c, c*dk.c+m)
	})
}
