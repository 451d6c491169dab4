package tflite

import (
	"fmt"

	"wafer/nn/task"
)

// Outline is the file in the words that all formats share.
func (m *Model) Outline() task.Outline {
	o := task.Outline{Format: "TFLite, schema 3", Producer: m.Description}
	for _, i := range m.Inputs {
		o.Inputs = append(o.Inputs, m.Tensors[i].outline())
	}
	for _, i := range m.Outputs {
		o.Outputs = append(o.Outputs, m.Tensors[i].outline())
	}
	for i, op := range m.Operators {
		o.Nodes = append(o.Nodes, task.Node{Name: fmt.Sprint(i), Op: op.Code.String(), Inputs: m.names(op.Inputs),
			Outputs: m.names(op.Outputs)})
	}
	for _, v := range m.Tensors {
		if v.Data != nil {
			o.Weights = append(o.Weights, v.outline())
		}
	}
	return o
}

func (v Tensor) outline() task.Value {
	return task.Value{Name: v.Name, DType: v.Type.String(), Shape: v.Shape, Bytes: len(v.Data)}
}

// names are those of tensors; inputs that are left out have none.
func (m *Model) names(numbers []int) []string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		if n >= 0 {
			list[i] = m.Tensors[n].Name
		}
	}
	return list
}
