package eval

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.MaxPool] = maxPool
	kernels[graph.MaxPoolGrad] = maxPoolGrad
	kernels[graph.AvgPool] = avgPool
	kernels[graph.AvgPoolGrad] = avgPoolGrad
}

// window calls f with every position inside the image that output (oh, ow) sees,
// (kh, kw) ascending.
func window(w graph.Window, x image, oh, ow int, f func(h, v int)) {
	for kh := range w.Kernel[0] {
		for kw := range w.Kernel[1] {
			h, okH := source(w, 0, oh, kh, x.h)
			v, okW := source(w, 1, ow, kw, x.w)
			if okH && okW {
				f(h, v)
			}
		}
	}
}

// largest points to the first of the largest elements of a window.
func largest(w graph.Window, x image, b, oh, ow, c int) (h, v int) {
	h, v = -1, -1
	window(w, x, oh, ow, func(i, j int) {
		if h < 0 || *x.at(b, h, v, c) < *x.at(b, i, j, c) {
			h, v = i, j
		}
	})
	return h, v
}

// maxPool is the first of the largest elements of each window: which zero it is decides the sign.
func maxPool(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w, x, y := n.Attr.(graph.Window), asImage(in[0]), asImage(out)
	each(n.Shape, func(_ int, at []int) {
		b, oh, ow, c := at[0], at[1], at[2], at[3]
		h, v := largest(w, x, b, oh, ow, c)
		*y.at(b, oh, ow, c) = *x.at(b, h, v, c)
	})
}

// maxPoolGrad adds dy, outputs ascending, to where each window's first largest element was.
func maxPoolGrad(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w := n.Attr.(graph.ConvGrad).Window
	x, dy, dx := asImage(in[0]), asImage(in[1]), asImage(out)
	each(in[1].Shape(), func(_ int, at []int) {
		b, oh, ow, c := at[0], at[1], at[2], at[3]
		h, v := largest(w, x, b, oh, ow, c)
		*dx.at(b, h, v, c) += *dy.at(b, oh, ow, c)
	})
}

// avgPool is the mean over what a window sees of the image: padding does not count.
func avgPool(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w, x, y := n.Attr.(graph.Window), asImage(in[0]), asImage(out)
	each(n.Shape, func(_ int, at []int) {
		b, oh, ow, c := at[0], at[1], at[2], at[3]
		sum, count := float32(0), 0
		window(w, x, oh, ow, func(h, v int) {
			sum += *x.at(b, h, v, c)
			count++
		})
		*y.at(b, oh, ow, c) = sum / float32(count)
	})
}

// avgPoolGrad adds to every element that a window saw its share of dy, outputs ascending.
func avgPoolGrad(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	w := n.Attr.(graph.ConvGrad).Window
	dy, dx := asImage(in[0]), asImage(out)
	each(in[0].Shape(), func(_ int, at []int) {
		b, oh, ow, c := at[0], at[1], at[2], at[3]
		count := 0
		window(w, dx, oh, ow, func(h, v int) { count++ })
		share := *dy.at(b, oh, ow, c) / float32(count)
		window(w, dx, oh, ow, func(h, v int) { *dx.at(b, h, v, c) += share })
	})
}
