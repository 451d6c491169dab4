package layers

import (
	"math"

	"wafer/nn/graph"
)

// MultiHeadAttentionLayer is softmax(q·kᵀ/√key_dim)·v in several heads (Vaswani et al.
// 2017, arXiv 1706.03762), with Keras' weights: query, key and value have a kernel
// [d, heads, key_dim] and a bias [heads, key_dim] (value: value_dim), attention_output a
// kernel [heads, value_dim, d] and a bias [d].
//
// Steps that the mask of the value (or key) leaves out get no attention. Keras masks the
// steps of the query too, which changes only their own outputs.
type MultiHeadAttentionLayer struct {
	NumHeads int     `json:"num_heads"`
	KeyDim   int     `json:"key_dim"`
	ValueDim int     `json:"value_dim,omitempty"` // 0: as KeyDim
	Dropout  float32 `json:"dropout"`             // of the attention's shares
	UseBias  bool    `json:"use_bias"`

	OutputShape int `json:"output_shape,omitempty"` // width of the result, 0: that of the query
}

// MultiHeadAttention is Keras' with its defaults: biases and no dropout.
func MultiHeadAttention(numHeads, keyDim int) *MultiHeadAttentionLayer {
	return &MultiHeadAttentionLayer{NumHeads: numHeads, KeyDim: keyDim, UseBias: true}
}

func (l *MultiHeadAttentionLayer) Class() string { return "MultiHeadAttention" }

// Call takes query [b,t,d], or query and value [b,s,e], or query, value and key [b,s,f]
// in Keras' order; with one input all three are the same. The result is [b,t,output_shape], by
// default [b,t,d].
func (l *MultiHeadAttentionLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	query, value, key := l.operands(c, in)
	valueDim := l.ValueDim
	if valueDim == 0 {
		valueDim = l.KeyDim
	}
	if l.NumHeads < 1 || l.KeyDim < 1 || valueDim < 1 || l.OutputShape < 0 {
		c.fail("needs positive num_heads, key_dim, value_dim and output_shape, got %d, %d, %d and %d", l.NumHeads,
			l.KeyDim, valueDim, l.OutputShape)
	}
	g := c.G
	q := l.project(c, "query", query, l.KeyDim, float32(1/math.Sqrt(float64(l.KeyDim))))
	k := l.project(c, "key", key, l.KeyDim, 1)
	v := l.project(c, "value", value, valueDim, 1)
	scores := g.MatMul(q, k, false, true) // [b heads t s]
	if m := both(g, c.masks[value], c.masks[key]); m != nil {
		scores = g.Add(scores, l.penalty(g, m))
	}
	shares := c.drop(g.Softmax(scores), l.Dropout)
	y := g.Transpose(g.MatMul(shares, v, false, false), 0, 2, 1, 3) // [b t heads value_dim]
	width := query.Shape[2]
	if l.OutputShape > 0 {
		width = l.OutputShape
	}
	return keepMask(c, query, l.join(c, y, width))
}

// operands are query, value and key, [batch time features] each.
func (l *MultiHeadAttentionLayer) operands(c *Context, in []*graph.Node) (query, value, key *graph.Node) {
	if len(in) < 1 || len(in) > 3 {
		c.fail("needs query, value and key, or the first two, or one for all, got %d inputs", len(in))
	}
	query, value = in[0], in[min(1, len(in)-1)]
	key = value
	if len(in) == 3 {
		key = in[2]
	}
	for _, x := range in {
		if len(x.Shape) != 3 || x.Shape[0] != query.Shape[0] {
			c.fail("needs inputs [batch time features] of one batch, got %v", shapesOf(in))
		}
	}
	if value.Shape[1] != key.Shape[1] {
		c.fail("needs as many keys as values, got %v", shapesOf(in))
	}
	return query, value, key
}

// project is (x·kernel + bias)·scale in heads: [b,t,d] → [b,heads,t,n].
func (l *MultiHeadAttentionLayer) project(c *Context, part string, x *graph.Node, n int, scale float32) *graph.Node {
	g, b, t, d, width := c.G, x.Shape[0], x.Shape[1], x.Shape[2], l.NumHeads*n
	var y *graph.Node
	c.scoped(part, func() {
		kernel := c.Weight("kernel", "glorot_uniform", true, d, l.NumHeads, n)
		y = g.MatMul(flat(g, x), g.Reshape(kernel, d, width), false, false)
		if l.UseBias {
			y = g.Add(y, g.Reshape(c.Weight("bias", "zeros", true, l.NumHeads, n), width))
		}
	})
	if scale != 1 {
		y = g.Mul(y, g.Scalar(scale))
	}
	return g.Transpose(g.Reshape(y, b, t, l.NumHeads, n), 0, 2, 1, 3)
}

// both is the mask of a step that counts in two, nil when there is no mask.
func both(g *graph.Graph, a, b *graph.Node) *graph.Node {
	switch {
	case a == nil:
		return b
	case b == nil || a == b:
		return a
	}
	return g.Mul(a, b)
}

// penalty is 0 where the mask [b,s] is 1 and −10⁹, Keras' number, where it is 0: [b,1,1,s].
func (l *MultiHeadAttentionLayer) penalty(g *graph.Graph, mask *graph.Node) *graph.Node {
	off := g.Mul(g.Sub(mask, g.Scalar(1)), g.Scalar(1e9))
	return g.Reshape(off, mask.Shape[0], 1, 1, mask.Shape[1])
}

// join maps the heads' results [b,t,heads,n] to [b,t,d].
func (l *MultiHeadAttentionLayer) join(c *Context, y *graph.Node, d int) *graph.Node {
	g, b, t, n := c.G, y.Shape[0], y.Shape[1], y.Shape[3]
	width := l.NumHeads * n
	y = g.Reshape(y, b*t, width)
	c.scoped("attention_output", func() {
		kernel := c.Weight("kernel", "glorot_uniform", true, l.NumHeads, n, d)
		y = g.MatMul(y, g.Reshape(kernel, width, d), false, false)
		if l.UseBias {
			y = g.Add(y, c.Weight("bias", "zeros", true, d))
		}
	})
	return g.Reshape(y, b, t, d)
}
