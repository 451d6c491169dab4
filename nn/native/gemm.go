package native

import "slices"

// Cache blocking of a matrix product, in elements. A block of blockK rows of B and
// the tile's rows of A stay in the first-level cache, blockK·blockN of B in the
// second. A block over k continues the sums of the one before, so these numbers
// change no bit.
const (
	blockK = 256
	blockN = 512
	blockM = 64

	tileM = 4 // rows of the register tile

	packAlways = 4 * tileM // rows of A from which packing B pays
)

// micro is the innermost loop. tile adds a [tileM,k] times b [k,width] to dst: row r of a
// begins at a[rows[r]], its columns lie in runs, neighbours step apart; row p of b begins
// at b[p·bs]. With first, dst starts from 0. row is tile for one row. The caller checks
// that all slices reach so far.
type micro struct {
	width int // columns, two registers
	tile  func(dst []float32, ldd int, a []float32, rows *[tileM]int, step int, runs []run, b []float32, bs int,
		first bool, end *finish)
	row  func(dst []float32, a []float32, row, step int, runs []run, b []float32, bs int, first bool)
	ends bool // tile knows what to do with end
}

// matrix is an operand of which element (row r, column c) is data[r·rows+c·cols]; in panels of the tile's
// width it is data[c/width·cols + r·rows + c%width].
type matrix struct {
	data       []float32
	rows, cols int
	panels     bool
}

// from is the matrix from a column on, with panels one that begins a panel.
func (m matrix) from(column int) matrix {
	if m.panels {
		column /= m.rows
	}
	m.data = m.data[column*m.cols:]
	return m
}

// stored is the matrix in row-major memory with rows ld apart, or its transpose.
func stored(data []float32, ld int, trans bool) matrix {
	if trans {
		return matrix{data: data, rows: 1, cols: ld}
	}
	return matrix{data: data, rows: ld, cols: 1}
}

// gemm computes rows lo ≤ i < hi of dst [m,n] = op(A)·op(B), each element one sum
// from +0 over k ascending, and applies the epilogue.
func (w *workspace) gemm(dst []float32, ldd int, a []float32, lda int, transA bool, b []float32, ldb int, transB bool,
	m, n, k int, ep epilogue, lo, hi int) {
	w.empty()
	at, bt := stored(a, lda, transA), stored(b, ldb, transB)
	if hi-lo == 1 && !transB {
		done := wideRow(dst[lo*ldd:], a[lo*at.rows:], at.cols, b, ldb, n, k)
		ep.apply(dst, ldd, lo, hi, 0, done)
		dst, bt.data, n, ep = dst[done:], b[min(done, len(b)):], n-done, ep.from(done)
	}
	w.runs = append(w.spans(1), run{0, k})
	left := operand{data: a, rows: grid{width: max(m, 1), tall: 1, pixel: at.rows}, step: at.cols, runs: w.runs}
	w.product(dst, ldd, left, bt, n, k, true, ep, lo, hi)
}

// operand is the left operand of a product: element (row i, column p) is
// data[rows.offset(i) + r.at + q·step], where p is number q of the columns of run r.
// So the patches of an image are an operand without being copied together.
type operand struct {
	data  []float32
	rows  grid
	first int // the row of the product that is row 0 here
	step  int
	runs  []run // the columns in order
}

// run is n columns whose first elements lie at.
type run struct{ at, n int }

// grid lays numbers out as pixels of images: number (z·tall + y)·width + x at
// z·image + y·line + x·pixel.
type grid struct{ width, tall, pixel, line, image int }

// offsets writes where the numbers from i on lie.
func (g grid) offsets(out []int, i int) {
	x, y, z := i%g.width, i/g.width%g.tall, i/g.width/g.tall
	at := z*g.image + y*g.line + x*g.pixel
	for n := range out {
		out[n] = at
		at += g.pixel
		if x++; x < g.width {
			continue
		}
		x = 0
		if y++; y == g.tall {
			y, z = 0, z+1
		}
		at = z*g.image + y*g.line
	}
}

// product computes rows lo ≤ i < hi of dst = a·b; where not first, it adds to dst.
func (w *workspace) product(dst []float32, ldd int, a operand, b matrix, n, k int, first bool, ep epilogue, lo,
	hi int) {
	if lo >= hi || n == 0 {
		return
	}
	w.micro = microKernel()
	step := blockOf(k)
	mark := w.used
	w.block = w.spans(len(a.runs))
	packed := w.used
	for j0 := 0; j0 < n; j0 += blockN {
		j1 := min(j0+blockN, n)
		for p0 := 0; p0 < max(k, 1); p0 += step {
			p1 := min(p0+step, k)
			w.used = packed
			q := w.pack(b, p0, p1, j0, j1, hi-lo)
			w.ep, w.end = ep, nil
			if p1 == k && w.micro.ends {
				w.end = ep.finish(&w.finish)
			}
			w.cut(a.runs, p0, p1, a.step)
			for i0 := lo; i0 < hi; i0 += blockM {
				i1 := min(i0+blockM, hi)
				w.place(a, i0, i1)
				w.addBlock(dst, ldd, a, q, i0, i1, j0, j1, first && p0 == 0)
				if p1 == k && w.end == nil {
					ep.apply(dst, ldd, i0, i1, j0, j1)
				}
			}
		}
	}
	w.used = mark
}

// blockOf is the length of the equal blocks into which k is cut.
func blockOf(k int) int {
	blocks := max((k+blockK-1)/blockK, 1)
	return max((k+blocks-1)/blocks, 1)
}

// cut sets w.block, which has room for them, to columns p0 ≤ p < p1 of runs.
func (w *workspace) cut(runs []run, p0, p1, step int) {
	w.block, w.reach, w.depth = w.block[:0], 0, p1-p0
	p := 0
	for _, r := range runs {
		from, to := max(p0-p, 0), min(p1-p, r.n)
		if p += r.n; from >= to {
			continue
		}
		w.block = append(w.block, run{r.at + from*step, to - from})
		w.reach = max(w.reach, r.at+(to-1)*step)
	}
}

// place sets w.offsets to those of rows i0 ≤ i < i1; the rows that fill the last
// tile are copies of the last.
func (w *workspace) place(a operand, i0, i1 int) {
	n := i1 - i0
	a.rows.offsets(w.offsets[:n], i0-a.first)
	for last := w.offsets[n-1]; n%tileM != 0; n++ {
		w.offsets[n] = last
	}
	if len(w.block) > 0 {
		_ = a.data[slices.Max(w.offsets[:n])+w.reach]
	}
}

// panels are columns of B side by side, nr wide: panel q, row p begins at
// q·panel + p·row.
type panels struct {
	data       []float32
	panel, row int
	whole      int       // panels that may be read from data
	rest       []float32 // the last, narrower panel, padded with zeros
	width      int
}

// at is panel i and how far its rows are apart.
func (q panels) at(i int) ([]float32, int) {
	if i < q.whole {
		return q.data[i*q.panel:], q.row
	}
	return q.rest, q.width
}

// addBlock adds the product of a block of A with packed panels of B to dst.
func (w *workspace) addBlock(dst []float32, ldd int, a operand, b panels, i0, i1, j0, j1 int, first bool) {
	nr := w.micro.width
	for q := 0; j0+q*nr < j1; q++ {
		bp, bs := b.at(q)
		if w.depth > 0 {
			_ = bp[(w.depth-1)*bs+nr-1]
		}
		j := j0 + q*nr
		for i := i0; i < i1; i += tileM {
			mr, cols := min(tileM, i1-i), min(nr, j1-j)
			rows := (*[tileM]int)(w.offsets[i-i0:])
			w.end.columns(w.ep.bias, j, cols)
			if mr == tileM && cols == nr {
				w.micro.tile(dst[i*ldd+j:(i+tileM-1)*ldd+j+nr], ldd, a.data, rows, a.step, w.block, bp, bs, first,
					w.end)
				continue
			}
			w.edge(dst[i*ldd+j:], ldd, mr, cols, a, rows, bp, bs, first)
			if mr == 1 && w.end != nil {
				w.ep.apply(dst, ldd, i, i+1, j, j+cols)
			}
		}
	}
}

// edge is tile for fewer rows or columns: it computes a whole tile aside.
func (w *workspace) edge(dst []float32, ldd, mr, cols int, a operand, rows *[tileM]int, b []float32, bs int,
	first bool) {
	nr, aside := w.micro.width, &w.aside
	if !first {
		for r := range mr {
			copy(aside[r*nr:r*nr+cols], dst[r*ldd:r*ldd+cols])
		}
	}
	if mr == 1 {
		w.micro.row(aside[:], a.data, rows[0], a.step, w.block, b, bs, first)
	} else {
		w.micro.tile(aside[:], nr, a.data, rows, a.step, w.block, b, bs, first, w.end)
	}
	for r := range mr {
		copy(dst[r*ldd:r*ldd+cols], aside[r*nr:r*nr+cols])
	}
}

// pack lays rows [p0,p1) of columns [j0,j1) of b out in panels. Where few rows of A
// would use them, whole panels of a B that is stored row by row are read in place.
func (w *workspace) pack(b matrix, p0, p1, j0, j1, uses int) panels {
	k, n, nr := p1-p0, j1-j0, w.micro.width
	whole := n / nr
	if b.panels {
		return panels{data: b.from(j0).data[p0*nr:], panel: b.cols, row: nr, whole: whole}
	}
	q := panels{whole: whole, width: nr}
	q.rest = w.take(k * nr)
	if whole*nr < n {
		packPanel(q.rest, b, p0, p1, j0+whole*nr, j1, nr)
	}
	if b.cols == 1 && uses < packAlways {
		q.data, q.panel, q.row = b.data[min(p0*b.rows+j0, len(b.data)):], nr, b.rows
		return q
	}
	q.data, q.panel, q.row = w.take(whole*k*nr), k*nr, nr
	if b.cols == 1 && whole*k > 0 && copyPanels(q.data, b.data[p0*b.rows+j0:], b.rows, k, whole, nr) {
		return q
	}
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
	from := 0
	if b.rows == 1 {
		from = n &^ 3
	}
	for j := 0; j < from; j += 4 {
		k, next := p1-p0, (j0+j)*b.cols+p0
		c0, c1, c2, c3 := b.data[next:][:k], b.data[next+b.cols:][:k], b.data[next+2*b.cols:][:k],
			b.data[next+3*b.cols:][:k]
		at := j
		for p, v := range c0 {
			to := (*[4]float32)(dst[at:])
			to[0], to[1], to[2], to[3] = v, c1[p], c2[p], c3[p]
			at += nr
		}
	}
	for j := from; j < nr; j++ {
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
