package words

import (
	"strings"

	"wafer/nn/task"
)

// Title is the name of a model in the language of the page.
func Title(m task.Model) string { return inLanguage(m.Title, m.TitleZH) }

// About is the sentence about a model in the language of the page.
func About(m task.Model) string { return inLanguage(m.About, m.AboutZH) }

// Label is label number i of a model in the language of the page.
func Label(m task.Model, i int) string {
	switch {
	case i < 0 || i >= len(m.Labels):
		return ""
	case i < len(m.LabelsZH):
		return inLanguage(spaced(m, m.Labels[i]), m.LabelsZH[i])
	}
	return spaced(m, m.Labels[i])
}

// spaced shows the names that data sets give their classes, such as
// exchange_rate, as words. Names that people gave stay as they are.
func spaced(m task.Model, label string) string {
	if m.TestSet == "" {
		return label
	}
	return strings.ReplaceAll(label, "_", " ")
}

// ScoreLabel is the label of a score in the language of the page.
func ScoreLabel(m task.Model, s task.Score) string {
	if s.Index >= 0 && s.Index < len(m.Labels) && m.Labels[s.Index] == s.Label {
		return Label(m, s.Index)
	}
	return s.Label
}

func inLanguage(en, zh string) string {
	if Language() == Chinese && zh != "" {
		return zh
	}
	return en
}
