//go:build goexperiment.simd && go1.27

package native

import "simd"

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
