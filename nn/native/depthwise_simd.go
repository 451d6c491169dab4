//go:build goexperiment.simd && go1.27

package native

import "simd"

// dotTapsVectors is dotTaps for whole registers of channels; it returns how many channels.
func dotTapsVectors(dst, x []float32, step int, k []float32, n int, taps []int) int {
	w, pixels := lanes(), len(dst)/n
	c := 0
	for ; c+w <= n; c += w {
		at := 0
		for ; at+4 <= pixels; at += 4 {
			p0 := x[at*step+c:]
			p1, p2, p3 := p0[step:], p0[2*step:], p0[3*step:]
			var s0, s1, s2, s3 simd.Float32s
			for t, tap := range taps {
				kt := simd.LoadFloat32s(k[t*n+c:])
				s0 = s0.Add(simd.LoadFloat32s(p0[tap:]).Mul(kt))
				s1 = s1.Add(simd.LoadFloat32s(p1[tap:]).Mul(kt))
				s2 = s2.Add(simd.LoadFloat32s(p2[tap:]).Mul(kt))
				s3 = s3.Add(simd.LoadFloat32s(p3[tap:]).Mul(kt))
			}
			out := dst[at*n+c:]
			s0.Store(out)
			s1.Store(out[n:])
			s2.Store(out[2*n:])
			s3.Store(out[3*n:])
		}
		for ; at < pixels; at++ {
			var sum simd.Float32s
			for t, tap := range taps {
				sum = sum.Add(simd.LoadFloat32s(x[at*step+tap+c:]).Mul(simd.LoadFloat32s(k[t*n+c:])))
			}
			sum.Store(dst[at*n+c:])
		}
	}
	return c
}

// addProductsVectors is addProducts for whole registers of channels from c on; it returns where
// these end.
func addProductsVectors(c int, sums []float32, n int, x []float32, step int, taps []int, dy []float32, channels,
	count int) int {
	w := lanes()
	for ; c+w <= channels; c += w {
		t := 0
		for ; t+3 <= len(taps); t += 3 {
			x0, x1, x2 := x[taps[t]+c:], x[taps[t+1]+c:], x[taps[t+2]+c:]
			to := sums[t*n+c:]
			s0, s1, s2 := simd.LoadFloat32s(to), simd.LoadFloat32s(to[n:]), simd.LoadFloat32s(to[2*n:])
			for at := range count {
				d := simd.LoadFloat32s(dy[at*n+c:])
				s0 = s0.Add(simd.LoadFloat32s(x0[at*step:]).Mul(d))
				s1 = s1.Add(simd.LoadFloat32s(x1[at*step:]).Mul(d))
				s2 = s2.Add(simd.LoadFloat32s(x2[at*step:]).Mul(d))
			}
			s0.Store(to)
			s1.Store(to[n:])
			s2.Store(to[2*n:])
		}
		for ; t < len(taps); t++ {
			sum := simd.LoadFloat32s(sums[t*n+c:])
			for at := range count {
				sum = sum.Add(simd.LoadFloat32s(x[at*step+taps[t]+c:]).Mul(simd.LoadFloat32s(dy[at*n+c:])))
			}
			sum.Store(sums[t*n+c:])
		}
	}
	return c
}
