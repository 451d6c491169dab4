package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// USELite is the encoder of Universal Sentence Encoder Lite (Cer et al. 2018, arXiv 1803.11175): token and position
// embeddings, two blocks that normalise first, the mean of the tokens, a dense tanh layer and division by the norm.
// The first block widens the tokens, by attention and by a dense layer beside it.
//
// The input is int32 numbers of pieces plus 1 [length], 0 for padding, to which no token attends: the result, bit for
// bit, does not depend on how much of it there is. The token table holds twice the published numbers, which the
// published graph adds twice. The output is a unit vector [units]; there is no classifier.
// Uses Words (8003), Length (128), Positions (128), Dim (256), Units (512), Layers (2), Heads (4), FeedForward (1536).
func USELite(o Options) *layers.Model {
	o.Dim, o.Units, o.Heads = or(o.Dim, 256), or(o.Units, 512), or(o.Heads, 4)
	c := newChain("use_lite", textSpec(o, 128))
	tokens := layers.Embedding(or(o.Words, 8003), o.Dim)
	tokens.MaskZero = true
	c.then("tokens", tokens)
	token := c.at
	c.at = c.Named("embeddings", layers.Add(), token,
		c.Named("positions", layers.PositionEmbedding(or(o.Positions, 128)), token))
	width := o.Dim
	for i := range or(o.Layers, 2) {
		c.preNormBlock(fmt.Sprintf("layer%d.", i), width, o)
		width = o.Units
	}
	c.then("mean", layers.GlobalAveragePooling1D())
	c.then("tanh", layers.Dense(o.Units, "tanh"))
	c.then("unit", layers.UnitNormalization())
	return c.Model()
}

// preNormBlock is x → y = r + attention(norm(x)) → y + dense(relu(dense(norm(y)))), where r is x, or a dense layer
// of it where y is wider.
func (c *chain) preNormBlock(name string, width int, o Options) {
	residual := c.at
	if width != o.Units {
		residual = c.Named(name+"residual", layers.Dense(o.Units, ""), c.at)
	}
	attention := layers.MultiHeadAttention(o.Heads, width/o.Heads)
	attention.OutputShape = o.Units
	c.then(name+"ln1", smallNorm())
	c.then(name+"attention", attention)
	c.add(name+"attention.add", residual)
	y := c.at
	c.then(name+"ln2", smallNorm())
	c.then(name+"ffn1", layers.Dense(or(o.FeedForward, 1536), "relu"))
	c.then(name+"ffn2", layers.Dense(o.Units, ""))
	c.add(name+"ffn.add", y)
}

func smallNorm() layers.Layer {
	l := layers.LayerNormalization()
	l.Epsilon = 1e-6
	return l
}
