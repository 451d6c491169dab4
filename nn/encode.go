package nn

import (
	"errors"
	"fmt"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// encoder turns inputs into rows of a tensor, as a recipe's preprocess says.
type encoder interface {
	shape() tensor.Shape // of one row
	dtype() tensor.DType
	// fill writes one input into row. note is a warning in plain words, "" if there is none.
	fill(in task.Input, row *tensor.Tensor) (note string, err error)
	// source prepares samples for training or testing; augment allows random changes,
	// drawn from seed.
	source(samples []data.Sample, seed uint64, augment bool) (train.Source, error)
}

// newEncoder checks the document's preprocess, which may come from a damaged file.
func newEncoder(p recipe.Preprocess, tokenizer []byte) (encoder, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if p.Kind == string(task.Image) {
		return newImageEncoder(p.Image)
	}
	return newTextEncoder(p.Text, tokenizer)
}

// encoded fills a row per sample at once.
func encoded(e encoder, samples []data.Sample) (train.Rows, error) {
	rows := train.Rows{X: tensor.New(e.dtype(), append([]int{len(samples)}, e.shape()...)...), Y: make([]int, len(samples))}
	for i, s := range samples {
		if _, err := e.fill(s.Input, rows.X.Rows(i, i+1).Reshape(e.shape()...)); err != nil {
			return rows, fmt.Errorf("%s cannot be used: %w", sampleName(s.Input, i), err)
		}
		rows.Y[i] = s.Label
	}
	return rows, nil
}

func sampleName(in task.Input, i int) string {
	if in.Name != "" {
		return fmt.Sprintf("sample %d (%s)", i+1, in.Name)
	}
	return fmt.Sprintf("sample %d", i+1)
}

var errNoText = errors.New("expected a text, found a picture")
