package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// BertTiny is the smallest BERT of Turc et al. (2019, arXiv 1908.08962): two blocks of
// width 128 with 2 heads. Its classifier reads the first token ([CLS]) through a dense tanh
// layer, the pooler, as BERT's does. See bert for inputs, options and names.
func BertTiny(o Options) *layers.Model {
	o.Layers, o.Dim, o.Heads, o.FeedForward = or(o.Layers, 2), or(o.Dim, 128), or(o.Heads, 2), or(o.FeedForward, 512)
	c := bert("bert_tiny", o)
	if !o.NoTop {
		c.then("first", layers.Cropping1D(0, or(o.Length, 128)-1))
		c.then("flatten", layers.Flatten())
		c.then("pooler", layers.Dense(o.Dim, "tanh"))
		c.classify(o)
	}
	return c.Model()
}

// MiniLML6 is the encoder of all-MiniLM-L6 (Wang et al. 2020, arXiv 2002.10957): six
// blocks of width 384 with 12 heads. Its classifier reads the mean of the tokens, padding left
// out, as its sentence embeddings do. See bert for inputs, options and names.
func MiniLML6(o Options) *layers.Model {
	o.Layers, o.Dim, o.Heads, o.FeedForward = or(o.Layers, 6), or(o.Dim, 384), or(o.Heads, 12), or(o.FeedForward, 1536)
	c := bert("minilm_l6", o)
	if !o.NoTop {
		c.then("mean", layers.GlobalAveragePooling1D())
		c.classify(o)
	}
	return c.Model()
}

// DistilBERT is the network of Sanh et al. (2019, arXiv 1910.01108): BERT's blocks, six of width 768 with 12 heads,
// without segments. Its classifier reads the first token ([CLS]) through a dense layer with ReLU. See bert for inputs
// and options.
func DistilBERT(o Options) *layers.Model {
	o.Layers, o.Dim, o.Heads, o.FeedForward = or(o.Layers, 6), or(o.Dim, 768), or(o.Heads, 12), or(o.FeedForward, 3072)
	c := bert("distilbert", o)
	if !o.NoTop {
		c.then("first", layers.Cropping1D(0, or(o.Length, 128)-1))
		c.then("flatten", layers.Flatten())
		c.then("pre_classifier", layers.Dense(o.Dim, "relu"))
		c.classify(o)
	}
	return c.Model()
}

func (c *chain) classify(o Options) {
	c.then("classifier_dropout", layers.Dropout(or(o.Dropout, 0.1)))
	c.then("classifier", layers.Dense(or(o.Classes, 2), "softmax"))
}

// bert is the encoder of Devlin et al. (2018, arXiv 1810.04805): embeddings of token and
// position, then blocks of self-attention and a feed-forward layer, each added to its input
// and normalised.
//
// The input is int32 token numbers [length], 0 for padding: no token attends to padding.
// All tokens are of the first segment; DistilBERT has none. The output is [length, dim] with NoTop. Entries
// have the names of the Hugging Face checkpoint, without "encoder." and shortened.
// Uses Words (30522), Length (128), Positions (512), Dim, Layers, Heads, FeedForward,
// Classes (2), Dropout (0.1), NoTop.
func bert(name string, o Options) *chain {
	if o.Dim%o.Heads != 0 {
		panic(fmt.Sprintf("width %d is not a multiple of %d heads", o.Dim, o.Heads))
	}
	c := newChain(name, textSpec(o, 128))
	words := layers.Embedding(or(o.Words, 30522), o.Dim)
	words.MaskZero = true
	c.then("word_embeddings", words)
	token := c.at
	position := c.Named("position_embeddings", layers.PositionEmbedding(or(o.Positions, 512)), token)
	sum := []string{token, position}
	if name != "distilbert" {
		sum = []string{token, c.Named("token_type_embeddings", layers.SegmentEmbedding(2), token), position}
	}
	c.at = c.Named("embeddings.add", layers.Add(), sum...)
	c.then("embeddings.norm", bertNorm())
	c.then("embeddings.dropout", layers.Dropout(or(o.Dropout, 0.1)))
	for i := range o.Layers {
		c.encoderBlock(fmt.Sprintf("layer.%d.", i), o)
	}
	return c
}

// encoderBlock is x → norm(x + attention(x)) → norm(x + dense(gelu(dense(x)))).
func (c *chain) encoderBlock(name string, o Options) {
	drop := or(o.Dropout, 0.1)
	attention := layers.MultiHeadAttention(o.Heads, o.Dim/o.Heads)
	attention.Dropout = drop
	x := c.at
	c.then(name+"attention", attention)
	c.then(name+"attention.dropout", layers.Dropout(drop))
	c.add(name+"attention.add", x)
	c.then(name+"attention.norm", bertNorm())
	x = c.at
	c.then(name+"intermediate", layers.Dense(o.FeedForward, "gelu"))
	c.then(name+"output", layers.Dense(o.Dim, ""))
	c.then(name+"output.dropout", layers.Dropout(drop))
	c.add(name+"output.add", x)
	c.then(name+"output.norm", bertNorm())
}

func bertNorm() layers.Layer {
	l := layers.LayerNormalization()
	l.Epsilon = 1e-12
	return l
}
