package layers

import "wafer/nn/graph"

// activations by Keras' names. leaky_relu has Keras 3's default slope 0.2.
var activations = map[string]func(g *graph.Graph, x *graph.Node) *graph.Node{
	"":             func(g *graph.Graph, x *graph.Node) *graph.Node { return x },
	"linear":       func(g *graph.Graph, x *graph.Node) *graph.Node { return x },
	"relu":         (*graph.Graph).Relu,
	"relu6":        (*graph.Graph).Relu6,
	"leaky_relu":   func(g *graph.Graph, x *graph.Node) *graph.Node { return LeakyRelu(g, x, 0.2) },
	"elu":          func(g *graph.Graph, x *graph.Node) *graph.Node { return Elu(g, x, 1) },
	"gelu":         Gelu,
	"silu":         Silu,
	"swish":        Silu,
	"sigmoid":      (*graph.Graph).Sigmoid,
	"tanh":         (*graph.Graph).Tanh,
	"softmax":      (*graph.Graph).Softmax,
	"hard_sigmoid": HardSigmoid,

	"hard_sigmoid_keras2": HardSigmoidKeras2,
	"softplus":            Softplus,
	"softsign": func(g *graph.Graph, x *graph.Node) *graph.Node {
		return g.Div(x, g.Add(g.Scalar(1), g.Abs(x)))
	},
	"selu": func(g *graph.Graph, x *graph.Node) *graph.Node {
		return g.Mul(g.Scalar(1.0507009873554805), Elu(g, x, 1.6732632423543772))
	},
	"exponential": (*graph.Graph).Exp,
	"log_softmax": (*graph.Graph).LogSoftmax,
	"hard_silu":   func(g *graph.Graph, x *graph.Node) *graph.Node { return g.Mul(x, HardSigmoid(g, x)) },
	"hard_swish":  func(g *graph.Graph, x *graph.Node) *graph.Node { return g.Mul(x, HardSigmoid(g, x)) },
	"mish":        func(g *graph.Graph, x *graph.Node) *graph.Node { return g.Mul(x, g.Tanh(Softplus(g, x))) },
}

// activate fails where there is no activation of the name; "" is linear.
func activate(c *Context, name string, x *graph.Node) *graph.Node {
	f := activations[name]
	if f == nil {
		c.fail("has no activation %q", name)
	}
	return f(c.G, x)
}

// ActivationLayer applies an activation by name.
type ActivationLayer struct {
	Activation string `json:"activation"`
}

// Activation is Keras' Activation: relu, relu6, leaky_relu, elu, gelu, silu,
// sigmoid, tanh, softmax, hard_sigmoid, softplus, softsign, selu, exponential, log_softmax,
// hard_silu, mish, linear; hard_sigmoid_keras2 is the hard_sigmoid of Keras 1 and 2.
func Activation(name string) *ActivationLayer { return &ActivationLayer{name} }

func (l *ActivationLayer) Class() string { return "Activation" }

// Call fails where there is no activation of the name. It keeps shape and mask.
func (l *ActivationLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 {
		c.fail("needs one input, got %d", len(in))
	}
	return keepMask(c, in[0], activate(c, l.Activation, in[0]))
}

// ReLULayer is Keras' ReLU: x from threshold up to max_value, max_value above it,
// negative_slope·(x − threshold) below.
type ReLULayer struct {
	MaxValue      *float32 `json:"max_value"` // nil: none
	NegativeSlope float32  `json:"negative_slope"`
	Threshold     float32  `json:"threshold"`
}

// ReLU is Keras' ReLU with slope and threshold 0; a maxValue of 0 stands for none.
func ReLU(maxValue float32) *ReLULayer {
	if maxValue == 0 {
		return &ReLULayer{}
	}
	return &ReLULayer{MaxValue: &maxValue}
}

func (l *ReLULayer) Class() string { return "ReLU" }

// Call keeps shape and mask.
func (l *ReLULayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 {
		c.fail("needs one input, got %d", len(in))
	}
	return keepMask(c, in[0], l.apply(c.G, in[0]))
}

// apply chooses the fewest nodes: relu6 has an op of its own, which plans fuse.
func (l *ReLULayer) apply(g *graph.Graph, x *graph.Node) *graph.Node {
	y := x
	switch {
	case l.Threshold != 0:
		t := g.Scalar(l.Threshold)
		y = g.Where(g.Less(x, t), g.Mul(g.Sub(x, t), g.Scalar(l.NegativeSlope)), x)
	case l.NegativeSlope != 0:
		y = LeakyRelu(g, x, l.NegativeSlope)
	case l.MaxValue != nil && *l.MaxValue == 6:
		return g.Relu6(x)
	default:
		y = g.Relu(x)
	}
	if l.MaxValue != nil {
		y = g.Min(y, g.Scalar(*l.MaxValue))
	}
	return y
}

// keepMask lets y inherit the mask of x.
func keepMask(c *Context, x, y *graph.Node) *graph.Node {
	if m := c.masks[x]; m != nil {
		c.masks[y] = m
	}
	return y
}

// DropoutLayer zeroes a share of the elements in training and scales the rest by
// 1/(1−rate); outside training it does nothing.
type DropoutLayer struct {
	Rate float32 `json:"rate"`
}

// Dropout is Keras' Dropout.
func Dropout(rate float32) *DropoutLayer { return &DropoutLayer{rate} }

func (l *DropoutLayer) Class() string { return "Dropout" }

// Call fails on a rate below 0 or above 0.99999, and in training without Context.Key. Two dropouts of one step differ
// by their salt, the number of masks that the model made before.
func (l *DropoutLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 {
		c.fail("needs one input, got %d", len(in))
	}
	return keepMask(c, in[0], c.drop(in[0], l.Rate))
}

// drop is dropout of x in training, x itself outside it.
func (c *Context) drop(x *graph.Node, rate float32) *graph.Node {
	const below = 0.99999 // 1 would scale what is left, nothing, without end
	c.need("rate", rate, 0, below)
	if !c.Training || rate == 0 {
		return x
	}
	if c.Key == nil {
		c.fail("needs a dropout key in training")
	}
	c.salt++
	return c.G.Mul(x, c.G.DropoutMask(c.Key, graph.Dropout{Rate: rate, Salt: c.salt, Shape: x.Shape}))
}
