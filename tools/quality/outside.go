package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"wafer/nn/data"
	"wafer/nn/native"
	"wafer/nn/outside"
	"wafer/nn/recipe"
	"wafer/nn/solve"
)

// outsideRow says what a model is taught of, and which sets are none of it.
type outsideRow struct {
	base, own string
	perClass  int
	foreign   []string
}

var (
	foreignPictures = []string{"imagenet", "eurosat", "fashion", "mnist"}
	foreignTexts    = []string{"clinc-oos", "trec", "sms-spam", "uci-sentences", "banking77", "languages"}
)

var outsideRows = []outsideRow{
	{"photos", "trashnet", 5, foreignPictures}, {"photos", "trashnet", 20, foreignPictures},
	{"photos", "trashnet", 50, foreignPictures}, {"photos", "eurosat", 5, foreignPictures},
	{"photos", "eurosat", 20, foreignPictures}, {"photos", "fashion", 20, foreignPictures},
	{"sentences", "banking77", 5, foreignTexts}, {"sentences", "banking77", 20, foreignTexts},
	{"sentences", "clinc150", 5, foreignTexts}, {"sentences", "clinc150", 20, foreignTexts},
	{"sentences", "trec", 5, foreignTexts}, {"sentences", "trec", 20, foreignTexts},
	{"sentences", "trec", 50, foreignTexts},
	{"sentences", "sms-spam", 20, foreignTexts}, {"sentences", "uci-sentences", 20, foreignTexts},
}

// mostOutside bounds the samples of every set.
const mostOutside = 1000

// outsideTable lets every row's own undrawn samples and the foreign ones through two rules: package outside, and the
// probability of the answer, whose threshold comes from the same held-out samples.
func (b *bench) outsideTable(only *regexp.Regexp) (string, error) {
	var t strings.Builder
	t.WriteString("| | own that pass | foreign that are rejected | the same by probability |\n|---|---|---|---|\n")
	for _, r := range outsideRows {
		name := fmt.Sprintf("none of %s, %d a class", r.own, r.perClass)
		if !only.MatchString(name) {
			continue
		}
		line, err := b.outsideLine(r)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		line = "| " + name + " | " + line + "\n"
		fmt.Print(line)
		t.WriteString(line)
	}
	return t.String(), nil
}

// verdicts are the shares of sets that a rule rejects, one per draw.
type verdicts struct{ own, foreign []series }

// outsideLine measures a row; the own corpus is no foreign one.
func (b *bench) outsideLine(r outsideRow) (string, error) {
	c, err := read(b.root, r.own)
	if err != nil {
		return "", err
	}
	var foreign [][]data.Sample
	var names []string
	for _, name := range r.foreign {
		if name == r.own {
			continue
		}
		list, err := b.foreign(name)
		if err != nil {
			return "", err
		}
		foreign, names = append(foreign, list), append(names, name)
	}
	var ours, probable verdicts
	for i := range b.draws {
		d := c.draw(r.perClass, i)
		own := d.rest[:min(len(d.rest), mostOutside)]
		if err := b.outsideOnce(r.base, d, append([][]data.Sample{own}, foreign...), &ours, &probable); err != nil {
			return "", err
		}
	}
	cell := func(v verdicts) (parts []string) {
		for i, name := range names {
			parts = append(parts, name+" "+v.foreign[i].mean())
		}
		return parts
	}
	return fmt.Sprintf("%s, by probability %s | %s | %s |", kept(ours.own[0]), kept(probable.own[0]),
		strings.Join(cell(ours), ", "), strings.Join(cell(probable), ", ")), nil
}

// kept is what was not rejected.
func kept(rejected series) string {
	s := make(series, len(rejected))
	for i, v := range rejected {
		s[i] = 1 - v
	}
	return s.mean()
}

// outsideOnce adds the figures of one draw; sets begin with the own undrawn samples.
func (b *bench) outsideOnce(base string, d drawn, sets [][]data.Sample, ours, probable *verdicts) error {
	x, err := b.vectors(base, d.train)
	if err != nil {
		return err
	}
	own := b.bases[base].net.FeatureWidths()[0] // the rule sees these alone
	s := solve.Samples{Y: labels(d.train), Classes: len(d.labels), Seed: 1, Runner: native.Runner(0)}
	scaler := solve.Standardise(x)
	l, err := solve.Learn([]solve.Set{{Name: base, X: scaler.Apply(x)}}, s)
	if err != nil {
		return err
	}
	rule := ruleOf(outside.Features{Width: own, Rows: first(x, own), Y: s.Y, Classes: s.Classes,
		Generic: outside.Generic(b.bases[base].net.Info().SHA256)}, l.Rounds[0], base == "photos")
	least := leastProbability(l)
	for i, set := range sets {
		z, err := b.vectors(base, set)
		if err != nil {
			return err
		}
		to := func(v *verdicts, rejected float64) {
			list := &v.foreign
			at := i - 1
			if i == 0 {
				list, at = &v.own, 0
			}
			for len(*list) <= at {
				*list = append(*list, nil)
			}
			(*list)[at] = append((*list)[at], rejected/float64(z.Rows))
		}
		far, unsure := 0.0, 0.0
		p := solve.Probabilities(l.Head.Logits(scaler.Apply(z)), s.Classes)
		for k := range z.Rows {
			if rule.Rejects(z.Dense[k*z.Width : k*z.Width+own]) {
				far++
			}
			if slices.Max(p[k*s.Classes:(k+1)*s.Classes]) < least {
				unsure++
			}
		}
		to(ours, far)
		to(probable, unsure)
	}
	return nil
}

// first are so many columns of every row.
func first(x solve.Features, columns int) (rows []float32) {
	for i := range x.Rows {
		rows = append(rows, x.Dense[i*x.Width:i*x.Width+columns]...)
	}
	return rows
}

// ruleOf is that of a taught model.
func ruleOf(x outside.Features, parts []int, pictures bool) *outside.Rule {
	if !pictures {
		return outside.Centroids(x, parts)
	}
	alone := make([]int, len(x.Y))
	for i := range alone {
		alone[i] = i
	}
	r, _ := outside.Nearest(x, alone, nil)
	return r
}

// leastProbability is that of the answer which 95 % of the held-out samples reach.
func leastProbability(l *solve.Learnt) float32 {
	p := solve.Probabilities(l.Held[0], l.Classes)
	var tops []float32
	for i, part := range l.Rounds[0] {
		if part >= 0 {
			tops = append(tops, slices.Max(p[i*l.Classes:(i+1)*l.Classes]))
		}
	}
	slices.Sort(tops)
	return tops[max((len(tops)+1)/20-1, 0)]
}

// languages are texts in other languages than English that are written in Latin letters: of other scripts an encoder of
// English has no words, and nothing is asked of them.
func (b *bench) languages() (list []data.Sample, err error) {
	set, err := data.Read(b.root, table("tsv", "language-id-20/test.tsv", "text", "label"), data.Options{})
	if err != nil {
		return nil, err
	}
	for _, s := range set.Samples {
		switch set.Labels[s.Label] {
		case "de", "es", "fr", "it", "nl", "pl", "pt", "sw", "tr", "vi":
			list = append(list, s)
		}
	}
	r := rand.New(rand.NewPCG(1, 78))
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:min(len(list), mostOutside)], nil
}

// foreign draws samples of a set, the same ones every time.
func (b *bench) foreign(name string) ([]data.Sample, error) {
	switch name {
	case "clinc-oos":
		set, err := data.Read(b.root, []recipe.Source{{Form: "clinc", Path: "clinc150/data_full.json",
			Part: "oos_test"}}, data.Options{})
		if err != nil {
			return nil, err
		}
		return set.Samples, nil
	case "languages":
		return b.languages()
	}
	c, err := read(b.root, name)
	if err != nil {
		return nil, err
	}
	list := slices.Concat(c.train, c.test)
	r := rand.New(rand.NewPCG(1, 78))
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:min(len(list), mostOutside)], nil
}
