package layers

import (
	"slices"

	"wafer/nn/graph"
)

// one is the layer's only input, [batch …].
func (c *Context) one(in []*graph.Node) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) < 2 {
		c.fail("needs one input [batch …], got %v", shapesOf(in))
	}
	return in[0]
}

// LeakyReLULayer is x < 0 ? negative_slope·x : x.
type LeakyReLULayer struct {
	NegativeSlope float32 `json:"negative_slope"`
}

func LeakyReLU() *LeakyReLULayer { return &LeakyReLULayer{0.3} } // Keras' LeakyReLU

func (l *LeakyReLULayer) Class() string { return "LeakyReLU" }

// Call keeps shape and mask, as all activations do.
func (l *LeakyReLULayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.one(in)
	return keepMask(c, x, LeakyRelu(c.G, x, l.NegativeSlope))
}

// ELULayer is x < 0 ? alpha·(exp(x) − 1) : x.
type ELULayer struct {
	Alpha float32 `json:"alpha"`
}

func ELU() *ELULayer { return &ELULayer{1} } // Keras' ELU

func (l *ELULayer) Class() string { return "ELU" }

func (l *ELULayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.one(in)
	return keepMask(c, x, Elu(c.G, x, l.Alpha))
}

// ThresholdedReLULayer is x > theta ? x : 0.
type ThresholdedReLULayer struct {
	Theta float32 `json:"theta"`
}

func ThresholdedReLU() *ThresholdedReLULayer { return &ThresholdedReLULayer{1} } // Keras 2's ThresholdedReLU

func (l *ThresholdedReLULayer) Class() string { return "ThresholdedReLU" }

// Call multiplies by 0 or 1, so that what is not above theta becomes a zero with its sign, and an infinity below theta
// a NaN.
func (l *ThresholdedReLULayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.one(in)
	return keepMask(c, x, c.G.Mul(x, c.G.Less(c.G.Scalar(l.Theta), x)))
}

// PReLULayer is x < 0 ? alpha·x : x with a learnt alpha for each element of a sample, or one for all along shared axes.
type PReLULayer struct {
	SharedAxes []int `json:"shared_axes"` // counted from 1, as the batch is axis 0
}

func PReLU(sharedAxes ...int) *PReLULayer { return &PReLULayer{sharedAxes} } // Keras' PReLU

func (l *PReLULayer) Class() string { return "PReLU" }

// Call has the weight alpha, zeros at first, of the shape of a sample with 1 along the shared axes.
func (l *PReLULayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.one(in)
	shape := x.Shape[1:].Clone()
	for _, axis := range l.SharedAxes {
		if axis < 1 || axis > len(shape) {
			c.fail("has the shared axis %d, its input has %d axes", axis, len(x.Shape))
		}
		shape[axis-1] = 1
	}
	alpha := c.Weight("alpha", "zeros", true, shape...)
	return keepMask(c, x, below(c.G, x, c.G.Mul(alpha, x)))
}

// SoftmaxLayer is softmax along an axis, counted from the batch axis 0; −1 is the innermost.
type SoftmaxLayer struct {
	Axis int `json:"axis"`
}

func Softmax() *SoftmaxLayer { return &SoftmaxLayer{-1} } // Keras' Softmax

func (l *SoftmaxLayer) Class() string { return "Softmax" }

// Call keeps the shape. Where the axis is not the innermost one it is moved there and back; the batch axis is refused.
func (l *SoftmaxLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.one(in)
	rank := len(x.Shape)
	axis := l.Axis
	if axis < 0 {
		axis += rank
	}
	switch {
	case axis < 1 || axis >= rank:
		c.fail("has axis %d, its input has %d axes", l.Axis, rank)
	case axis == rank-1:
		return c.G.Softmax(x)
	}
	perm := make([]int, rank)
	for i := range perm {
		perm[i] = i
	}
	perm[axis], perm[rank-1] = rank-1, axis
	return c.G.Transpose(c.G.Softmax(c.G.Transpose(x, perm...)), perm...)
}

// MaskingLayer leaves out steps of which all features have the value: [batch, time, features].
type MaskingLayer struct {
	MaskValue float32 `json:"mask_value"`
}

func Masking() *MaskingLayer { return &MaskingLayer{} } // Keras' Masking

func (l *MaskingLayer) Class() string { return "Masking" }

// Call keeps the shape, makes all features of the steps left out 0, and gives the result a mask [batch, time].
func (l *MaskingLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x, g := c.needRank(in, 3, "[batch time features]"), c.G
	other := g.Sub(g.Scalar(1), g.Equal(x, g.Scalar(l.MaskValue)))
	mask := g.ReduceMax(other, 2)
	y := g.Mul(x, g.Reshape(mask, x.Shape[0], x.Shape[1], 1))
	c.masks[y] = mask
	return y
}

// NormalizationLayer is (x − mean)/√variance along the innermost axis, with numbers that were counted on data once:
// weights, or those of the config.
type NormalizationLayer struct {
	Mean     []float32 `json:"mean,omitempty"`
	Variance []float32 `json:"variance,omitempty"`
}

func Normalization() *NormalizationLayer { return &NormalizationLayer{} } // Keras' Normalization

func (l *NormalizationLayer) Class() string { return "Normalization" }

// Call has the untrained weights mean and variance [channels] where the config has no numbers; one number stands for
// all channels. The deviation counts 10⁻⁷ at least, Keras' epsilon.
func (l *NormalizationLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x, g := c.one(in), c.G
	n := x.Shape.Last()
	mean, variance := c.numbers(l.Mean, n), c.numbers(l.Variance, n)
	if mean == nil || variance == nil {
		mean, variance = c.Weight("mean", "zeros", false, n), c.Weight("variance", "ones", false, n)
	}
	return keepMask(c, x, g.Div(g.Sub(x, mean), g.Max(g.Sqrt(variance), g.Scalar(1e-7))))
}

// numbers are n constants, or one for all; nil for none.
func (c *Context) numbers(v []float32, n int) *graph.Node {
	switch len(v) {
	case 0:
		return nil
	case 1:
		return c.G.Scalar(v[0])
	case n:
		parts := make([]*graph.Node, n)
		for i, x := range v {
			parts[i] = c.G.Reshape(c.G.Scalar(x), 1)
		}
		return c.G.Concat(0, parts...)
	}
	c.fail("has %d numbers for an axis of %d", len(v), n)
	return nil
}

// GroupNormalizationLayer normalises each sample over space and groups of channels (Wu, He 2018).
type GroupNormalizationLayer struct {
	Groups  int     `json:"groups"` // −1: one for each channel
	Epsilon float32 `json:"epsilon"`
	Center  bool    `json:"center"`
	Scale   bool    `json:"scale"`
}

// GroupNormalization is Keras' with its defaults but for the number of groups.
func GroupNormalization(groups int) *GroupNormalizationLayer {
	return &GroupNormalizationLayer{groups, 1e-3, true, true}
}

func (l *GroupNormalizationLayer) Class() string { return "GroupNormalization" }

// Call maps [batch, …, channels] to the same shape, with weights gamma and beta [channels]. It fails where the groups
// do not divide the channels.
func (l *GroupNormalizationLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x, g := c.one(in), c.G
	b, n := x.Shape[0], x.Shape.Last()
	groups := l.Groups
	if groups == -1 {
		groups = n
	}
	if groups < 1 || n%groups != 0 {
		c.fail("has %d groups for %d channels", l.Groups, n)
	}
	c.need("epsilon", l.Epsilon, 0, maxEpsilon)
	space := x.Shape[1 : len(x.Shape)-1].Size()
	apart := g.Transpose(g.Reshape(x, b, space, groups, n/groups), 0, 2, 1, 3)
	size := space * n / groups
	ones, zeros := g.Broadcast(g.Scalar(1), size), g.Broadcast(g.Scalar(0), size)
	y := g.LayerNorm(g.Reshape(apart, b*groups, size), ones, zeros, l.Epsilon)
	y = g.Transpose(g.Reshape(y, b, groups, space, n/groups), 0, 2, 1, 3)
	y = g.Reshape(y, slices.Clone(x.Shape)...)
	gamma, beta := affine(c, l.Scale, l.Center, n)
	return g.Add(g.Mul(y, gamma), beta)
}
