package preprocess

import (
	"wafer/nn/json"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
)

// numberRows are rows of int32 [length] made of texts: the numbers of their pieces plus 1, then zeros.
type numberRows struct {
	length int
	doc    json.RawMessage // the vocabulary as it was read
}

func (n numberRows) Shape() tensor.Shape                        { return tensor.Shape{n.length} }
func (n numberRows) DType() tensor.DType                        { return tensor.Int32 }
func (n numberRows) Prepared(in task.Input) (task.Input, error) { return in, nil }
func (n numberRows) Vocabulary() ([]byte, error)                { return n.doc, nil }

// fill writes the numbers of a text that read finds, as many as the row holds. all is how many the text has, known
// whether any stands for something, and long the note where the row holds kept of all.
func (n numberRows) fill(in task.Input, row *tensor.Tensor, read func(s string) (numbers []int32, all int, known bool),
	long func(kept, all int) error) (note, err error) {
	if in.File != nil || in.Pixels != nil {
		return nil, errNoText
	}
	if err := text.Check(in.Text); err != nil {
		return nil, err
	}
	numbers, all, known := read(in.Text)
	to := row.I()
	clear(to)
	kept := min(len(numbers), len(to))
	for i, number := range numbers[:kept] {
		to[i] = number + 1
	}
	switch {
	case !known:
		return ErrUnknown, nil
	case all > kept:
		return long(kept, all), nil
	}
	return nil, nil
}
