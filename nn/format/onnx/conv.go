package onnx

import (
	"math"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Windows over pictures. A signal [n c w] is a picture of height 1.

// picture is a value [n c h w] or [n c w] stored [n h w c].
func (l *loader) picture(v value) (x *graph.Node, flat bool) {
	if v.rank() == 3 {
		s := v.node.Shape
		v.node, flat = l.fold(l.g.Reshape(v.node, s[0], s[1], 1, s[2])), true
	}
	if v.rank() != 4 {
		l.fail("works on pictures [n c h w] and signals [n c w], found shape %v", v.shape())
	}
	return l.channelsLast(v), flat
}

// back is what became of a picture, or of a signal.
func (l *loader) back(y *graph.Node, typ Type, flat bool) value {
	if !flat {
		return value{y, typ, true}
	}
	s := y.Shape
	return value{node: l.g.Reshape(l.plain(value{y, typ, true}), s[0], s[3], s[2]), typ: typ}
}

// spatial are lengths along height and width; of a signal, whose height is 1, only the latter is given.
func (l *loader) spatial(list []int, flat bool, what string) [2]int {
	if flat && len(list) == 1 {
		list = []int{1, list[0]}
	}
	if len(list) != 2 {
		l.fail("has %s %v for a picture", what, list)
	}
	for _, n := range list {
		if n < 1 || n > 1<<16 {
			l.fail("has %s %v", what, list)
		}
	}
	return [2]int{list[0], list[1]}
}

// window reads the attributes that convolutions and pooling share, for pictures x with a kernel.
func (l *loader) window(x *graph.Node, flat bool, kernel [2]int) graph.Window {
	w := graph.Window{Kernel: kernel, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
	if s := l.ints("strides"); s != nil {
		w.Stride = l.spatial(s, flat, "strides")
	}
	if d := l.ints("dilations"); d != nil {
		w.Dilation = l.spatial(d, flat, "dilations")
	}
	switch auto := l.text("auto_pad", "NOTSET"); auto {
	case "NOTSET", "":
		w.Pad = l.pads(flat)
	case "VALID":
	case "SAME_UPPER", "SAME_LOWER":
		for i := range 2 {
			n := x.Shape[1+i]
			out := (n + w.Stride[i] - 1) / w.Stride[i]
			total := max((out-1)*w.Stride[i]+(w.Kernel[i]-1)*w.Dilation[i]+1-n, 0)
			small := total / 2
			w.Pad[2*i], w.Pad[2*i+1] = small, total-small
			if auto == "SAME_LOWER" {
				w.Pad[2*i], w.Pad[2*i+1] = total-small, small
			}
		}
	default:
		l.fail("has auto_pad %q", auto)
	}
	return w
}

// pads are above, below, left, right, from begins and then ends.
func (l *loader) pads(flat bool) (out [4]int) {
	p := l.ints("pads")
	switch {
	case p == nil:
	case flat && len(p) == 2:
		out = [4]int{0, 0, p[0], p[1]}
	case len(p) == 4:
		out = [4]int{p[0], p[2], p[1], p[3]}
	default:
		l.fail("has pads %v", p)
	}
	for _, n := range out {
		if n < 0 || n > 1<<16 {
			l.fail("has pads %v", p)
		}
	}
	return out
}

// conv is Conv: x [n c …], kernel [filters, c/group, …] and a bias [filters].
func conv(l *loader) []value {
	y := l.convolution(l.in(0), l.in(1))
	if b, ok := l.optional(2); ok {
		y.node = l.g.Add(y.node, l.channelsOf(b, y))
	}
	return []value{y}
}

// channelsOf is a vector of one number per channel, as it is added to v.
func (l *loader) channelsOf(b, v value) *graph.Node {
	n := b.node.Shape.Size()
	shape := ones(v.rank())
	shape[v.stored(1)] = n
	return l.fold(l.g.Reshape(b.node, shape...))
}

// convolution is a convolution without bias. With as many groups as channels it is depthwise; with others each group is
// one of its own, joined along the channels.
func (l *loader) convolution(in, kernel value) value {
	x, flat := l.picture(in)
	k, _ := l.picture(kernel) // [co kh kw ci]
	s := k.Shape
	kernelShape := [2]int{s[1], s[2]}
	if given := l.ints("kernel_shape"); given != nil && l.spatial(given, flat, "kernel_shape") != kernelShape {
		l.fail("has kernel_shape %v for a kernel of %v", given, kernelShape)
	}
	w := l.window(x, flat, kernelShape)
	channels, groups := x.Shape[3], l.int("group", 1)
	if groups < 1 || channels != s[3]*groups || s[0]%groups != 0 {
		l.fail("has %d groups for %d channels and a kernel of shape %v", groups, channels, kernel.shape())
	}
	if groups == channels && groups > 1 {
		multiplier := s[0] / groups // filter c·m+j of channel c
		k = l.g.Transpose(l.g.Reshape(k, groups, multiplier, s[1], s[2]), 2, 3, 0, 1)
		return l.back(l.g.DepthwiseConv2D(x, l.fold(k), w), in.typ, flat)
	}
	k = l.fold(l.g.Transpose(k, 1, 2, 3, 0))
	var parts []*graph.Node
	for i := range groups {
		part, filters := x, k
		if groups > 1 {
			part = l.g.Narrow(x, 3, i*s[3], (i+1)*s[3])
			filters = l.fold(l.g.Narrow(k, 3, i*s[0]/groups, (i+1)*s[0]/groups))
		}
		parts = append(parts, l.g.Conv2D(part, filters, w))
	}
	return l.back(l.joined(3, parts), in.typ, flat)
}

// joined is a concatenation, none of one part.
func (l *loader) joined(axis int, parts []*graph.Node) *graph.Node {
	if len(parts) == 1 {
		return parts[0]
	}
	return l.g.Concat(axis, parts...)
}

// convTranspose is the gradient of a convolution for its input.
func convTranspose(l *loader) []value {
	in, kernel := l.in(0), l.in(1)
	x, flat := l.picture(in)
	k, _ := l.picture(kernel) // [ci kh kw co/groups]
	s := k.Shape
	groups := l.int("group", 1)
	if groups < 1 || x.Shape[3] != s[0] || s[0]%groups != 0 {
		l.fail("has %d groups for %d channels and a kernel of shape %v", groups, x.Shape[3], kernel.shape())
	}
	w, out := l.transposedWindow(x, flat, [2]int{s[1], s[2]})
	var parts []*graph.Node
	for i := range groups {
		n := s[0] / groups
		filters := l.fold(l.g.Transpose(l.g.Narrow(k, 0, i*n, (i+1)*n), 1, 2, 3, 0)) // [kh kw co ci]
		shape := tensor.Shape{x.Shape[0], out[0], out[1], s[3]}
		parts = append(parts, l.g.Conv2DGradInput(l.g.Narrow(x, 3, i*n, (i+1)*n), filters, w, shape))
	}
	y := l.joined(3, parts)
	if b, ok := l.optional(2); ok {
		y = l.g.Add(y, b.node)
	}
	return []value{l.back(y, in.typ, flat)}
}

// transposedWindow is the window of the convolution whose input has the size out and whose output is x.
func (l *loader) transposedWindow(x *graph.Node, flat bool, kernel [2]int) (w graph.Window, out [2]int) {
	w = graph.Window{Kernel: kernel, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
	if s := l.ints("strides"); s != nil {
		w.Stride = l.spatial(s, flat, "strides")
	}
	if d := l.ints("dilations"); d != nil {
		w.Dilation = l.spatial(d, flat, "dilations")
	}
	more := l.pair("output_padding", flat)
	wanted := l.pair("output_shape", flat)
	auto := l.text("auto_pad", "NOTSET")
	w.Pad = l.pads(flat)
	for i := range 2 {
		reach := (x.Shape[1+i]-1)*w.Stride[i] + (kernel[i]-1)*w.Dilation[i] + 1 + more[i]
		if wanted[i] == 0 && (auto == "SAME_UPPER" || auto == "SAME_LOWER") {
			wanted[i] = x.Shape[1+i] * w.Stride[i]
		}
		if wanted[i] > 0 && (l.ints("output_shape") != nil || auto != "NOTSET") {
			total := max(reach-wanted[i], 0)
			small := total / 2
			w.Pad[2*i], w.Pad[2*i+1] = total-small, small
			if auto == "SAME_UPPER" {
				w.Pad[2*i], w.Pad[2*i+1] = small, total-small
			}
			out[i] = wanted[i]
			continue
		}
		out[i] = reach - w.Pad[2*i] - w.Pad[2*i+1]
	}
	for i := range 2 { // positions behind the last window get zeros
		if out[i] < 1 || out[i] > 1<<16 {
			l.fail("makes pictures of %v", out)
		}
		w.Pad[2*i+1] = max((x.Shape[1+i]-1)*w.Stride[i]+(kernel[i]-1)*w.Dilation[i]+1-out[i]-w.Pad[2*i], 0)
	}
	return w, out
}

// pair is an attribute of one number for height and width each, 0 where it is not given.
func (l *loader) pair(name string, flat bool) (out [2]int) {
	list := l.ints(name)
	if flat && len(list) == 1 {
		list = []int{0, list[0]}
		if name == "output_shape" {
			list[0] = 1
		}
	}
	if list == nil {
		return out
	}
	if len(list) != 2 {
		l.fail("has %s %v", name, list)
	}
	return [2]int{list[0], list[1]}
}

// pooling is the window of a pooling; with ceil_mode it hangs over the end, where what is outside never counts.
func (l *loader) pooling(x *graph.Node, flat bool) graph.Window {
	w := l.window(x, flat, l.spatial(l.ints("kernel_shape"), flat, "kernel_shape"))
	if l.int("ceil_mode", 0) == 0 {
		return w
	}
	for i := range 2 {
		size := x.Shape[1+i] + w.Pad[2*i] + w.Pad[2*i+1] - (w.Kernel[i]-1)*w.Dilation[i] - 1
		out := (size+w.Stride[i]-1)/w.Stride[i] + 1
		if (out-1)*w.Stride[i] >= x.Shape[1+i]+w.Pad[2*i] {
			out-- // windows that begin behind the picture are left out
		}
		w.Pad[2*i+1] += max((out-1)*w.Stride[i]-size, 0)
	}
	return w
}

// maxPool is MaxPool with its first result; the places of the largest elements are refused as any result that is not
// made.
func maxPool(l *loader) []value {
	in := l.in(0)
	x, flat := l.picture(in)
	return []value{l.back(l.g.MaxPool(x, l.pooling(x, flat)), in.typ, flat)}
}

// averagePool counts padding where count_include_pad says so, but never what ceil_mode adds behind the picture.
func averagePool(l *loader) []value {
	in := l.in(0)
	x, flat := l.picture(in)
	w := l.pooling(x, flat)
	if l.int("count_include_pad", 0) != 0 {
		x, w = l.padded(x, w, l.window(x, flat, w.Kernel).Pad)
	}
	return []value{l.back(l.g.AvgPool(x, w), in.typ, flat)}
}

// padded makes a window's padding by zeros of a picture, as far as it is pad.
func (l *loader) padded(x *graph.Node, w graph.Window, pad [4]int) (*graph.Node, graph.Window) {
	y := l.g.Pad(x, []int{0, pad[0], pad[2], 0}, []int{0, pad[1], pad[3], 0})
	for i := range w.Pad {
		w.Pad[i] -= pad[i]
	}
	return y, w
}

// lpPool is (Σ |x|^p)^(1/p) over each window.
func lpPool(l *loader) []value {
	in := l.in(0)
	x, flat := l.picture(in)
	w := l.pooling(x, flat)
	p := float32(l.int("p", 2))
	x, w = l.padded(l.toPower(l.g.Abs(x), p), w, w.Pad)
	y := l.scale(l.g.AvgPool(x, w), float32(w.Kernel[0]*w.Kernel[1]))
	return []value{l.back(l.toPower(y, 1/p), in.typ, flat)}
}

// toPower is x^p of x ≥ 0.
func (l *loader) toPower(x *graph.Node, p float32) *graph.Node {
	if y := l.smallPower(x, p); y != nil {
		return y
	}
	y := l.g.Exp(l.scale(l.g.Log(x), p))
	return l.g.Where(l.g.Equal(x, l.scalar(0)), l.scalar(0), y)
}

// positions are the axes of storage that are neither samples nor channels.
func (v value) positions() []int {
	if v.last {
		return []int{1, 2}
	}
	var axes []int
	for i := 2; i < v.rank(); i++ {
		axes = append(axes, i)
	}
	return axes
}

// global reduces all positions to one.
func global(l *loader, f func(x *graph.Node, axes ...int) *graph.Node) []value {
	x := l.in(0)
	if x.rank() < 3 {
		l.fail("needs positions beside samples and channels, found shape %v", x.shape())
	}
	axes := x.positions()
	return []value{x.like(l.keeping(f(x.node, axes...), x.node.Shape, axes))}
}

// keeping puts axes of length 1 where a reduction took axes.
func (l *loader) keeping(y *graph.Node, before tensor.Shape, axes []int) *graph.Node {
	shape := before.Clone()
	for _, a := range axes {
		shape[a] = 1
	}
	return l.g.Reshape(y, shape...)
}

func globalAverage(l *loader) []value { return global(l, l.g.ReduceMean) }
func globalMax(l *loader) []value     { return global(l, l.g.ReduceMax) }

// globalLp is GlobalLpPool: (Σ |x|^p)^(1/p) over all positions, p = 2 by default.
func globalLp(l *loader) []value {
	p := float32(l.int("p", 2))
	return global(l, func(x *graph.Node, axes ...int) *graph.Node {
		return l.toPower(l.g.ReduceSum(l.toPower(l.g.Abs(x), p), axes...), 1/p)
	})
}

// matrixAlong applies a matrix [out in] to the axis of x's storage.
func (l *loader) matrixAlong(x *graph.Node, axis int, m []float32, out int) *graph.Node {
	in := x.Shape[axis]
	if out*in > math.MaxInt32/4 {
		l.fail("needs a matrix of %d × %d", out, in)
	}
	perm, back := lastAxis(len(x.Shape), axis)
	y := l.moved(x, perm)
	shape := y.Shape.Clone()
	k := l.floats(m, out, in)
	y = l.g.MatMul(l.g.Reshape(y, shape.Size()/in, in), k, false, true)
	shape[len(shape)-1] = out
	return l.moved(l.g.Reshape(y, shape...), back)
}

// lastAxis are the order that makes an axis the innermost, and the one that undoes it.
func lastAxis(rank, axis int) (perm, back []int) {
	for i := range rank {
		if i != axis {
			perm = append(perm, i)
		}
	}
	perm = append(perm, axis)
	back = make([]int, rank)
	for i, p := range perm {
		back[p] = i
	}
	return perm, back
}

// moved is a transpose, left out where it changes nothing.
func (l *loader) moved(x *graph.Node, perm []int) *graph.Node {
	for i, p := range perm {
		if i != p {
			return l.g.Transpose(x, perm...)
		}
	}
	return x
}
