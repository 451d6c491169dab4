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

func oneHot(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	depth := n.Attr.(graph.Depth).Depth
	for r, v := range in[0].I() {
		if v >= 0 && int(v) < depth {
			out.F()[r*depth+int(v)] = 1
		}
	}
}

func gather(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	count, d := in[0].Shape()[0], in[0].Shape()[1]
	for r, v := range in[1].I() {
		if v >= 0 && int(v) < count {
			copy(out.F()[r*d:(r+1)*d], in[0].F()[int(v)*d:])
		}
	}
}

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
