package onnx

import (
	"errors"
	"fmt"
	"slices"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Load makes a model of a file with one input, for any number of samples. Pictures are [h w c]; of several
// outputs the first counts. Layers of Keras stand where the graph has what they do. side is that of pictures
// where the file leaves it open, 0: 224.
func Load(files foreign.Files, side int) (*foreign.Network, error) {
	file := files[files.Find(Recognise)]
	m, err := Inspect(file.Data)
	if err != nil {
		return nil, err
	}
	n, err := m.network(files, side)
	if err != nil {
		return nil, fmt.Errorf("ONNX file: %w", err)
	}
	return n, nil
}

// isPicture tells the shape [n c h w] of pictures: one or three channels, and more than these along the sides.
func isPicture(shape []int) bool {
	return len(shape) == 4 && (shape[1] == 1 || shape[1] == 3) && shape[2] > 3 && shape[3] > 3
}

func (m *Model) network(files foreign.Files, side int) (n *foreign.Network, err error) {
	in, err := m.oneInput()
	if err != nil {
		return nil, err
	}
	n = &foreign.Network{Name: m.Graph.Name}
	shape := tensor.Shape(slices.Clone(in.Shape))
	if len(shape) == 4 && shape[2] < 0 && shape[3] < 0 && (shape[1] == 1 || shape[1] == 3) {
		if side == 0 {
			side = 224
			n.Notes = append(n.Notes, "It takes pictures of any size; 224 × 224 was chosen.")
		}
		shape[2], shape[3] = side, side
	}
	if extra := m.Graph.Outputs[1:]; len(extra) > 0 {
		n.Notes = append(n.Notes, fmt.Sprintf("Of its %d outputs only the first, %s, is kept.", len(extra)+1,
			m.Graph.Outputs[0].Name))
	}
	var failed error
	build := func(batch int) *graph.Graph {
		g, err := m.build(Options{Files: files, Shapes: map[string]tensor.Shape{in.Name: shape}, Batch: batch,
			ChannelsLast: isPicture, First: true})
		if err != nil {
			failed = err
			return graph.New()
		}
		return g
	}
	net, state, err := layers.FromGraph("onnx", build)
	if failed != nil {
		return nil, failed
	}
	if err != nil {
		return nil, err
	}
	n.Layers, n.State = layers.Raise(net, state)
	n.Labels = m.labels()
	extra, err := foreign.ReadExtra([]byte(m.Metadata[foreign.ExtraKey]))
	if err != nil {
		return nil, err
	}
	if extra != nil {
		extra.Apply(n)
		if n.Text != nil { // the graph has lengths of rows inside
			whole := *n.Text
			whole.Whole, n.Text = true, &whole
		}
	}
	return n, n.Layers.Check()
}

// inputs are those that are no weights, which old files list among them.
func (m *Model) inputs() []Info {
	weights := map[string]bool{}
	for _, t := range m.Graph.Weights {
		weights[t.Name] = true
	}
	return slices.DeleteFunc(slices.Clone(m.Graph.Inputs), func(v Info) bool { return weights[v.Name] })
}

// oneInput is the one input that is no weight.
func (m *Model) oneInput() (in Info, err error) {
	inputs := m.inputs()
	switch {
	case m.TakesTokens():
		return in, say.New("takes the numbers of tokens: open it together with its tokenizer.json and " +
			"config.json, as a folder")
	case len(inputs) != 1:
		return in, fmt.Errorf("has %d inputs, models of one are read", len(inputs))
	case len(m.Graph.Outputs) == 0:
		return in, errors.New("has no output")
	case len(inputs[0].Shape) < 2:
		return in, fmt.Errorf("takes inputs of shape %v, expected samples along the first of two axes or more",
			inputs[0].Shape)
	}
	return inputs[0], nil
}

// labels are those that Write puts into the metadata, nil where there are none.
func (m *Model) labels() (list []string) {
	for i := 0; ; i++ {
		l, ok := m.Metadata[fmt.Sprintf("label_%d", i)]
		if !ok {
			return list
		}
		list = append(list, l)
	}
}
