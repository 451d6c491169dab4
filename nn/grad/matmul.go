package grad

import "wafer/nn/graph"

func init() { rules[graph.MatMul] = matmul }

// matmul: for C = op(A)·op(B), the gradients are dC·op(B)ᵀ and op(A)ᵀ·dC, written
// so that they come out in the stored orientation of A and B.
func matmul(b *builder, n, dy *graph.Node) {
	x, y, attr := n.In[0], n.In[1], n.Attr.(graph.MatMulAttr)
	b.addLazily(n, 0, func() *graph.Node {
		if attr.TransA {
			return b.MatMul(y, dy, attr.TransB, true)
		}
		return b.MatMul(dy, y, false, !attr.TransB)
	})
	b.addLazily(n, 1, func() *graph.Node {
		if attr.TransB {
			return b.MatMul(dy, x, true, attr.TransA)
		}
		return b.MatMul(x, dy, !attr.TransA, false)
	})
}
