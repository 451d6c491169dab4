package onnx

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Elements by position. Positions below 0 count from the end.

// gather is Gather: positions that are known now become slices or a table of them, others rows of a table.
func gather(l *loader) []value {
	x, index := l.in(0), l.in(1)
	axis := l.axis(l.int("axis", 0), x.rank())
	n, shape := x.shape()[axis], index.shape()
	if c := l.folded(index); c.node.Op == graph.Const {
		list := l.positions(c, n)
		if len(list) == 1 { // a part of the axis
			y := x.like(l.g.Narrow(x.node, x.stored(axis), list[0], list[0]+1))
			return []value{l.reshaped(y, slices.Concat(x.shape()[:axis], shape, x.shape()[axis+1:]))}
		}
		y := l.plain(x.like(l.taken(x.node, x.stored(axis), list)))
		return []value{{node: l.g.Reshape(y, slices.Concat(x.shape()[:axis], shape, x.shape()[axis+1:])...),
			typ: x.typ}}
	}
	y := l.plain(x)
	perm := append([]int{axis}, slices.DeleteFunc(from(0, x.rank()), func(i int) bool { return i == axis })...)
	table := l.moved(y, perm)
	rest := table.Shape[1:].Clone()
	rows := l.rowsOf(l.g.Reshape(table, n, rest.Size()), l.plain(index))
	rows = l.g.Reshape(rows, slices.Concat(shape, rest)...)
	var back []int // the positions' axes go where the axis was
	for i := range axis {
		back = append(back, len(shape)+i)
	}
	back = append(append(back, from(0, len(shape))...), from(len(shape)+axis, len(shape)+len(rest))...)
	return []value{{node: l.moved(rows, back), typ: x.typ}}
}

// positions are known ones, counted from the start and within the axis.
func (l *loader) positions(v value, n int) []int {
	list := l.lengths(v)
	for i, p := range list {
		if p < 0 {
			p += n
		}
		if p < 0 || p >= n {
			l.fail("takes element %d of %d", list[i], n)
		}
		list[i] = p
	}
	return list
}

// maxHot is from how many comparisons on positions of an input are looked up and not compared.
const maxHot = 1 << 10

// rowsOf takes rows of a table [n d] by positions that an input gives, or that are computed: these by a product
// with ones where they are.
func (l *loader) rowsOf(table, index *graph.Node) *graph.Node {
	n := table.Shape[0]
	// positions below 0, which nobody has, give zeros there
	if index.Op == graph.Cast && index.Shape.Size()*n > maxHot {
		return l.g.Gather(table, index.In[0])
	}
	if index.Shape.Size()*n > 1<<22 {
		l.fail("takes %d of %d rows by computed positions, which is not supported", index.Shape.Size(), n)
	}
	index = l.g.Where(l.below(index, 0), l.plus(index, float32(n)), index)
	hot := l.g.Equal(l.g.Reshape(index, index.Shape.Size(), 1), l.iota(n))
	return l.g.MatMul(hot, table, false, false)
}

// gatherElements is GatherElements. Positions that are computed become a product with ones where they are, up to
// 4,194,304 comparisons.
func gatherElements(l *loader) []value {
	x, index := l.in(0), l.in(1)
	y := l.plain(x)
	axis := l.axis(l.int("axis", 0), len(y.Shape))
	shape := index.shape()
	if len(shape) != len(y.Shape) {
		l.fail("takes elements of shape %v at positions of shape %v", y.Shape, shape)
	}
	if c := l.folded(index); c.node.Op == graph.Const {
		at := l.flatPositions(y.Shape, shape, axis, l.positions(c, y.Shape[axis]))
		flat := l.g.Gather(l.g.Reshape(y, y.Shape.Size(), 1), l.places(at, len(at)))
		return []value{{node: l.g.Reshape(flat, shape...), typ: x.typ}}
	}
	for i := range shape { // beyond the axis, the first positions of x count
		if i != axis && shape[i] != y.Shape[i] {
			y = l.g.Narrow(y, i, 0, shape[i])
		}
	}
	perm, back := lastAxis(len(shape), axis)
	n := y.Shape[axis]
	at := l.moved(l.plain(index), perm)
	at = l.g.Where(l.below(at, 0), l.plus(at, float32(n)), at)
	if at.Shape.Size()*n > 1<<22 {
		l.fail("takes %d elements by computed positions, which is not supported", at.Shape.Size())
	}
	hot := l.g.Equal(l.g.Reshape(at, append(at.Shape.Clone(), 1)...), l.iota(n))
	rows := l.moved(y, perm)
	s := rows.Shape.Clone()
	rows = l.g.Reshape(rows, slices.Concat(s[:len(s)-1], []int{1, n})...)
	picked := l.g.ReduceSum(l.g.Mul(hot, rows), len(s))
	return []value{{node: l.moved(picked, back), typ: x.typ}}
}

// flatPositions are where in row-major order of shape x the elements lie that stand at list along an axis.
func (l *loader) flatPositions(x, shape tensor.Shape, axis int, list []int) []int {
	at := make([]int, len(list))
	place := make([]int, len(shape))
	for i := range list {
		for k, rest := len(shape)-1, i; k >= 0; k-- {
			place[k], rest = rest%shape[k], rest/shape[k]
		}
		place[axis] = list[i]
		flat := 0
		for k := range x {
			if place[k] >= x[k] {
				l.fail("has positions of shape %v for shape %v", shape, x)
			}
			flat = flat*x[k] + place[k]
		}
		at[i] = flat
	}
	return at
}

// tuples are known positions of whole rows: the last axis of index holds k numbers each.
func (l *loader) tuples(index value, x tensor.Shape) (at []int, k int) {
	shape := index.shape()
	if len(shape) == 0 {
		l.fail("has positions that are no list")
	}
	k = shape.Last()
	list := l.lengths(index)
	for i := 0; i+k <= len(list) && k > 0; i += k {
		flat := 0
		for j := range k {
			p := list[i+j]
			if p < 0 {
				p += x[j]
			}
			if p < 0 || p >= x[j] {
				l.fail("takes element %d of %d", p, x[j])
			}
			flat = flat*x[j] + p
		}
		at = append(at, flat)
	}
	return at, k
}

// gatherND is GatherND with positions that are known now.
func gatherND(l *loader) []value {
	x, index := l.in(0), l.in(1)
	y := l.plain(x)
	batch := l.int("batch_dims", 0)
	shape := index.shape()
	if batch < 0 || batch >= len(shape) || batch+shape.Last() > len(y.Shape) {
		l.fail("takes from shape %v by positions of shape %v", y.Shape, shape)
	}
	outer := y.Shape[:batch].Size()
	inner := y.Shape[batch:]
	at, k := l.tuples(index, inner)
	rows, rest := inner[:k].Size(), inner[k:]
	each := len(at) / max(outer, 1)
	for i := range at {
		at[i] += i / max(each, 1) * rows
	}
	flat := l.g.Gather(l.g.Reshape(y, outer*rows, rest.Size()), l.places(at, len(at)))
	return []value{{node: l.g.Reshape(flat, slices.Concat(shape[:len(shape)-1], rest)...), typ: x.typ}}
}

// scattered puts updates [m d] into rows of x [n d] at known positions.
func (l *loader) scattered(x *graph.Node, at []int, updates *graph.Node, reduction string) *graph.Node {
	index, n := l.places(at, len(at)), x.Shape[0]
	switch reduction {
	case "none", "":
		last := map[int]int{} // of updates for the same row the last one counts
		for i, p := range at {
			last[p] = i
		}
		kept := make([]float32, len(at))
		for i, p := range at {
			if last[p] == i {
				kept[i] = 1
			}
		}
		touched := l.fold(l.g.ScatterAdd(index, l.floats(kept, len(at), 1), n))
		updates = l.g.Mul(updates, l.floats(kept, len(at), 1))
		return l.g.Where(touched, l.g.ScatterAdd(index, updates, n), x)
	case "add":
		return l.g.Add(x, l.g.ScatterAdd(index, updates, n))
	}
	f := map[string]function{"mul": mul, "max": larger, "min": smaller}[reduction]
	if f == nil || len(at) > maxUnrolled {
		l.fail("scatters %d elements with reduction %q", len(at), reduction)
	}
	rows := make([]*graph.Node, n)
	for i := range rows {
		rows[i] = l.g.Narrow(x, 0, i, i+1)
	}
	for i, p := range at {
		rows[p] = f(l, rows[p], l.g.Narrow(updates, 0, i, i+1))
	}
	return l.joined(0, rows)
}

// scatterElements is ScatterElements with positions that are known now.
func scatterElements(l *loader) []value {
	x, index, updates := l.in(0), l.in(1), l.in(2)
	y := l.plain(x)
	axis := l.axis(l.int("axis", 0), len(y.Shape))
	if len(index.shape()) != len(y.Shape) {
		l.fail("puts elements into shape %v at positions of shape %v", y.Shape, index.shape())
	}
	at := l.flatPositions(y.Shape, index.shape(), axis, l.positions(index, y.Shape[axis]))
	flat := l.scattered(l.g.Reshape(y, y.Shape.Size(), 1), at, l.g.Reshape(l.plain(updates), len(at), 1),
		l.text("reduction", "none"))
	return []value{{node: l.g.Reshape(flat, y.Shape...), typ: x.typ}}
}

// scatterND is ScatterND with positions that are known now.
func scatterND(l *loader) []value {
	x, index, updates := l.in(0), l.in(1), l.in(2)
	y := l.plain(x)
	if s := index.shape(); len(s) == 0 || s.Last() > len(y.Shape) {
		l.fail("puts elements into shape %v at positions of shape %v", y.Shape, s)
	}
	at, k := l.tuples(index, y.Shape)
	rows, rest := y.Shape[:k].Size(), y.Shape[k:].Size()
	flat := l.scattered(l.g.Reshape(y, rows, rest), at, l.g.Reshape(l.plain(updates), len(at), rest),
		l.text("reduction", "none"))
	return []value{{node: l.g.Reshape(flat, y.Shape...), typ: x.typ}}
}

// oneHot is OneHot with a depth that is known now, 65,536 at most; a position outside gives the off value everywhere.
func oneHot(l *loader) []value {
	index, depth, values := l.in(0), l.lengths(l.in(1)), l.in(2)
	if len(depth) != 1 || depth[0] < 1 || depth[0] > 1<<16 {
		l.fail("has depth %v", depth)
	}
	n := depth[0]
	at := l.plain(index)
	at = l.g.Where(l.below(at, 0), l.plus(at, float32(n)), at)
	hot := l.g.Equal(l.g.Reshape(at, append(at.Shape.Clone(), 1)...), l.iota(n))
	off, on := l.g.Narrow(values.node, 0, 0, 1), l.g.Narrow(values.node, 0, 1, 2)
	y := l.g.Where(hot, on, off)
	axis := l.axis(l.int("axis", -1), len(y.Shape))
	_, back := lastAxis(len(y.Shape), axis)
	return []value{{node: l.moved(y, back), typ: values.typ}}
}

// compress is Compress with a condition that is known now, since it decides the shape.
func compress(l *loader) []value {
	x := l.in(0)
	y := l.plain(x)
	axis := 0
	if l.node.attr("axis") == nil {
		y = l.g.Reshape(y, y.Shape.Size())
	} else {
		axis = l.axis(l.int("axis", 0), len(y.Shape))
	}
	var index []int
	for i, keep := range l.known(l.in(1)) {
		if keep != 0 && i < y.Shape[axis] {
			index = append(index, i)
		}
	}
	if len(index) == 0 {
		l.fail("keeps nothing, which is not supported")
	}
	return []value{{node: l.taken(y, axis, index), typ: x.typ}}
}

// nonZero are the positions of a constant's elements that are not 0, a row per axis.
func nonZero(l *loader) []value {
	x := l.in(0)
	shape := x.shape()
	var places [][]int
	for i, v := range l.known(x) {
		if v == 0 {
			continue
		}
		place := make([]int, len(shape))
		for k, rest := len(shape)-1, i; k >= 0; k-- {
			place[k], rest = rest%shape[k], rest/shape[k]
		}
		places = append(places, place)
	}
	out := make([]float32, 0, len(shape)*len(places))
	for k := range shape {
		for _, p := range places {
			out = append(out, float32(p[k]))
		}
	}
	return []value{{node: l.floats(out, len(shape), len(places)), typ: Int64}}
}

// reverseSequence turns the first so many steps of each sample around.
func reverseSequence(l *loader) []value {
	x := l.in(0)
	y := l.plain(x)
	batch, time := l.int("batch_axis", 1), l.int("time_axis", 0)
	if batch == time || batch < 0 || time < 0 || batch > 1 || time > 1 || len(y.Shape) < 2 {
		l.fail("has axes %d and %d for shape %v", batch, time, y.Shape)
	}
	lengths := l.lengths(l.in(1))
	if len(lengths) != y.Shape[batch] {
		l.fail("has %d lengths for %d samples", len(lengths), y.Shape[batch])
	}
	parts := make([]*graph.Node, len(lengths))
	for i, n := range lengths {
		if n < 1 || n > y.Shape[time] {
			l.fail("has a sequence of %d steps of %d", n, y.Shape[time])
		}
		sample := l.g.Narrow(y, batch, i, i+1)
		parts[i] = l.g.Reverse(l.g.Narrow(sample, time, 0, n), time)
		if n < y.Shape[time] {
			parts[i] = l.g.Concat(time, parts[i], l.g.Narrow(sample, time, n, y.Shape[time]))
		}
	}
	return []value{{node: l.joined(batch, parts), typ: x.typ}}
}

// col2Im adds columns of windows up to a picture.
func col2Im(l *loader) []value {
	in := l.in(0)
	x := l.plain(in) // [n c·kh·kw windows]
	size, block := l.lengths(l.in(1)), l.lengths(l.in(2))
	if len(size) != 2 || len(block) != 2 || len(x.Shape) != 3 {
		l.fail("makes pictures of %v from windows of %v, two axes are supported", size, block)
	}
	w := l.window(l.g.Reshape(x, x.Shape.Size(), 1, 1, 1), false, l.spatial(block, false, "block_shape"))
	out := l.spatial(size, false, "image_shape")
	oh, ow := w.Out(0, out[0]), w.Out(1, out[1])
	taps := block[0] * block[1]
	c := x.Shape[1] / max(taps, 1)
	if oh < 1 || ow < 1 || oh*ow != x.Shape[2] || c*taps != x.Shape[1] {
		l.fail("has %d windows of %v in a picture of %v", x.Shape[2], block, size)
	}
	rows := l.g.Transpose(l.g.Reshape(x, x.Shape[0]*c, taps, oh, ow), 0, 2, 3, 1) // a channel at a time
	eye := make([]float32, taps*taps)                                             // tap k of the kernel takes column k
	for k := range taps {
		eye[k*taps+k] = 1
	}
	y := l.g.Conv2DGradInput(rows, l.floats(eye, block[0], block[1], 1, taps), w,
		tensor.Shape{x.Shape[0] * c, out[0], out[1], 1})
	return []value{{node: l.g.Reshape(y, x.Shape[0], c, out[0], out[1]), typ: in.typ}}
}
