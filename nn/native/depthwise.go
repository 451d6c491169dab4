package native

// reach lists, for one position, where the taps that hit the image read x and k:
// element offsets of their first channels.
type reach struct{ x, k []int }

// taps fills r for position (y, at) of a result; source and sizes as in patches.
func (p patches) taps(r *reach, y, at int) {
	r.x, r.k = r.x[:0], r.k[:0]
	for ky := range p.g.Kernel[0] {
		sy, ok := p.source(p.g, 0, y, ky)
		if !ok {
			continue
		}
		for kx := range p.g.Kernel[1] {
			if sx, ok := p.source(p.g, 1, at, kx); ok {
				r.x = append(r.x, (sy*p.w+sx)*p.c)
				r.k = append(r.k, (ky*p.g.Kernel[1]+kx)*p.g.co)
			}
		}
	}
}

// depthwise computes rows lo ≤ u < hi of the n·oh rows of dst.
func depthwise(dst, x, k []float32, g geometry, ep epilogue, lo, hi int) {
	p := imagePatches(x, g)
	var r reach
	for u := lo; u < hi; u++ {
		image := x[u/g.oh*g.h*g.w*g.ci:]
		for at := range g.ow {
			p.taps(&r, u%g.oh, at)
			out := dst[(u*g.ow+at)*g.co : (u*g.ow+at+1)*g.co]
			if g.mult == 1 {
				dotTaps(out, image, k, r.x, r.k)
			} else {
				dotTapsMultiplied(out, image, k, r, g)
			}
		}
	}
	ep.apply(dst, g.co, lo*g.ow, hi*g.ow, 0, g.co)
}

// dotTapsMultiplied is dotTaps for several filters per channel.
func dotTapsMultiplied(dst, x, k []float32, r reach, g geometry) {
	for c := range g.ci {
		for j := range g.mult {
			sum := float32(0)
			for t, at := range r.x {
				sum += float32(x[at+c] * k[r.k[t]+c*g.mult+j])
			}
			dst[c*g.mult+j] = sum
		}
	}
}

// depthwiseGradInput computes rows lo ≤ u < hi of the n·h rows of dx.
func depthwiseGradInput(dx, dy, k []float32, g geometry, lo, hi int) {
	p := patches{g: g, image: dy, h: g.oh, w: g.ow, c: g.co, tall: g.h, width: g.w, source: backward}
	var r reach
	for u := lo; u < hi; u++ {
		image := dy[u/g.h*g.oh*g.ow*g.co:]
		for at := range g.w {
			p.taps(&r, u%g.h, at)
			out := dx[(u*g.w+at)*g.ci : (u*g.w+at+1)*g.ci]
			if g.mult == 1 {
				dotTaps(out, image, k, r.x, r.k)
				continue
			}
			for c := range out {
				sum := float32(0)
				for t, from := range r.x {
					for j := range g.mult {
						sum += float32(image[from+c*g.mult+j] * k[r.k[t]+c*g.mult+j])
					}
				}
				out[c] = sum
			}
		}
	}
}

// depthwiseGradFilter computes channels lo ≤ c < hi of dk, for all taps and filters.
func depthwiseGradFilter(dk, x, dy []float32, g geometry, lo, hi int) {
	taps := g.Kernel[0] * g.Kernel[1]
	for t := range taps {
		clear(dk[t*g.co+lo*g.mult : t*g.co+hi*g.mult])
	}
	for u := range g.n * g.oh {
		image := x[u/g.oh*g.h*g.w*g.ci:]
		for t := range taps {
			ky, kx := t/g.Kernel[1], t%g.Kernel[1]
			sy, ok := forward(g, 0, u%g.oh, ky)
			if !ok {
				continue
			}
			from, to := g.reached(kx)
			if from >= to {
				continue
			}
			first, _ := forward(g, 1, from, kx)
			sums := dk[t*g.co+lo*g.mult : t*g.co+hi*g.mult]
			xs := image[(sy*g.w+first)*g.ci+lo:]
			ds := dy[(u*g.ow+from)*g.co+lo*g.mult:]
			if g.mult == 1 {
				addProducts(sums, xs, g.Stride[1]*g.ci, ds, g.co, to-from)
			} else {
				addProductsMultiplied(sums, xs, ds, g, to-from)
			}
		}
	}
}

// reached is the range of output positions of a row at which tap kx hits the image.
func (g geometry) reached(kx int) (from, to int) {
	hit := func(at int) bool { _, ok := forward(g, 1, at, kx); return ok }
	for from < g.ow && !hit(from) {
		from++
	}
	for to = from; to < g.ow && hit(to); {
		to++
	}
	return from, to
}

func addProductsMultiplied(sums, x, dy []float32, g geometry, n int) {
	for c := range len(sums) / g.mult {
		for j := range g.mult {
			sum := sums[c*g.mult+j]
			for at := range n {
				sum += float32(x[at*g.Stride[1]*g.ci+c] * dy[at*g.co+c*g.mult+j])
			}
			sums[c*g.mult+j] = sum
		}
	}
}
