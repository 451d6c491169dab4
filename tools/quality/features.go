package main

import (
	"fmt"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/solve"
	"wafer/nn/text"
)

// mostGramNumbers is the limit of taught models: weights of n-grams for all classes.
const mostGramNumbers = 1 << 20

// features are the sets that Learn chooses from, fitted on the first of several lists of samples, for each list.
func (b *bench) features(c *corpus, lists ...[]data.Sample) (parts [][]solve.Set, err error) {
	o := recipe.TeachingGrams(c.base == "")
	g := &text.NGrams{Words: o.Words, CharMin: o.CharMin, CharMax: o.CharMax, WordWeight: float32(o.WordWeight)}
	if !c.pictures {
		g.Fit(texts(lists[0]), min(o.Most, mostGramNumbers/len(c.labels)))
	}
	var dense [][]solve.Features
	if c.base != "" {
		if dense, err = b.dense(c, lists); err != nil {
			return nil, err
		}
	}
	for i, list := range lists {
		var sets []solve.Set
		if !c.pictures {
			sets = []solve.Set{{Name: "n-grams", X: sparse(g, texts(list)).Kept()}}
		}
		if c.base != "" {
			sets = beside(c, dense[i], sets)
		}
		parts = append(parts, sets)
	}
	return parts, nil
}

// beside are the sets with dense features: these in each proportion, or both, these, and n-grams.
func beside(c *corpus, dense []solve.Features, grams []solve.Set) (sets []solve.Set) {
	if c.pictures {
		for i, x := range dense {
			sets = append(sets, solve.Set{Name: fmt.Sprintf("%s %d", c.base, i+1), X: x})
		}
		return sets
	}
	return []solve.Set{{Name: "both", X: solve.Join(dense[0], grams[0].X)}, {Name: c.base, X: dense[0]}, grams[0]}
}

// dense are standardised features of every list, in each proportion of their parts, fitted on the first list.
func (b *bench) dense(c *corpus, lists [][]data.Sample) (all [][]solve.Features, err error) {
	var scaler solve.Scaler
	var columns [][]float32
	for i, list := range lists {
		x, err := b.vectors(c.base, list)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			scaler = solve.Standardise(x)
			columns = solve.Columns(scaler.Apply(x), labels(list), len(c.labels),
				b.bases[c.base].net.FeatureWidths())
		}
		x = scaler.Apply(x)
		var own []solve.Features
		for _, factors := range columns {
			own = append(own, x.Times(factors).Kept())
		}
		all = append(all, own)
	}
	return all, nil
}

// sparse are TF-IDF numbers of n-grams, a row per text. Numbers of n-grams begin with 1 in a file and with 0 here.
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
