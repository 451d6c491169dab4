package layers

import (
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/tensor"
)

// Traced is what an entry of a model makes of one sample.
type Traced struct {
	Entry
	Config    []byte       // of the layer, as JSON
	Shape     tensor.Shape // of the result, without the batch axis where it has one
	PerSample bool         // it has one
	Weights   []Weight
	FLOPs     int64 // multiplications and additions of its products and convolutions, and one for every other number
}

// Trace goes through the entries in their order. Weights are not looked at.
func (m *Model) Trace() []Traced {
	o := m.outline()
	c := &Context{G: graph.New()}
	inputs := m.Declare(c.G, 1)
	var list []Traced
	at := len(c.G.Nodes)
	m.build(c, inputs, Options{Visit: func(string, *graph.Node) {
		t := Traced{Entry: m.Entries[len(list)]}
		t.Shape, t.PerSample = o.perSample(t.Name)
		t.Config, _ = json.Marshal(t.Layer)
		for _, n := range c.G.Nodes[at:] {
			t.FLOPs += flops(n)
		}
		at = len(c.G.Nodes)
		list = append(list, t)
	}})
	for i := range list {
		for _, w := range o.weights {
			if w.Layer == list[i].Name {
				list[i].Weights = append(list[i].Weights, w)
			}
		}
	}
	return list
}

// flops is how many operations a node takes.
func flops(n *graph.Node) int64 {
	size := int64(n.Shape.Size())
	switch n.Op {
	case graph.Input, graph.Param, graph.Const, graph.Reshape, graph.Transpose:
		return 0
	case graph.MatMul:
		shape, k := n.In[0].Shape, len(n.In[0].Shape)-1
		if n.Attr.(graph.MatMulAttr).TransA {
			k--
		}
		return 2 * size * int64(shape[k])
	case graph.Conv2D:
		kernel := n.In[1].Shape
		return 2 * size * int64(kernel[:len(kernel)-1].Size())
	case graph.DepthwiseConv2D:
		kernel := n.In[1].Shape
		return 2 * size * int64(kernel[0]*kernel[1])
	case graph.LSTM: // the product with what it remembers, h × 4h at each step
		h := int64(n.In[1].Shape[0])
		steps := int64(n.In[0].Shape[0] * n.In[0].Shape[1])
		return steps * 2 * h * 4 * h
	}
	return size
}
