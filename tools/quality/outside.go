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
	foreignTexts    = []string{"clinc-oos", "trec", "sms-spam", "uci-sentences", "banking77", "snips",
		"goemotions", "languages"}
)

// Sets without those that are of the own kind: of an assistant's requests, of what people like and dislike.
var (
	apartFromAssistants = []string{"clinc-oos", "trec", "sms-spam", "uci-sentences", "goemotions", "languages"}
	apartFromOpinions   = []string{"clinc-oos", "trec", "sms-spam", "banking77", "snips", "languages"}
)

var outsideRows = []outsideRow{
	{"photos", "trashnet", 5, foreignPictures}, {"photos", "trashnet", 20, foreignPictures},
	{"photos", "trashnet", 50, foreignPictures}, {"photos", "eurosat", 5, foreignPictures},
	{"photos", "eurosat", 20, foreignPictures}, {"photos", "fashion", 20, foreignPictures},
	{"sentences", "banking77", 5, foreignTexts}, {"sentences", "banking77", 20, foreignTexts},
	{"sentences", "clinc150", 5, apartFromAssistants}, {"sentences", "clinc150", 20, apartFromAssistants},
	{"sentences", "ag-news", 5, foreignTexts}, {"sentences", "ag-news", 20, foreignTexts},
	{"sentences", "trec", 5, foreignTexts}, {"sentences", "trec", 10, foreignTexts},
	{"sentences", "trec", 20, foreignTexts}, {"sentences", "trec", 100, foreignTexts},
	{"sentences", "uci-sentences", 5, apartFromOpinions}, {"sentences", "uci-sentences", 10, apartFromOpinions},
	{"sentences", "uci-sentences", 20, apartFromOpinions}, {"sentences", "uci-sentences", 100, apartFromOpinions},
	{"sentences", "sms-spam", 5, foreignTexts}, {"sentences", "sms-spam", 10, foreignTexts},
	{"sentences", "sms-spam", 20, foreignTexts}, {"sentences", "sms-spam", 100, foreignTexts},
}

// mostOutside bounds the samples of every set.
const mostOutside = 1000

// outsideTable lets every row's own undrawn samples and the foreign ones through three rules: package outside, the same
// where what is generic was made without texts of the foreign set, and the probability of the answer. All thresholds
// come from the same held-out samples.
func (b *bench) outsideTable(only *regexp.Regexp) (string, error) {
	var t strings.Builder
	t.WriteString("| | own that pass | foreign that are rejected | without their set | by probability |\n" +
		"|---|---|---|---|---|\n")
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
	var ours, apart, probable verdicts
	for i := range b.draws {
		d := c.draw(r.perClass, i)
		own := d.rest[:min(len(d.rest), mostOutside)]
		sets := append([][]data.Sample{own}, foreign...)
		if err := b.outsideOnce(r.base, d, names, sets, &ours, &apart, &probable); err != nil {
			return "", err
		}
	}
	cell := func(v verdicts) (parts []string) {
		for i, name := range names {
			parts = append(parts, name+" "+v.foreign[i].mean())
		}
		all := series{}
		for _, list := range v.foreign {
			all = append(all, list...)
		}
		return append(parts, "mean "+all.mean())
	}
	return fmt.Sprintf("%s, by probability %s | %s | %s | %s |", kept(ours.own[0]), kept(probable.own[0]),
		strings.Join(cell(ours), ", "), strings.Join(cell(apart), ", "), strings.Join(cell(probable), ", ")), nil
}

// kept is what was not rejected.
func kept(rejected series) string {
	s := make(series, len(rejected))
	for i, v := range rejected {
		s[i] = 1 - v
	}
	return s.mean()
}

// outsideOnce adds the figures of one draw; sets begin with the own undrawn samples, names tell of the others.
func (b *bench) outsideOnce(base string, d drawn, names []string, sets [][]data.Sample, ours, apart,
	probable *verdicts) error {
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
	f := outside.Features{Width: own, Rows: first(x, own), Y: s.Y, Classes: s.Classes,
		Generic: outside.Generic(b.bases[base].net.Info().SHA256)}
	rule := ruleOf(f, base == "photos")
	least := leastProbability(l)
	for i, set := range sets {
		z, err := b.vectors(base, set)
		if err != nil {
			return err
		}
		without := rule
		if i > 0 && f.Generic != nil && isGeneral(names[i-1]) {
			g := f
			if g.Generic, err = b.background(names[i-1]); err != nil {
				return err
			}
			without = ruleOf(g, false)
		}
		rows, p := first(z, own), solve.Probabilities(l.Head.Logits(scaler.Apply(z)), s.Classes)
		ours.add(i, rejectedBy(rule, rows))
		apart.add(i, rejectedBy(without, rows))
		unsure := 0.0
		for k := range z.Rows {
			if slices.Max(p[k*s.Classes:(k+1)*s.Classes]) < least {
				unsure++
			}
		}
		probable.add(i, unsure/float64(z.Rows))
	}
	return nil
}

// add keeps the share of a set that was rejected; set 0 is the own one.
func (v *verdicts) add(set int, share float64) {
	list, at := &v.foreign, set-1
	if set == 0 {
		list, at = &v.own, 0
	}
	for len(*list) <= at {
		*list = append(*list, nil)
	}
	(*list)[at] = append((*list)[at], share)
}

// rejectedBy is the share of rows that a rule rejects.
func rejectedBy(r *outside.Rule, rows []float32) float64 {
	n := 0
	for row := range slices.Chunk(rows, r.Width) {
		if r.Rejects(row) {
			n++
		}
	}
	return float64(n*r.Width) / float64(max(len(rows), 1))
}

// first are so many columns of every row.
func first(x solve.Features, columns int) (rows []float32) {
	for i := range x.Rows {
		rows = append(rows, x.Dense[i*x.Width:i*x.Width+columns]...)
	}
	return rows
}

// ruleOf is that of a taught model.
func ruleOf(x outside.Features, pictures bool) (r *outside.Rule) {
	alone := make([]int, len(x.Y))
	for i := range alone {
		alone[i] = i
	}
	if pictures {
		r, _ = outside.Nearest(x, alone, nil)
	} else {
		r, _ = outside.Centroids(x, alone)
	}
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

// foreign are some samples of a set, the same ones every time.
func (b *bench) foreign(name string) ([]data.Sample, error) {
	list, err := b.texts(name)
	return list[:min(len(list), mostOutside)], err
}
