package preprocess

import (
	"wafer/nn/data"
	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
	"wafer/nn/train"
)

// ngramEncoder gives rows of int32: the numbers of n-grams, zeros up to length, then the row of another encoder, if
// there is one.
type ngramEncoder struct {
	grams  *text.NGrams
	length int
	rest   Encoder // nil: none
}

// NGramVocabulary is what New takes as tokenizer for TF-IDF: the n-grams, and the vocabulary of the form that stands
// beside them, nil for none.
type NGramVocabulary struct {
	NGrams json.RawMessage `json:"ngrams"`
	Rest   json.RawMessage `json:"rest,omitempty"`
}

// newNGramEncoder reads an NGramVocabulary.
func newNGramEncoder(t *recipe.Text, vocabulary []byte) (Encoder, error) {
	var v NGramVocabulary
	if err := json.Unmarshal(vocabulary, &v); err != nil {
		return nil, say.Errorf("vocabulary: expected n-grams: %w", err)
	}
	grams, err := text.NGramsFromJSON(*t.TFIDF, v.NGrams)
	if err != nil {
		return nil, err
	}
	e := &ngramEncoder{grams: grams, length: t.TFIDF.MaxLen}
	rest := *t
	if rest.TFIDF = nil; rest.Length() > 0 {
		e.rest, err = newTexts(&rest, v.Rest)
	}
	return e, err
}

// Shape is the places of n-grams, then those of the other encoder.
func (e *ngramEncoder) Shape() tensor.Shape {
	if e.rest == nil {
		return tensor.Shape{e.length}
	}
	return tensor.Shape{e.length + e.rest.Shape()[0]}
}

func (e *ngramEncoder) DType() tensor.DType                        { return tensor.Int32 }
func (e *ngramEncoder) Prepared(in task.Input) (task.Input, error) { return in, nil }

// Fill writes both rows. Of a text with no known n-gram the note is ErrUnknown, unless the other encoder knows some of
// it.
func (e *ngramEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	if in.File != nil || in.Pixels != nil {
		return nil, errNoText
	}
	if err := text.Check(in.Text); err != nil {
		return nil, err
	}
	known := e.grams.Row(row.I()[:e.length], in.Text)
	if known > e.length {
		note = say.Errorf("The text is long: only the first %d of %d pieces of words were read.", e.length, known)
	}
	if e.rest == nil {
		if known == 0 {
			note = ErrUnknown
		}
		return note, nil
	}
	tail := row.I()[e.length:]
	other, err := e.rest.Fill(in, tensor.Ints(tail, len(tail)))
	if other != nil && (other != ErrUnknown || known == 0) {
		note = other
	}
	return note, err
}

// Foreign tells that a text shares fewer n-grams with those that were learned than they share among themselves. Where
// another encoder reads it too, features say more.
func (e *ngramEncoder) Foreign(in task.Input) bool { return e.rest == nil && e.grams.Rejects(in.Text) }

// Source encodes all samples at once.
func (e *ngramEncoder) Source(samples []data.Sample, _ uint64, _ bool) (train.Source, error) {
	return encoded(e, samples)
}

// Vocabulary is an NGramVocabulary.
func (e *ngramEncoder) Vocabulary() ([]byte, error) {
	v := NGramVocabulary{NGrams: e.grams.ToJSON()}
	if e.rest != nil {
		var err error
		if v.Rest, err = e.rest.Vocabulary(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(v)
}

// Trim shortens the rows of the encoder that comes last.
func (e *ngramEncoder) Trim(rows *tensor.Tensor) *tensor.Tensor {
	if e.rest == nil {
		return rows
	}
	n, from := rows.Shape()[0], rows.Shape()[1]
	tails := tensor.New(tensor.Int32, n, from-e.length)
	for r := range n {
		copy(tails.I()[r*(from-e.length):], rows.I()[r*from+e.length:(r+1)*from])
	}
	short := e.rest.Trim(tails)
	to := short.Shape()[1]
	if to == from-e.length {
		return rows
	}
	out := tensor.New(tensor.Int32, n, e.length+to)
	for r := range n {
		row := out.I()[r*(e.length+to) : (r+1)*(e.length+to)]
		copy(row, rows.I()[r*from:r*from+e.length])
		copy(row[e.length:], short.I()[r*to:(r+1)*to])
	}
	return out
}
