package layers

import "wafer/nn/graph"

// Functions that are compositions of the graph's ops. Each constant is rounded to float32, each
// operation too, in the order written.

// Gelu is (0.5·x)·(1 + erf(x·0.70710677)): Keras' default, not the tanh form
// (Hendrycks, Gimpel 2016, arXiv 1606.08415).
func Gelu(g *graph.Graph, x *graph.Node) *graph.Node {
	return g.Mul(g.Mul(g.Scalar(0.5), x), g.Add(g.Scalar(1), g.Erf(g.Mul(x, g.Scalar(0.70710677)))))
}

// Silu is x·sigmoid(x), also called swish.
func Silu(g *graph.Graph, x *graph.Node) *graph.Node { return g.Mul(x, g.Sigmoid(x)) }

// HardSigmoid is Keras 3's relu6(x + 3)·(1/6).
func HardSigmoid(g *graph.Graph, x *graph.Node) *graph.Node {
	return g.Mul(g.Relu6(g.Add(x, g.Scalar(3))), g.Scalar(1.0/6))
}

// LeakyRelu is x < 0 ? alpha·x : x.
func LeakyRelu(g *graph.Graph, x *graph.Node, alpha float32) *graph.Node {
	return below(g, x, g.Mul(g.Scalar(alpha), x))
}

// Elu is x < 0 ? alpha·(exp(x) − 1) : x. The exponential sees no positive x, for
// which it could be infinite and its gradient no number.
func Elu(g *graph.Graph, x *graph.Node, alpha float32) *graph.Node {
	y := g.Sub(g.Exp(g.Min(x, g.Scalar(0))), g.Scalar(1))
	if alpha != 1 {
		y = g.Mul(g.Scalar(alpha), y)
	}
	return below(g, x, y)
}

// below is y where x < 0, else x.
func below(g *graph.Graph, x, y *graph.Node) *graph.Node {
	return g.Where(g.Less(x, g.Scalar(0)), y, x)
}

// HardSigmoidKeras2 is that of Keras 1 and 2: 0.2·x + 0.5, cut off at 0 and 1.
func HardSigmoidKeras2(g *graph.Graph, x *graph.Node) *graph.Node {
	y := g.Add(g.Mul(g.Scalar(0.2), x), g.Scalar(0.5))
	return g.Min(g.Max(y, g.Scalar(0)), g.Scalar(1))
}

// Softplus is log(1 + exp(x)) as max(x, 0) + log(1 + exp(−|x|)), which is finite for every x.
func Softplus(g *graph.Graph, x *graph.Node) *graph.Node {
	tail := g.Log(g.Add(g.Scalar(1), g.Exp(g.Neg(g.Abs(x)))))
	return g.Add(g.Relu(x), tail)
}
