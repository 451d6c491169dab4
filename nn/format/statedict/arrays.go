package statedict

import (
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/zoo"
)

// Arrays makes a network of arrays that have the shapes of our own weights, as Keras' model.get_weights() gives them:
// by names, "fc1/kernel", or in their order. The architecture as is one of the zoo; the classes are as many as the last
// array has numbers.
func Arrays(w foreign.Weights, as string, side int) (*foreign.Network, error) {
	n, err := arrays(w, as, side)
	if err != nil {
		return nil, say.Errorf("arrays: %w", err)
	}
	return n, nil
}

func arrays(w foreign.Weights, as string, side int) (*foreign.Network, error) {
	names := w.Names()
	if as == "" {
		return nil, say.Errorf("its %d arrays do not say what network they are of: name one (--as resnet18), "+
			"or give the architecture's JSON with them", len(names))
	}
	net, err := zoo.New(as, zoo.Options{})
	if err != nil {
		return nil, err
	}
	ours := net.Weights()
	if len(ours) != len(names) {
		return nil, say.Errorf("has %d arrays, %s has %d weights", len(names), as, len(ours))
	}
	classes, _, _ := w.Shape(arrayOf(ours[len(ours)-1], names, len(names)-1))
	if net, err = zoo.New(as, zoo.Options{Height: side, Width: side, Classes: classes.Last()}); err != nil {
		return nil, err
	}
	state := graph.State{}
	for i, weight := range net.Weights() {
		name := arrayOf(weight, names, i)
		shape, dtype, _ := w.Shape(name)
		if !foreign.IsFloat(dtype) || !shape.Equal(weight.Shape) {
			return nil, say.Errorf("tensor %s is of type %s and shape %v, expected floats of shape %v", name, dtype,
				shape, weight.Shape)
		}
		if state[weight.Name], err = w.Tensor(name); err != nil {
			return nil, err
		}
	}
	n := &foreign.Network{Layers: net, State: state, Name: as}
	return n, told(n, net)
}

// arrayOf is the array of the weight's name, else the one at its place.
func arrayOf(weight layers.Weight, names []string, at int) string {
	for _, n := range names {
		if strings.TrimSuffix(n, ":0") == weight.Name {
			return n
		}
	}
	return names[at]
}

// told says how pictures become inputs, which arrays do not.
func told(n *foreign.Network, net *layers.Model) error {
	in := net.Input().Shape
	if len(in) != 3 {
		return say.Errorf("takes inputs of shape %v: of arrays, networks of pictures are read", in)
	}
	n.Image = architecture{input: "0..1"}.image(in)
	n.Notes = append(n.Notes, "It does not say how it was given pictures: colours from 0 to 1 are assumed.")
	return nil
}
