//go:build goexperiment.simd && go1.27

package native

import "simd"

// smallPanels copies the columns of b [k,n] that fill pairs of registers, pair by
// pair: what fourRows reads is then one stretch, where rows far apart would fall
// into few sets of the cache.
func smallPanels(b []float32, k, n int) []float32 {
	w := 2 * lanes()
	out := make([]float32, 0, n/w*w*k)
	for j := 0; j+w <= n; j += w {
		for p := range k {
			out = append(out, b[p*n+j:p*n+j+w]...)
		}
	}
	return out
}

// smallProductVectors is the columns of smallProduct that lie in panels, and
// returns how many these are. Four rows share each load.
func smallProductVectors(dst []float32, ldd int, a []float32, lda, rows, k int, panels []float32, n int) int {
	w := lanes()
	j := 0
	for ; j+2*w <= n; j += 2 * w {
		panel := panels[j*k : (j+2*w)*k]
		r := 0
		for ; r+4 <= rows; r += 4 {
			fourRows(dst[r*ldd+j:], ldd, a[r*lda:], lda, k, panel)
		}
		for ; r < rows; r++ {
			oneRow(dst[r*ldd+j:], a[r*lda:][:k], panel)
		}
	}
	return j
}

func fourRows(dst []float32, ldd int, a []float32, lda, k int, b []float32) {
	w := lanes()
	a0, a1, a2, a3 := a[:k], a[lda:][:k], a[2*lda:][:k], a[3*lda:][:k]
	var s00, s01, s10, s11, s20, s21, s30, s31 simd.Float32s
	for p := range a0 {
		if len(b) < 2*w {
			break
		}
		b0, b1 := simd.LoadFloat32s(b), simd.LoadFloat32s(b[w:])
		b = b[2*w:]
		v := simd.BroadcastFloat32s(a0[p])
		s00, s01 = s00.Add(v.Mul(b0)), s01.Add(v.Mul(b1))
		v = simd.BroadcastFloat32s(a1[p])
		s10, s11 = s10.Add(v.Mul(b0)), s11.Add(v.Mul(b1))
		v = simd.BroadcastFloat32s(a2[p])
		s20, s21 = s20.Add(v.Mul(b0)), s21.Add(v.Mul(b1))
		v = simd.BroadcastFloat32s(a3[p])
		s30, s31 = s30.Add(v.Mul(b0)), s31.Add(v.Mul(b1))
	}
	s00.Store(dst)
	s01.Store(dst[w:])
	s10.Store(dst[ldd:])
	s11.Store(dst[ldd+w:])
	s20.Store(dst[2*ldd:])
	s21.Store(dst[2*ldd+w:])
	s30.Store(dst[3*ldd:])
	s31.Store(dst[3*ldd+w:])
}

func oneRow(dst, a, b []float32) {
	w := lanes()
	var s0, s1 simd.Float32s
	for _, x := range a {
		if len(b) < 2*w {
			break
		}
		v := simd.BroadcastFloat32s(x)
		s0, s1 = s0.Add(v.Mul(simd.LoadFloat32s(b))), s1.Add(v.Mul(simd.LoadFloat32s(b[w:])))
		b = b[2*w:]
	}
	s0.Store(dst)
	s1.Store(dst[w:])
}

// lstmVectors is the state of lstmCell for whole registers of units; it returns
// how many units.
func lstmVectors(row, cPrev []float32, h int) int {
	w, j := lanes(), 0
	for ; j+w <= h; j += w {
		c := simd.LoadFloat32s(row[h+j:]).Mul(simd.LoadFloat32s(cPrev[j:]))
		c = c.Add(simd.LoadFloat32s(row[j:]).Mul(simd.LoadFloat32s(row[2*h+j:])))
		c.Store(row[4*h+j:])
		y := tanhV(c)
		simd.LoadFloat32s(row[3*h+j:]).Mul(y).Store(row[5*h+j:])
	}
	return j
}

// lstmGradVectors is lstmCellGrad for whole registers of units; it returns how many units.
func lstmGradVectors(dRow, row, cPrev, dh, dhNext, dcNext []float32, h int) int {
	w, j, one := lanes(), 0, f32v(1)
	for ; j+w <= h; j += w {
		y := tanhV(simd.LoadFloat32s(row[4*h+j:]))
		i, f := simd.LoadFloat32s(row[j:]), simd.LoadFloat32s(row[h+j:])
		g, o := simd.LoadFloat32s(row[2*h+j:]), simd.LoadFloat32s(row[3*h+j:])
		d := simd.LoadFloat32s(dh[j:]).Add(simd.LoadFloat32s(dhNext[j:]))
		dc := simd.LoadFloat32s(dcNext[j:]).Add(d.Mul(o).Mul(one.Sub(y.Mul(y))))
		dc.Mul(g).Mul(i).Mul(one.Sub(i)).Store(dRow[j:])
		dc.Mul(simd.LoadFloat32s(cPrev[j:])).Mul(f).Mul(one.Sub(f)).Store(dRow[h+j:])
		dc.Mul(i).Mul(one.Sub(g.Mul(g))).Store(dRow[2*h+j:])
		d.Mul(y).Mul(o).Mul(one.Sub(o)).Store(dRow[3*h+j:])
		dc.Mul(f).Store(dcNext[j:])
	}
	return j
}
