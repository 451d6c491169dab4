package keras

import "wafer/nn/task"

// Outline is the file in the words that all formats share.
func (f *File) Outline() task.Outline {
	o := task.Outline{Format: f.Format, Producer: "Keras " + f.Model.Version}
	o.Nodes = nodes(f.Model, "", nil)
	for _, in := range f.Model.Inputs {
		v := task.Value{Name: in.Layer, DType: "float32", Shape: []int{}}
		for _, l := range f.Model.Layers {
			if l.Name != in.Layer && in.Layer != "" {
				continue
			}
			if shape, err := inputShape(l); err == nil {
				v.Shape = append([]int{-1}, shape...)
			}
			break
		}
		o.Inputs = append(o.Inputs, v)
	}
	for _, out := range f.Model.Outputs {
		o.Outputs = append(o.Outputs, task.Value{Name: out.Layer, DType: "float32", Shape: []int{}})
	}
	for _, a := range f.arrays {
		o.Weights = append(o.Weights, task.Value{Name: a.Name, DType: a.DType, Shape: a.Shape, Bytes: a.Bytes})
	}
	if _, err := f.Model.Build(nil, 0); err != nil {
		o.Notes = append(o.Notes, err.Error())
	}
	return o
}

// nodes lists the layers, those of models inside with their names before them.
func nodes(m *Model, prefix string, list []task.Node) []task.Node {
	for _, l := range m.Layers {
		name := prefix + l.Name
		if l.Nested != nil {
			list = nodes(l.Nested, name+"/", list)
		}
		node := task.Node{Name: name, Op: l.Class, Inputs: []string{}, Outputs: []string{name}}
		if len(l.Calls) > 0 {
			for _, r := range l.Calls[0] {
				if r.Layer != "" {
					node.Inputs = append(node.Inputs, prefix+r.Layer)
				}
			}
		}
		for _, key := range sortedKeys(l.Config) {
			if !dropped[key] && l.Config.has(key) {
				value := string(l.Config[key])
				if len(value) > 80 {
					value = value[:80] + "…"
				}
				node.Attrs = append(node.Attrs, task.Attr{Name: key, Value: value})
			}
		}
		list = append(list, node)
	}
	return list
}
