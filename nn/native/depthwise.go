package native

import (
	"slices"

	"wafer/nn/plan"
)

// Depthwise convolutions add up, channel by channel, what the taps of the window
// see; the image lies in a frame of zeros, so every window has all its taps.

// depthwise computes rows lo ≤ u < hi of the n·oh rows of dst.
func (w *workspace) depthwise(dst, x, k []float32, g plan.Conv, ep epilogue, lo, hi int) {
	w.empty()
	v := forwardScene(g, x)
	w.forwardTaps(g, v.Frame)
	end := ep.finish(&w.finish)
	end.columns(ep.bias, 0, g.CO)
	for lo < hi {
		data, base, last := w.lay(v, lo, hi)
		for u := lo; u < last; u++ {
			from := data[v.at(u-base):]
			out, finished := dst[u*g.OW*g.CO:(u+1)*g.OW*g.CO], 0
			if g.Mult == 1 {
				finished = dotTaps(out, from, g.Stride[1]*g.CI, k, g.CI, w.offset, end)
			} else {
				dotTapsMultiplied(out, from, k, g, w.offset)
			}
			if end == nil {
				finished = 0
			}
			if finished < g.CO {
				ep.apply(dst, g.CO, u*g.OW, (u+1)*g.OW, finished, g.CO)
			}
		}
		lo = last
	}
}

// dotTaps computes the pixels of a row, dst [·,n]: dst[at,c] = Σ over taps t
// ascending, from +0, of x[at·step+taps[t]+c]·k[t·n+c]. It finishes as many of the
// channels with end as it returns.
func dotTaps(dst, x []float32, step int, k []float32, n int, taps []int, end *finish) (finished int) {
	c := dotTapsWhole(dst, x, step, k, n, taps, end)
	finished = c
	if c == 0 {
		c = tail(dotTapsVectors(dst, x, step, k, n, taps), n)
	}
	for at := range len(dst) / n {
		pixel := x[at*step:]
		for i := c; i < n; i++ {
			sum := float32(0)
			for t, tap := range taps {
				sum += float32(pixel[tap+i] * k[t*n+i])
			}
			dst[at*n+i] = sum
		}
	}
	return finished
}

// forwardTaps sets w.offset to where in f the taps of a window lie, from its first.
func (w *workspace) forwardTaps(g plan.Conv, f plan.Frame) {
	w.offset = w.ints(g.Kernel[0] * g.Kernel[1])
	for ky := range g.Kernel[0] {
		for kx := range g.Kernel[1] {
			w.offset = append(w.offset, (ky*g.Dilation[0]*f.Wide+kx*g.Dilation[1])*f.C)
		}
	}
}

// dotTapsMultiplied is dotTaps for several filters per channel.
func dotTapsMultiplied(dst, x, k []float32, g plan.Conv, taps []int) {
	for at := range g.OW {
		pixel, out := x[at*g.Stride[1]*g.CI:], dst[at*g.CO:(at+1)*g.CO]
		for i := range out {
			sum := float32(0)
			for t, tap := range taps {
				sum += float32(pixel[tap+i/g.Mult] * k[t*g.CO+i])
			}
			out[i] = sum
		}
	}
}

// depthwiseGradInput computes rows lo ≤ u < hi of the n·h rows of dx. Where the
// stride left positions out, dy has zeros.
func (w *workspace) depthwiseGradInput(dx, dy, k []float32, g plan.Conv, lo, hi int) {
	w.empty()
	v := backwardScene(g, dy)
	w.forwardTaps(g, v.Frame)
	slices.Reverse(w.offset)
	for lo < hi {
		data, base, end := w.lay(v, lo, hi)
		for u := lo; u < end; u++ {
			from := data[v.at(u-base):]
			out := dx[u*g.W*g.CI : (u+1)*g.W*g.CI]
			if g.Mult == 1 {
				dotTaps(out, from, g.CI, k, g.CI, w.offset, nil)
			} else {
				dotTapsSummed(out, from, k, g, w.offset)
			}
		}
		lo = end
	}
}

// dotTapsSummed is dotTaps back through several filters per channel.
func dotTapsSummed(dst, dy, k []float32, g plan.Conv, taps []int) {
	for at := range g.W {
		pixel, out := dy[at*g.CO:], dst[at*g.CI:(at+1)*g.CI]
		for c := range out {
			sum := float32(0)
			for t, tap := range taps {
				for i := c * g.Mult; i < (c+1)*g.Mult; i++ {
					sum += float32(pixel[tap+i] * k[t*g.CO+i])
				}
			}
			out[c] = sum
		}
	}
}

// depthwiseGradFilter computes channels lo ≤ c < hi of dk, for all taps and filters.
func (w *workspace) depthwiseGradFilter(dk, x, dy []float32, g plan.Conv, lo, hi int) {
	w.empty()
	v := forwardScene(g, x)
	w.forwardTaps(g, v.Frame)
	for t := range w.offset {
		clear(dk[t*g.CO+lo*g.Mult : t*g.CO+hi*g.Mult])
	}
	for first, rows := 0, g.N*g.OH; first < rows; {
		data, base, end := w.lay(v, first, rows)
		for u := first; u < end; u++ {
			from := data[v.at(u-base)+lo:]
			ds := dy[u*g.OW*g.CO+lo*g.Mult:]
			if g.Mult == 1 {
				addProducts(dk[lo:], g.CI, from, g.Stride[1]*g.CI, w.offset, ds, hi-lo, g.OW)
			} else {
				addProductsMultiplied(dk[lo*g.Mult:], from, w.offset, ds, g, hi-lo)
			}
		}
		first = end
	}
}

// addProductsMultiplied is addProducts for several results of a channel, which share its elements of x.
func addProductsMultiplied(sums, x []float32, taps []int, dy []float32, g plan.Conv, channels int) {
	for t, tap := range taps {
		for i := range channels * g.Mult {
			sum := sums[t*g.CO+i]
			for at := range g.OW {
				sum += float32(x[at*g.Stride[1]*g.CI+tap+i/g.Mult] * dy[at*g.CO+i])
			}
			sums[t*g.CO+i] = sum
		}
	}
}

// addProducts adds to sums[t·n+c], for at < count ascending,
// x[at·step+taps[t]+c]·dy[at·n+c].
func addProducts(sums []float32, n int, x []float32, step int, taps []int, dy []float32, channels, count int) {
	done := addProductsWhole(sums, n, x, step, taps, dy, channels, count)
	done = tail(addProductsVectors(done, sums, n, x, step, taps, dy, channels, count), channels)
	for t, tap := range taps {
		for c := done; c < channels; c++ {
			sum := sums[t*n+c]
			for at := range count {
				sum += float32(x[at*step+tap+c] * dy[at*n+c])
			}
			sums[t*n+c] = sum
		}
	}
}
