package model

import (
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/outside"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// readRule brings the parts of the rule together and checks that they fit the network.
func (m *Model) readRule() (err error) {
	d := m.doc.Outside
	if d == nil {
		return nil
	}
	if !m.doc.Info.Rejects {
		return say.Errorf("has a rule for inputs that are none of the labels, but says that it has none")
	}
	r := &outside.Rule{Threshold: d.Threshold, Nearest: d.Nearest, Linear: d.Linear, Away: d.Away}
	if d.Rows() {
		if err = m.readRows(r); err != nil {
			return err
		}
	}
	if d.Head != "" {
		if err = m.readHead(r); err != nil {
			return err
		}
	}
	if err := r.Check(); err != nil {
		return say.Errorf("%s: %w", CentroidsName, err)
	}
	if m.widthOf(d.Features) != r.Width {
		return say.Errorf("compares %d features, which the layer %q does not give", r.Width, d.Features)
	}
	m.rule = r
	return nil
}

// readRows takes the tensor of the rule.
func (m *Model) readRows(r *outside.Rule) error {
	c := m.state[CentroidsName]
	if c == nil || c.DType() != tensor.Float32 || len(c.Shape()) != 2 {
		return say.Errorf("has %s as %v, expected f32 [rows, width]", CentroidsName, c)
	}
	r.SetTable(c.F(), c.Shape()[1])
	return nil
}

// readHead takes the weights of a layer for the rule; rows are a way then.
func (m *Model) readHead(r *outside.Rule) error {
	name := m.doc.Outside.Head
	kernel, bias := m.state[name+"/kernel"], m.state[name+"/bias"]
	if kernel == nil || bias == nil || len(kernel.Shape()) != 2 {
		return say.Errorf("has a rule by the layer %q, which is no Dense layer with bias", name)
	}
	d := m.doc.Outside
	r.Width, r.Rows, r.Head = kernel.Shape()[0], nil, &outside.Head{Kernel: kernel.F(), Bias: bias.F(), Clip: d.Clip,
		Temperature: d.Temperature, Way: r.Rows}
	return nil
}

// widthOf is the length of the rows that an entry of the network gives, 0 where there are none.
func (m *Model) widthOf(entry string) int {
	g, width := graph.New(), 0
	in := m.doc.Layers.Input()
	m.doc.Layers.Apply(g, g.Input(layers.InputName, in.DType, m.doc.Layers.Batch(1)...), layers.Options{
		Visit: func(name string, out *graph.Node) {
			if name == entry && out.DType == tensor.Float32 && len(out.Shape) == 2 && out.Shape[0] == 1 {
				width = out.Shape[1]
			}
		}})
	return width
}

// tests is a tester of the network that gives what the rule looks at, too.
func (m *Model) tests(runner graph.Runner) *train.Tester {
	return &train.Tester{Model: m.doc.Layers, State: m.state, Runner: runner, Also: m.beside()}
}

// beside is the entry whose results the rule looks at, "" where there is none.
func (m *Model) beside() string {
	if m.doc.Outside == nil {
		return ""
	}
	return m.doc.Outside.Features
}

// foreign tells that an input is none of the labels by what its text is made of.
func (m *Model) foreign(in task.Input) bool {
	e, judges := m.encode.(interface{ Foreign(task.Input) bool })
	return m.doc.Info.Rejects && judges && e.Foreign(in)
}

// rejects tells that an input is none of the labels, by its greatest probability and row i of the features.
func (m *Model) rejects(top float64, features *tensor.Tensor, i int) bool {
	if !m.doc.Info.Rejects {
		return false
	}
	return top < m.doc.Threshold || m.rule != nil && m.rule.Rejects(features.Rows(i, i+1).F())
}
