package tfjs

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// reshape takes a known shape, with −1 for one length that follows. A graph that was frozen for one sample reshapes to
// [1 …]: where that fits the batch, the 1 becomes the batch.
func reshape(l *loader) []value {
	x, shape := l.in(0), l.lengths(1)
	known, open := 1, -1
	for i, n := range shape {
		if n < 0 {
			open = i
		} else {
			known *= n
		}
	}
	size := x.Shape.Size()
	if open >= 0 && known > 0 {
		shape[open] = size / known
	} else if len(shape) > 1 && shape[0] == 1 && known*l.batch == size {
		shape[0] = l.batch // the file is made for one sample
	}
	return []value{{l.G.Reshape(x.Node, shape...), x.whole}}
}

// squeeze leaves out the axes of squeeze_dims (or axis), which must have length 1; without a list all of length 1.
func squeeze(l *loader) []value {
	x := l.in(0)
	list := l.node.Attrs["squeeze_dims"].List.I
	if list == nil {
		list = l.node.Attrs["axis"].List.I
	}
	gone := make([]bool, len(x.Shape))
	for _, a := range list {
		gone[axis(int(a), len(gone))] = true
	}
	var shape []int
	for i, n := range x.Shape {
		if gone[i] && n != 1 {
			fail(say.Errorf("leaves out axis %d, whose length is %d", i, n))
		}
		if !gone[i] && (n != 1 || len(list) > 0) {
			shape = append(shape, n)
		}
	}
	return []value{{l.G.Reshape(x.Node, shape...), x.whole}}
}

// widened has one more axis, of length 1.
func (l *loader) widened(x *graph.Node, at int) *graph.Node {
	return l.G.Reshape(x, slices.Insert(slices.Clone([]int(x.Shape)), at, 1)...)
}

// expandDims puts an axis of length 1 before the known axis, counted from −1 at the end.
func expandDims(l *loader) []value {
	x := l.in(0)
	return []value{{l.widened(x.Node, axis(l.lengths(1)[0], len(x.Shape)+1)), x.whole}}
}

// transpose has a known order: axis i is what axis perm[i] was.
func transpose(l *loader) []value {
	x := l.in(0)
	return []value{{l.G.Transpose(x.Node, l.lengths(1)...), x.whole}}
}

// pads are the numbers before and behind each axis.
func (l *loader) pads(x value) (before, after []int) {
	p := l.lengths(1)
	if len(p) != 2*len(x.Shape) || slices.Min(p) < 0 || slices.Max(p) > 1<<16 {
		fail(say.Errorf("has paddings %v", p))
	}
	for i := range x.Shape {
		before, after = append(before, p[2*i]), append(after, p[2*i+1])
	}
	return before, after
}

// pad puts zeros around, or in PadV2 a known number.
func pad(l *loader) []value {
	x := l.in(0)
	before, after := l.pads(x)
	if l.node.Op == "PadV2" {
		if v := l.known(2)[0]; v != 0 { // shifted, so that the padding's zeros stand for it
			shifted := l.G.Pad(l.G.Sub(x.Node, l.scalar(v)), before, after)
			return []value{{l.G.Add(shifted, l.scalar(v)), x.whole}}
		}
	}
	return []value{{l.G.Pad(x.Node, before, after), x.whole}}
}

// mirrorPad continues an axis backward from its ends: without them (REFLECT), or with them (SYMMETRIC).
func mirrorPad(l *loader) []value {
	x := l.in(0)
	skip := 1
	if l.node.Attrs["mode"].S == "SYMMETRIC" {
		skip = 0
	}
	before, after := l.pads(x)
	y := x.Node
	for i := range x.Shape {
		n, parts := x.Shape[i], []*graph.Node{y}
		if before[i] > 0 {
			parts = slices.Insert(parts, 0, l.G.Reverse(l.G.Narrow(y, i, skip, skip+before[i]), i))
		}
		if after[i] > 0 {
			parts = append(parts, l.G.Reverse(l.G.Narrow(y, i, n-skip-after[i], n-skip), i))
		}
		if len(parts) > 1 {
			y = l.G.Concat(i, parts...)
		}
	}
	return []value{{y, x.whole}}
}

// concat joins all operands but the last, which is the known axis.
func concat(l *loader) []value {
	list := l.inputs()
	last := len(list) - 1
	return []value{l.joined(list[:last], axis(l.lengths(last)[0], len(list[0].Shape)))}
}

// joined are values one behind the other along an axis; a single one is as it was.
func (l *loader) joined(list []value, at int) value {
	nodes, whole := []*graph.Node(nil), true
	for _, v := range list {
		nodes, whole = append(nodes, v.Node), whole && v.whole
	}
	if len(nodes) == 1 {
		return list[0]
	}
	return value{l.G.Concat(at, nodes...), whole}
}

// pack joins operands of one shape along a new axis.
func pack(l *loader) []value {
	list := l.inputs()
	at := axis(l.int("axis"), len(list[0].Shape)+1)
	for i, v := range list {
		list[i].Node = l.widened(v.Node, at)
	}
	return []value{l.joined(list, at)}
}

// parts cuts an axis into pieces of these lengths.
func (l *loader) parts(x value, at int, lengths []int) (list []value) {
	lo := 0
	for _, n := range lengths {
		list = append(list, value{l.G.Narrow(x.Node, at, lo, lo+n), x.whole})
		lo += n
	}
	return list
}

// even are n pieces of equal length.
func even(length, n int) []int {
	if n < 1 || n > 1<<12 || length%n != 0 {
		fail(say.Errorf("cuts an axis of %d into %d parts", length, n))
	}
	return slices.Repeat([]int{length / n}, n)
}

// unpack is pack undone: a result for each place along the axis, at most 4096.
func unpack(l *loader) []value {
	x := l.in(0)
	at := axis(l.int("axis"), len(x.Shape))
	list := l.parts(x, at, even(x.Shape[at], x.Shape[at]))
	for i, v := range list {
		list[i].Node = l.G.Reshape(v.Node, slices.Delete(slices.Clone([]int(v.Shape)), at, at+1)...)
	}
	return list
}

// split has the known axis first, then what it cuts into num_split equal parts.
func split(l *loader) []value {
	x := l.in(1)
	at := axis(l.lengths(0)[0], len(x.Shape))
	return l.parts(x, at, even(x.Shape[at], l.int("num_split")))
}

// splitV has x, the known lengths and the known axis; one length may be −1, for the rest.
func splitV(l *loader) []value {
	x, lengths := l.in(0), l.lengths(1)
	at := axis(l.lengths(2)[0], len(x.Shape))
	rest, open := x.Shape[at], -1
	for i, n := range lengths {
		if n < 0 {
			open = i
		} else {
			rest -= n
		}
	}
	if open >= 0 {
		lengths[open] = rest
	}
	return l.parts(x, at, lengths)
}

// slice has x, the known beginnings and sizes, −1 for all that follows. A first size of 1 that takes the one sample of
// the file takes the whole batch.
func slice(l *loader) []value {
	x, begin, size := l.in(0), l.lengths(1), l.lengths(2)
	end := make([]int, len(x.Shape))
	for i := range end {
		if end[i] = begin[i] + size[i]; size[i] < 0 || i == 0 && begin[0] == 0 && size[0] == 1 &&
			x.Shape[0] == l.batch {
			end[i] = x.Shape[i]
		}
	}
	return []value{{l.G.Slice(x.Node, begin, end), x.whole}}
}

// stridedSlice is x[begin:end:stride, …] as Python's, with masks for what is left out.
func stridedSlice(l *loader) []value {
	x, begin, end, stride := l.in(0), l.lengths(1), l.lengths(2), l.lengths(3)
	has := func(mask string, i int) bool { return l.int(mask)>>i&1 != 0 }
	y, at, shape := x.Node, 0, []int{}
	given := 0 // axes of x that the lists speak of
	for i := range begin {
		if !has("new_axis_mask", i) && !has("ellipsis_mask", i) {
			given++
		}
	}
	for i := range begin {
		if has("ellipsis_mask", i) {
			for range len(x.Shape) - given {
				shape, at = append(shape, x.Shape[at]), at+1
			}
			continue
		}
		if has("new_axis_mask", i) {
			shape = append(shape, 1)
			continue
		}
		n := x.Shape[at]
		if has("shrink_axis_mask", i) {
			b := axis(begin[i], n)
			y, at = l.G.Narrow(y, at, b, b+1), at+1
			continue
		}
		lo, hi := 0, n
		if stride[i] < 0 {
			y, begin[i], end[i] = l.G.Reverse(y, at), -1-begin[i], -1-end[i]
		}
		if !has("begin_mask", i) {
			lo = bound(begin[i], n)
		}
		if !has("end_mask", i) {
			hi = bound(end[i], n)
		}
		if stride[i] != 1 && stride[i] != -1 || hi <= lo {
			fail(say.Errorf("takes elements %d to %d of %d in steps of %d, steps of 1 and -1 are supported", lo, hi, n,
				stride[i]))
		}
		y = l.G.Narrow(y, at, lo, hi)
		shape, at = append(shape, hi-lo), at+1
	}
	shape = append(shape, x.Shape[at:]...)
	return []value{{l.G.Reshape(y, shape...), x.whole}}
}

// bound is a place from the start, within an axis.
func bound(i, n int) int {
	if i < 0 {
		i += n
	}
	return max(0, min(n, i))
}

// gather takes elements along an axis, which is brought to the front and back again.
func gather(l *loader) []value {
	x, index, at := l.in(0), l.in(1), 0
	if l.node.Op == "GatherV2" {
		at = axis(l.lengths(2)[0], len(x.Shape))
	}
	if l.int("batch_dims") != 0 {
		fail(say.New("takes other elements for every sample, which is not supported"))
	}
	perm := []int{at}
	for i := range x.Shape {
		if i != at {
			perm = append(perm, i)
		}
	}
	front := l.G.Transpose(x.Node, perm...)
	n, rest := front.Shape[0], front.Shape[1:]
	y := l.G.Gather(l.G.Reshape(front, n, rest.Size()), l.wholeNode(index))
	k := len(index.Shape)
	y = l.G.Reshape(y, slices.Concat(index.Shape, rest)...)
	back := make([]int, 0, len(y.Shape))
	for i := range at {
		back = append(back, k+i)
	}
	for i := range k {
		back = append(back, i)
	}
	for i := at; i < len(rest); i++ {
		back = append(back, k+i)
	}
	return []value{{l.G.Transpose(y, back...), x.whole}}
}

// wholeNode is a value as int32: a constant, or an input of whole numbers.
func (l *loader) wholeNode(v value) *graph.Node {
	if v.Op == graph.Cast && v.In[0].DType == tensor.Int32 {
		return v.In[0]
	}
	f := l.numbers(v)
	list := make([]int32, len(f))
	for i, x := range f {
		list[i] = int32(max(-1<<31, min(1<<31-1, float64(x))))
	}
	return l.G.Const(tensor.Ints(list, v.Shape...))
}

// tile repeats each axis a known number of times, at most 4096.
func tile(l *loader) []value {
	x, times := l.in(0), l.lengths(1)
	y := x
	for i := range x.Shape {
		if times[i] < 1 || times[i] > 1<<12 {
			fail(say.Errorf("repeats an axis %d times", times[i]))
		}
		y = l.joined(slices.Repeat([]value{y}, times[i]), i)
	}
	return []value{y}
}
