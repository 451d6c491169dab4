package layers

import (
	"fmt"
	"slices"

	"wafer/nn/tensor"
)

// BodyLevels is the entry that WithLevels ends with; its first input is what the model ended with before.
const BodyLevels = "body_levels"

// What counts as a level: how much smaller than the picture it is, and the least side.
const (
	levelShrinks = 4
	levelSide    = 2
)

// WithLevels is a model that gives features [c] of a picture [h w …], such as a Body, with the means of earlier outputs
// beside them. Of every spatial size, to at most a quarter of the picture's, it takes the output with the most channels,
// the last of several; of these sizes the last n. An output of c channels is left out: the features are mostly its mean.
// Early layers see texture and colour, which names of things do not need (Hariharan et al. 2015, hypercolumns). The
// model comes back as it is where there is no such output.
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

// levels are the entries that WithLevels takes, in the order of the model.
func (m *Model) levels(n int) (taps []string) {
	o := m.outline()
	own, ok := o.perSample(m.outputs()[0])
	if picture := m.Inputs[0].Shape; n < 1 || !ok || len(own) != 1 || len(m.Inputs) != 1 || len(picture) != 3 {
		return nil
	}
	var widest []tensor.Shape
	for _, e := range m.Entries {
		s, ok := o.perSample(e.Name)
		if !ok || !isLevel(s, m.Inputs[0].Shape) || s[2] == own[0] || o.one[e.Name].DType != tensor.Float32 {
			continue
		}
		i := slices.IndexFunc(widest, func(w tensor.Shape) bool { return w[:2].Equal(s[:2]) })
		switch {
		case i < 0:
			widest, taps = append(widest, s), append(taps, e.Name)
		case s[2] >= widest[i][2]:
			widest[i], taps[i] = s, e.Name
		}
	}
	return taps[max(len(taps)-n, 0):]
}

func isLevel(s, picture tensor.Shape) bool {
	return len(s) == 3 && levelShrinks*s[0] <= picture[0] && levelShrinks*s[1] <= picture[1] && min(s[0], s[1]) >= levelSide
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
