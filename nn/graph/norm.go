package graph

import (
	"fmt"

	"wafer/nn/tensor"
)

// Norm is the attribute of normalisations.
type Norm struct {
	Epsilon float32 `json:"epsilon"`
	// Training: mean and var are those of x itself, so the gradient for x flows
	// through them too (BatchNorm only).
	Training bool `json:"training"`
}

func (a Norm) String() string { return fmt.Sprintf("epsilon=%v training=%t", a.Epsilon, a.Training) }

func init() {
	specs[BatchNorm] = spec{arity: 5, attr: Norm{}, infer: batchNormShape}
	specs[LayerNorm] = spec{arity: 3, attr: Norm{}, infer: layerNormShape}
	specs[LayerNormGradInput] = spec{arity: 3, attr: Norm{}, infer: layerNormShape}
	specs[LayerNormGradScale] = spec{arity: 2, attr: Norm{}, infer: layerNormScaleShape}
	specs[Softmax] = spec{arity: 1, infer: sameShape}
	specs[LogSoftmax] = spec{arity: 1, infer: sameShape}
}

// BatchNorm is x·s + t with s = gamma / sqrt(var+epsilon) and t = beta − mean·s,
// both computed once per channel; all four vectors are [c], x is [… c].
func (g *Graph) BatchNorm(x, gamma, beta, mean, variance *Node, a Norm) *Node {
	return g.add(BatchNorm, a, x, gamma, beta, mean, variance)
}

// LayerNorm normalises each row (innermost axis, length n): mean = Σx/n, var =
// Σ(x−mean)²/n (both in the 16-way order of reduce.go), r = 1/sqrt(var+epsilon),
// result ((x−mean)·r)·gamma + beta. Ba, Kiros, Hinton 2016 (arXiv 1607.06450).
func (g *Graph) LayerNorm(x, gamma, beta *Node, epsilon float32) *Node {
	return g.add(LayerNorm, Norm{Epsilon: epsilon}, x, gamma, beta)
}

// LayerNormGradInput is the gradient for x. With mean and r as in LayerNorm, h =
// (x−mean)·r and d = dy·gamma: a = Σd/n, b = Σ(d·h)/n (16-way), result
// ((d − a) − h·b)·r.
func (g *Graph) LayerNormGradInput(x, gamma, dy *Node, epsilon float32) *Node {
	return g.add(LayerNormGradInput, Norm{Epsilon: epsilon}, x, gamma, dy)
}

// LayerNormGradScale is the gradient for gamma: Σ over rows ascending of dy·h, [c].
func (g *Graph) LayerNormGradScale(x, dy *Node, epsilon float32) *Node {
	return g.add(LayerNormGradScale, Norm{Epsilon: epsilon}, x, dy)
}

// Softmax over the innermost axis: m = max, e = exp(x−m), s = Σe (16-way), e / s.
func (g *Graph) Softmax(x *Node) *Node { return g.add(Softmax, nil, x) }

// LogSoftmax over the innermost axis: m, s as in Softmax, (x−m) − log(s).
func (g *Graph) LogSoftmax(x *Node) *Node { return g.add(LogSoftmax, nil, x) }

// batchNormShape: x [… c], gamma, beta, mean and variance [c] → [… c].
func batchNormShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x := n.In[0].Shape
	for _, v := range n.In[1:] {
		if len(x) == 0 || !v.Shape.Equal(tensor.Shape{x.Last()}) {
			return no("gamma, beta, mean and variance need shape [%d]", x.Last())
		}
	}
	return f32(x...)
}

// layerNormShape: x [… c], gamma [c] and beta [c], or for the gradient dy [… c] → [… c].
func layerNormShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x, row := n.In[0].Shape, tensor.Shape{n.In[0].Shape.Last()}
	third := row
	if n.Op == LayerNormGradInput {
		third = x
	}
	if len(x) == 0 || !n.In[1].Shape.Equal(row) || !n.In[2].Shape.Equal(third) {
		return no("needs operands %v, %v, %v", x, row, third)
	}
	return f32(x...)
}

// layerNormScaleShape: x [… c], dy [… c] → [c].
func layerNormScaleShape(n *Node) (tensor.Shape, tensor.DType, string) {
	x := n.In[0].Shape
	if len(x) == 0 || !n.In[1].Shape.Equal(x) {
		return no("needs two operands of one shape")
	}
	return f32(x.Last())
}
