package native

import (
	"slices"

	"wafer/nn/fmath"
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// term is what a reduction accumulates of each element.
type term uint8

const (
	termSum         term = iota // x
	termDot                     // x·y
	termSquaredDiff             // (x−mean)²
	termMax                     // the larger of m and x
)

var terms = map[graph.Op]term{graph.ReduceSum: termSum, graph.ReduceDot: termDot,
	graph.ReduceSquaredDiff: termSquaredDiff, graph.ReduceMax: termMax}

// loops is a nest of loops over a tensor: how far each goes and how many
// elements a turn moves on.
type loops struct{ length, stride []int }

// size is how many turns the innermost loop makes in all.
func (l *loops) size() int {
	n := 1
	for _, d := range l.length {
		n *= d
	}
	return n
}

// at is the element reached after i turns of the innermost loop.
func (l *loops) at(i int) int {
	p := 0
	for d := len(l.length) - 1; d >= 0; d-- {
		p += i % l.length[d] * l.stride[d]
		i /= l.length[d]
	}
	return p
}

// push adds an inner loop, as one with its neighbour where the strides allow.
func (l *loops) push(length, stride int) {
	if k := len(l.length) - 1; k >= 0 && l.stride[k] == stride*length {
		l.length[k] *= length
		l.stride[k] = stride
		return
	}
	l.length, l.stride = append(l.length, length), append(l.stride, stride)
}

// reduce binds a reduction. Where the innermost axis is reduced, every result
// walks stretches of contiguous elements into 16 partial sums; otherwise
// stretches of neighbouring results accumulate side by side.
func (p *program) reduce(s *plan.Step) kernel {
	out, in := p.operands(s)
	r := &reduction{term: terms[s.Op], out: out, x: in[0]}
	if len(in) > 1 {
		r.y = in[1]
	}
	shape, axes := p.shape(s.In[0]), s.Attr.(graph.Axes).Axes
	stride := shape.Size()
	for i, d := range shape {
		if d > 0 {
			stride /= d
		}
		if d == 1 {
			continue
		}
		if slices.Contains(axes, i) {
			r.over.push(d, stride)
		} else {
			r.kept.push(d, stride)
		}
	}
	if slices.Contains(axes, len(shape)-1) {
		r.inner = takeInner(&r.over)
		return func(_, lo, hi int) { r.rows(lo, hi) }
	}
	r.inner = takeInner(&r.kept)
	return func(_, lo, hi int) { r.columns(lo, hi) }
}

// takeInner removes the innermost loop where it runs over neighbours.
func takeInner(l *loops) int {
	k := len(l.length) - 1
	if k < 0 || l.stride[k] != 1 {
		return 1
	}
	n := l.length[k]
	l.length, l.stride = l.length[:k], l.stride[:k]
	return n
}

// reduction is a step's operands, and the loops over what is reduced and over what is kept.
type reduction struct {
	term       term
	out, x, y  []float32
	kept, over loops
	inner      int // contiguous elements below both
}

// rows reduces to results lo ≤ o < hi along the innermost axis.
func (r *reduction) rows(lo, hi int) {
	turns := r.over.size()
	for o := lo; o < hi; o++ {
		base := r.kept.at(o)
		switch {
		case r.term == termMax:
			r.out[o] = r.largest(base, turns)
		case turns == 1:
			r.out[o] = r.stretch(o, base)
		default:
			r.out[o] = r.stretches(o, base, turns)
		}
	}
}

// mean is what result o is measured from, for the sum of squares.
func (r *reduction) mean(o int) float32 {
	if r.term == termSquaredDiff {
		return r.y[o]
	}
	return 0
}

// stretch reduces one contiguous stretch, the usual case.
func (r *reduction) stretch(o, base int) float32 {
	x, y := r.x[base:base+r.inner], []float32(nil)
	if r.term == termDot {
		y = r.y[base : base+r.inner]
	}
	return sum16(r.term, x, y, r.mean(o))
}

// stretches goes on counting from one stretch to the next.
func (r *reduction) stretches(o, base, turns int) float32 {
	var p [16]float32
	n, mean := 0, r.mean(o)
	for t := range turns {
		at := base + r.over.at(t)
		for i := at; i < at+r.inner; i++ {
			y := float32(0)
			if r.term == termDot {
				y = r.y[i]
			}
			p[n%16] += r.term.of(r.x[i], y, mean)
			n++
		}
	}
	return fmath.Tree16(&p)
}

// largest goes through the stretches in order, from the first element of the first.
func (r *reduction) largest(base, turns int) float32 {
	m := r.x[base]
	for t := range turns {
		at := base + r.over.at(t)
		m = maxFrom(m, r.x[at:at+r.inner])
	}
	return m
}

// of is one element's share of a sum.
func (t term) of(x, y, mean float32) float32 {
	switch t {
	case termDot:
		return float32(x * y)
	case termSquaredDiff:
		d := x - mean
		return float32(d * d)
	}
	return x
}

// sum16 adds the terms of one contiguous stretch in 16 partial sums and a tree.
func sum16(t term, x, y []float32, mean float32) float32 {
	var p [16]float32
	i := partials(t, &p, x, y, mean)
	switch t {
	case termSum:
		for ; i < len(x); i++ {
			p[i%16] += x[i]
		}
	case termDot:
		for ; i < len(x); i++ {
			p[i%16] += float32(x[i] * y[i])
		}
	case termSquaredDiff:
		for ; i < len(x); i++ {
			d := x[i] - mean
			p[i%16] += float32(d * d)
		}
	}
	return fmath.Tree16(&p)
}

// maxFrom is m, then every x that is larger than what came before.
func maxFrom(m float32, x []float32) float32 {
	for _, v := range x {
		m = choose(m < v, v, m)
	}
	return m
}

// rowMax is maxFrom(x[0], x). Whole registers find the same number in any order,
// but for a NaN in front and for the sign of zero.
func rowMax(x []float32) float32 {
	if x[0] != x[0] {
		return x[0]
	}
	m, n := largestVectors(x)
	if m = maxFrom(m, x[n:]); m == 0 {
		return maxFrom(x[0], x)
	}
	return m
}

// columns reduces to results lo ≤ o < hi, neighbours in memory where inner > 1.
func (r *reduction) columns(lo, hi int) {
	for o := lo; o < hi; {
		column := o % r.inner
		n := min(r.inner-column, hi-o)
		r.accumulate(r.out[o:o+n], o, r.kept.at(o/r.inner)+column)
		o += n
	}
}

// accumulate reduces to the results acc, numbers o…, whose first elements begin at base.
func (r *reduction) accumulate(acc []float32, o, base int) {
	clear(acc)
	var y []float32
	if r.term == termSquaredDiff {
		y = r.y[o : o+len(acc)]
	}
	if r.term == termMax {
		copy(acc, r.x[base:])
	}
	rows, stride := 1, 0
	turns := r.over.size()
	if k := len(r.over.length) - 1; k >= 0 {
		rows, stride = r.over.length[k], r.over.stride[k]
	}
	for t := 0; t < turns; t += rows {
		at := base + r.over.at(t)
		if r.term == termDot {
			y = r.y[at:]
		}
		columnTerms(r.term, acc, r.x[at:], y, rows, stride)
	}
}

// narrow is the number of columns up to which they are added up a few at a time,
// in registers, and not row by row.
const narrow = 64

// columnTerms adds the terms of rows stretches of x, stride apart, to acc. Where
// it has few columns it takes as many rows at a time as stay in the nearest cache
// while the columns are gone through.
func columnTerms(t term, acc, x, y []float32, rows, stride int) {
	const near = 1024 // elements
	for some := max(near/max(stride, 1), 4); len(acc) <= narrow && rows > some; rows -= some {
		columnBlock(t, acc, x, y, some, stride)
		x = x[some*stride:]
		if t == termDot {
			y = y[some*stride:]
		}
	}
	columnBlock(t, acc, x, y, rows, stride)
}

// columnBlock is columnTerms without division into parts: registers first, then the columns that are left.
func columnBlock(t term, acc, x, y []float32, rows, stride int) {
	done := columnVectors(t, acc, x, y, rows, stride)
	if done == len(acc) {
		return
	}
	acc = acc[done:]
	for r := range rows {
		row := x[r*stride+done:][:len(acc)]
		switch t {
		case termSum:
			for j, v := range row {
				acc[j] += v
			}
		case termDot:
			other := y[r*stride+done:][:len(acc)]
			for j, v := range row {
				acc[j] += float32(v * other[j])
			}
		case termSquaredDiff:
			mean := y[done:][:len(acc)]
			for j, v := range row {
				d := v - mean[j]
				acc[j] += float32(d * d)
			}
		case termMax:
			for j, v := range row {
				acc[j] = choose(acc[j] < v, v, acc[j])
			}
		}
	}
}
