package native

import (
	"wafer/nn/fmath"
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// recurrent binds the ops that walk a sequence. Units are sequences of the
// batch: they are independent, and up to plan.Sequences of one share go step by step
// together, so that each load of the recurrent kernel serves several.
func (p *program) recurrent(s *plan.Step) kernel {
	out, in := p.operands(s)
	first, u := p.shape(s.In[0]), p.shape(s.In[1])
	r := &recurrence{out: out, in: in, batch: first[0], steps: first[1], h: u[0], gates: u[1]}
	f := r.gruGrad
	switch s.Op {
	case graph.LSTM:
		f = r.lstm
	case graph.GRU:
		f = r.gru
	case graph.LSTMGrad:
		f = r.lstmGrad
	}
	return func(t, lo, hi int) {
		for ; lo < hi; lo += plan.Sequences {
			p.spaces[t].empty()
			f(p.spaces[t], lo, min(lo+plan.Sequences, hi))
		}
	}
}

type recurrence struct {
	out             []float32
	in              [][]float32
	batch, steps, h int
	gates           int // width of the recurrent kernel: 4h or 3h
}

// smallMatrix is the right operand [k,n] of many small products, one per step.
// Unlike gemm's operands it is packed once for all of them.
type smallMatrix struct {
	*workspace
	packed panels
	n      int
}

// smallMatrix prepares b [k,n], which is used again in every step of time.
func (w *workspace) smallMatrix(b []float32, k, n int) smallMatrix {
	w.micro, w.runs, w.block = microKernel(), append(w.spans(1), run{0, k}), w.spans(1)
	w.end, w.ep = nil, epilogue{} // of the product before
	w.cut(w.runs, 0, k, 1)
	return smallMatrix{w, w.pack(stored(b, n, false), 0, k, 0, n, packAlways), n}
}

// zeros takes n of them.
func (w *workspace) zeros(n int) []float32 {
	z := w.take(n)
	clear(z)
	return z
}

// product is dst[rows,n] = a[rows,k]·b, every element one sum over k ascending
// from +0; rows of dst are n, rows of a lda elements apart.
func (m smallMatrix) product(dst, a []float32, lda, rows int) {
	left := operand{data: a, rows: grid{width: rows, tall: 1, pixel: lda}, step: 1}
	for i := 0; i < rows; i += blockM {
		end := min(i+blockM, rows)
		m.place(left, i, end)
		m.addBlock(dst, m.n, left, m.packed, i, end, 0, m.n, true)
	}
}

// transposed is u [h,n] as [n,h].
func (r *recurrence) transposed(w *workspace) smallMatrix {
	u, out := r.in[1], w.take(len(r.in[1]))
	for j := range r.h {
		for k := range r.gates {
			out[k*r.h+j] = u[j*r.gates+k]
		}
	}
	return w.smallMatrix(out, r.gates, r.h)
}

// add, sub and mul are element by element; dst may be a or b.
func add(dst, a, b []float32) { binary(graph.Add, dst, a, b) }
func sub(dst, a, b []float32) { binary(graph.Sub, dst, a, b) }
func mul(dst, a, b []float32) { binary(graph.Mul, dst, a, b) }

// oneMinus computes 1 − x.
func oneMinus(dst, x, ones []float32) { sub(dst, ones, x) }

// lstm runs sequences lo ≤ b < hi, a step of time for all of them at once, so that the product with the recurrent
// kernel has as many rows. Shapes are those of package eval.
func (r *recurrence) lstm(w *workspace, lo, hi int) {
	h, steps, zx, trace := r.h, r.steps, r.in[0], r.out
	z, u := w.zeros((hi-lo)*4*h), w.smallMatrix(r.in[1], h, 4*h)
	cPrev := w.zeros(h)
	for t := range steps {
		if t > 0 {
			u.product(z, trace[(lo*steps+t-1)*6*h+5*h:], steps*6*h, hi-lo)
		}
		for b := lo; b < hi; b++ {
			if t > 0 {
				cPrev = trace[(b*steps+t-1)*6*h+4*h:][:h]
			}
			lstmCell(trace[(b*steps+t)*6*h:][:6*h], zx[(b*steps+t)*4*h:][:4*h], z[(b-lo)*4*h:][:4*h], cPrev, h)
		}
	}
}

// lstmCell is one step of one sequence: the trace's row i, f, g, o, c, h from zx,
// z = hPrev·u and cPrev.
func lstmCell(row, zx, z, cPrev []float32, h int) {
	add(row[:4*h], zx, z)
	unary(graph.Sigmoid, row[:2*h], row[:2*h])
	unary(graph.Tanh, row[2*h:3*h], row[2*h:3*h])
	unary(graph.Sigmoid, row[3*h:4*h], row[3*h:4*h])
	for j := tail(lstmVectors(row, cPrev, h), h); j < h; j++ {
		i, f, g, o := row[j], row[h+j], row[2*h+j], row[3*h+j]
		c := float32(f*cPrev[j]) + float32(i*g)
		row[4*h+j], row[5*h+j] = c, o*fmath.Tanh(c)
	}
}

// lstmGrad goes back in time over sequences lo ≤ b < hi.
func (r *recurrence) lstmGrad(w *workspace, lo, hi int) {
	h, steps := r.h, r.steps
	trace, dh, dz, ut := r.in[0], r.in[2], r.out, r.transposed(w)
	dhNext, dcNext := w.zeros((hi-lo)*h), w.zeros((hi-lo)*h)
	zero := w.zeros(h)
	for t := steps - 1; t >= 0; t-- {
		for b := lo; b < hi; b++ {
			at, cPrev := b*steps+t, zero
			if t > 0 {
				cPrev = trace[(at-1)*6*h+4*h:][:h]
			}
			next := (b - lo) * h
			lstmCellGrad(dz[at*4*h:][:4*h], trace[at*6*h:][:6*h], cPrev, dh[at*h:][:h], dhNext[next:][:h],
				dcNext[next:][:h], h)
		}
		ut.product(dhNext, dz[(lo*steps+t)*4*h:], steps*4*h, hi-lo)
	}
}

// lstmCellGrad is one step back of one sequence: dz's row di, df, dg, do, and
// dcNext brought from the step after to this one.
func lstmCellGrad(dRow, row, cPrev, dh, dhNext, dcNext []float32, h int) {
	for j := tail(lstmGradVectors(dRow, row, cPrev, dh, dhNext, dcNext, h), h); j < h; j++ {
		i, f, g, o := row[j], row[h+j], row[2*h+j], row[3*h+j]
		d, y := dh[j]+dhNext[j], fmath.Tanh(row[4*h+j])
		dc := dcNext[j] + float32(float32(d*o)*(1-float32(y*y)))
		dRow[j] = float32(float32(dc*g)*i) * (1 - i)
		dRow[h+j] = float32(float32(dc*cPrev[j])*f) * (1 - f)
		dRow[2*h+j] = float32(dc*i) * (1 - float32(g*g))
		dRow[3*h+j] = float32(float32(d*y)*o) * (1 - o)
		dcNext[j] = dc * f
	}
}

// timesGateSlope computes (d·s)·(1 − s): through a sigmoid gate s.
func timesGateSlope(d, s, tmp, ones []float32) {
	mul(d, d, s)
	oneMinus(tmp, s, ones)
	mul(d, d, tmp)
}

// gru runs sequences lo ≤ b < hi as lstm does.
func (r *recurrence) gru(w *workspace, lo, hi int) {
	h, steps, zx, br, trace := r.h, r.steps, r.in[0], r.in[2], r.out
	a, u := w.zeros((hi-lo)*3*h), w.smallMatrix(r.in[1], h, 3*h)
	zero, ones, tmp := w.zeros(h), w.zeros(h), w.zeros(h)
	fill(ones, 1)
	for t := range steps {
		if t > 0 {
			u.product(a, trace[(lo*steps+t-1)*5*h+4*h:], steps*5*h, hi-lo)
		}
		for b := lo; b < hi; b++ {
			x, row := zx[(b*steps+t)*3*h:][:3*h], trace[(b*steps+t)*5*h:][:5*h]
			z, n, third := row[:h], row[2*h:3*h], row[3*h:4*h]
			sum := a[(b-lo)*3*h:][:3*h]
			hPrev := zero
			if t > 0 {
				hPrev = trace[(b*steps+t-1)*5*h+4*h:][:h]
			}
			if t == 0 {
				clear(sum)
			}
			add(sum, sum, br)
			add(row[:2*h], x[:2*h], sum[:2*h])
			unary(graph.Sigmoid, row[:2*h], row[:2*h])
			copy(third, sum[2*h:])
			mul(n, row[h:2*h], third)
			add(n, x[2*h:], n)
			unary(graph.Tanh, n, n)
			oneMinus(tmp, z, ones)
			mul(tmp, tmp, n)
			mul(row[4*h:], z, hPrev)
			add(row[4*h:], row[4*h:], tmp)
		}
	}
}

// gruGrad goes back in time over sequences lo ≤ b < hi. What passes through the recurrent kernel is multiplied for all
// at once.
func (r *recurrence) gruGrad(w *workspace, lo, hi int) {
	h, steps := r.h, r.steps
	trace, dh, dz, ut := r.in[0], r.in[3], r.out, r.transposed(w)
	dhNext, direct := w.zeros((hi-lo)*h), w.zeros((hi-lo)*h)
	through := w.zeros((hi - lo) * 3 * h) // dz, dr, da
	scratch := w.zeros(4 * h)
	zero, ones, d, tmp := scratch[:h], scratch[h:2*h], scratch[2*h:3*h], scratch[3*h:]
	fill(ones, 1)
	for t := steps - 1; t >= 0; t-- {
		for b := lo; b < hi; b++ {
			row, dRow := trace[(b*steps+t)*5*h:][:5*h], dz[(b*steps+t)*4*h:][:4*h]
			z, g, n, a := row[:h], row[h:2*h], row[2*h:3*h], row[3*h:4*h]
			dZ, dR, dN, dA := dRow[:h], dRow[h:2*h], dRow[2*h:3*h], dRow[3*h:]
			hPrev := zero
			if t > 0 {
				hPrev = trace[(b*steps+t-1)*5*h+4*h:][:h]
			}
			add(d, dh[(b*steps+t)*h:][:h], dhNext[(b-lo)*h:][:h])
			oneMinus(tmp, z, ones)
			mul(dN, d, tmp)
			mul(tmp, n, n)
			oneMinus(tmp, tmp, ones)
			mul(dN, dN, tmp)
			sub(dZ, hPrev, n)
			mul(dZ, d, dZ)
			timesGateSlope(dZ, z, tmp, ones)
			mul(dR, dN, a)
			timesGateSlope(dR, g, tmp, ones)
			mul(dA, dN, g)
			mul(direct[(b-lo)*h:][:h], d, z)
			copy(through[(b-lo)*3*h:], dRow[:2*h])
			copy(through[(b-lo)*3*h+2*h:][:h], dA)
		}
		ut.product(dhNext, through, 3*h, hi-lo)
		add(dhNext, direct, dhNext)
	}
}
