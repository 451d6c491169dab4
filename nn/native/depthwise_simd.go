//go:build goexperiment.simd && go1.27

package native

import "simd"

// dotTaps computes dst[c] = Σ over taps ascending, from +0, of x[xs[t]+c]·k[ks[t]+c].
func dotTaps(dst, x, k []float32, xs, ks []int) {
	w, n := lanes(), len(dst)
	ks = ks[:len(xs)]
	c := 0
	for ; c+w <= n; c += w {
		var sum simd.Float32s
		for t, at := range xs {
			sum = sum.Add(simd.LoadFloat32s(x[at+c:]).Mul(simd.LoadFloat32s(k[ks[t]+c:])))
		}
		sum.Store(dst[c:])
	}
	for ; c < n; c++ {
		sum := float32(0)
		for t, at := range xs {
			sum += float32(x[at+c] * k[ks[t]+c])
		}
		dst[c] = sum
	}
}

// addProducts adds to sums[c], for at < n ascending, x[at·xStep+c]·dy[at·dyStep+c].
func addProducts(sums, x []float32, xStep int, dy []float32, dyStep, n int) {
	w := lanes()
	c := 0
	for ; c+w <= len(sums); c += w {
		sum := simd.LoadFloat32s(sums[c:])
		for at := range n {
			sum = sum.Add(simd.LoadFloat32s(x[at*xStep+c:]).Mul(simd.LoadFloat32s(dy[at*dyStep+c:])))
		}
		sum.Store(sums[c:])
	}
	for ; c < len(sums); c++ {
		sum := sums[c]
		for at := range n {
			sum += float32(x[at*xStep+c] * dy[at*dyStep+c])
		}
		sums[c] = sum
	}
}
