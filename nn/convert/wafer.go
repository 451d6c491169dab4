package convert

import (
	"fmt"
	"math"
	"strings"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/json"
	"wafer/nn/names"
	"wafer/nn/order"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// outlineOf reads the header alone.
func outlineOf(file []byte) (o task.Outline, err error) {
	var doc document.Document
	stored, err := format.List(file, &doc)
	if err != nil {
		return o, err
	}
	if err := doc.Check(); err != nil {
		return o, fmt.Errorf("convert: the model %w", err)
	}
	o.Format, o.Inputs, o.Weights = "Wafer", []task.Value{}, []task.Value{}
	in := doc.Layers.Input()
	o.Inputs = append(o.Inputs, task.Value{Name: "input", DType: in.DType.String(),
		Shape: append([]int{-1}, in.Shape...)})
	for _, t := range doc.Layers.Trace() {
		shape := append([]int{}, t.Shape...)
		if t.PerSample {
			shape = append([]int{-1}, shape...)
		}
		o.Nodes = append(o.Nodes, task.Node{Name: t.Name, Op: t.Layer.Class(), Inputs: t.Inputs,
			Outputs: []string{t.Name}, Attrs: attrs(t.Config), Shape: shape, FLOPs: t.FLOPs})
	}
	last := o.Nodes[len(o.Nodes)-1]
	o.Outputs = []task.Value{{Name: last.Name, DType: "float32", Shape: last.Shape}}
	for _, s := range stored {
		o.Weights = append(o.Weights, task.Value{Name: s.Name, DType: s.DType, Shape: s.Shape, Bytes: int(s.Bytes)})
	}
	return o, nil
}

// attrs are the settings of a layer in the order of their names, cut short where they are long.
func attrs(config []byte) (list []task.Attr) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(config, &fields) != nil {
		return nil
	}
	for name, value := range fields {
		a := task.Attr{Name: name, Value: string(value)}
		if len(a.Value) > 80 {
			a.Value = a.Value[:80] + "…"
		}
		list = append(list, a)
	}
	order.Stable(list, func(a, b task.Attr) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// shown is an outline with every text as package names has it.
func shown(o task.Outline) task.Outline {
	clean := func(texts ...*string) {
		for _, t := range texts {
			*t = names.Line.Clean(*t)
		}
	}
	all := func(list []string) {
		for i := range list {
			clean(&list[i])
		}
	}
	clean(&o.Format, &o.Producer)
	all(o.Notes)
	for _, list := range [][]task.Value{o.Inputs, o.Outputs, o.Weights} {
		for i := range list {
			clean(&list[i].Name, &list[i].DType)
		}
	}
	for i := range o.Nodes {
		n := &o.Nodes[i]
		clean(&n.Name, &n.Op)
		all(n.Inputs)
		all(n.Outputs)
		for k := range n.Attrs {
			clean(&n.Attrs[k].Name, &n.Attrs[k].Value)
		}
	}
	return o
}

// bins of a Spread.
const bins = 32

// Spread tells how the numbers of a tensor of a .wafer file are spread.
func Spread(file []byte, name string) (s task.Spread, err error) {
	var doc document.Document
	state, err := format.Decode(file, &doc)
	if err != nil {
		return s, err
	}
	t := state[name]
	for _, full := range order.Keys(state) { // as Inspect shows it
		if t == nil && names.Line.Clean(full) == name {
			t = state[full]
		}
	}
	if t == nil || t.DType() != tensor.Float32 || t.Size() == 0 {
		return s, fmt.Errorf("convert: the model has no numbers %q", name)
	}
	s.Min, s.Max, s.Bins = t.F()[0], t.F()[0], make([]int, bins)
	sum, squares, n := 0.0, 0.0, float64(t.Size())
	for _, v := range t.F() {
		s.Min, s.Max = min(s.Min, v), max(s.Max, v)
		sum, squares = sum+float64(v), squares+float64(v)*float64(v)
	}
	s.Mean = sum / n
	s.Deviation = math.Sqrt(max(squares/n-s.Mean*s.Mean, 0))
	width := float64(s.Max) - float64(s.Min)
	for _, v := range t.F() {
		i := 0
		if width > 0 {
			i = min(int((float64(v)-float64(s.Min))/width*bins), bins-1)
		}
		s.Bins[i]++
	}
	return s, nil
}
