package native

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// index binds the ops that deal in int32.
func (p *program) index(s *plan.Step) kernel {
	out, in := p.operands(s)
	switch s.Op {
	case graph.OneHot:
		depth := s.Attr.(graph.Depth).Depth
		return func(_, lo, hi int) { oneHot(out, asInts(in[0]), depth, lo, hi) }
	case graph.Gather:
		rows, d := p.shape(s.In[0])[0], p.shape(s.In[0])[1]
		return func(_, lo, hi int) { gather(out, in[0], asInts(in[1]), rows, d, lo, hi) }
	case graph.ScatterAdd:
		rows, d := s.Attr.(graph.Depth).Depth, p.shape(s.Out[0])[1]
		return func(_, lo, hi int) { scatterAdd(out, asInts(in[0]), in[1], rows, d, lo, hi) }
	case graph.ArgMax:
		length := p.shape(s.In[0]).Last()
		return func(_, lo, hi int) { argMax(asInts(out), in[0], length, lo, hi) }
	}
	from := asInts(in[0]) // Cast; from float32 it is an alias
	return func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			out[i] = float32(from[i])
		}
	}
}

// oneHot fills rows lo ≤ r < hi, depth elements each.
func oneHot(out []float32, index []int32, depth, lo, hi int) {
	clear(out[lo*depth : hi*depth])
	for r := lo; r < hi; r++ {
		if v := int(index[r]); v >= 0 && v < depth {
			out[r*depth+v] = 1
		}
	}
}

// gather copies rows lo ≤ r < hi of d elements out of a table of so many rows; an index outside gives zeros.
func gather(out, table []float32, index []int32, rows, d, lo, hi int) {
	for r := lo; r < hi; r++ {
		row := out[r*d : (r+1)*d]
		if v := int(index[r]); v >= 0 && v < rows {
			copy(row, table[v*d:])
		} else {
			clear(row)
		}
	}
}

// scatterAdd works on columns lo ≤ j < hi of the table, so that every row is
// added up by one thread in the order of the indices.
func scatterAdd(out []float32, index []int32, dy []float32, rows, d, lo, hi int) {
	if lo == 0 && hi == d {
		clear(out)
	} else {
		for r := range rows {
			clear(out[r*d+lo : r*d+hi])
		}
	}
	for r, v := range index {
		if v := int(v); v >= 0 && v < rows {
			sum := out[v*d+lo : v*d+hi]
			binary(graph.Add, sum, sum, dy[r*d+lo:r*d+hi])
		}
	}
}

// argMax finds the first of the largest elements of rows lo ≤ r < hi.
func argMax(out []int32, x []float32, length, lo, hi int) {
	for r := lo; r < hi; r++ {
		row, best := x[r*length:(r+1)*length], 0
		for i, v := range row {
			if row[best] < v {
				best = i
			}
		}
		out[r] = int32(best)
	}
}
