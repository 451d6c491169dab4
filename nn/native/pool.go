package native

import "wafer/nn/graph"

// maxPool computes rows lo ≤ u < hi of the n·oh rows of dst.
func maxPool(dst, x []float32, g geometry, lo, hi int) {
	pool(dst, x, g, lo, hi, func(out, image []float32, taps []int) {
		copy(out, image[taps[0]:taps[0]+g.ci])
		for _, at := range taps[1:] {
			binary(graph.Max, out, out, image[at:at+g.ci])
		}
	})
}

// avgPool computes rows lo ≤ u < hi of the n·oh rows of dst.
func avgPool(dst, x []float32, g geometry, lo, hi int) {
	count := make([]float32, g.ci)
	pool(dst, x, g, lo, hi, func(out, image []float32, taps []int) {
		clear(out)
		for _, at := range taps {
			binary(graph.Add, out, out, image[at:at+g.ci])
		}
		fill(count, float32(len(taps)))
		binary(graph.Div, out, out, count)
	})
}

// pool calls reduce for every position of the rows, with the taps that hit the image.
func pool(dst, x []float32, g geometry, lo, hi int, reduce func(out, image []float32, taps []int)) {
	p := imagePatches(nil, g)
	var r reach
	for u := lo; u < hi; u++ {
		image := x[u/g.oh*g.h*g.w*g.ci:]
		for at := range g.ow {
			p.taps(&r, u%g.oh, at)
			reduce(dst[(u*g.ow+at)*g.ci:(u*g.ow+at+1)*g.ci], image, r.x)
		}
	}
}

// unpool clears images lo ≤ n < hi of dx and calls spread for every position.
func unpool(dx, dy []float32, g geometry, lo, hi int, spread func(n int, d, dy []float32, taps []int)) {
	p, size := imagePatches(nil, g), g.h*g.w*g.ci
	var r reach
	clear(dx[lo*size : hi*size])
	for n := lo; n < hi; n++ {
		for y := range g.oh {
			for at := range g.ow {
				p.taps(&r, y, at)
				from := ((n*g.oh+y)*g.ow + at) * g.ci
				spread(n, dx[n*size:(n+1)*size], dy[from:from+g.ci], r.x)
			}
		}
	}
}

// maxPoolGrad computes images lo ≤ n < hi of dx.
func maxPoolGrad(dx, x, dy []float32, g geometry, lo, hi int) {
	size := g.h * g.w * g.ci
	unpool(dx, dy, g, lo, hi, func(n int, d, dy []float32, taps []int) {
		addAtMax(d, x[n*size:(n+1)*size], dy, taps)
	})
}

// avgPoolGrad computes images lo ≤ n < hi of dx.
func avgPoolGrad(dx, dy []float32, g geometry, lo, hi int) {
	share, count := make([]float32, g.ci), make([]float32, g.ci)
	unpool(dx, dy, g, lo, hi, func(_ int, d, dy []float32, taps []int) {
		fill(count, float32(len(taps)))
		binary(graph.Div, share, dy, count)
		for _, at := range taps {
			binary(graph.Add, d[at:at+g.ci], d[at:at+g.ci], share)
		}
	})
}

// addAtMaxFrom is addAtMax for channels c and up, one by one.
func addAtMaxFrom(c int, d, x, dy []float32, taps []int) {
	for ; c < len(dy); c++ {
		best := taps[0]
		for _, at := range taps[1:] {
			if x[best+c] < x[at+c] {
				best = at
			}
		}
		d[best+c] += dy[c]
	}
}
