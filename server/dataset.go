package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// readDataset reads every file that a recipe names, below dir. notes are what a person
// should know about the files.
func readDataset(dir string, p recipe.Preprocess) (d nn.Dataset, notes []string, err error) {
	if len(p.Data.Train) == 0 {
		return d, nil, errors.New("recipe: preprocess.data.train names no files to train on")
	}
	d.Labels = p.Labels
	for _, part := range []struct {
		sources []recipe.Source
		to      *[]nn.Sample
	}{{p.Data.Train, &d.Train}, {p.Data.Validation, &d.Validation}, {p.Data.Test, &d.Test}} {
		set, err := readSources(dir, part.sources, data.Options{Labels: d.Labels})
		if err != nil {
			return d, nil, err
		}
		if d.Labels == nil {
			d.Labels = set.Classes
		}
		*part.to, notes = samplesOf(set), append(notes, set.Notes...)
	}
	for _, part := range []struct {
		sources []recipe.Source
		to      *[]task.Input
	}{{p.Data.OutsideValidation, &d.OutsideValidation}, {p.Data.OutsideTest, &d.OutsideTest}} {
		set, err := readSources(dir, part.sources, data.Options{Outside: true})
		if err != nil {
			return d, nil, err
		}
		for i := range set.Len() {
			*part.to = append(*part.to, set.Input(i))
		}
	}
	return d, notes, nil
}

// readWeights reads the file that a recipe takes the weights of its base from, if any.
func readWeights(dir string, r *recipe.Recipe) ([]byte, error) {
	name := nn.WeightsFile(r)
	if name == "" {
		return nil, nil
	}
	b, err := fs.ReadFile(os.DirFS(dir), name)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	return b, nil
}

func readSources(dir string, list []recipe.Source, o data.Options) (*data.Set, error) {
	if len(list) == 0 {
		return &data.Set{}, nil
	}
	sources := make([]data.Source, len(list))
	for i, s := range list {
		sources[i] = data.Source(s)
	}
	set, err := data.Read(os.DirFS(dir), sources, o)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return set, nil
}

func samplesOf(set *data.Set) []nn.Sample {
	out := make([]nn.Sample, set.Len())
	for i := range out {
		out[i] = nn.Sample{Input: set.Input(i), Label: set.Labels[i]}
	}
	return out
}

// samplePicture is a picture as a file: the file it came from, or a PNG of its pixels.
func samplePicture(in task.Input, label string) (name string, file []byte, err error) {
	name = strings.ToLower(strings.Map(func(r rune) rune {
		if r == '/' || r == ' ' {
			return '-'
		}
		return r
	}, label))
	if in.File != nil {
		return name + strings.ToLower(path.Ext(in.Name)), in.File, nil
	}
	p := in.Pixels
	m := image.NewGray(image.Rect(0, 0, p.Width, p.Height))
	for i := range m.Pix {
		m.Pix[i] = p.RGBA[4*i]
	}
	var b bytes.Buffer
	err = png.Encode(&b, m)
	return name + ".png", b.Bytes(), err
}

func isPicture(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp":
		return true
	}
	return false
}
