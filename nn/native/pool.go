package native

import "wafer/nn/plan"

// maxPool computes rows lo ≤ u < hi of the n·oh rows of dst.
func (w *workspace) maxPool(dst, x []float32, g plan.Conv, lo, hi int) {
	w.windows(g, lo, hi, func(at, first int, taps []int) {
		maxTaps(dst[at*g.CI:(at+1)*g.CI], x, first, taps)
	})
}

// avgPool computes rows lo ≤ u < hi of the n·oh rows of dst.
func (w *workspace) avgPool(dst, x []float32, g plan.Conv, lo, hi int) {
	w.windows(g, lo, hi, func(at, first int, taps []int) {
		meanTaps(dst[at*g.CI:(at+1)*g.CI], x, first, taps)
	})
}

// maxPoolGrad computes images lo ≤ n < hi of dx.
func (w *workspace) maxPoolGrad(dx, x, dy []float32, g plan.Conv, lo, hi int) {
	clear(dx[lo*g.H*g.W*g.CI : hi*g.H*g.W*g.CI])
	w.windows(g, lo*g.OH, hi*g.OH, func(at, first int, taps []int) {
		addAtMax(dx, x, first, dy[at*g.CI:(at+1)*g.CI], taps)
	})
}

// avgPoolGrad computes images lo ≤ n < hi of dx.
func (w *workspace) avgPoolGrad(dx, dy []float32, g plan.Conv, lo, hi int) {
	clear(dx[lo*g.H*g.W*g.CI : hi*g.H*g.W*g.CI])
	w.windows(g, lo*g.OH, hi*g.OH, func(at, first int, taps []int) {
		addShare(dx, first, dy[at*g.CI:(at+1)*g.CI], taps)
	})
}

// windows calls f for the positions of rows lo ≤ u < hi of the n·oh rows of a
// result, with the number of the position and where on the images its taps inside
// the image lie: tap t, channel 0 at first + taps[t].
func (w *workspace) windows(g plan.Conv, lo, hi int, f func(at, first int, taps []int)) {
	w.empty()
	w.forwardTaps(g, plan.Frame{Wide: g.W, C: g.CI})
	w.part = w.ints(len(w.offset))
	for u := lo; u < hi; u++ {
		y := u%g.OH*g.Stride[0] - g.Pad[0]
		for at := range g.OW {
			x := at*g.Stride[1] - g.Pad[2]
			taps := w.offset
			if y < 0 || y+g.Kernel[0] > g.H || x < 0 || x+g.Kernel[1] > g.W {
				taps = w.inside(g, y, x)
			}
			f(u*g.OW+at, ((u/g.OH*g.H+y)*g.W+x)*g.CI, taps)
		}
	}
}

// inside is those of w.offset that lie in the image when the window begins at (y, x).
func (w *workspace) inside(g plan.Conv, y, x int) []int {
	w.part = w.part[:0]
	for ky := max(-y, 0); ky < min(g.Kernel[0], g.H-y); ky++ {
		for kx := max(-x, 0); kx < min(g.Kernel[1], g.W-x); kx++ {
			w.part = append(w.part, w.offset[ky*g.Kernel[1]+kx])
		}
	}
	return w.part
}

// largest is the first of the taps whose x is the largest.
func largest(x []float32, first int, taps []int) int {
	best := first + taps[0]
	for _, tap := range taps[1:] {
		if x[best] < x[first+tap] {
			best = first + tap
		}
	}
	return best
}

// The four below compute channels c and up, one by one.

// maxTapsFrom takes the first of the largest taps.
func maxTapsFrom(c int, dst, x []float32, first int, taps []int) {
	for ; c < len(dst); c++ {
		dst[c] = x[largest(x, first+c, taps)]
	}
}

// meanTapsFrom sums the taps in their order and divides by their number.
func meanTapsFrom(c int, dst, x []float32, first int, taps []int) {
	for ; c < len(dst); c++ {
		sum := float32(0)
		for _, tap := range taps {
			sum += x[first+tap+c]
		}
		dst[c] = sum / float32(len(taps))
	}
}

// addAtMaxFrom adds dy where the first of the largest elements was.
func addAtMaxFrom(c int, d, x []float32, first int, dy []float32, taps []int) {
	for ; c < len(dy); c++ {
		d[largest(x, first+c, taps)] += dy[c]
	}
}

// addShareFrom adds to every tap its share of dy.
func addShareFrom(c int, d []float32, first int, dy []float32, taps []int) {
	for ; c < len(dy); c++ {
		share := dy[c] / float32(len(taps))
		for _, tap := range taps {
			d[first+tap+c] += share
		}
	}
}
