package model

import (
	"fmt"
	"slices"

	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/document"
	"wafer/nn/metrics"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Evaluation is how a model does on labelled samples.
type Evaluation struct {
	Samples  int     `json:"samples"`
	Accuracy float64 `json:"accuracy"`
	// share of samples that the model calls none of its labels
	Rejected  float64           `json:"rejected,omitempty"`
	Kept      float64           `json:"kept_accuracy,omitempty"` // accuracy on the others, where there are both
	Confusion metrics.Confusion `json:"confusion"`
	Answers   metrics.Answers   `json:"-"` // calibrated, of every sample
}

// Evaluate classifies every sample; their Label counts in Info().Labels.
func (m *Model) Evaluate(ctx context.Context, samples []data.Sample) (*Evaluation, error) {
	if len(samples) == 0 {
		return nil, fmt.Errorf("evaluation: there are no samples")
	}
	source, err := m.encode.Source(samples, 0, false)
	if err != nil {
		return nil, fmt.Errorf("evaluation: %w", err)
	}
	tester := m.tests(m.tester.Runner)
	defer tester.Close()
	rows, features, err := tester.PredictAlso(ctx, source)
	if err != nil {
		return nil, err
	}
	labels, said := make([]int, len(samples)), make([]int, len(samples))
	answers := metrics.Answers{Labels: labels, Classes: len(m.info.Labels)}
	var keptLabels, keptSaid []int
	n := rows.Shape().Last()
	for i, s := range samples {
		p := metrics.Calibrated(rows.F()[i*n:(i+1)*n], m.doc.Temperature)
		top := slices.Max(p)
		labels[i], said[i] = s.Label, slices.Index(p, top)
		for _, v := range p {
			answers.P = append(answers.P, float32(v))
		}
		if !m.foreign(s.Input) && !m.rejects(top, features, i) && top >= m.doc.Sure {
			keptLabels, keptSaid = append(keptLabels, labels[i]), append(keptSaid, said[i])
		}
	}
	e := &Evaluation{Answers: answers, Samples: len(samples), Accuracy: metrics.Accuracy(labels, said),
		Confusion: metrics.NewConfusion(labels, said, len(m.info.Labels))}
	if n := len(keptSaid); n < len(samples) {
		e.Rejected = 1 - float64(n)/float64(len(samples))
		e.Kept = metrics.Accuracy(keptLabels, keptSaid)
	}
	return e, nil
}

// LabelNumber finds a label by the name that people see or by the one in the data, else by one in other capitals; −1 if
// there is none.
func (m *Model) LabelNumber(name string) int {
	for _, same := range []func(l string) bool{
		func(l string) bool { return data.Label(l) == data.Label(name) },
		func(l string) bool { return data.SameLabel(l, name) }} {
		if i := slices.IndexFunc(m.info.Labels, same); i >= 0 {
			return i
		}
		if i := slices.IndexFunc(m.doc.Preprocess.Labels, same); i >= 0 {
			return i
		}
	}
	return -1
}

// Entry is the catalogue's entry for a model file: what the file says, with the texts
// of the recipe's card, if any.
func Entry(file []byte, card *recipe.Card, find document.Finder) (task.Model, error) {
	m, err := Open(file, Options{Find: find})
	if err != nil {
		return task.Model{}, err
	}
	if card == nil {
		return m.info, nil
	}
	return document.WithCard(m.info, card), nil
}
