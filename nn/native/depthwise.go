package native

import "slices"

// Depthwise convolutions add up, channel by channel, what the taps of the window
// see; the image lies in a frame of zeros, so every window has all its taps.

// depthwise computes rows lo ≤ u < hi of the n·oh rows of dst.
func depthwise(dst, x, k []float32, g geometry, ep epilogue, lo, hi int) {
	w := buffers.Get().(*workspace)
	defer buffers.Put(w)
	f := g.forward()
	w.forwardTaps(g, f)
	group := f.group()
	for n := lo / g.oh; n*g.oh < hi; n += group {
		end := min((n+group)*g.oh, hi)
		images := w.frames(f, x, n, (end+g.oh-1)/g.oh)
		for u := max(n*g.oh, lo); u < end; u++ {
			from := images[(u/g.oh-n)*f.size()+u%g.oh*g.Stride[0]*f.wide*g.ci:]
			out := dst[u*g.ow*g.co : (u+1)*g.ow*g.co]
			if g.mult == 1 {
				dotTaps(out, from, g.Stride[1]*g.ci, k, g.ci, w.offset)
			} else {
				dotTapsMultiplied(out, from, k, g, w.offset)
			}
		}
	}
	ep.apply(dst, g.co, lo*g.ow, hi*g.ow, 0, g.co)
}

// forwardTaps sets w.offset to where in f the taps of a window lie, from its first.
func (w *workspace) forwardTaps(g geometry, f frame) {
	w.offset = w.offset[:0]
	for ky := range g.Kernel[0] {
		for kx := range g.Kernel[1] {
			w.offset = append(w.offset, (ky*g.Dilation[0]*f.wide+kx*g.Dilation[1])*f.c)
		}
	}
}

// dotTapsMultiplied is dotTaps for several filters per channel.
func dotTapsMultiplied(dst, x, k []float32, g geometry, taps []int) {
	for at := range g.ow {
		pixel, out := x[at*g.Stride[1]*g.ci:], dst[at*g.co:(at+1)*g.co]
		for i := range out {
			sum := float32(0)
			for t, tap := range taps {
				sum += float32(pixel[tap+i/g.mult] * k[t*g.co+i])
			}
			out[i] = sum
		}
	}
}

// depthwiseGradInput computes rows lo ≤ u < hi of the n·h rows of dx. Where the
// stride left positions out, dy has zeros.
func depthwiseGradInput(dx, dy, k []float32, g geometry, lo, hi int) {
	w := buffers.Get().(*workspace)
	defer buffers.Put(w)
	f := g.backward()
	w.forwardTaps(g, f)
	slices.Reverse(w.offset)
	group := f.group()
	for n := lo / g.h; n*g.h < hi; n += group {
		end := min((n+group)*g.h, hi)
		images := w.frames(f, dy, n, (end+g.h-1)/g.h)
		for u := max(n*g.h, lo); u < end; u++ {
			from := images[(u/g.h-n)*f.size()+u%g.h*f.wide*g.co:]
			out := dx[u*g.w*g.ci : (u+1)*g.w*g.ci]
			if g.mult == 1 {
				dotTaps(out, from, g.ci, k, g.ci, w.offset)
			} else {
				dotTapsSummed(out, from, k, g, w.offset)
			}
		}
	}
}

// dotTapsSummed is dotTaps back through several filters per channel.
func dotTapsSummed(dst, dy, k []float32, g geometry, taps []int) {
	for at := range g.w {
		pixel, out := dy[at*g.co:], dst[at*g.ci:(at+1)*g.ci]
		for c := range out {
			sum := float32(0)
			for t, tap := range taps {
				for i := c * g.mult; i < (c+1)*g.mult; i++ {
					sum += float32(pixel[tap+i] * k[t*g.co+i])
				}
			}
			out[c] = sum
		}
	}
}

// depthwiseGradFilter computes channels lo ≤ c < hi of dk, for all taps and filters.
func depthwiseGradFilter(dk, x, dy []float32, g geometry, lo, hi int) {
	w := buffers.Get().(*workspace)
	defer buffers.Put(w)
	f := g.forward()
	w.forwardTaps(g, f)
	for t := range w.offset {
		clear(dk[t*g.co+lo*g.mult : t*g.co+hi*g.mult])
	}
	group := f.group()
	for n := 0; n < g.n; n += group {
		end := min(n+group, g.n)
		images := w.frames(f, x, n, end)
		for u := n * g.oh; u < end*g.oh; u++ {
			from := images[(u/g.oh-n)*f.size()+u%g.oh*g.Stride[0]*f.wide*g.ci+lo:]
			ds := dy[u*g.ow*g.co+lo*g.mult:]
			if g.mult == 1 {
				addProducts(dk[lo:], g.ci, from, g.Stride[1]*g.ci, w.offset, ds, hi-lo, g.ow)
			} else {
				addProductsMultiplied(dk[lo*g.mult:], from, w.offset, ds, g, hi-lo)
			}
		}
	}
}

func addProductsMultiplied(sums, x []float32, taps []int, dy []float32, g geometry, channels int) {
	for t, tap := range taps {
		for i := range channels * g.mult {
			sum := sums[t*g.co+i]
			for at := range g.ow {
				sum += float32(x[at*g.Stride[1]*g.ci+tap+i/g.mult] * dy[at*g.co+i])
			}
			sums[t*g.co+i] = sum
		}
	}
}

// dotTapsFrom is dotTaps for channels from and up, one by one.
func dotTapsFrom(from int, dst, x []float32, step int, k []float32, n int, taps []int) {
	for at := range len(dst) / n {
		pixel := x[at*step:]
		for c := from; c < n; c++ {
			sum := float32(0)
			for t, tap := range taps {
				sum += float32(pixel[tap+c] * k[t*n+c])
			}
			dst[at*n+c] = sum
		}
	}
}

// addProductsFrom is addProducts for channels from and up, one by one.
func addProductsFrom(from int, sums []float32, n int, x []float32, step int, taps []int, dy []float32, channels, count int) {
	for t, tap := range taps {
		for c := from; c < channels; c++ {
			sum := sums[t*n+c]
			for at := range count {
				sum += float32(x[at*step+tap+c] * dy[at*n+c])
			}
			sums[t*n+c] = sum
		}
	}
}
