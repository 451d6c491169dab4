package main

import (
	"wafer/nn/data"
	"wafer/nn/solve"
	"wafer/nn/text"
)

// mostGrams and mostGramNumbers are the limits of taught models: n-grams, and weights of theirs for all classes.
const (
	mostGrams       = 1 << 15
	mostGramNumbers = 1 << 20
)

// features are the sets that Learn chooses from, fitted on the first of several lists of samples, for each list.
func (b *bench) features(c *corpus, lists ...[]data.Sample) ([][]solve.Set, error) {
	g := &text.NGrams{Words: 2, CharMin: 1, CharMax: 5}
	g.Fit(texts(lists[0]), min(mostGrams, mostGramNumbers/len(c.labels)))
	parts := make([][]solve.Set, len(lists))
	var scaler solve.Scaler
	for i, list := range lists {
		grams := sparse(g, texts(list)).Kept()
		if c.base == "" {
			parts[i] = []solve.Set{{Name: "n-grams", X: grams}}
			continue
		}
		x, err := b.vectors(c.base, list)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			scaler = solve.Standardise(x)
		}
		x = scaler.Apply(x).Kept()
		parts[i] = []solve.Set{{Name: c.base, X: x}}
		if !c.pictures {
			parts[i] = []solve.Set{{Name: "both", X: solve.Join(x, grams)}, parts[i][0], {Name: "n-grams", X: grams}}
		}
	}
	return parts, nil
}

func sparse(g *text.NGrams, texts []string) solve.Features {
	x := solve.Features{Rows: len(texts), Words: len(g.Hashes), Sparse: []solve.Sparse{}}
	for _, t := range texts {
		row := g.Numbers(t)
		values := g.Values(row)
		for i := range row {
			row[i]--
		}
		x.Sparse = append(x.Sparse, solve.Sparse{Index: row, Value: values})
	}
	return x
}
