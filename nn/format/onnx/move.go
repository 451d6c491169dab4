package onnx

import (
	"math"
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// reshape knows 0 (as before) and −1 (what is left). A first length that the file fixed to its own number of
// samples becomes ours.
func reshape(l *loader) []value {
	x := l.in(0)
	wanted := l.ints("shape")
	if v, ok := l.optional(1); ok {
		wanted = l.lengths(v)
	}
	before, size := x.shape(), x.node.Shape.Size()
	shape, rest, known := tensor.Shape{}, -1, 1
	for i, n := range wanted {
		switch {
		case n == -1 && rest < 0:
			rest, n = i, 1
		case n == 0 && l.int("allowzero", 0) == 0 && i < len(before):
			n = before[i]
		case n < 0 || n > math.MaxInt32:
			l.fail("has shape %v", wanted)
		}
		shape = append(shape, n)
		if known *= n; known > math.MaxInt32 {
			l.fail("has shape %v", wanted)
		}
	}
	if rest >= 0 && known > 0 && size%known == 0 {
		shape[rest] = size / known
	} else if b := l.o.Batch; rest < 0 && b > 1 && known*b == size && len(shape) > 0 {
		shape[0] *= b
	}
	if shape.Size() != size {
		l.fail("makes shape %v of %v", wanted, before)
	}
	return []value{l.reshaped(x, shape)}
}

// reshaped is without a transpose where only axes of length 1 come or go.
func (l *loader) reshaped(x value, shape tensor.Shape) value {
	return value{node: l.g.Reshape(l.plain(x), shape...), typ: x.typ}
}

// flatten is Flatten: two axes, those before axis and the others.
func flatten(l *loader) []value {
	x := l.in(0)
	axis := l.int("axis", 1)
	if axis != x.rank() {
		axis = l.axis(axis, x.rank())
	}
	rows := x.shape()[:axis].Size()
	return []value{l.reshaped(x, tensor.Shape{rows, x.node.Shape.Size() / max(rows, 1)})}
}

// axesOf are an attribute or an operand.
func (l *loader) axesOf(rank int) []int {
	axes := l.ints("axes")
	if v, ok := l.optional(1); ok {
		axes = l.lengths(v)
	}
	list := make([]int, len(axes))
	for i, a := range axes {
		list[i] = l.axis(a, rank)
	}
	return list
}

// squeeze is Squeeze: without axes it leaves out all of length 1.
func squeeze(l *loader) []value {
	x := l.in(0)
	axes, given := l.axesOf(x.rank()), len(l.node.Inputs) > 1 || l.node.attr("axes") != nil
	shape := tensor.Shape{}
	for i, n := range x.shape() {
		if !given && n == 1 || slices.Contains(axes, i) {
			if n != 1 {
				l.fail("leaves out axis %d of length %d", i, n)
			}
			continue
		}
		shape = append(shape, n)
	}
	return []value{l.reshaped(x, shape)}
}

// unsqueeze is Unsqueeze; axes count in the result.
func unsqueeze(l *loader) []value {
	x := l.in(0)
	n := len(l.ints("axes"))
	if v, ok := l.optional(1); ok {
		n = v.node.Shape.Size()
	}
	rank := x.rank() + n
	if rank > maxRank {
		l.fail("makes %d axes, at most %d are supported", rank, maxRank)
	}
	axes, from := l.axesOf(rank), x.shape()
	shape := tensor.Shape{}
	for i := range rank {
		if slices.Contains(axes, i) || len(from) == 0 {
			shape = append(shape, 1)
			continue
		}
		shape, from = append(shape, from[0]), from[1:]
	}
	return []value{l.reshaped(x, shape)}
}

// transpose is Transpose: without perm it turns all axes around.
func transpose(l *loader) []value {
	x := l.in(0)
	perm := l.ints("perm")
	if perm == nil {
		for i := range x.rank() {
			perm = append(perm, x.rank()-1-i)
		}
	}
	if len(perm) != x.rank() {
		l.fail("has perm %v for shape %v", perm, x.shape())
	}
	stored := make([]int, len(perm))
	for i, p := range perm {
		stored[i] = x.stored(l.axis(p, x.rank()))
	}
	return []value{{node: l.moved(x.node, stored), typ: x.typ}}
}

// concat is Concat. If one operand has its channels last, all are brought to that; parts of no elements are left out.
func concat(l *loader) []value {
	first := l.in(0)
	last := false
	for i := range l.node.Inputs {
		last = last || l.in(i).last
	}
	axis := l.axis(l.int("axis", 1), first.rank())
	like := value{typ: first.typ, last: last}
	var parts []*graph.Node
	for i := range l.node.Inputs {
		v := l.in(i)
		part := l.plain(v)
		if last {
			part = l.channelsLast(v)
		}
		if part.Shape.Size() > 0 {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		l.fail("joins nothing")
	}
	return []value{like.like(l.joined(like.stored(axis), parts))}
}

// split is Split by lengths, or into equal parts of which the last may be shorter.
func split(l *loader) []value {
	x := l.in(0)
	axis := l.axis(l.int("axis", 0), x.rank())
	n := x.shape()[axis]
	parts := l.ints("split")
	if v, ok := l.optional(1); ok {
		parts = l.lengths(v)
	}
	if parts == nil {
		count := l.int("num_outputs", len(l.node.Outputs))
		each := (n + max(count, 1) - 1) / max(count, 1)
		for left := n; len(parts) < count; left -= each {
			parts = append(parts, max(min(each, left), 0))
		}
	}
	var out []value
	at := 0
	for _, p := range parts {
		if p < 1 || p > n-at {
			l.fail("has parts %v of %d", parts, n)
		}
		out = append(out, x.like(l.g.Narrow(x.node, x.stored(axis), at, at+p)))
		at += p
	}
	return out
}

// slice is Slice, with attributes before opset 10 and operands, known now, from it on.
func slice(l *loader) []value {
	x := l.in(0)
	starts, ends, axes := l.ints("starts"), l.ints("ends"), l.ints("axes")
	var steps []int
	if l.Opset >= 10 {
		starts, ends = l.lengths(l.in(1)), l.lengths(l.in(2))
		if v, ok := l.optional(3); ok {
			axes = l.lengths(v)
		}
		if v, ok := l.optional(4); ok {
			steps = l.lengths(v)
		}
	}
	if len(ends) != len(starts) || axes != nil && len(axes) != len(starts) || steps != nil &&
		len(steps) != len(starts) {
		l.fail("has starts %v, ends %v, axes %v and steps %v", starts, ends, axes, steps)
	}
	y := x.node
	for i := range starts {
		axis, step := i, 1
		if axes != nil {
			axis = axes[i]
		}
		if steps != nil {
			step = steps[i]
		}
		y = l.sliced(y, x.stored(l.axis(axis, x.rank())), starts[i], ends[i], step)
	}
	return []value{x.like(y)}
}

// sliced is x[start:end:step] along an axis, as Python means it.
func (l *loader) sliced(x *graph.Node, axis, start, end, step int) *graph.Node {
	n := x.Shape[axis]
	if step == 0 {
		l.fail("has a step of 0")
	}
	if start < 0 {
		start += n
	}
	if end < 0 && end > -math.MaxInt32/2 {
		end += n
	}
	if step < 0 {
		x = l.g.Reverse(x, axis)
		start, end, step = n-1-start, n-1-end, -step
	}
	start, end = max(0, min(start, n)), max(0, min(end, n))
	if start >= end {
		l.fail("keeps nothing of axis %d, which is not supported", axis)
	}
	x = l.g.Narrow(x, axis, start, end)
	if step == 1 {
		return x
	}
	n = end - start
	groups := (n + step - 1) / step
	before, after := make([]int, len(x.Shape)), make([]int, len(x.Shape))
	if after[axis] = groups*step - n; after[axis] > 1<<16 {
		return l.g.Narrow(x, axis, 0, 1) // a step beyond the end
	}
	x = l.g.Pad(x, before, after)
	shape := x.Shape.Clone()
	x = l.g.Reshape(x, slices.Concat(shape[:axis], []int{groups, step}, shape[axis+1:])...)
	x = l.g.Narrow(x, axis+1, 0, 1)
	shape[axis] = groups
	return l.g.Reshape(x, shape...)
}

// pad is Pad: zeros or another constant, or the operand's own elements; pads below 0 cut.
func pad(l *loader) []value {
	x := l.in(0)
	pads, fill := l.ints("pads", l.ints("paddings")...), l.float("value", 0)
	axes := from(0, x.rank())
	if l.Opset >= 11 {
		pads = l.lengths(l.in(1))
		if v, ok := l.optional(2); ok {
			fill = l.known(v)[0]
		}
		if v, ok := l.optional(3); ok {
			axes = l.lengths(v)
		}
	}
	if len(pads) != 2*len(axes) {
		l.fail("has pads %v for %d axes", pads, len(axes))
	}
	before, after := make([]int, x.rank()), make([]int, x.rank())
	for i, a := range axes {
		a = x.stored(l.axis(a, x.rank()))
		before[a], after[a] = pads[i], pads[len(axes)+i]
	}
	y := x.node
	for i := range before { // pads below 0 take away
		if cut := [2]int{max(-before[i], 0), max(-after[i], 0)}; cut != [2]int{} {
			y = l.sliced(y, i, cut[0], y.Shape[i]-cut[1], 1)
			before[i], after[i] = max(before[i], 0), max(after[i], 0)
		}
		if before[i] > 1<<20 || after[i] > 1<<20 {
			l.fail("has pads %v", pads)
		}
	}
	switch mode := l.text("mode", "constant"); mode {
	case "constant":
		return []value{x.like(l.paddedWith(y, before, after, fill))}
	case "reflect", "edge", "wrap":
		for i := range before {
			y = l.continued(y, i, before[i], after[i], mode)
		}
		return []value{x.like(y)}
	default:
		l.fail("has mode %q", mode)
		return nil
	}
}

// paddedWith pads with a number: zeros first, then the number wherever the operand is not.
func (l *loader) paddedWith(x *graph.Node, before, after []int, fill float32) *graph.Node {
	y := l.g.Pad(x, before, after)
	if fill == 0 {
		return y
	}
	inside := l.g.Pad(l.filled(1, x.Shape), before, after)
	return l.g.Where(l.fold(inside), y, l.scalar(fill))
}

// continued puts elements of x itself in front of it and behind it.
func (l *loader) continued(x *graph.Node, axis, before, after int, mode string) *graph.Node {
	n := x.Shape[axis]
	if before == 0 && after == 0 {
		return x
	}
	index := make([]int, 0, before+n+after)
	for i := -before; i < n+after; i++ {
		j := i
		switch {
		case mode == "edge":
			j = max(0, min(i, n-1))
		case mode == "wrap":
			j = ((i % n) + n) % n
		case n > 1:
			j = ((i % (2*n - 2)) + 2*n - 2) % (2*n - 2)
			if j >= n {
				j = 2*n - 2 - j
			}
		default:
			j = 0
		}
		index = append(index, j)
	}
	return l.taken(x, axis, index)
}

// taken are the elements of an axis by their positions.
func (l *loader) taken(x *graph.Node, axis int, index []int) *graph.Node {
	shape := x.Shape.Clone()
	perm := append([]int{axis}, slices.DeleteFunc(from(0, len(shape)), func(i int) bool { return i == axis })...)
	back := make([]int, len(perm))
	for i, p := range perm {
		back[p] = i
	}
	y := l.moved(x, perm)
	rows := l.g.Gather(l.g.Reshape(y, shape[axis], shape.Size()/max(shape[axis], 1)), l.places(index, len(index)))
	return l.moved(l.g.Reshape(rows, append(tensor.Shape{len(index)}, y.Shape[1:]...)...), back)
}

// places is a constant of positions.
func (l *loader) places(index []int, shape ...int) *graph.Node {
	list := make([]int32, len(index))
	for i, n := range index {
		list[i] = int32(n)
	}
	return l.constant(tensor.Ints(list, shape...))
}

// expand is Expand: both shapes stretch to each other's.
func expand(l *loader) []value {
	x := l.in(0)
	shape, ok := graph.BroadcastShapes(x.shape(), l.lengths(l.in(1)))
	if !ok {
		l.fail("expands shape %v to %v", x.shape(), l.lengths(l.in(1)))
	}
	return []value{{node: l.g.Broadcast(l.plain(x), shape...), typ: x.typ}}
}

// tile is Tile with numbers of repetitions that are known now.
func tile(l *loader) []value {
	x := l.in(0)
	y := l.plain(x)
	times := l.lengths(l.in(1))
	if len(times) != len(y.Shape) {
		l.fail("repeats shape %v %v times", y.Shape, times)
	}
	for axis, n := range times {
		if n < 1 || n > maxUnrolled {
			l.fail("repeats an axis %d times", n)
		}
		parts := make([]*graph.Node, n)
		for i := range parts {
			parts[i] = y
		}
		y = l.joined(axis, parts)
	}
	return []value{{node: y, typ: x.typ}}
}

// shapeOf is Shape, a constant: all shapes are known.
func shapeOf(l *loader) []value {
	s := l.in(0).shape()
	n := len(s)
	clampTo := func(i int) int {
		if i < 0 {
			i += n
		}
		return max(0, min(i, n))
	}
	begin, end := clampTo(l.int("start", 0)), clampTo(l.int("end", n))
	list := make([]float32, 0, n)
	for i := begin; i < end; i++ {
		list = append(list, float32(s[i]))
	}
	return []value{{node: l.floats(list, len(list)), typ: Int64}}
}

// sizeOf is Size, a constant.
func sizeOf(l *loader) []value {
	return []value{{node: l.scalar(float32(l.in(0).node.Shape.Size())), typ: Int64}}
}

// depthToSpace moves blocks of channels to positions.
func depthToSpace(l *loader) []value {
	in := l.in(0)
	x, b := l.channelsLast(in), l.int("blocksize", 1)
	s := x.Shape
	if b < 1 || s[3]%(b*b) != 0 {
		l.fail("has blocks of %d for %d channels", b, s[3])
	}
	c := s[3] / (b * b)
	y := l.g.Reshape(x, s[0], s[1], s[2], b, b, c)
	perm := []int{0, 1, 3, 2, 4, 5}
	if l.text("mode", "DCR") == "CRD" {
		y, perm = l.g.Reshape(x, s[0], s[1], s[2], c, b, b), []int{0, 1, 4, 2, 5, 3}
	}
	return []value{{l.g.Reshape(l.g.Transpose(y, perm...), s[0], s[1]*b, s[2]*b, c), in.typ, true}}
}

// spaceToDepth moves blocks of positions to channels, all channels of a place in the block side by side.
func spaceToDepth(l *loader) []value {
	in := l.in(0)
	x, b := l.channelsLast(in), l.int("blocksize", 1)
	s := x.Shape
	if b < 1 || s[1]%b != 0 || s[2]%b != 0 {
		l.fail("has blocks of %d for a picture of %d × %d", b, s[1], s[2])
	}
	y := l.g.Reshape(x, s[0], s[1]/b, b, s[2]/b, b, s[3])
	return []value{{l.g.Reshape(l.g.Transpose(y, 0, 1, 3, 2, 4, 5), s[0], s[1]/b, s[2]/b, b*b*s[3]), in.typ, true}}
}

// trilu keeps one triangle of the last two axes.
func trilu(l *loader) []value {
	in := l.in(0)
	x := l.plain(in)
	if len(x.Shape) < 2 {
		l.fail("takes a triangle of shape %v", x.Shape)
	}
	k := 0
	if v, ok := l.optional(1); ok {
		k = l.lengths(v)[0]
	}
	rows, columns := x.Shape[len(x.Shape)-2], x.Shape.Last()
	mask := make([]float32, rows*columns)
	for i := range rows {
		for j := range columns {
			if upper := l.int("upper", 1) != 0; upper && j >= i+k || !upper && j <= i+k {
				mask[i*columns+j] = 1
			}
		}
	}
	return []value{{node: l.g.Where(l.floats(mask, rows, columns), x, l.scalar(0)), typ: in.typ}}
}

// centerCropPad is CenterCropPad: an odd element is cut, or added, at the end.
func centerCropPad(l *loader) []value {
	x := l.in(0)
	wanted := l.lengths(l.in(1))
	axes := l.ints("axes", from(0, x.rank())...)
	if len(wanted) != len(axes) {
		l.fail("has %d lengths for %d axes", len(wanted), len(axes))
	}
	y := x.node
	for i, a := range axes {
		axis := x.stored(l.axis(a, x.rank()))
		n, want := y.Shape[axis], wanted[i]
		if want < 1 || want > 1<<20 {
			l.fail("has length %d", want)
		}
		if want < n {
			y = l.g.Narrow(y, axis, (n-want)/2, (n-want)/2+want)
			continue
		}
		before, after := make([]int, x.rank()), make([]int, x.rank())
		before[axis] = (want - n) / 2
		after[axis] = want - n - before[axis]
		y = l.g.Pad(y, before, after)
	}
	return []value{x.like(y)}
}
