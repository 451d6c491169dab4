package convert

import (
	"maps"

	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// channels are how many scales a weight gets in 8 bits and how many elements in a row share one: a scale per
// output of a product, per row of a table of tokens. ok is false for what stays as it is: vectors, positions.
func channels(l layers.Layer, shape tensor.Shape) (n, run int, ok bool) {
	if len(shape) < 2 {
		return 0, 0, false
	}
	last, before := shape.Last(), shape[len(shape)-2]
	switch l := l.(type) {
	case *layers.DenseLayer, *layers.Conv2DLayer, *layers.Conv1DLayer:
		return last, 1, true
	case *layers.DepthwiseConv2DLayer:
		return last * before, 1, true
	case *layers.EmbeddingLayer:
		return shape[0], shape.Size() / shape[0], true
	case *layers.MultiHeadAttentionLayer:
		if l.NumHeads == shape[0] && len(shape) == 3 { // attention_output [heads, value_dim, d]
			return last, 1, true
		}
		return last * before, 1, len(shape) == 3 // [d, heads, key_dim]
	}
	return 0, 0, false
}

// toInt8 rounds the weights that 8 bits can hold with little loss; those that were in 8 bits stay what they are.
func toInt8(net *layers.Model, state graph.State) graph.State {
	of := map[string]layers.Layer{}
	for _, e := range net.Entries {
		of[e.Name] = e.Layer
	}
	out := maps.Clone(state)
	for _, w := range net.Weights() {
		v := state[w.Name]
		n, run, ok := channels(of[w.Layer], w.Shape)
		if !ok || format.Smallest(w.Name, v).Int8 != nil {
			continue
		}
		t := tensor.New(tensor.Float32, w.Shape...)
		tensor.ToInt8(v.F(), n, run).Widen(t.F())
		out[w.Name] = t
	}
	return out
}
