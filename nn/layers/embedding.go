package layers

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// EmbeddingLayer looks up a row per int32 index: [batch, time] → [batch, time, output_dim].
type EmbeddingLayer struct {
	InputDim  int  `json:"input_dim"`
	OutputDim int  `json:"output_dim"`
	MaskZero  bool `json:"mask_zero,omitempty"` // index 0 is padding: attention and GlobalAveragePooling1D leave it out
}

// Embedding is Keras' Embedding: a table [inputDim, outputDim], uniform in ±0.05.
func Embedding(inputDim, outputDim int) *EmbeddingLayer {
	return &EmbeddingLayer{InputDim: inputDim, OutputDim: outputDim}
}

func (l *EmbeddingLayer) Class() string { return "Embedding" }

// Call fails where the input is not int32; an index outside the table gives a row of zeros. With MaskZero the result
// has a mask [batch, time].
func (l *EmbeddingLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 || in[0].DType != tensor.Int32 {
		c.fail("needs one input of int32 indices, got %v", shapesOf(in))
	}
	y := c.G.Gather(c.Weight("embeddings", "uniform", true, l.InputDim, l.OutputDim), in[0])
	if l.MaskZero {
		c.masks[y] = c.G.Less(c.G.Scalar(0), c.G.Cast(in[0]))
	}
	return y
}

// PositionEmbeddingLayer has a row per step: [batch, time, d] → the first time rows of
// a table [sequence_length, d], the same for every sample (KerasHub's PositionEmbedding).
// It reads only the shape of its input; add the result to that input.
type PositionEmbeddingLayer struct {
	SequenceLength int `json:"sequence_length"` // rows of the table: the longest input
}

// PositionEmbedding is KerasHub's, Glorot uniform at first.
func PositionEmbedding(sequenceLength int) *PositionEmbeddingLayer {
	return &PositionEmbeddingLayer{sequenceLength}
}

func (l *PositionEmbeddingLayer) Class() string { return "PositionEmbedding" }

// Call fails where the input has more steps than the table.
func (l *PositionEmbeddingLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 3, "[batch time d]")
	t, d := x.Shape[1], x.Shape[2]
	if t > l.SequenceLength {
		c.fail("has %d positions, the input has %d steps", l.SequenceLength, t)
	}
	table := c.Weight("embeddings", "glorot_uniform", true, l.SequenceLength, d)
	return c.G.Broadcast(c.G.Narrow(table, 0, 0, t), x.Shape...)
}

// SegmentEmbeddingLayer is BERT's embedding of the segment that a token belongs to, for
// inputs of one segment: row 0 of a table [num_segments, d] at every step of
// [batch, time, d] (Devlin et al. 2018, arXiv 1810.04805). Add the result to the input.
type SegmentEmbeddingLayer struct {
	NumSegments int `json:"num_segments"`
}

// SegmentEmbedding is a table of so many segments, uniform in ±0.05.
func SegmentEmbedding(numSegments int) *SegmentEmbeddingLayer {
	return &SegmentEmbeddingLayer{numSegments}
}

func (l *SegmentEmbeddingLayer) Class() string { return "SegmentEmbedding" }

// Call maps [batch, time, d] to the same shape.
func (l *SegmentEmbeddingLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 3, "[batch time d]")
	if l.NumSegments < 1 {
		c.fail("needs at least one segment")
	}
	table := c.Weight("embeddings", "uniform", true, l.NumSegments, x.Shape[2])
	return c.G.Broadcast(c.G.Narrow(table, 0, 0, 1), x.Shape...)
}
