package eval

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() { kernels[graph.MatMul] = matmul }

// matmul is c[i,j] = Σ over p ascending of a[i,p]·b[p,j] for each matrix of a batch; either operand may be stored
// transposed.
func matmul(node *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	attr := node.Attr.(graph.MatMulAttr)
	r := len(node.Shape)
	m, n := node.Shape[r-2], node.Shape[r-1]
	k := in[0].Shape()[r-1]
	if attr.TransA {
		k = in[0].Shape()[r-2]
	}
	for batch := range node.Shape[:r-2].Size() {
		a, b, c := in[0].F()[batch*m*k:], in[1].F()[batch*k*n:], out.F()[batch*m*n:]
		for i := range m {
			for j := range n {
				sum := float32(0)
				for p := range k {
					av := a[pick(attr.TransA, p*m+i, i*k+p)]
					bv := b[pick(attr.TransB, j*k+p, p*n+j)]
					sum += float32(av * bv)
				}
				c[i*n+j] = sum
			}
		}
	}
}

// pick is the position of an element in a matrix that may be stored transposed.
func pick(transposed bool, yes, no int) int {
	if transposed {
		return yes
	}
	return no
}
