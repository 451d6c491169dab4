package nn

import (
	"context"
	"fmt"
	"slices"

	"wafer/nn/graph"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/train"
)

// Evaluation is how a model does on labelled samples.
type Evaluation struct {
	Samples  int          `json:"samples"`
	Accuracy float64      `json:"accuracy"`
	Rejected float64      `json:"rejected,omitempty"` // share of samples that the model calls out of its scope
	Labels   []LabelScore `json:"labels"`
	Matrix   [][]int      `json:"confusion"` // [label of the sample][label of the model]
}

// LabelScore is how a model does on one label.
type LabelScore struct {
	Label     string  `json:"label"`
	Samples   int     `json:"samples"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// Evaluate classifies every sample; Sample.Label counts in Info().Labels.
func (m *Model) Evaluate(ctx context.Context, runner graph.Runner, samples []Sample) (*Evaluation, error) {
	if len(samples) == 0 {
		return nil, fmt.Errorf("evaluation: there are no samples")
	}
	source, err := m.encode.source(samples, 0, false)
	if err != nil {
		return nil, fmt.Errorf("evaluation: %w", err)
	}
	tester := &train.Tester{Model: m.doc.Layers, State: m.state, Runner: runner}
	rows, err := tester.Predict(ctx, source)
	if err != nil {
		return nil, err
	}
	labels := m.info.Labels
	e := &Evaluation{Samples: len(samples), Matrix: make([][]int, len(labels))}
	for i := range e.Matrix {
		e.Matrix[i] = make([]int, len(labels))
	}
	n, hits, rejected := rows.Shape().Last(), 0, 0
	for i, s := range samples {
		p := calibrated(rows.F()[i*n:(i+1)*n], m.doc.Temperature)
		top := slices.Max(p)
		said := slices.Index(p, top)
		e.Matrix[s.Label][said]++
		if said == s.Label {
			hits++
		}
		if m.info.Rejects && top < m.doc.Threshold {
			rejected++
		}
	}
	e.Accuracy, e.Rejected = float64(hits)/float64(len(samples)), float64(rejected)/float64(len(samples))
	e.count(labels)
	return e, nil
}

// count fills in precision and recall from the matrix.
func (e *Evaluation) count(labels []string) {
	for i, label := range labels {
		s, said := LabelScore{Label: label}, 0
		for k := range labels {
			s.Samples += e.Matrix[i][k]
			said += e.Matrix[k][i]
		}
		s.Recall = float64(e.Matrix[i][i]) / float64(max(s.Samples, 1))
		s.Precision = float64(e.Matrix[i][i]) / float64(max(said, 1))
		e.Labels = append(e.Labels, s)
	}
}

// LabelNumber finds a label by the name that people see or by the one in the data; −1
// if there is none.
func (m *Model) LabelNumber(name string) int {
	if i := slices.Index(m.info.Labels, name); i >= 0 {
		return i
	}
	return slices.Index(m.doc.Preprocess.Labels, name)
}

// TestPart is the part of the data that Fit would test on.
func TestPart(r *recipe.Recipe, d Dataset) []Sample {
	f := &fitter{r: r, data: d}
	f.split()
	return f.data.Test
}

// withCard replaces the texts of a description by those of a recipe's card.
func withCard(info task.Model, card *recipe.Card) task.Model {
	info.Title, info.TitleZH, info.About, info.AboutZH = card.Title, card.TitleZH, card.About, card.AboutZH
	info.Credit, info.Examples, info.Drawing, info.Backbone = card.Credit, card.Examples, card.Drawing, card.Backbone
	if len(card.Labels) == len(info.Labels) {
		info.Labels = card.Labels
	}
	info.LabelsZH = nil
	if len(card.LabelsZH) == len(info.Labels) {
		info.LabelsZH = card.LabelsZH
	}
	return info
}

// Entry is the catalogue's entry for a model file: what the file says, with the texts
// of the recipe's card, if any.
func Entry(file []byte, card *recipe.Card) (task.Model, error) {
	m, err := Open(file)
	if err != nil {
		return task.Model{}, err
	}
	if card == nil {
		return m.info, nil
	}
	return withCard(m.info, card), nil
}
