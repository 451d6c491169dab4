// Package data reads data sets from their ordinary forms: IDX, a folder per class, a
// zip of folders, CSV, TSV, JSONL and CLINC150's JSON. It also splits and hashes them and
// gives the random streams of a run.
package data

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Sample is one input with its label.
type Sample struct {
	Input task.Input
	Label int // index into the labels of its set; −1: belongs to none

	Weight float64 // recipe.Source.Weight
}

// Dataset is the data of a recipe, read. Split cuts parts that are empty from Train.
type Dataset struct {
	Labels                         []string // in the order of a model's outputs
	Train, Validation, Test        []Sample
	OutsideValidation, OutsideTest []Sample // belong to no label
	Weights                        []byte   // the file that a run takes the weights of its base from, nil: none
}

// Load reads every file that a recipe's preprocess names, below root. A folder of train that comes split also gives the
// validation and test samples, unless the recipe names others. budget are the bytes that all samples may take in
// memory together, nil: no limit but those of Read. notes are what a person should know about the files.
func Load(root fs.FS, p recipe.Preprocess, budget *int64) (d Dataset, notes []string, err error) {
	if len(p.Data.Train) == 0 {
		return d, nil, errors.New("recipe: preprocess.data.train names no files to train on")
	}
	d.Labels = p.Labels
	for _, part := range []struct {
		sources []recipe.Source
		outside bool
		take    func(*Set)
	}{{p.Data.Train, false, func(s *Set) { d.Train, d.Validation, d.Test = s.Samples, s.Validation, s.Test }},
		{p.Data.Validation, false, func(s *Set) { d.Validation = s.Part(Validation) }},
		{p.Data.Test, false, func(s *Set) { d.Test = s.Part(Testing) }},
		{p.Data.OutsideValidation, true, func(s *Set) { d.OutsideValidation = s.Samples }},
		{p.Data.OutsideTest, true, func(s *Set) { d.OutsideTest = s.Samples }}} {
		if len(part.sources) == 0 {
			continue
		}
		set, err := Read(root, part.sources, Options{Kind: task.Kind(p.Kind), Labels: d.Labels, Outside: part.outside,
			Budget: budget})
		if err != nil {
			return d, nil, fmt.Errorf("data: %w", err)
		}
		if d.Labels == nil {
			d.Labels = set.Labels
		}
		part.take(set)
		notes = append(notes, set.Notes...)
	}
	return d, notes, nil
}

// Part is a part of a set that comes split, or else all of it.
func (s *Set) Part(p Part) []Sample {
	switch {
	case p == Validation && len(s.Validation) > 0:
		return s.Validation
	case p == Testing && len(s.Test) > 0:
		return s.Test
	}
	return s.Samples
}

// parts are all samples: train, validation, test; then those of no label.
func (d Dataset) parts() (inside [3][]Sample, outside [2][]Sample) {
	return [3][]Sample{d.Train, d.Validation, d.Test}, [2][]Sample{d.OutsideValidation, d.OutsideTest}
}

// Bytes is the size of everything in it as it was read.
func (d Dataset) Bytes() (sum int64) {
	inside, outside := d.parts()
	for _, part := range slices.Concat(inside[:], outside[:]) {
		for _, s := range part {
			sum += s.Input.Bytes()
		}
	}
	return sum + int64(len(d.Weights))
}
