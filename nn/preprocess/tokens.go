package preprocess

import (
	"encoding/json"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
	"wafer/nn/tokens"
	"wafer/nn/train"
)

// tokenEncoder gives rows of int32: the numbers of tokens plus 1, then zeros.
type tokenEncoder struct {
	recipe.Tokens
	tokens *tokens.Tokenizer
	doc    json.RawMessage // the tokenizer as it was read
}

func newTokenEncoder(o *recipe.Tokens, tokenizer []byte) (Encoder, error) {
	t, err := tokens.Open(tokenizer)
	if err != nil {
		return nil, err
	}
	if !o.Plain && t.Around() >= o.MaxLen {
		return nil, say.Errorf("tokenizer: puts %d tokens around a text, but a row has room for %d", t.Around(), o.MaxLen)
	}
	return &tokenEncoder{*o, t, tokenizer}, nil
}

func (e *tokenEncoder) Shape() tensor.Shape                        { return tensor.Shape{e.MaxLen} }
func (e *tokenEncoder) DType() tensor.DType                        { return tensor.Int32 }
func (e *tokenEncoder) Prepared(in task.Input) (task.Input, error) { return in, nil }
func (e *tokenEncoder) Vocabulary() ([]byte, error)                { return e.doc, nil }

func (e *tokenEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	if in.File != nil || in.Pixels != nil {
		return nil, errNoText
	}
	if err := text.Check(in.Text); err != nil {
		return nil, err
	}
	ids, cut, known := e.encode(in.Text)
	to := row.I()
	clear(to)
	for i, id := range ids {
		to[i] = id + 1
	}
	switch {
	case !known:
		return ErrUnknown, nil
	case cut > 0:
		return say.Errorf("The text is long: only the first %d of %d pieces of words were read.", len(ids), len(ids)+cut), nil
	}
	return nil, nil
}

// encode is the numbers of a text, how many were left out, and whether any stands for something known.
func (e *tokenEncoder) encode(s string) (ids []int32, cut int, known bool) {
	pieces := e.tokens.Pieces(s)
	for _, id := range pieces {
		known = known || id != e.tokens.Unknown()
	}
	if !e.Plain {
		around := e.tokens.Wrap(pieces, e.MaxLen)
		return around.IDs, around.Cut, known
	}
	for _, id := range pieces {
		switch {
		case id == e.tokens.Unknown():
		case len(ids) < e.MaxLen:
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
