package tfjs

import (
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/format/keras"
	"wafer/nn/say"
)

// Load makes a model of the files, for any number of samples. side is that of pictures where the network leaves it
// open, 0: 224. Errors begin with "TensorFlow.js model". With a metadata.json the model has labels and takes pictures
// as Teachable Machine does.
func Load(files foreign.Files, side int) (*foreign.Network, error) {
	m, err := Inspect(files)
	if err != nil {
		return nil, err
	}
	n, err := m.Load(side)
	if err != nil {
		return nil, say.Errorf("TensorFlow.js model: %w", err)
	}
	return n, nil
}

// Load is the package's Load for a model that was inspected.
func (m *Model) Load(side int) (n *foreign.Network, err error) {
	if m.Metadata != nil && m.Metadata.Size > 0 && side == 0 {
		side = m.Metadata.Size
	}
	if m.graph != nil {
		n, err = m.graphNetwork(side)
	} else {
		n, err = m.layers.Build(m.byLayer(), side)
	}
	if err != nil {
		return nil, err
	}
	if m.extra != nil {
		m.extra.Apply(n)
		return n, nil
	}
	if m.Metadata == nil {
		return n, nil
	}
	if m.Metadata.Name != "" {
		n.Name = m.Metadata.Name
	}
	n.Labels = m.Metadata.Labels
	n.Image, err = m.Metadata.image(n.Layers.Input().Shape)
	return n, err
}

// byLayer are the weights by the beginnings of their names, as package keras asks for them.
type byLayer map[string][]keras.Array

// maxParts is how many beginnings of a name count: those of models in models.
const maxParts = 8

// byLayer enters each weight under all the beginnings of its name that end before a slash: "a/b/kernel" under "a" and
// "a/b".
func (m *Model) byLayer() byLayer {
	by := byLayer{}
	for _, w := range m.Weights {
		a := keras.Array{Name: w.Name, Shape: w.Shape, Load: w.load}
		for at, parts := 0, 0; parts < maxParts; parts++ {
			end := strings.IndexByte(w.Name[at:], '/')
			if end < 0 {
				break
			}
			by[w.Name[:at+end]] = append(by[w.Name[:at+end]], a)
			at += end + 1
		}
	}
	return by
}

// Layer is the weights whose names begin with the layer's, or with it and those of the models around it.
func (by byLayer) Layer(path []string) ([]keras.Array, error) {
	if list := by[path[len(path)-1]]; list != nil {
		return list, nil
	}
	return by[strings.Join(path, "/")], nil
}
