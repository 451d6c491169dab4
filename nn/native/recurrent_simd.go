//go:build goexperiment.simd && go1.27

package native

import "simd"

// smallProductVectors is the columns of smallProduct that fill whole registers,
// and returns how many these are. Four rows share each load of b.
func smallProductVectors(dst []float32, ldd int, a []float32, lda, rows, k int, b []float32, n int) int {
	w := lanes()
	r := 0
	for ; r+4 <= rows; r += 4 {
		fourRows(dst[r*ldd:], ldd, a[r*lda:], lda, k, b, n, w)
	}
	for ; r < rows; r++ {
		oneRow(dst[r*ldd:], a[r*lda:], k, b, n, w)
	}
	return n / w * w
}

func fourRows(dst []float32, ldd int, a []float32, lda, k int, b []float32, n, w int) {
	a0, a1, a2, a3 := a[:k], a[lda:][:k], a[2*lda:][:k], a[3*lda:][:k]
	j := 0
	for ; j+2*w <= n; j += 2 * w {
		var s00, s01, s10, s11, s20, s21, s30, s31 simd.Float32s
		for p, at := 0, j; p < k; p, at = p+1, at+n {
			b0, b1 := simd.LoadFloat32s(b[at:]), simd.LoadFloat32s(b[at+w:])
			v := simd.BroadcastFloat32s(a0[p])
			s00, s01 = s00.Add(v.Mul(b0)), s01.Add(v.Mul(b1))
			v = simd.BroadcastFloat32s(a1[p])
			s10, s11 = s10.Add(v.Mul(b0)), s11.Add(v.Mul(b1))
			v = simd.BroadcastFloat32s(a2[p])
			s20, s21 = s20.Add(v.Mul(b0)), s21.Add(v.Mul(b1))
			v = simd.BroadcastFloat32s(a3[p])
			s30, s31 = s30.Add(v.Mul(b0)), s31.Add(v.Mul(b1))
		}
		s00.Store(dst[j:])
		s01.Store(dst[j+w:])
		s10.Store(dst[ldd+j:])
		s11.Store(dst[ldd+j+w:])
		s20.Store(dst[2*ldd+j:])
		s21.Store(dst[2*ldd+j+w:])
		s30.Store(dst[3*ldd+j:])
		s31.Store(dst[3*ldd+j+w:])
	}
	for ; j+w <= n; j += w {
		var s0, s1, s2, s3 simd.Float32s
		for p, at := 0, j; p < k; p, at = p+1, at+n {
			b0 := simd.LoadFloat32s(b[at:])
			s0 = s0.Add(simd.BroadcastFloat32s(a0[p]).Mul(b0))
			s1 = s1.Add(simd.BroadcastFloat32s(a1[p]).Mul(b0))
			s2 = s2.Add(simd.BroadcastFloat32s(a2[p]).Mul(b0))
			s3 = s3.Add(simd.BroadcastFloat32s(a3[p]).Mul(b0))
		}
		s0.Store(dst[j:])
		s1.Store(dst[ldd+j:])
		s2.Store(dst[2*ldd+j:])
		s3.Store(dst[3*ldd+j:])
	}
}

func oneRow(dst, a []float32, k int, b []float32, n, w int) {
	a = a[:k]
	j := 0
	for ; j+4*w <= n; j += 4 * w {
		var s0, s1, s2, s3 simd.Float32s
		for p, at := 0, j; p < k; p, at = p+1, at+n {
			v := simd.BroadcastFloat32s(a[p])
			s0 = s0.Add(v.Mul(simd.LoadFloat32s(b[at:])))
			s1 = s1.Add(v.Mul(simd.LoadFloat32s(b[at+w:])))
			s2 = s2.Add(v.Mul(simd.LoadFloat32s(b[at+2*w:])))
			s3 = s3.Add(v.Mul(simd.LoadFloat32s(b[at+3*w:])))
		}
		s0.Store(dst[j:])
		s1.Store(dst[j+w:])
		s2.Store(dst[j+2*w:])
		s3.Store(dst[j+3*w:])
	}
	for ; j+w <= n; j += w {
		var s simd.Float32s
		for p, at := 0, j; p < k; p, at = p+1, at+n {
			s = s.Add(simd.BroadcastFloat32s(a[p]).Mul(simd.LoadFloat32s(b[at:])))
		}
		s.Store(dst[j:])
	}
}
