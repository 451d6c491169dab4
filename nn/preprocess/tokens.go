package preprocess

import (
	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/tokens"
	"wafer/nn/train"
)

// tokenEncoder gives rows of int32: the numbers of tokens plus 1, then zeros.
type tokenEncoder struct {
	numberRows
	recipe.Tokens
	tokens *tokens.Tokenizer
}

func newTokenEncoder(o *recipe.Tokens, tokenizer []byte) (Encoder, error) {
	t, err := tokens.Open(tokenizer)
	if err != nil {
		return nil, err
	}
	if !o.Plain && t.Around() >= o.MaxLen {
		return nil, say.Errorf("tokenizer: puts %d tokens around a text, but a row has room for %d", t.Around(),
			o.MaxLen)
	}
	return &tokenEncoder{numberRows{o.MaxLen, tokenizer}, *o, t}, nil
}

func (e *tokenEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	return e.fill(in, row, func(s string) (ids []int32, all int, known bool) {
		ids, cut, known := e.encode(s)
		return ids, len(ids) + cut, known
	}, manyPieces)
}

// encode is the numbers of a text, how many were left out, and whether any stands for something known.
func (e *tokenEncoder) encode(s string) (ids []int32, cut int, known bool) {
	pieces := e.tokens.Pieces(s)
	for _, id := range pieces {
		known = known || id != e.tokens.Unknown()
	}
	if !e.Plain {
		around := e.tokens.Wrap(pieces, e.length)
		return around.IDs, around.Cut, known
	}
	for _, id := range pieces {
		switch {
		case id == e.tokens.Unknown():
		case len(ids) < e.length:
			ids = append(ids, id)
		default:
			cut++
		}
	}
	return ids, cut, known
}

func (e *tokenEncoder) Source(samples []data.Sample, _ uint64, _ bool) (train.Source, error) {
	return encoded(e, samples)
}

// tokenLengths are the lengths of rows, beside the full one.
var tokenLengths = []int{16, 32, 64, 128, 256}

func (e *tokenEncoder) Trim(rows *tensor.Tensor) *tensor.Tensor {
	if e.Whole {
		return rows
	}
	return trim(rows, tokenLengths)
}
