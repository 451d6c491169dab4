package graph

import (
	"fmt"

	"wafer/nn/tensor"
)

// MatMulAttr says which operand is stored transposed.
type MatMulAttr struct {
	TransA bool `json:"trans_a"`
	TransB bool `json:"trans_b"`
}

func (a MatMulAttr) String() string { return fmt.Sprintf("ta=%t tb=%t", a.TransA, a.TransB) }

func init() { specs[MatMul] = spec{arity: 2, attr: MatMulAttr{}, infer: matmulShape} }

// MatMul is C[…,m,n] = Σ over k ascending of A[…,m,k]·B[…,k,n], from +0. Both
// operands have two or more axes; all but the last two are a batch and must be
// equal. A transposed operand is stored [k,m] or [n,k].
func (g *Graph) MatMul(a, b *Node, transA, transB bool) *Node {
	return g.add(MatMul, MatMulAttr{transA, transB}, a, b)
}

// matmulShape: a […, m k], b […, k n], either with its last two axes the other way round → […, m n].
func matmulShape(n *Node) (tensor.Shape, tensor.DType, string) {
	a, b, attr := n.In[0].Shape, n.In[1].Shape, n.Attr.(MatMulAttr)
	r := len(a)
	if r < 2 || len(b) != r || !a[:r-2].Equal(b[:r-2]) {
		return no("needs two matrices, or two batches of the same shape")
	}
	m, k := a[r-2], a[r-1]
	if attr.TransA {
		m, k = k, m
	}
	k2, cols := b[r-2], b[r-1]
	if attr.TransB {
		k2, cols = cols, k2
	}
	if k != k2 {
		return no("inner lengths %d and %d differ", k, k2)
	}
	return f32(append(a[:r-2].Clone(), m, cols)...)
}
