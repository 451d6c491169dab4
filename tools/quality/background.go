package main

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"wafer/nn/data"
	"wafer/nn/outside"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// general are the sets that what is generic of the shipped encoder of sentences is made of, beside the sentences of
// package outside: weights may be trained on all of them. Sets of one family are left out together.
var general = []string{"banking77", "clinc-val", "clinc-oos_train", "goemotions", "snips"}

const sentences = "nn/outside/testdata/generic.txt"

const (
	ofEach = 200 // texts of a set at most
	kinds  = 16  // centres of all of them
)

// background is what is generic without some sets: its mean is that of package outside.
func (b *bench) background(without ...string) (*outside.Background, error) {
	k, err := b.open("sentences")
	if err != nil {
		return nil, err
	}
	q, err := b.kinds(k.width, without)
	if err != nil {
		return nil, err
	}
	rows := make([]float32, len(q))
	for i, v := range q {
		rows[i] = float32(v)
	}
	for row := range slices.Chunk(rows, k.width) {
		unit(row)
	}
	shipped := outside.Generic(k.net.Info().SHA256)
	return &outside.Background{Mean: shipped.Mean, Rows: rows}, nil
}

// writeBackground writes what package outside has.
func (b *bench) writeBackground(file string) error {
	k, err := b.open("sentences")
	if err != nil {
		return err
	}
	q, err := b.kinds(k.width, nil)
	if err != nil {
		return err
	}
	content := make([]byte, len(q))
	for i, v := range q {
		content[i] = byte(v)
	}
	return os.WriteFile(file, content, 0o644)
}

// kinds are the centres of the sets that are not left out, nor of a family of those, as the file has them.
func (b *bench) kinds(width int, without []string) ([]int8, error) {
	lines, err := os.ReadFile(sentences)
	if err != nil {
		return nil, err
	}
	var list []data.Sample
	for text := range strings.Lines(string(lines)) {
		list = append(list, data.Sample{Input: task.Input{Text: text}})
	}
	for _, name := range general {
		if slices.ContainsFunc(without, func(w string) bool { return family(w) == family(name) }) {
			continue
		}
		some, err := b.texts(name)
		if err != nil {
			return nil, err
		}
		slices.Reverse(some) // foreign texts are the first of them
		list = append(list, some[:min(len(some), ofEach)]...)
	}
	x, err := b.vectors("sentences", list)
	if err != nil {
		return nil, err
	}
	return coarse(centres(x.Dense, width, kinds), width), nil
}

// coarse are rows in whole numbers of −3 to 3, which compress to about 2 bits each.
func coarse(rows []float32, width int) (q []int8) {
	for row := range slices.Chunk(rows, width) {
		most := max(slices.Max(row), -slices.Min(row))
		for _, v := range row {
			q = append(q, int8(math.RoundToEven(float64(v/most*3))))
		}
	}
	return q
}

// isGeneral tells whether a set, or another of its family, is part of what is generic.
func isGeneral(set string) bool {
	return slices.ContainsFunc(general, func(g string) bool { return family(g) == family(set) })
}

// family is the name of a set without its part.
func family(set string) string {
	if len(set) > 5 && set[:5] == "clinc" {
		return "clinc"
	}
	return set
}

// texts are all samples of a set, pictures or texts, in an order drawn once.
func (b *bench) texts(name string) (list []data.Sample, err error) {
	if part, is := clincParts[name]; is {
		set, err := data.Read(b.root, []recipe.Source{{Form: "clinc", Path: "clinc150/data_full.json", Part: part}},
			data.Options{})
		if err != nil {
			return nil, err
		}
		list = set.Samples
	} else if name == "languages" {
		return b.languages()
	} else {
		c, err := read(b.root, name)
		if err != nil {
			return nil, err
		}
		list = slices.Concat(c.train, c.test)
	}
	r := rand.New(rand.NewPCG(1, 78))
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list, nil
}

// unit scales a row to length 1.
func unit(row []float32) {
	scale := 1 / float32(math.Sqrt(max(float64(product(row, row)), 1e-12)))
	for i := range row {
		row[i] *= scale
	}
}

func product(a, b []float32) (sum float32) {
	for i, v := range a {
		sum += float32(v * b[i])
	}
	return sum
}

var clincParts = map[string]string{"clinc-val": "val", "clinc-oos_train": "oos_train", "clinc-oos": "oos_test"}

// centres are those of n kinds of rows by their cosines (Lloyd 1982), of length 1. It begins with rows at even steps.
func centres(rows []float32, width, n int) []float32 {
	count := len(rows) / width
	found := make([]float32, n*width)
	for c := range n {
		copy(found[c*width:(c+1)*width], rows[c*count/n*width:])
	}
	for range 30 {
		sums := make([]float32, n*width)
		for row := range slices.Chunk(rows, width) {
			best, most := 0, float32(-2)
			for c := range n {
				if v := product(row, found[c*width:(c+1)*width]); v > most {
					best, most = c, v
				}
			}
			for j, v := range row {
				sums[best*width+j] += v
			}
		}
		for c := range n {
			unit(sums[c*width : (c+1)*width])
		}
		found = sums
	}
	return found
}
