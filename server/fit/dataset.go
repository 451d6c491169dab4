package fit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Dataset reads every file that a recipe names, below dir, as long as the samples fit into the room. notes are what a
// person should know about the files.
func Dataset(dir string, p recipe.Preprocess, room Room) (d nn.Dataset, notes []string, err error) {
	if len(p.Data.Train) == 0 {
		return d, nil, errors.New("recipe: preprocess.data.train names no files to train on")
	}
	var budget *int64
	if room.Bytes > 0 {
		budget = &room.Bytes
	}
	d.Labels = p.Labels
	for _, part := range []struct {
		sources []recipe.Source
		to      *[]nn.Sample
	}{{p.Data.Train, &d.Train}, {p.Data.Validation, &d.Validation}, {p.Data.Test, &d.Test}} {
		set, err := Sources(dir, part.sources, data.Options{Labels: d.Labels, Budget: budget})
		if err != nil {
			return d, nil, err
		}
		if d.Labels == nil {
			d.Labels = set.Classes
		}
		*part.to, notes = Samples(set), append(notes, set.Notes...)
	}
	for _, part := range []struct {
		sources []recipe.Source
		to      *[]task.Input
	}{{p.Data.OutsideValidation, &d.OutsideValidation}, {p.Data.OutsideTest, &d.OutsideTest}} {
		set, err := Sources(dir, part.sources, data.Options{Outside: true, Budget: budget})
		if err != nil {
			return d, nil, err
		}
		for i := range set.Len() {
			*part.to = append(*part.to, set.Input(i))
		}
	}
	return d, notes, nil
}

// weights reads the file that a recipe takes the weights of its base from, if any.
func weights(dir string, r *recipe.Recipe) ([]byte, error) {
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

// Sources reads files and folders below dir.
func Sources(dir string, list []recipe.Source, o data.Options) (*data.Set, error) {
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

// Samples are the samples of a set.
func Samples(set *data.Set) []nn.Sample {
	out := make([]nn.Sample, set.Len())
	for i := range out {
		out[i] = nn.Sample{Input: set.Input(i), Label: set.Labels[i]}
	}
	return out
}
