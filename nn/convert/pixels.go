package convert

import (
	"fmt"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// prepend puts the layers in front of a network of pictures.
func prepend(p *foreign.Pixels, net *layers.Model) error {
	in := net.Input()
	if len(in.Shape) != 3 {
		return fmt.Errorf("card: pixels: the network takes inputs of shape %v, which are no pictures", in.Shape)
	}
	var front []layers.Entry
	at := net.Inputs[0].Name
	if at == "" {
		at = layers.InputName
	}
	first := at
	add := func(name string, l layers.Layer, inputs ...string) {
		front = append(front, layers.Entry{Name: name, Layer: l, Inputs: inputs})
		at = name
	}
	switch p.Order {
	case "", "rgb":
	case "bgr":
		add("pixels_bgr", layers.Op(graph.Reverse, graph.Axis{Axis: 3}), at)
	default:
		return fmt.Errorf(`card: pixels: order: must be "rgb" or "bgr", found %q`, p.Order)
	}
	for _, step := range []struct {
		name   string
		op     graph.Op
		values []float32
	}{{"pixels_mean", graph.Sub, p.Mean}, {"pixels_std", graph.Div, p.Std}} {
		if step.values == nil {
			continue
		}
		if len(step.values) != in.Shape[2] {
			return fmt.Errorf("card: pixels: has %d numbers for %d channels", len(step.values), in.Shape[2])
		}
		from := at
		add(step.name+"_value", layers.Constant(tensor.Floats(step.values, len(step.values))))
		add(step.name, layers.Op(step.op, nil), from, step.name+"_value")
	}
	for _, e := range net.Entries {
		for i, name := range e.Inputs {
			if name == first {
				e.Inputs[i] = at
			}
		}
	}
	net.Entries = append(front, net.Entries...)
	return net.Check()
}
