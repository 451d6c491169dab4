//go:build !(goexperiment.simd && go1.27)

package native

// dotTaps computes dst[c] = Σ over taps ascending, from +0, of x[xs[t]+c]·k[ks[t]+c].
func dotTaps(dst, x, k []float32, xs, ks []int) {
	clear(dst)
	for t, at := range xs {
		xt, kt := x[at:at+len(dst)], k[ks[t]:ks[t]+len(dst)]
		for c, v := range xt {
			dst[c] += float32(v * kt[c])
		}
	}
}

// addProducts adds to sums[c], for at < n ascending, x[at·xStep+c]·dy[at·dyStep+c].
func addProducts(sums, x []float32, xStep int, dy []float32, dyStep, n int) {
	for at := range n {
		xt, dt := x[at*xStep:at*xStep+len(sums)], dy[at*dyStep:at*dyStep+len(sums)]
		for c, v := range xt {
			sums[c] += float32(v * dt[c])
		}
	}
}
