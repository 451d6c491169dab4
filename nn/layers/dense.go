package layers

import "wafer/nn/graph"

// DenseLayer is activation(x·kernel + bias) on the innermost axis.
type DenseLayer struct {
	Units             int         `json:"units"`
	Activation        string      `json:"activation,omitempty"`
	UseBias           bool        `json:"use_bias"`
	KernelInitializer Initializer `json:"kernel_initializer,omitempty"` // default glorot_uniform
}

// Dense is Keras' Dense with its defaults; activation "" is linear.
func Dense(units int, activation string) *DenseLayer {
	return &DenseLayer{Units: units, Activation: activation, UseBias: true}
}

func (l *DenseLayer) Class() string { return "Dense" }

// Call maps [batch, …, n] to [batch, …, units].
func (l *DenseLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) < 2 {
		c.fail("needs one input [batch … n], got %v", shapesOf(in))
	}
	x := in[0]
	lead, n := x.Shape[:len(x.Shape)-1], x.Shape.Last()
	y := c.G.MatMul(flat(c.G, x), c.Weight("kernel", l.KernelInitializer.or("glorot_uniform"), true, n, l.Units),
		false, false)
	if l.UseBias {
		y = c.G.Add(y, c.Weight("bias", "zeros", true, l.Units))
	}
	if len(lead) > 1 {
		y = c.G.Reshape(y, append(lead.Clone(), l.Units)...)
	}
	return keepMask(c, x, activate(c, l.Activation, y))
}

// flat joins all axes but the innermost.
func flat(g *graph.Graph, x *graph.Node) *graph.Node {
	if len(x.Shape) == 2 {
		return x
	}
	n := x.Shape.Last()
	return g.Reshape(x, x.Shape.Size()/n, n)
}

// or is the initializer, or a default where none is given.
func (in Initializer) or(standard Initializer) Initializer {
	if in == "" {
		return standard
	}
	return in
}
