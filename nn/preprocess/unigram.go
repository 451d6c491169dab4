package preprocess

import (
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
	numberRows
	pieces *text.Unigram
}

func newUnigramEncoder(u *recipe.Unigram, vocabulary []byte) (Encoder, error) {
	pieces, err := piecesOf(vocabulary)
	if err != nil {
		return nil, err
	}
	return &unigramEncoder{numberRows{u.MaxLen, vocabulary}, pieces}, nil
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

func (e *unigramEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	return e.fill(in, row, func(s string) (ids []int32, all int, known bool) {
		ids = e.pieces.Sequence(s)
		return ids, len(ids), e.pieces.Reads(s)
	}, manyPieces)
}

// manyPieces is the note about a text of more pieces than its row holds.
func manyPieces(kept, all int) error {
	return say.Errorf("The text is long: only the first %d of %d pieces of words were read.", kept, all)
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
