package preprocess

import (
	"encoding/json"
	"sync"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
	"wafer/nn/train"
)

// unigramEncoder gives rows of int32: the numbers of pieces plus 1, then zeros.
type unigramEncoder struct {
	pieces *text.Unigram
	length int
	doc    json.RawMessage // the vocabulary as it was read
}

func newUnigramEncoder(u *recipe.Unigram, vocabulary []byte) (Encoder, error) {
	pieces, err := piecesOf(vocabulary)
	if err != nil {
		return nil, err
	}
	return &unigramEncoder{pieces, u.MaxLen, vocabulary}, nil
}

// latest is the vocabulary that was read last: models that are taught from one encoder have the same.
var latest struct {
	sync.Mutex
	doc    string
	pieces *text.Unigram // is only read
}

// piecesOf reads a vocabulary, or has just done so.
func piecesOf(doc []byte) (*text.Unigram, error) {
	latest.Lock()
	defer latest.Unlock()
	if latest.pieces != nil && latest.doc == string(doc) {
		return latest.pieces, nil
	}
	pieces, err := text.UnigramFromJSON(doc)
	if err == nil {
		latest.doc, latest.pieces = string(doc), pieces
	}
	return pieces, err
}

func (e *unigramEncoder) Shape() tensor.Shape                        { return tensor.Shape{e.length} }
func (e *unigramEncoder) DType() tensor.DType                        { return tensor.Int32 }
func (e *unigramEncoder) Prepared(in task.Input) (task.Input, error) { return in, nil }
func (e *unigramEncoder) Vocabulary() ([]byte, error)                { return e.doc, nil }

func (e *unigramEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	if in.File != nil || in.Pixels != nil {
		return nil, errNoText
	}
	if err := text.Check(in.Text); err != nil {
		return nil, err
	}
	ids, to := e.pieces.Sequence(in.Text), row.I()
	clear(to)
	for i, id := range ids {
		if i < len(to) {
			to[i] = id + 1
		}
	}
	switch {
	case !e.pieces.Reads(in.Text):
		return ErrUnknown, nil
	case len(ids) > len(to):
		return say.Errorf("The text is long: only the first %d of %d pieces of words were read.", len(to), len(ids)), nil
	}
	return nil, nil
}

func (e *unigramEncoder) Source(samples []data.Sample, _ uint64, _ bool) (train.Source, error) {
	return encoded(e, samples)
}

// unigramLengths are the lengths of rows, beside the full one.
var unigramLengths = []int{16, 32, 64}

func (e *unigramEncoder) Trim(rows *tensor.Tensor) *tensor.Tensor { return trim(rows, unigramLengths) }

// trim shortens rows that end in zeros to the least of some lengths that they fit into.
func trim(rows *tensor.Tensor, lengths []int) *tensor.Tensor {
	n, from := rows.Shape()[0], rows.Shape()[1]
	used := 1
	for r := range n {
		row := rows.I()[r*from : (r+1)*from]
		for i := from - 1; i >= used; i-- {
			if row[i] != 0 {
				used = i + 1
				break
			}
		}
	}
	for _, to := range lengths {
		if to >= used && to < from {
			short := tensor.New(tensor.Int32, n, to)
			for r := range n {
				copy(short.I()[r*to:(r+1)*to], rows.I()[r*from:])
			}
			return short
		}
	}
	return rows
}
