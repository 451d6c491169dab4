//go:build goexperiment.simd && go1.27

package native

import (
	"simd"
	"unsafe"
)

const maxTileN = 2 * 16 // two registers of 512 bits

// tileN is the width of the register tile: two registers.
func tileN() int { return 2 * lanes() }

// tile is micro.tile.
func tile(dst []float32, ldd int, a []float32, rows *[tileM]int, step int, runs []run, b []float32, bs int,
	first bool, end *finish) {
	w := lanes()
	d0, d1, d2, d3 := dst[:2*w], dst[ldd:ldd+2*w], dst[2*ldd:2*ldd+2*w], dst[3*ldd:3*ldd+2*w]
	var c00, c01, c10, c11, c20, c21, c30, c31 simd.Float32s
	if !first {
		c00, c01 = simd.LoadFloat32s(d0), simd.LoadFloat32s(d0[w:])
		c10, c11 = simd.LoadFloat32s(d1), simd.LoadFloat32s(d1[w:])
		c20, c21 = simd.LoadFloat32s(d2), simd.LoadFloat32s(d2[w:])
		c30, c31 = simd.LoadFloat32s(d3), simd.LoadFloat32s(d3[w:])
	}
	if len(runs) > 0 {
		a0, a1, a2, a3 := unsafe.Pointer(&a[rows[0]]), unsafe.Pointer(&a[rows[1]]), unsafe.Pointer(&a[rows[2]]),
			unsafe.Pointer(&a[rows[3]])
		bp, bt := unsafe.Pointer(&b[0]), 0
		for _, u := range runs {
			at, k := 4*u.at, u.n
			_ = b[bt/4+(k-1)*bs+2*w-1]
			// One basic block that ends in its own condition: only then does the compiler
			// add each product at once, and eight sums fit into the registers.
			for {
				row := unsafe.Add(bp, bt)
				b0, b1 := vector(row), vector(unsafe.Add(row, 4*w))
				x0 := number(unsafe.Add(a0, at))
				c00 = c00.Add(x0.Mul(b0))
				c01 = c01.Add(x0.Mul(b1))
				x1 := number(unsafe.Add(a1, at))
				c10 = c10.Add(x1.Mul(b0))
				c11 = c11.Add(x1.Mul(b1))
				x2 := number(unsafe.Add(a2, at))
				c20 = c20.Add(x2.Mul(b0))
				c21 = c21.Add(x2.Mul(b1))
				x3 := number(unsafe.Add(a3, at))
				c30 = c30.Add(x3.Mul(b0))
				c31 = c31.Add(x3.Mul(b1))
				at += 4 * step
				bt += 4 * bs
				k--
				if k <= 0 {
					break
				}
			}
		}
	}
	c00.Store(d0)
	c01.Store(d0[w:])
	c10.Store(d1)
	c11.Store(d1[w:])
	c20.Store(d2)
	c21.Store(d2[w:])
	c30.Store(d3)
	c31.Store(d3[w:])
}

// vector loads a register from p; a slice of constant length needs no check.
//
//go:nocheckptr
func vector(p unsafe.Pointer) simd.Float32s { return simd.LoadFloat32s((*[16]float32)(p)[:]) }

// number fills a register with the element at p.
func number(p unsafe.Pointer) simd.Float32s { return simd.BroadcastFloat32s(*(*float32)(p)) }

// tileRow is micro.row.
func tileRow(dst []float32, a []float32, row, step int, runs []run, b []float32, bs int, first bool) {
	w := lanes()
	var c0, c1 simd.Float32s
	if !first {
		c0, c1 = simd.LoadFloat32s(dst), simd.LoadFloat32s(dst[w:])
	}
	at := 0
	for _, u := range runs {
		from := a[row+u.at:]
		for p := range u.n {
			x, v := simd.BroadcastFloat32s(from[p*step]), b[at:]
			c0 = c0.Add(x.Mul(simd.LoadFloat32s(v)))
			c1 = c1.Add(x.Mul(simd.LoadFloat32s(v[w:])))
			at += bs
		}
	}
	c0.Store(dst)
	c1.Store(dst[w:])
}
