package layers

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// EmbeddingLayer looks up a row per int32 index: [batch, time] → [batch, time, output_dim].
type EmbeddingLayer struct {
	InputDim  int  `json:"input_dim"`
	OutputDim int  `json:"output_dim"`
	MaskZero  bool `json:"mask_zero,omitempty"` // index 0 is padding: GlobalAveragePooling1D leaves it out
}

// Embedding is Keras' Embedding: a table [inputDim, outputDim], uniform in ±0.05.
func Embedding(inputDim, outputDim int) *EmbeddingLayer {
	return &EmbeddingLayer{InputDim: inputDim, OutputDim: outputDim}
}

func (l *EmbeddingLayer) Class() string { return "Embedding" }

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
