package data

import (
	"fmt"
	"slices"
	"strings"

	"wafer/nn/format/samples"
	"wafer/nn/task"
)

// packed reads a file of package samples. Its folders number the classes; their names are those of the recipe, since
// folders have them only as far as every system can make such a folder.
func (r *reader) packed() ([]sample, task.Kind, error) {
	b, err := r.file(r.Path)
	if err != nil {
		return nil, "", err
	}
	f, err := samples.Unpack(b)
	if err != nil {
		return nil, "", err
	}
	classes := f.Classes
	if r.labels != nil && r.Map == nil {
		if classes = r.labels; len(classes) < len(f.Classes) {
			return nil, "", fmt.Errorf("expected samples of the %d labels %s, found class number %d", len(classes),
				some(classes), len(f.Classes))
		}
	}
	for i, c := range classes {
		if c != "" && slices.Contains(classes[:i], c) {
			return nil, "", fmt.Errorf("expected classes with names of their own, found %q twice; "+
				"preprocess.labels can name them", c)
		}
	}
	kind := task.Image
	list := make([]sample, len(f.Samples))
	for i, in := range f.Samples {
		list[i] = sample{input: in, labels: []string{Label(classes[f.Labels[i]])},
			where: fmt.Sprintf("%s, sample %d", r.Path, i+1)}
		if in.Pixels == nil {
			kind = task.Text
		}
	}
	for _, s := range list {
		if (s.input.Pixels == nil) != (kind == task.Text) {
			return nil, "", fmt.Errorf("%s: expected a text as others are, found a picture", s.where)
		}
	}
	return list, kind, nil
}

// Labelled is the data set of a file of samples that was not written: labels count in classes. As there, texts
// without content are left out.
func Labelled(classes []string, labels []int, inputs []task.Input) Dataset {
	d := Dataset{Labels: classes}
	for i, in := range inputs {
		if in.File != nil || in.Pixels != nil || strings.TrimSpace(in.Text) != "" {
			d.Train = append(d.Train, Sample{Input: in, Label: labels[i]})
		}
	}
	return d
}
