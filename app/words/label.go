package words

import (
	"strconv"
	"strings"

	"wafer/nn/task"
)

// Title is the name of a model in the language of the page.
func Title(m task.Model) string { return straight(InLanguage(m.Title, m.TitleZH)) }

// About is the sentence about a model in the language of the page.
func About(m task.Model) string {
	if m.Base != "" {
		return T("models.about.taught", InLanguage(m.Base, m.BaseZH))
	}
	return InLanguage(m.About, m.AboutZH)
}

// Measured says how often a model is right and on what that was measured, "" where nobody knows.
func Measured(m task.Model) string {
	switch {
	case m.Accuracy == 0:
		return ""
	case m.Measure != "":
		return T("classify.measured."+string(m.Measure), Accuracy(m))
	case m.TestSet == "":
		return ""
	}
	if published, share, here := Beside(m.TestSet); here != "" {
		return T("classify.measured.both", Share(m.Accuracy), Text(published), Share(share), Text(here))
	}
	return T("classify.measured", Share(m.Accuracy), Text(m.TestSet))
}

// Beside takes the test set of a converted model apart, which a card writes as "SET, as published; SHARE here on SET";
// the last is "" for others.
func Beside(testSet string) (published string, share float64, here string) {
	published, rest, _ := strings.Cut(testSet, ", as published; ")
	number, here, found := strings.Cut(rest, " here on ")
	share, err := strconv.ParseFloat(number, 64)
	if !found || err != nil {
		return testSet, 0, ""
	}
	return published, share, here
}

// Accuracy is how often a model is right, as exactly as that is known: of a test set with decimals, of a handful of
// examples without.
func Accuracy(m task.Model) string {
	if m.Measure != "" {
		return Rounded(m.Accuracy)
	}
	return Share(m.Accuracy)
}

// Credit says where the data of a model came from.
func Credit(m task.Model) string {
	switch {
	case m.Base == "":
		return Text(m.Credit)
	case m.Credit == "":
		return T("models.credit.own")
	}
	return T("models.credit.taught", Text(m.Credit))
}

// Label is label number i of a model in the language of the page.
func Label(m task.Model, i int) string {
	switch {
	case i < 0 || i >= len(m.Labels):
		return ""
	case i < len(m.LabelsZH):
		return straight(InLanguage(spaced(m, m.Labels[i]), m.LabelsZH[i]))
	}
	return straight(spaced(m, m.Labels[i]))
}

// spaced shows the names that data sets give their classes, such as
// exchange_rate, as words. Names that people gave stay as they are.
func spaced(m task.Model, label string) string {
	if m.TestSet == "" || m.Base != "" {
		return label
	}
	return strings.ReplaceAll(label, "_", " ")
}

// ScoreLabel is the label of a score in the language of the page.
func ScoreLabel(m task.Model, s task.Score) string {
	if s.Index >= 0 && s.Index < len(m.Labels) && m.Labels[s.Index] == s.Label {
		return Label(m, s.Index)
	}
	return straight(s.Label)
}

// InLanguage is the one of the two that is in the language of the page, English where there is no Chinese.
func InLanguage(en, zh string) string {
	if Language() == Chinese && zh != "" {
		return zh
	}
	return en
}
