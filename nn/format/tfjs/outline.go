package tfjs

import (
	"wafer/nn/format/keras"
	"wafer/nn/task"
)

// Outline is the model in the words that all formats share.
func (m *Model) Outline() (o task.Outline) {
	if m.graph != nil {
		o = m.graph.outline()
	} else {
		layersOf(&o, m.layers, "")
	}
	o.Format, o.Producer = "TensorFlow.js "+m.Format, m.Generator
	if m.Metadata != nil {
		o.Format = "Teachable Machine, " + o.Format
	}
	for _, w := range m.Weights {
		o.Weights = append(o.Weights, task.Value{Name: w.Name, DType: w.Stored, Shape: w.Shape, Bytes: w.Bytes})
	}
	return o
}

// layersOf lists layers, those of models in models behind their models' names.
func layersOf(o *task.Outline, m *keras.Model, prefix string) {
	for _, l := range m.Layers {
		if l.Nested != nil {
			layersOf(o, l.Nested, prefix+l.Name+"/")
			continue
		}
		n := task.Node{Name: prefix + l.Name, Op: l.Class, Outputs: []string{prefix + l.Name}}
		for _, call := range l.Calls {
			for _, in := range call {
				n.Inputs = append(n.Inputs, prefix+in.Layer)
			}
		}
		o.Nodes = append(o.Nodes, n)
	}
	if prefix != "" {
		return
	}
	for _, in := range m.Inputs {
		o.Inputs = append(o.Inputs, task.Value{Name: in.Layer})
	}
	for _, out := range m.Outputs {
		o.Outputs = append(o.Outputs, task.Value{Name: out.Layer})
	}
}
