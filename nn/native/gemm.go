package native

import (
	"sync"
)

// Cache blocking of a matrix product, in elements. A block of blockK rows of B and
// the tile's rows of A stay in the first-level cache, blockK·blockN of B in the
// second. A block over k continues the sums of the one before, so these numbers
// change no bit.
const (
	blockK = 256
	blockN = 512
	blockM = 64

	tileM = 4 // rows of the register tile; its columns are tileN(): two or three registers
)

// matrix is an operand of which element (row r, column c) is data[r·rows+c·cols].
type matrix struct {
	data       []float32
	rows, cols int
}

func stored(data []float32, ld int, trans bool) matrix {
	if trans {
		return matrix{data, 1, ld}
	}
	return matrix{data, ld, 1}
}

// gemm computes rows lo ≤ i < hi of dst [m,n] = op(A)·op(B), each element one sum
// from +0 over k ascending, and applies the epilogue.
func gemm(dst []float32, ldd int, a []float32, lda int, transA bool, b []float32, ldb int, transB bool, m, n, k int, ep epilogue, lo, hi int) {
	at := stored(a, lda, transA)
	left := func(i0, i1, p0, p1 int, _ []float32) matrix {
		return matrix{at.data[i0*at.rows+p0*at.cols:], at.rows, at.cols}
	}
	product(dst, ldd, left, 0, stored(b, ldb, transB), n, k, ep, lo, hi)
}

// leftBlock gives rows i0 ≤ i < i1 and columns p0 ≤ p < p1 of the left operand, as a
// view or copied into scratch.
type leftBlock func(i0, i1, p0, p1 int, scratch []float32) matrix

// product is gemm with the left operand given block by block; scratch is the size
// of the buffer that a block is copied to.
func product(dst []float32, ldd int, left leftBlock, scratch int, b matrix, n, k int, ep epilogue, lo, hi int) {
	if lo >= hi || n == 0 {
		return
	}
	w := buffers.Get().(*workspace)
	defer buffers.Put(w)
	room := w.scratch(scratch)
	nr := tileN()
	for j0 := 0; j0 < n; j0 += blockN {
		j1 := min(j0+blockN, n)
		for p0 := 0; p0 < max(k, 1); p0 += blockK {
			p1 := min(p0+blockK, k)
			panels := w.pack(b, p0, p1, j0, j1, nr, hi-lo)
			for i0 := lo; i0 < hi; i0 += blockM {
				i1 := min(i0+blockM, hi)
				addBlock(dst, ldd, left(i0, i1, p0, p1, room), panels, i0, i1, j0, j1, p1-p0, p0 == 0)
				if p1 == k {
					ep.apply(dst, ldd, i0, i1, j0, j1)
				}
			}
		}
	}
}

// panels are columns of B side by side, nr wide: panel q, row p begins at
// q·panel + p·row.
type panels struct {
	data       []float32
	panel, row int
	whole      int       // panels that may be read from data
	rest       []float32 // the last, narrower panel, padded with zeros
}

func (q panels) at(i int) ([]float32, int) {
	if i < q.whole {
		return q.data[i*q.panel:], q.row
	}
	return q.rest, tileN()
}

// addBlock adds the product of a block of A with packed panels of B to dst.
func addBlock(dst []float32, ldd int, a matrix, b panels, i0, i1, j0, j1, k int, first bool) {
	nr := tileN()
	for q := 0; j0+q*nr < j1; q++ {
		bp, bs := b.at(q)
		j := j0 + q*nr
		for i := i0; i < i1; i += tileM {
			mr, cols := min(tileM, i1-i), min(nr, j1-j)
			rows := a.data[(i-i0)*a.rows:]
			if mr == tileM && cols == nr {
				tile(dst[i*ldd+j:], ldd, rows, a.rows, a.cols, bp, bs, k, first)
			} else {
				edge(dst[i*ldd+j:], ldd, mr, cols, rows, a.rows, a.cols, bp, bs, k, first)
			}
		}
	}
}

// edge is tile for fewer rows or columns: it computes a whole tile aside, the
// missing rows as copies of the first.
func edge(dst []float32, ldd, mr, cols int, a []float32, rows, cs int, b []float32, bs, k int, first bool) {
	var aside [tileM * maxTileN]float32
	nr := tileN()
	if !first {
		for r := range mr {
			copy(aside[r*nr:r*nr+cols], dst[r*ldd:r*ldd+cols])
		}
	}
	if mr == tileM {
		tile(aside[:], nr, a, rows, cs, b, bs, k, first)
	} else {
		for r := range mr {
			tileRow(aside[r*nr:], a[r*rows:], cs, b, bs, k, first)
		}
	}
	for r := range mr {
		copy(dst[r*ldd:r*ldd+cols], aside[r*nr:r*nr+cols])
	}
}

// workspace is scratch memory of one product.
type workspace struct{ b, rest, a []float32 }

var buffers = sync.Pool{New: func() any { return new(workspace) }}

func grown(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

func (w *workspace) scratch(n int) []float32 {
	w.a = grown(w.a, n)
	return w.a
}

// pack lays rows [p0,p1) of columns [j0,j1) of b out in panels. Where few rows of A
// would use them, whole panels of a B that is stored row by row are read in place.
func (w *workspace) pack(b matrix, p0, p1, j0, j1, nr, uses int) panels {
	k, n := p1-p0, j1-j0
	whole := n / nr
	q := panels{whole: whole}
	w.rest = grown(w.rest, k*nr)
	q.rest = w.rest
	if whole*nr < n {
		packPanel(q.rest, b, p0, p1, j0+whole*nr, j1, nr)
	}
	if b.cols == 1 && uses < 4*tileM {
		q.data, q.panel, q.row = b.data[min(p0*b.rows+j0, len(b.data)):], nr, b.rows
		return q
	}
	w.b = grown(w.b, whole*k*nr)
	q.data, q.panel, q.row = w.b, k*nr, nr
	for i := range whole {
		packPanel(q.data[i*k*nr:(i+1)*k*nr], b, p0, p1, j0+i*nr, j0+(i+1)*nr, nr)
	}
	return q
}

// packPanel copies columns [j0,j1) of rows [p0,p1), padding rows to nr with zeros.
func packPanel(dst []float32, b matrix, p0, p1, j0, j1, nr int) {
	n := j1 - j0
	if b.cols == 1 {
		for p := p0; p < p1; p++ {
			row := dst[(p-p0)*nr : (p-p0+1)*nr]
			copy(row, b.data[p*b.rows+j0:p*b.rows+j1])
			clear(row[n:])
		}
		return
	}
	for j := range nr {
		at := dst[j:]
		if j >= n {
			for p := range p1 - p0 {
				at[p*nr] = 0
			}
			continue
		}
		column := b.data[(j0+j)*b.cols+p0*b.rows:]
		for p := range p1 - p0 {
			at[p*nr] = column[p*b.rows]
		}
	}
}
