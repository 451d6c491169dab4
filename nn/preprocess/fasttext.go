package preprocess

import (
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
	numberRows
	grams *text.FastText
}

// newFastTextEncoder reads the dictionary of words, n-grams and what fastText pruned.
func newFastTextEncoder(o *recipe.FastText, dictionary []byte) (Encoder, error) {
	grams, err := text.FastTextFromJSON(dictionary)
	if err != nil {
		return nil, err
	}
	return &fastTextEncoder{numberRows{o.MaxLen, dictionary}, grams}, nil
}

// Fill writes the numbers in the order of the text; the note says where they were more than the row holds.
func (e *fastTextEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	return e.fill(in, row, func(s string) (numbers []int32, all int, known bool) {
		numbers, known = e.grams.Numbers(s)
		return numbers, len(numbers), known
	}, func(kept, all int) error {
		return say.Errorf("The text is long: only the first %d of %d %s were read.", kept, all, "words and word pairs")
	})
}

// Source encodes all samples at once: rows of numbers are small.
func (e *fastTextEncoder) Source(samples []data.Sample, _ uint64, _ bool) (train.Source, error) {
	return encoded(e, samples)
}

// fastTextLengths are the lengths of rows, beside the full one.
var fastTextLengths = []int{64, 256, 1024}

// Trim shortens to one of a few lengths.
func (e *fastTextEncoder) Trim(rows *tensor.Tensor) *tensor.Tensor {
	return trim(rows, fastTextLengths)
}
