package layers

import "wafer/nn/graph"

// BatchNormalizationLayer normalises each channel: over the batch in training,
// with moving averages outside it (Ioffe, Szegedy 2015). The moving variance is of the
// population, as in Keras.
type BatchNormalizationLayer struct {
	Momentum float32 `json:"momentum"`
	Epsilon  float32 `json:"epsilon"`
	Center   bool    `json:"center"`
	Scale    bool    `json:"scale"`
}

// BatchNormalization is Keras' with its defaults: momentum 0.99, epsilon 0.001.
func BatchNormalization() *BatchNormalizationLayer {
	return &BatchNormalizationLayer{0.99, 1e-3, true, true}
}

func (l *BatchNormalizationLayer) Class() string { return "BatchNormalization" }

// Call maps [batch, …, channels] to the same shape, with weights gamma and beta and the untrained moving_mean and
// moving_variance, [channels] each. In training it also moves these two towards the batch's by 1 − momentum.
func (l *BatchNormalizationLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) < 2 {
		c.fail("needs one input [batch … channels], got %v", shapesOf(in))
	}
	c.need("epsilon", l.Epsilon, 0, maxEpsilon)
	c.need("momentum", l.Momentum, 0, 1)
	g, x := c.G, in[0]
	n := x.Shape.Last()
	gamma, beta := affine(c, l.Scale, l.Center, n)
	mean := c.Weight("moving_mean", "zeros", false, n)
	variance := c.Weight("moving_variance", "ones", false, n)
	if !c.Training {
		return g.BatchNorm(x, gamma, beta, mean, variance, graph.Norm{Epsilon: l.Epsilon})
	}
	axes := make([]int, len(x.Shape)-1)
	for i := range axes {
		axes[i] = i
	}
	batchMean := g.ReduceMean(x, axes...)
	count := g.Scalar(float32(x.Shape.Size() / n))
	batchVar := g.Div(g.ReduceSquaredDiff(x, batchMean, axes...), count)
	keep, take := g.Scalar(l.Momentum), g.Scalar(1-l.Momentum)
	g.Update(mean, g.Add(g.Mul(mean, keep), g.Mul(batchMean, take)))
	g.Update(variance, g.Add(g.Mul(variance, keep), g.Mul(batchVar, take)))
	return g.BatchNorm(x, gamma, beta, batchMean, batchVar, graph.Norm{Epsilon: l.Epsilon, Training: true})
}

// affine are the scale and shift of a normalisation; constants where a layer has none.
func affine(c *Context, scale, center bool, n int) (gamma, beta *graph.Node) {
	if scale {
		gamma = c.Weight("gamma", "ones", true, n)
	} else {
		gamma = c.G.Broadcast(c.G.Scalar(1), n)
	}
	if center {
		return gamma, c.Weight("beta", "zeros", true, n)
	}
	return gamma, c.G.Broadcast(c.G.Scalar(0), n)
}

// LayerNormalizationLayer normalises the innermost axis (Ba, Kiros, Hinton 2016).
type LayerNormalizationLayer struct {
	Epsilon float32 `json:"epsilon"`
	Center  bool    `json:"center"`
	Scale   bool    `json:"scale"`
}

// LayerNormalization is Keras' with its default epsilon 0.001.
func LayerNormalization() *LayerNormalizationLayer { return &LayerNormalizationLayer{1e-3, true, true} }

func (l *LayerNormalizationLayer) Class() string { return "LayerNormalization" }

// Call maps [batch, …, n] to the same shape, with weights gamma and beta [n]. It fails on an epsilon below 0 or above
// maxEpsilon.
func (l *LayerNormalizationLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) < 2 {
		c.fail("needs one input [batch … n], got %v", shapesOf(in))
	}
	gamma, beta := affine(c, l.Scale, l.Center, in[0].Shape.Last())
	c.need("epsilon", l.Epsilon, 0, maxEpsilon)
	return keepMask(c, in[0], c.G.LayerNorm(in[0], gamma, beta, l.Epsilon))
}

// UnitNormalizationLayer divides each vector along the innermost axis by its Euclidean norm, but by 10⁻⁶ at least.
type UnitNormalizationLayer struct{}

func UnitNormalization() *UnitNormalizationLayer { return &UnitNormalizationLayer{} } // Keras' UnitNormalization

func (l *UnitNormalizationLayer) Class() string { return "UnitNormalization" }

// Call maps [batch, …, n] to the same shape and keeps the mask.
func (l *UnitNormalizationLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) < 2 {
		c.fail("needs one input [batch … n], got %v", shapesOf(in))
	}
	g, x := c.G, in[0]
	shape := x.Shape.Clone()
	shape[len(shape)-1] = 1
	square := g.Reshape(g.ReduceSum(g.Mul(x, x), len(shape)-1), shape...)
	norm := g.Sqrt(g.Max(square, g.Scalar(1e-12)))
	return keepMask(c, x, g.Div(x, norm))
}
