package layers

import "wafer/nn/graph"

// gateArgs are the activations of a recurrent layer with gates. The ops LSTM and GRU have the standard ones, for all
// others, and for sequences of which steps are left out, the steps stand in the graph one by one.
type gateArgs struct {
	Activation          string `json:"activation,omitempty"`           // default tanh
	RecurrentActivation string `json:"recurrent_activation,omitempty"` // default sigmoid
}

func (a gateArgs) standard() bool {
	return (a.Activation == "" || a.Activation == "tanh") &&
		(a.RecurrentActivation == "" || a.RecurrentActivation == "sigmoid")
}

// orElse is the name, or a default where none is given.
func orElse(name, standard string) string {
	if name == "" {
		return standard
	}
	return name
}

// maxUnrolled is how many steps a graph may spell out.
const maxUnrolled = 1 << 12

// loop spells out the steps of a recurrence: next makes the states after a step of those before it and of z [b, n],
// the step's part of zx [b, t, n]. A step that the mask leaves out changes nothing. The first state is the output.
func (a recurrentArgs) loop(c *Context, mask, zx *graph.Node, states int,
	next func(z *graph.Node, states []*graph.Node) []*graph.Node) *graph.Node {
	g, b, t, n := c.G, zx.Shape[0], zx.Shape[1], zx.Shape[2]
	if t > maxUnrolled {
		c.fail("has %d steps, a layer with a mask or other activations than its standard ones takes %d", t, maxUnrolled)
	}
	now := make([]*graph.Node, states)
	for i := range now {
		now[i] = g.Broadcast(g.Scalar(0), b, a.Units)
	}
	var all []*graph.Node
	for i := range t {
		then := next(g.Reshape(g.Narrow(zx, 1, i, i+1), b, n), now)
		if mask != nil {
			counts := g.Narrow(mask, 1, i, i+1)
			for k := range then {
				then[k] = g.Where(g.Broadcast(counts, b, a.Units), then[k], now[k])
			}
		}
		now = then
		if a.ReturnSequences {
			all = append(all, g.Reshape(now[0], b, 1, a.Units))
		}
	}
	if !a.ReturnSequences {
		return now[0]
	}
	y := g.Concat(1, all...)
	if mask != nil {
		c.masks[y] = mask
	}
	return y
}

// part is the k-th of the gates in z [b, n·units].
func (a recurrentArgs) part(c *Context, z *graph.Node, k int) *graph.Node {
	return c.G.Narrow(z, 1, k*a.Units, (k+1)*a.Units)
}

// unrolled is the layer step by step: zx [b, t, 4·units] is the input's part of the gates, u the recurrent kernel; mask
// [b, t] may be nil.
func (l *LSTMLayer) unrolled(c *Context, mask, zx, u *graph.Node) *graph.Node {
	g := c.G
	inner, outer := orElse(l.RecurrentActivation, "sigmoid"), orElse(l.Activation, "tanh")
	return l.loop(c, mask, zx, 2, func(z *graph.Node, s []*graph.Node) []*graph.Node {
		z = g.Add(z, g.MatMul(s[0], u, false, false))
		gate := func(k int) *graph.Node { return activate(c, inner, l.part(c, z, k)) }
		cell := g.Add(g.Mul(gate(1), s[1]), g.Mul(gate(0), activate(c, outer, l.part(c, z, 2))))
		return []*graph.Node{g.Mul(gate(3), activate(c, outer, cell)), cell}
	})
}

// unrolled is the layer step by step: zx [b, t, 3·units] is the input's part of the gates, u the recurrent kernel, bias
// [3·units] what is added to its product with reset_after; mask [b, t] may be nil.
func (l *GRULayer) unrolled(c *Context, mask, zx, u, bias *graph.Node) *graph.Node {
	g, n := c.G, l.Units
	inner, outer := orElse(l.RecurrentActivation, "sigmoid"), orElse(l.Activation, "tanh")
	return l.loop(c, mask, zx, 1, func(z *graph.Node, s []*graph.Node) []*graph.Node {
		h := s[0]
		var own *graph.Node
		if l.after() {
			own = g.Add(g.MatMul(h, u, false, false), bias)
		} else {
			own = g.MatMul(h, g.Narrow(u, 1, 0, 2*n), false, false)
		}
		update := activate(c, inner, g.Add(l.part(c, z, 0), l.part(c, own, 0)))
		reset := activate(c, inner, g.Add(l.part(c, z, 1), l.part(c, own, 1)))
		var memory *graph.Node
		if l.after() {
			memory = g.Mul(reset, l.part(c, own, 2))
		} else {
			memory = g.MatMul(g.Mul(reset, h), g.Narrow(u, 1, 2*n, 3*n), false, false)
		}
		fresh := activate(c, outer, g.Add(l.part(c, z, 2), memory))
		return []*graph.Node{g.Add(g.Mul(update, h), g.Mul(g.Sub(g.Scalar(1), update), fresh))}
	})
}

// SimpleRNNLayer is h = activation(x·kernel + bias + h·recurrent_kernel), step by step.
type SimpleRNNLayer struct {
	recurrentArgs
	Activation string `json:"activation,omitempty"` // default tanh
}

// SimpleRNN is Keras' with its defaults; it returns the last output.
func SimpleRNN(units int) *SimpleRNNLayer {
	return &SimpleRNNLayer{recurrentArgs{Units: units, UseBias: true}, ""}
}

// Sequences makes the layer return every step's output.
func (l *SimpleRNNLayer) Sequences() *SimpleRNNLayer { l.ReturnSequences = true; return l }

func (l *SimpleRNNLayer) Class() string { return "SimpleRNN" }

// Call maps [batch, time, features] to [batch, units] or, with ReturnSequences, [batch, time, units]; its steps are
// spelled out, maxUnrolled of them at most. Weights: kernel [features, units], recurrent_kernel [units, units] and bias
// [units].
func (l *SimpleRNNLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := l.sequence(c, in)
	var bias *graph.Node
	if l.UseBias {
		bias = c.Weight("bias", "zeros", true, l.Units)
	}
	zx := l.gates(c, x, 1, bias)
	u := c.Weight("recurrent_kernel", "orthogonal", true, l.Units, l.Units)
	return l.loop(c, c.masks[x], zx, 1, func(z *graph.Node, s []*graph.Node) []*graph.Node {
		y := c.G.Add(z, c.G.MatMul(s[0], u, false, false))
		return []*graph.Node{activate(c, orElse(l.Activation, "tanh"), y)}
	})
}

// TimeDistributedLayer calls a layer on each step of a sequence: [b,t,…].
type TimeDistributedLayer struct {
	Layer Layer `json:"-"`
}

// Keras' TimeDistributed
func TimeDistributed(layer Layer) *TimeDistributedLayer { return &TimeDistributedLayer{layer} }

func (l *TimeDistributedLayer) Class() string { return "TimeDistributed" }

// Call maps [batch, time, …] to [batch, time, what the layer gives], by one call on all batch·time steps as samples, so
// that every step has the same weights. The wrapped layer sees no mask; the result keeps the input's.
func (l *TimeDistributedLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) < 3 {
		c.fail("needs one input [batch time …], got %v", shapesOf(in))
	}
	x := in[0]
	b, t := x.Shape[0], x.Shape[1]
	y := l.Layer.Call(c, c.G.Reshape(x, append([]int{b * t}, x.Shape[2:]...)...))
	if len(y.Shape) < 1 || y.Shape[0] != b*t {
		c.fail("wraps a layer that gives %v", y.Shape)
	}
	return keepMask(c, x, c.G.Reshape(y, append([]int{b, t}, y.Shape[1:]...)...))
}

type timeDistributedJSON struct {
	Layer layerJSON `json:"layer"`
}

// MarshalJSON writes the wrapped layer with its class, as Keras does.
func (l *TimeDistributedLayer) MarshalJSON() ([]byte, error) {
	inner, err := marshalLayer(l.Layer)
	return marshalOr(timeDistributedJSON{inner}, err)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *TimeDistributedLayer) UnmarshalJSON(b []byte) error {
	var doc timeDistributedJSON
	err := strict(b, &doc)
	if err == nil {
		l.Layer, err = doc.Layer.layer()
	}
	return err
}
