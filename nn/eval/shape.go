package eval

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.Reshape] = func(_ *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) { out.CopyFrom(in[0]) }
	kernels[graph.Transpose] = transpose
	kernels[graph.Slice] = slice
	kernels[graph.Concat] = concat
	kernels[graph.Pad] = pad
	kernels[graph.Reverse] = reverse
	kernels[graph.Broadcast] = broadcast
}

// move copies element from of src to element to of dst, of either type.
func move(dst *tensor.Tensor, to int, src *tensor.Tensor, from int) {
	if dst.DType() == tensor.Int32 {
		dst.I()[to] = src.I()[from]
	} else {
		dst.F()[to] = src.F()[from]
	}
}

// transpose has axis perm[a] of the operand as axis a of the result.
func transpose(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	perm, from := n.Attr.(graph.Perm).Perm, make([]int, len(n.Shape))
	each(n.Shape, func(i int, index []int) {
		for a, p := range perm {
			from[p] = index[a]
		}
		move(out, i, in[0], place(in[0].Shape(), from))
	})
}

// slice takes elements begin ≤ i < end along every axis.
func slice(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	begin, from := n.Attr.(graph.Range).Begin, make([]int, len(n.Shape))
	each(n.Shape, func(i int, index []int) {
		for a := range from {
			from[a] = begin[a] + index[a]
		}
		move(out, i, in[0], place(in[0].Shape(), from))
	})
}

// concat puts operands one behind the other along the axis.
func concat(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	axis, start := n.Attr.(graph.Axis).Axis, 0
	for _, x := range in {
		to := make([]int, len(n.Shape))
		each(x.Shape(), func(i int, index []int) {
			copy(to, index)
			to[axis] += start
			move(out, place(n.Shape, to), x, i)
		})
		start += x.Shape()[axis]
	}
}

// pad leaves zeros, with which out comes, around the operand.
func pad(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	before, to := n.Attr.(graph.Range).Begin, make([]int, len(n.Shape))
	each(in[0].Shape(), func(i int, index []int) {
		for a := range to {
			to[a] = before[a] + index[a]
		}
		move(out, place(n.Shape, to), in[0], i)
	})
}

// reverse turns one axis around.
func reverse(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	axis, from := n.Attr.(graph.Axis).Axis, make([]int, len(n.Shape))
	each(n.Shape, func(i int, index []int) {
		copy(from, index)
		from[axis] = n.Shape[axis] - 1 - index[axis]
		move(out, i, in[0], place(n.Shape, from))
	})
}

// broadcast repeats along axes of length 1.
func broadcast(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	each(n.Shape, func(i int, index []int) { move(out, i, in[0], position(in[0].Shape(), index)) })
}

// place is the row-major position of an index.
func place(s tensor.Shape, index []int) int {
	p := 0
	for a, d := range s {
		p = p*d + index[a]
	}
	return p
}
