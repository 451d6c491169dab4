//go:build goexperiment.simd && go1.27

package native

import "simd/archsimd"

// microKernel is the tile of this machine. With AVX2 it is in assembly: there an element of
// a is spread over a register as it is loaded, and the compiler puts no instruction that
// does nothing between the others, as it does for every inlined call. Both together are
// two and a half times the speed.
func microKernel() micro {
	if archsimd.X86.AVX2() {
		return micro{16, tileAVX2, rowAVX2, true}
	}
	return micro{tileN(), tile, tileRow, false}
}

// tileAVX2 is tile, 16 columns wide. It checks nothing.
//
//go:noescape
func tileAVX2(dst []float32, ldd int, a []float32, rows *[tileM]int, step int, runs []run, b []float32, bs int,
	first bool, end *finish)

// rowAVX2 is tileRow, 16 columns wide.
func rowAVX2(dst []float32, a []float32, row, step int, runs []run, b []float32, bs int, first bool) {
	var c0, c1 archsimd.Float32x8
	if !first {
		c0, c1 = archsimd.LoadFloat32x8(dst), archsimd.LoadFloat32x8(dst[8:])
	}
	at := 0
	for _, u := range runs {
		from := a[row+u.at:]
		for p := range u.n {
			x, v := archsimd.BroadcastFloat32x8(from[p*step]), (*[16]float32)(b[at:])
			c0 = c0.Add(x.Mul(archsimd.LoadFloat32x8(v[:8])))
			c1 = c1.Add(x.Mul(archsimd.LoadFloat32x8(v[8:])))
			at += bs
		}
	}
	c0.Store(dst)
	c1.Store(dst[8:])
}

// copyPanels copies k rows of whole panels, which are ld apart in src, to the panels one after
// the other, if these are for tileAVX2; it reports whether they are. Memory is read in its order.
func copyPanels(dst, src []float32, ld, k, whole, width int) bool {
	if width != 16 || !archsimd.X86.AVX2() {
		return false
	}
	for p := range k {
		row := src[p*ld:][:16*whole]
		for at := p * 16; len(row) >= 16; at += 16 * k {
			to := (*[16]float32)(dst[at:])
			archsimd.LoadFloat32x8Array((*[8]float32)(row)).StoreArray((*[8]float32)(to[:8]))
			archsimd.LoadFloat32x8Array((*[8]float32)(row[8:])).StoreArray((*[8]float32)(to[8:]))
			row = row[16:]
		}
	}
	clearUpper()
	return true
}

// wideRow computes columns of dst [n] = a·b for one row a of k elements, step apart, and a matrix b
// whose rows are ld apart; it returns how many, a multiple of 64. b is read where it lies.
func wideRow(dst, a []float32, step int, b []float32, ld, n, k int) int {
	n &^= 63
	if !archsimd.X86.AVX2() || n == 0 || k == 0 {
		return 0
	}
	_, _, _ = dst[n-1], a[(k-1)*step], b[(k-1)*ld+n-1]
	for j := 0; j < n; j += 64 {
		wideRowAVX2(dst[j:], a, step, b[j:], ld, k)
	}
	return n
}

// wideRowAVX2 is wideRow for 64 columns. It checks nothing.
//
//go:noescape
func wideRowAVX2(dst []float32, a []float32, step int, b []float32, ld, k int)
