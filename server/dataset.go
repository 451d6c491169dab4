package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"wafer/nn"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// row is one sample as a file has it.
type row struct {
	input  task.Input
	labels []string
}

// readDataset reads every file that a recipe names, below dir.
func readDataset(dir string, p recipe.Preprocess) (nn.Dataset, error) {
	var d nn.Dataset
	if len(p.Data.Train) == 0 {
		return d, errors.New("recipe: preprocess.data.train names no files to train on")
	}
	parts := [5][]row{}
	for i, sources := range [][]recipe.Source{p.Data.Train, p.Data.Validation, p.Data.Test, p.Data.OutsideValidation, p.Data.OutsideTest} {
		for _, s := range sources {
			rows, err := readSource(dir, s, p.Labels)
			if err != nil {
				return d, err
			}
			parts[i] = append(parts[i], rows...)
		}
	}
	d.Labels = p.Labels
	if len(d.Labels) == 0 {
		d.Labels = labelsOf(parts[0])
	}
	for i, to := range []*[]nn.Sample{&d.Train, &d.Validation, &d.Test} {
		var err error
		if *to, err = labelled(parts[i], d.Labels); err != nil {
			return d, err
		}
	}
	d.OutsideValidation, d.OutsideTest = inputs(parts[3]), inputs(parts[4])
	return d, nil
}

func labelsOf(rows []row) []string {
	names := map[string]bool{}
	for _, r := range rows {
		for _, l := range r.labels {
			names[l] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// labelled gives every row its label's number. Rows without a label, or with
// several, are left out.
func labelled(rows []row, labels []string) ([]nn.Sample, error) {
	number := map[string]int{}
	for i, l := range labels {
		number[l] = i
	}
	var out []nn.Sample
	for _, r := range rows {
		if len(r.labels) != 1 {
			continue
		}
		n, ok := number[r.labels[0]]
		if !ok {
			return nil, fmt.Errorf("data: %s has the label %q, the recipe's labels are %.200q", r.input.Name, r.labels[0], labels)
		}
		out = append(out, nn.Sample{Input: r.input, Label: n})
	}
	return out, nil
}

func inputs(rows []row) []task.Input {
	out := make([]task.Input, len(rows))
	for i, r := range rows {
		out[i] = r.input
	}
	return out
}

// mapped replaces the labels of a file by those of the model, each once.
func mapped(labels []string, m map[string][]string) []string {
	if m == nil {
		return labels
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if slices.ContainsFunc(labels, func(l string) bool { return slices.Contains(m[name], l) }) {
			out = append(out, name)
		}
	}
	return out
}

func readSource(dir string, s recipe.Source, labels []string) ([]row, error) {
	path := filepath.Join(dir, filepath.FromSlash(s.Path))
	var rows []row
	var err error
	switch s.Form {
	case "idx":
		rows, err = readIDX(path, filepath.Join(dir, filepath.FromSlash(s.LabelsPath)), labels)
	case "folder":
		rows, err = readFolder(path)
	case "zip":
		rows, err = readZip(path, s.Part)
	case "clinc":
		rows, err = readCLINC(path, s.Part)
	default:
		rows, err = readTable(path, s)
	}
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", s.Path, err)
	}
	for i := range rows {
		rows[i].labels = mapped(rows[i].labels, s.Map)
	}
	return rows, nil
}
