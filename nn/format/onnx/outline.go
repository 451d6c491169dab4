package onnx

import (
	"fmt"

	"wafer/nn/task"
)

// Outline is the file in the words that all formats share.
func (m *Model) Outline() task.Outline {
	o := task.Outline{Format: fmt.Sprintf("ONNX, opset %d", m.Opset), Producer: m.Producer}
	constant := map[string]bool{}
	for _, t := range m.Graph.Weights {
		constant[t.Name] = true
		o.Weights = append(o.Weights, task.Value{Name: t.Name, DType: t.Type.String(), Shape: t.Shape,
			Bytes: t.bytes()})
	}
	for _, v := range m.Graph.Inputs {
		if !constant[v.Name] {
			o.Inputs = append(o.Inputs, v.outline())
		}
	}
	for _, v := range m.Graph.Outputs {
		o.Outputs = append(o.Outputs, v.outline())
	}
	missing := map[string]bool{}
	for _, n := range m.Graph.Nodes {
		node := task.Node{Name: n.Name, Op: n.Op, Inputs: n.Inputs, Outputs: n.Outputs}
		for _, a := range n.Attrs {
			node.Attrs = append(node.Attrs, task.Attr{Name: a.Name, Value: a.words()})
		}
		o.Nodes = append(o.Nodes, node)
		if !n.known() && !missing[n.Op] {
			missing[n.Op] = true
			o.Notes = append(o.Notes, unsupported(n, m.Opset).Error())
		}
	}
	return o
}

func (v Info) outline() task.Value {
	return task.Value{Name: v.Name, DType: v.Type.String(), Shape: v.Shape}
}

// words is the value, cut short where it is long.
func (a *Attr) words() string {
	s := ""
	switch a.Kind {
	case 1:
		s = fmt.Sprint(a.F)
	case 2:
		s = fmt.Sprint(a.I)
	case 3:
		s = fmt.Sprintf("%q", a.S)
	case 4:
		if a.T != nil {
			s = fmt.Sprint(a.T.Type, a.T.Shape)
		}
	case 5:
		if a.G != nil {
			s = fmt.Sprintf("graph of %d nodes", len(a.G.Nodes))
		}
	case 6:
		s = fmt.Sprint(a.Floats)
	case 7:
		s = fmt.Sprint(a.Ints)
	case 8:
		s = fmt.Sprintf("%q", a.Texts)
	}
	if len(s) > 80 {
		s = s[:80] + "…"
	}
	return s
}
