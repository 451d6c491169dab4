package layers

import "wafer/nn/graph"

type recurrentArgs struct {
	Units           int  `json:"units"`
	ReturnSequences bool `json:"return_sequences"`
	GoBackwards     bool `json:"go_backwards"`
	UseBias         bool `json:"use_bias"`
}

// sequence checks the input and turns it around where the layer goes backwards.
func (a recurrentArgs) sequence(c *Context, in []*graph.Node) *graph.Node {
	x := c.needRank(in, 3, "[batch time features]")
	if !a.GoBackwards {
		return x
	}
	back := c.G.Reverse(x, 1)
	if m := c.masks[x]; m != nil {
		c.masks[back] = c.G.Reverse(m, 1)
	}
	return back
}

// gates is x·kernel (+ bias) for all steps at once, [batch, time, n·units].
func (a recurrentArgs) gates(c *Context, x *graph.Node, n int, bias *graph.Node) *graph.Node {
	kernel := c.Weight("kernel", "glorot_uniform", true, x.Shape[2], n*a.Units)
	z := c.G.MatMul(flat(c.G, x), kernel, false, false)
	if bias != nil {
		z = c.G.Add(z, bias)
	}
	return c.G.Reshape(z, x.Shape[0], x.Shape[1], n*a.Units)
}

// outputs cuts h out of a trace whose last units are h: all steps or the last.
func (a recurrentArgs) outputs(c *Context, trace *graph.Node) *graph.Node {
	b, t, w := trace.Shape[0], trace.Shape[1], trace.Shape[2]
	h := c.G.Narrow(trace, 2, w-a.Units, w)
	if a.ReturnSequences {
		return h
	}
	return c.G.Reshape(c.G.Narrow(h, 1, t-1, t), b, a.Units)
}

// LSTMLayer is a long short-term memory (Hochreiter, Schmidhuber 1997) with gate
// order i, f, c, o, tanh and sigmoid, as Keras'.
type LSTMLayer struct {
	recurrentArgs
	gateArgs
	UnitForgetBias bool `json:"unit_forget_bias"`
}

// LSTM is Keras' LSTM with its defaults; it returns the last output.
func LSTM(units int) *LSTMLayer {
	return &LSTMLayer{recurrentArgs{Units: units, UseBias: true}, gateArgs{}, true}
}

// Sequences makes the layer return every step's output.
func (l *LSTMLayer) Sequences() *LSTMLayer { l.ReturnSequences = true; return l }

func (l *LSTMLayer) Class() string { return "LSTM" }

// Call maps [batch, time, features] to [batch, units] or, with ReturnSequences, [batch, time, units]. Weights: kernel
// [features, 4·units], recurrent_kernel [units, 4·units] and bias [4·units]. With a mask or activations of its own it
// spells the steps out, maxUnrolled of them at most.
func (l *LSTMLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := l.sequence(c, in)
	var bias *graph.Node
	if l.UseBias {
		init := Initializer("zeros")
		if l.UnitForgetBias {
			init = "lstm_bias"
		}
		bias = c.Weight("bias", init, true, 4*l.Units)
	}
	zx := l.gates(c, x, 4, bias)
	u := c.Weight("recurrent_kernel", "orthogonal", true, l.Units, 4*l.Units)
	if c.masks[x] != nil || !l.standard() {
		return l.unrolled(c, c.masks[x], zx, u)
	}
	return l.outputs(c, c.G.LSTM(zx, u))
}

// GRULayer is a gated recurrent unit (Cho et al. 2014) with gate order z, r, h and
// reset_after=True, Keras' default; its bias is [2, 3·units]. Without reset_after, as in Keras 1 and by default in
// Keras 2 before TensorFlow 2, the bias is [3·units].
type GRULayer struct {
	recurrentArgs
	gateArgs
	ResetAfter *bool `json:"reset_after,omitempty"` // nil: true
}

// GRU is Keras' GRU with its defaults; it returns the last output.
func GRU(units int) *GRULayer {
	return &GRULayer{recurrentArgs{Units: units, UseBias: true}, gateArgs{}, nil}
}

// Sequences makes the layer return every step's output.
func (l *GRULayer) Sequences() *GRULayer { l.ReturnSequences = true; return l }

// after is whether the reset gate works on the product with the recurrent kernel.
func (l *GRULayer) after() bool { return l.ResetAfter == nil || *l.ResetAfter }

func (l *GRULayer) Class() string { return "GRU" }

// Call maps [batch, time, features] to [batch, units] or, with ReturnSequences, [batch, time, units]. Weights: kernel
// [features, 3·units], recurrent_kernel [units, 3·units] and the bias. What the op GRU does not have (a mask, other
// activations, no reset_after) it spells out step by step, maxUnrolled of them at most.
func (l *GRULayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := l.sequence(c, in)
	n := 3 * l.Units
	recurrentBias := c.G.Broadcast(c.G.Scalar(0), n)
	var inputBias *graph.Node
	if l.UseBias && !l.after() {
		inputBias = c.Weight("bias", "zeros", true, n)
	} else if l.UseBias {
		bias := c.Weight("bias", "zeros", true, 2, n)
		inputBias = c.G.Reshape(c.G.Narrow(bias, 0, 0, 1), n)
		recurrentBias = c.G.Reshape(c.G.Narrow(bias, 0, 1, 2), n)
	}
	zx := l.gates(c, x, 3, inputBias)
	u := c.Weight("recurrent_kernel", "orthogonal", true, l.Units, n)
	if c.masks[x] != nil || !l.standard() || !l.after() {
		return l.unrolled(c, c.masks[x], zx, u, recurrentBias)
	}
	return l.outputs(c, c.G.GRU(zx, u, recurrentBias))
}

// BidirectionalLayer runs an LSTM or GRU forward and a copy of it backward.
type BidirectionalLayer struct {
	Layer     Layer  `json:"-"`
	MergeMode string `json:"merge_mode"` // concat, sum, mul, ave
}

// Bidirectional is Keras' Bidirectional with merge_mode="concat". Layer is an LSTM or GRU.
func Bidirectional(layer Layer) *BidirectionalLayer {
	return &BidirectionalLayer{layer, "concat"}
}

func (l *BidirectionalLayer) Class() string { return "Bidirectional" }

// Call maps [batch, time, features] to what the layer gives, twice as wide where the two are joined. The weights stand
// below "forward_lstm" and "backward_lstm", or as the layer is called, each with its own.
func (l *BidirectionalLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	backward, sequences := l.backward(c)
	var f, b *graph.Node
	c.scoped("forward_"+snake(l.Layer.Class()), func() { f = l.Layer.Call(c, in...) })
	c.scoped("backward_"+snake(l.Layer.Class()), func() { b = backward.Call(c, in...) })
	if sequences {
		b = c.G.Reverse(b, 1)
	}
	switch l.MergeMode {
	case "concat":
		return c.G.Concat(len(f.Shape)-1, f, b)
	case "sum":
		return c.G.Add(f, b)
	case "mul":
		return c.G.Mul(f, b)
	case "ave":
		return c.G.Mul(c.G.Add(f, b), c.G.Scalar(0.5))
	}
	c.fail("merge_mode is %q, not concat, sum, mul or ave", l.MergeMode)
	return nil
}

// backward is the layer's copy that reads the sequence from its end.
func (l *BidirectionalLayer) backward(c *Context) (layer Layer, sequences bool) {
	switch inner := l.Layer.(type) {
	case *LSTMLayer:
		b := *inner
		b.GoBackwards = !b.GoBackwards
		return &b, b.ReturnSequences
	case *GRULayer:
		b := *inner
		b.GoBackwards = !b.GoBackwards
		return &b, b.ReturnSequences
	case *SimpleRNNLayer:
		b := *inner
		b.GoBackwards = !b.GoBackwards
		return &b, b.ReturnSequences
	}
	c.fail("wraps an LSTM, a GRU or a SimpleRNN, not %T", l.Layer)
	return nil, false
}

type bidirectionalJSON struct {
	Layer     layerJSON `json:"layer"`
	MergeMode string    `json:"merge_mode"`
}

// MarshalJSON writes the wrapped layer with its class, as Keras does.
func (l *BidirectionalLayer) MarshalJSON() ([]byte, error) {
	inner, err := marshalLayer(l.Layer)
	return marshalOr(bidirectionalJSON{inner, l.MergeMode}, err)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *BidirectionalLayer) UnmarshalJSON(b []byte) error {
	var doc bidirectionalJSON
	if err := strict(b, &doc); err != nil {
		return err
	}
	inner, err := doc.Layer.layer()
	l.Layer, l.MergeMode = inner, doc.MergeMode
	return err
}
