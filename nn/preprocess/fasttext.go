package preprocess

import (
	"encoding/json"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
	"wafer/nn/train"
)

// fastTextEncoder gives rows of int32: the numbers of words and n-grams plus 1, then zeros.
type fastTextEncoder struct {
	recipe.FastText
	grams *text.FastText
	doc   json.RawMessage // the dictionary as it was read
}

func newFastTextEncoder(o *recipe.FastText, dictionary []byte) (Encoder, error) {
	grams, err := text.FastTextFromJSON(dictionary)
	if err != nil {
		return nil, err
	}
	return &fastTextEncoder{*o, grams, dictionary}, nil
}

func (e *fastTextEncoder) Shape() tensor.Shape                        { return tensor.Shape{e.MaxLen} }
func (e *fastTextEncoder) DType() tensor.DType                        { return tensor.Int32 }
func (e *fastTextEncoder) Prepared(in task.Input) (task.Input, error) { return in, nil }
func (e *fastTextEncoder) Vocabulary() ([]byte, error)                { return e.doc, nil }

func (e *fastTextEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	if in.File != nil || in.Pixels != nil {
		return nil, errNoText
	}
	if err := text.Check(in.Text); err != nil {
		return nil, err
	}
	numbers, known := e.grams.Numbers(in.Text)
	to := row.I()
	clear(to)
	for i, n := range numbers[:min(len(numbers), len(to))] {
		to[i] = n + 1
	}
	switch {
	case !known:
		return ErrUnknown, nil
	case len(numbers) > len(to):
		return say.Errorf("The text is long: only the first %d of %d %s were read.", len(to), len(numbers),
			"words and word pairs"), nil
	}
	return nil, nil
}

func (e *fastTextEncoder) Source(samples []data.Sample, _ uint64, _ bool) (train.Source, error) {
	return encoded(e, samples)
}

// fastTextLengths are the lengths of rows, beside the full one.
var fastTextLengths = []int{64, 256, 1024}

func (e *fastTextEncoder) Trim(rows *tensor.Tensor) *tensor.Tensor {
	return trim(rows, fastTextLengths)
}
