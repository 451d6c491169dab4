package layers

import "slices"

// Cut divides the model behind the named entry: first ends with it, and rest takes its
// output as its one input. They share the layers; what depends on no input (weights,
// constants) stands in whichever needs it. ok is false where rest would be empty or would need
// more than that output, or where the samples do not lie along the output's first axis.
func (m *Model) Cut(entry string) (first, rest *Model, ok bool) {
	o := m.outline()
	shape, ok := o.perSample(entry)
	if !ok || m.isInput(entry) {
		return nil, nil, false
	}
	first = m.Until(entry)
	rest = &Model{Name: m.Name, Inputs: []Spec{{Shape: shape, DType: o.one[entry].DType}}, Outputs: m.Outputs}
	if rest.Entries, ok = m.behind(entry); !ok {
		return nil, nil, false
	}
	return first, rest, len(rest.Entries) > 0
}

// Until is the model that ends with the named entry, without what that does not depend on; they share the layers.
func (m *Model) Until(entry string) *Model {
	entries := needed(m.Entries[:m.after(entry)], entry)
	return &Model{Name: m.Name, Inputs: m.Inputs, Entries: entries, Outputs: []string{entry}}
}

// Then is the model with one more layer behind its output; they share the others.
func (m *Model) Then(l Layer) *Model {
	name := l.Class()
	for m.isInput(name) || slices.ContainsFunc(m.Entries, func(e Entry) bool { return e.Name == name }) {
		name += "_"
	}
	end := Entry{name, l, []string{m.outputs()[0]}}
	return &Model{Name: m.Name, Inputs: m.Inputs, Entries: append(slices.Clone(m.Entries), end),
		Outputs: []string{name}}
}

// behind are the entries that the outputs need, with the entry's result as InputName.
func (m *Model) behind(entry string) (list []Entry, ok bool) {
	others := slices.DeleteFunc(slices.Clone(m.Entries), func(e Entry) bool { return e.Name == entry })
	have := map[string]bool{entry: true}
	for _, e := range needed(others, m.outputs()...) {
		inputs := slices.Clone(e.Inputs)
		for i, in := range inputs {
			if !have[in] {
				return nil, false
			}
			if in == entry {
				inputs[i] = InputName
			}
		}
		have[e.Name] = true
		list = append(list, Entry{e.Name, e.Layer, inputs})
	}
	return list, !slices.Contains(m.outputs(), entry)
}

// needed are those of the entries that the named ones depend on, themselves included.
func needed(entries []Entry, names ...string) []Entry {
	want := map[string]bool{}
	for _, n := range names {
		want[n] = true
	}
	var list []Entry
	for _, e := range slices.Backward(entries) {
		if want[e.Name] {
			for _, in := range e.Inputs {
				want[in] = true
			}
			list = append(list, e)
		}
	}
	slices.Reverse(list)
	return list
}
