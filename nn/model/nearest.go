package model

import (
	"slices"

	"wafer/nn/context"
	"wafer/nn/document"
	"wafer/nn/explain"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/text"
)

// Nearest are the samples whose features are most like those of an input, at most so many, the nearest first: by what
// the model's rule for foreign inputs looks at, and of a model that answers from n-grams alone by these. rows has a row
// per sample, which begins with its features; those that are nil are computed and filled in. A model without features
// has no nearest samples. An input or a sample that cannot be used is an error.
func (m *Model) Nearest(ctx context.Context, in task.Input, samples []task.Input, rows [][]float32,
	most int) ([]task.Near, error) {
	if m.beside() == "" {
		if !m.info.NGrams {
			return nil, nil
		}
		return m.nearestTexts(in, samples, most), nil
	}
	own, err := m.featuresOf(in)
	if err != nil {
		return nil, err
	}
	cut := make([][]float32, len(samples))
	for i, s := range samples {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if rows[i] == nil {
			if rows[i], err = m.featuresOf(s); err != nil {
				return nil, say.Errorf("Sample %d cannot be used: %w", i+1, err)
			}
		}
		cut[i] = rows[i][:min(len(own), len(rows[i]))]
	}
	return nearOf(explain.Nearest(own, cut, most)), nil
}

func nearOf(list []explain.Neighbour) (near []task.Near) {
	for _, n := range list {
		near = append(near, task.Near{Sample: n.Sample, Cosine: n.Cosine})
	}
	return near
}

// featuresOf are those of one input.
func (m *Model) featuresOf(in task.Input) ([]float32, error) {
	x, _, err := m.Encode(in)
	if err != nil {
		return nil, err
	}
	_, features, err := m.tester.RunAlso(m.encode.Trim(x))
	if err != nil {
		return nil, err
	}
	return slices.Clone(features.F()), nil
}

// nearestTexts compares texts by their n-grams, each with its inverse document frequency.
func (m *Model) nearestTexts(in task.Input, samples []task.Input, most int) []task.Near {
	squares := m.state[document.NGramSquares+"/embeddings"].F()
	own := m.numbers(in)
	cosines := make([]float32, len(samples))
	for i, s := range samples {
		cosines[i] = text.Cosine(own, m.numbers(s), squares)
	}
	return nearOf(explain.Greatest(cosines, most))
}

// numbers are those of the n-grams of a text, ascending; none of one that cannot be read.
func (m *Model) numbers(in task.Input) []int32 {
	x, _, err := m.Encode(in)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(x.I(), func(n int32) bool { return n == 0 })
}
