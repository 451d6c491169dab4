package eval

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.OneHot] = oneHot
	kernels[graph.Gather] = gather
	kernels[graph.ScatterAdd] = scatterAdd
}

// oneHot is 1 at [r, index[r]] and 0 elsewhere; an index outside gives a row of zeros. out comes as zeros.
func oneHot(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	depth := n.Attr.(graph.Depth).Depth
	for r, v := range in[0].I() {
		if v >= 0 && int(v) < depth {
			out.F()[r*depth+int(v)] = 1
		}
	}
}

// gather copies row index[r] of the table; an index outside gives a row of zeros.
func gather(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	count, d := in[0].Shape()[0], in[0].Shape()[1]
	for r, v := range in[1].I() {
		if v >= 0 && int(v) < count {
			copy(out.F()[r*d:(r+1)*d], in[0].F()[int(v)*d:])
		}
	}
}

// scatterAdd adds dy[r] to row index[r] of the table, r ascending.
func scatterAdd(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	count, d := n.Shape[0], n.Shape[1]
	for r, v := range in[0].I() {
		if v < 0 || int(v) >= count {
			continue
		}
		for j := range d {
			out.F()[int(v)*d+j] += in[1].F()[r*d+j]
		}
	}
}
