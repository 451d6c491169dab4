package layers

import (
	"fmt"
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// BodyLevels is the entry that WithLevels ends with; its first input is what the model ended with before.
const BodyLevels = "body_levels"

// What counts as a level: how much smaller than the picture it is, and the least side.
const (
	levelShrinks = 4
	levelSide    = 2
)

// WithLevels is a model that gives features [c] of a picture [h w …], such as a Body, with the means of earlier
// outputs beside them. Of every spatial size, to at most a quarter of the picture's, it takes two of the outputs of
// convolutions that look at neighbours: the first, and the one with the most channels, the last of several; of these
// sizes the last n. An output of c channels is left out: the features are mostly its mean. Early layers see texture and
// colour, which names of things do not need (Hariharan et al. 2015, hypercolumns). The model comes back as it is where
// there is no such output.
func (m *Model) WithLevels(n int) *Model {
	taps := m.levels(n)
	if len(taps) == 0 {
		return m
	}
	joined := &Model{Name: m.Name, Inputs: m.Inputs, Entries: slices.Clone(m.Entries)}
	parts := []string{m.outputs()[0]}
	for i, tap := range taps {
		mean := Entry{fmt.Sprintf("body_level_%d", i+1), GlobalAveragePooling2D(), []string{tap}}
		joined.Entries, parts = append(joined.Entries, mean), append(parts, mean.Name)
	}
	joined.Entries = append(joined.Entries, Entry{BodyLevels, Concatenate(), parts})
	return joined
}

// LevelWidths are the lengths of the parts that a model of WithLevels joins, the features first; nil for others.
func (m *Model) LevelWidths() (widths []int) {
	at := slices.IndexFunc(m.Entries, func(e Entry) bool { return e.Name == BodyLevels })
	if at < 0 {
		return nil
	}
	o := m.outline()
	for _, in := range m.Entries[at].Inputs {
		s, _ := o.perSample(in)
		widths = append(widths, s.Size())
	}
	return widths
}

// level are outputs of one spatial size.
type level struct {
	size          tensor.Shape // [h w]
	first, widest string
	channels      int // of widest
}

// levels are the entries that WithLevels takes.
func (m *Model) levels(n int) (taps []string) {
	o := m.outline()
	own, ok := o.perSample(m.outputs()[0])
	if picture := m.Inputs[0].Shape; n < 1 || !ok || len(own) != 1 || len(m.Inputs) != 1 || len(picture) != 3 {
		return nil
	}
	var list []*level
	from := o.neighbourhoods(m.Entries)
	for _, e := range m.Entries {
		s, _ := o.perSample(e.Name)
		if from[e.Name] != "" && isLevel(s, m.Inputs[0].Shape) && s[2] != own[0] {
			list = add(list, e.Name, from[e.Name], s)
		}
	}
	for _, l := range list[max(len(list)-n, 0):] {
		taps = append(taps, l.first)
		if l.widest != l.first {
			taps = append(taps, l.widest)
		}
	}
	return taps
}

func isLevel(s, picture tensor.Shape) bool {
	return levelShrinks*s[0] <= picture[0] && levelShrinks*s[1] <= picture[1] && min(s[0], s[1]) >= levelSide
}

// add puts an output of a convolution, or what an activation makes of that, in its level.
func add(list []*level, entry, convolution string, s tensor.Shape) []*level {
	i := slices.IndexFunc(list, func(l *level) bool { return l.size.Equal(s[:2]) })
	if i < 0 {
		return append(list, &level{s[:2], entry, entry, s[2]})
	}
	l := list[i]
	if l.first == convolution {
		l.first = entry
	}
	if s[2] >= l.channels {
		l.widest, l.channels = entry, s[2]
	}
	return list
}

// neighbourhoods names, for every output [h w c] of a convolution that looks at neighbours, that entry itself, and for
// what comes of such an output alone and in its shape, as by an activation, the output; others are not there.
func (o outline) neighbourhoods(entries []Entry) map[string]string {
	from := map[string]string{}
	for _, e := range entries {
		s, ok := o.perSample(e.Name)
		if !ok || len(s) != 3 || o.one[e.Name].DType != tensor.Float32 {
			continue
		}
		if convolves, around := convolution(e.Layer); convolves {
			if around {
				from[e.Name] = e.Name
			}
			continue
		}
		if before, alone := o.only(e, s); alone && from[before] != "" {
			from[e.Name] = before
		}
	}
	return from
}

// only is the one input of an entry that differs between samples, where it has the shape of the result.
func (o outline) only(e Entry, s tensor.Shape) (input string, ok bool) {
	for _, in := range e.Inputs {
		if other, each := o.perSample(in); each {
			if input != "" || !other.Equal(s) {
				return "", false
			}
			input = in
		}
	}
	return input, input != ""
}

// convolution tells whether a layer is a convolution, and whether its kernel is larger than one place.
func convolution(l Layer) (convolves, around bool) {
	kernel := [2]int{}
	switch l := l.(type) {
	case *Conv2DLayer:
		kernel = l.KernelSize
	case *DepthwiseConv2DLayer:
		kernel = l.KernelSize
	case *SeparableConv2DLayer:
		kernel = l.KernelSize
	case *OpLayer:
		if w, ok := l.Attr.(graph.Window); ok && (l.Op == graph.Conv2D || l.Op == graph.DepthwiseConv2D) {
			kernel = w.Kernel
		}
	}
	return kernel != [2]int{}, kernel[0]*kernel[1] > 1
}
