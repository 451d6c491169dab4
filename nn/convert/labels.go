package convert

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/names"
	"wafer/nn/tensor"
)

// Label is the name of an output.
type Label struct{ Name, NameZH string }

// ParseLabels reads a name per line, or lines of an identifier, the name and its Chinese, with tabs between.
func ParseLabels(file string) ([]Label, error) {
	var list []Label
	for i, line := range strings.Split(strings.TrimRight(file, "\r\n"), "\n") {
		switch fields := strings.Split(strings.TrimRight(line, "\r"), "\t"); len(fields) {
		case 1:
			list = append(list, Label{Name: fields[0]})
		case 3:
			list = append(list, Label{fields[1], fields[2]})
		default:
			return nil, fmt.Errorf("labels: line %d has %d fields, expected a name, or an identifier, "+
				"a name and its Chinese", i+1, len(fields))
		}
		if list[i].Name == "" || (list[i].NameZH == "") != (list[0].NameZH == "") {
			return nil, fmt.Errorf("labels: line %d lacks a name", i+1)
		}
	}
	return list, nil
}

// name gives the outputs their labels: those of the options, else of the file, else numbers.
func (c *converted) name(labels []string, o Options) error {
	out := c.doc.Layers.OutputShape()
	if len(out) != 1 || out[0] < 1 {
		return fmt.Errorf("convert: the network gives shape %v, expected one number for each label", out)
	}
	kinds := max(out[0], 2) // one number is the probability of the second of two
	list := o.Labels
	if o.Card.Background && len(list) == kinds+1 {
		list = list[1:]
	}
	if len(list) == 0 && len(labels) == kinds {
		for _, l := range labels {
			list = append(list, Label{Name: l})
		}
	}
	if len(list) == 0 {
		for i := range kinds {
			list = append(list, Label{Name: fmt.Sprint("kind ", i)})
		}
	}
	if len(list) != kinds {
		return fmt.Errorf("convert: the network tells %d kinds apart, but there are %d labels", kinds, len(list))
	}
	info := &c.doc.Info
	info.Binary = out[0] == 1
	for i, l := range list {
		info.Labels = append(info.Labels, cmp.Or(names.Line.Clean(l.Name), fmt.Sprint("kind ", i)))
		if l.NameZH != "" {
			info.LabelsZH = append(info.LabelsZH, names.Line.Clean(l.NameZH))
		}
	}
	return nil
}

// withoutFirst takes the first output off the Dense layer at the end.
func withoutFirst(net *layers.Model, state graph.State) (graph.State, error) {
	last := net.Last()
	dense, ok := last.Layer.(*layers.DenseLayer)
	kernel := state[last.Name+"/kernel"]
	if !ok || kernel == nil || dense.Units < 3 {
		return nil, errors.New("convert: only a Dense layer of three units or more at the end can lose its first")
	}
	out, n := graph.State{}, dense.Units
	for name, v := range state {
		out[name] = v
	}
	for _, part := range []string{"kernel", "bias"} {
		v := state[last.Name+"/"+part]
		if v == nil {
			continue
		}
		shape := v.Shape().Clone()
		shape[len(shape)-1]--
		fewer := tensor.New(tensor.Float32, shape...)
		for r := range v.Size() / n {
			copy(fewer.F()[r*(n-1):(r+1)*(n-1)], v.F()[r*n+1:(r+1)*n])
		}
		out[last.Name+"/"+part] = fewer
	}
	dense.Units--
	return out, nil
}
