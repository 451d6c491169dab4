package native

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

// move binds the ops that only move elements, of either type. Units are rows of
// the result along its innermost axis.
func (p *program) move(s *plan.Step) kernel {
	out, in := p.operands(s)
	x, shape := p.shape(s.In[0]), p.shape(s.Out[0])
	_, row := rowsOf(shape)
	switch s.Op {
	case graph.Concat:
		return p.concat(s, out, in)
	case graph.Pad:
		return pad(out, in[0], x, shape, s.Attr.(graph.Range).Begin)
	}
	v := view{p.plan.View(s)}
	if v.transposes() {
		return func(_, lo, hi int) { v.transpose(out, in[0], lo*row, hi*row) }
	}
	return func(_, lo, hi int) { gatherStrided(out[lo*row:hi*row], in[0], v.Base, v.Dims, lo*row) }
}

// view is a plan's, of the loops below.
type view struct{ plan.View }

// transposes reports whether the last two dims exchange rows and columns.
func (v *view) transposes() bool {
	k := len(v.Dims) - 2
	return k >= 0 && v.Dims[k].Stride == 1 && v.Dims[k+1].Stride > 1
}

// transpose writes elements lo ≤ i < hi of the result, up to 16 of its rows at a
// time, so that each cache line of the operand is used whole.
func (v *view) transpose(out, x []float32, lo, hi int) {
	k := len(v.Dims) - 1
	columns, rows := v.Dims[k-1].Length, v.Dims[k].Length
	for lo < hi {
		whole := (hi - lo) / rows
		if lo%rows != 0 || whole == 0 {
			n := min(rows-lo%rows, hi-lo)
			gatherStrided(out[lo:lo+n], x, v.Base, v.Dims, lo)
			lo += n
			continue
		}
		c := lo / rows % columns
		n := min(16, whole, columns-c)
		from := x[v.at(lo):]
		for r := range rows {
			line := from[r*v.Dims[k].Stride:][:n]
			for j, e := range line {
				out[lo+j*rows+r] = e
			}
		}
		lo += n * rows
	}
}

// at is the operand's element behind element i of the result.
func (v *view) at(i int) int {
	p := v.Base
	for d := len(v.Dims) - 1; d >= 0; d-- {
		p += i % v.Dims[d].Length * v.Dims[d].Stride
		i /= v.Dims[d].Length
	}
	return p
}

// concat joins along an axis: below the axis every operand is one stretch. A
// share of rows is turned into a range of elements.
func (p *program) concat(s *plan.Step, out []float32, in [][]float32) kernel {
	shape, axis := p.shape(s.Out[0]), s.Attr.(graph.Axis).Axis
	_, row := rowsOf(shape)
	below := shape[axis:].Size()
	lengths := make([]int, len(in))
	for i, v := range s.In {
		lengths[i] = p.shape(v)[axis:].Size()
	}
	return func(_, lo, hi int) {
		lo, hi = lo*row, hi*row
		for outer := lo / max(below, 1); outer*below < hi; outer++ {
			at := outer * below
			for i, n := range lengths {
				from, to := max(at, lo), min(at+n, hi)
				if from < to {
					copy(out[from:to], in[i][outer*n+from-at:])
				}
				at += n
			}
		}
	}
}

// pad writes rows of the result: zeros, or zeros around a row of x.
func pad(out, x []float32, xs, shape tensor.Shape, before []int) kernel {
	last := len(shape) - 1
	_, row := rowsOf(shape)
	return func(_, lo, hi int) {
		for r := lo; r < hi; r++ {
			dst := out[r*row : (r+1)*row]
			clear(dst)
			if from, ok := unpadded(r, xs, shape, before); ok {
				copy(dst[before[last]:], x[from*xs[last]:(from+1)*xs[last]])
			}
		}
	}
}

// unpadded finds the row of x that lies in row r of the padded shape.
func unpadded(r int, xs, shape tensor.Shape, before []int) (int, bool) {
	from, stride := 0, 1
	for i := len(shape) - 2; i >= 0; i-- {
		at := r%shape[i] - before[i]
		if at < 0 || at >= xs[i] {
			return 0, false
		}
		from += at * stride
		stride *= xs[i]
		r /= shape[i]
	}
	return from, true
}

// gatherStrided writes elements lo… of x, seen through dims from element base, to
// dst: runs along the innermost dim, then one step of an odometer over the others.
func gatherStrided(dst, x []float32, base int, dims []plan.Dim, lo int) {
	var few [8]int
	index, last := few[:], len(dims)-1
	if len(dims) > len(few) {
		index = make([]int, len(dims))
	}
	at, rest := base, lo
	for d := last; d >= 0; d-- {
		index[d] = rest % dims[d].Length
		rest /= dims[d].Length
		at += index[d] * dims[d].Stride
	}
	inner := dims[last]
	for len(dst) > 0 {
		n := min(inner.Length-index[last], len(dst))
		switch inner.Stride {
		case 0:
			fill(dst[:n], x[at])
		case 1:
			copy(dst[:n], x[at:at+n])
		default:
			for i := range dst[:n] {
				dst[i] = x[at+i*inner.Stride]
			}
		}
		dst = dst[n:]
		at -= index[last] * inner.Stride
		index[last] = 0
		for d := last - 1; d >= 0; d-- {
			at += dims[d].Stride
			if index[d]++; index[d] < dims[d].Length {
				break
			}
			at -= index[d] * dims[d].Stride
			index[d] = 0
		}
	}
}
