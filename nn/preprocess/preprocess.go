// Package preprocess turns pictures and texts into tensors as a recipe's preprocess says: one way for training,
// testing and classifying.
package preprocess

import (
	"fmt"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// Encoder turns inputs into rows of a tensor. Its methods may be called from several goroutines at once.
type Encoder interface {
	Shape() tensor.Shape // of one row
	DType() tensor.DType
	// Fill writes one input into row. note is a warning, nil if there is none.
	Fill(in task.Input, row *tensor.Tensor) (note, err error)
	// Source prepares samples for training or testing; augment allows random changes,
	// drawn from seed.
	Source(samples []data.Sample, seed uint64, augment bool) (train.Source, error)
	// Prepared is an input as the network sees it: a picture at the size and with the channels of the network's input,
	// a text as it is. The network gets the same bits from it as from the input, and it no longer depends on whose
	// decoder reads it.
	Prepared(in task.Input) (task.Input, error)
	// Vocabulary is what New takes as tokenizer, with only what is needed to use it, nil where there is none.
	Vocabulary() ([]byte, error)
	// Trim shortens rows [n, …] that end in padding, where the network has the same answer to shorter ones, to one of
	// few lengths, so that few programs are made; else it gives back what it gets.
	Trim(rows *tensor.Tensor) *tensor.Tensor
}

// New checks the document's preprocess, which may come from a damaged file. tokenizer is the vocabulary of a recipe
// with Keras' Tokenizer, as its to_json writes it, of one with Unigram, a list of [piece, score], of one with
// Tokens, a tokenizer.json, of one with FastText, what text.FastTextFromJSON reads, or of one with TF-IDF, an
// NGramVocabulary.
func New(p recipe.Preprocess, tokenizer []byte) (Encoder, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if p.Kind == string(task.Image) {
		return newImageEncoder(p.Image)
	}
	form := newTexts
	if p.Text.TFIDF != nil {
		form = newNGramEncoder
	}
	e, err := form(p.Text, tokenizer)
	if err == nil && p.Text.Whole {
		e = wholeRows{e}
	}
	return e, err
}

// wholeRows is an encoder whose rows are not trimmed.
type wholeRows struct{ Encoder }

// Trim gives back what it gets: the network was made for whole rows, or sees their padding.
func (wholeRows) Trim(rows *tensor.Tensor) *tensor.Tensor { return rows }

// newTexts is the encoder of a text in one form.
func newTexts(t *recipe.Text, tokenizer []byte) (Encoder, error) {
	switch {
	case t.Unigram != nil:
		return newUnigramEncoder(t.Unigram, tokenizer)
	case t.Tokens != nil:
		return newTokenEncoder(t.Tokens, tokenizer)
	case t.FastText != nil:
		return newFastTextEncoder(t.FastText, tokenizer)
	}
	return newTextEncoder(t, tokenizer)
}

// encoded fills a row per sample at once.
func encoded(e Encoder, samples []data.Sample) (train.Rows, error) {
	rows := train.Rows{X: tensor.New(e.DType(), append([]int{len(samples)}, e.Shape()...)...),
		Y: make([]int, len(samples))}
	for i, s := range samples {
		if _, err := e.Fill(s.Input, rows.X.Rows(i, i+1).Reshape(e.Shape()...)); err != nil {
			return rows, say.Errorf("%s cannot be used: %w", sampleName(s.Input, i), err)
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

// ErrUnknown is the warning of a text in other words than the model has seen: it may be learned from, but has no
// answer.
var ErrUnknown = say.New("The model knows none of these words.")

var errNoText = say.New("expected a text, found a picture")
