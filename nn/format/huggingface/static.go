package huggingface

import (
	"errors"
	"fmt"

	"wafer/nn/format/foreign"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// static makes an encoder of Model2Vec's embeddings (github.com/MinishLab/model2vec): the mean of the vectors of a
// text's known tokens, of length 1 where config.json says normalize. Where the file has a weight per token, its vector
// is multiplied by that; where it has a mapping, tokens share vectors.
func (f *folder) static(w foreign.Weights) (*foreign.Network, error) {
	doc, tok, err := f.tokenizer()
	if err != nil {
		return nil, err
	}
	l := newLoader(w, "")
	name := "embeddings"
	if !l.has(name) {
		name = "embedding.weight" // of StaticEmbedding in sentence-transformers
	}
	table := l.get(name, 2)
	if l.err != nil {
		return nil, l.err
	}
	if table, err = f.spread(w, table); err != nil {
		return nil, err
	}
	if err := weigh(w, table); err != nil {
		return nil, err
	}
	if tok.Size() > table.Shape()[0] {
		return nil, fmt.Errorf("has embeddings of %d tokens, its tokenizer has %d", table.Shape()[0], tok.Size())
	}
	n := &foreign.Network{Encoder: true, Text: f.textOf(maxLength, true), Tokenizer: doc}
	n.Layers, err = checked(func() *layers.Model {
		b := layers.NewFunctional("model2vec", layers.Spec{Shape: tensor.Shape{maxLength}, DType: tensor.Int32})
		words := layers.Embedding(table.Shape()[0]+1, table.Shape()[1])
		words.MaskZero = true
		at := b.Named("mean", layers.GlobalAveragePooling1D(), b.Named("word_embeddings", words, layers.InputName))
		if f.config.Normalize == nil || *f.config.Normalize {
			b.Named("unit", layers.UnitNormalization(), at)
		}
		return b.Model()
	})
	if err != nil {
		return nil, err
	}
	l.state["word_embeddings/embeddings"] = rows(table)
	n.State, err = l.fit(n.Layers)
	return n, err
}

// spread gives every token its row, where a mapping says which.
func (f *folder) spread(w foreign.Weights, table *tensor.Tensor) (*tensor.Tensor, error) {
	if _, _, ok := w.Shape("mapping"); !ok {
		return table, nil
	}
	to, err := w.Tensor("mapping")
	if err != nil {
		return nil, err
	}
	if to.DType() != tensor.Int32 || len(to.Shape()) != 1 {
		return nil, fmt.Errorf("tensor mapping has shape %v, expected a whole number per token", to.Shape())
	}
	v, d := table.Shape()[0], table.Shape()[1]
	out := tensor.New(tensor.Float32, to.Size(), d)
	for i, row := range to.I() {
		if row < 0 || int(row) >= v {
			return nil, fmt.Errorf("tensor mapping: token %d has row %d, expected one below %d", i, row, v)
		}
		copy(out.F()[i*d:(i+1)*d], table.F()[int(row)*d:])
	}
	return out, nil
}

func weigh(w foreign.Weights, table *tensor.Tensor) error {
	if _, _, ok := w.Shape("weights"); !ok {
		return nil
	}
	by, err := w.Tensor("weights")
	if err != nil {
		return err
	}
	v, d := table.Shape()[0], table.Shape()[1]
	if by.DType() != tensor.Float32 || by.Size() != v {
		return errors.New("tensor weights: expected a number per token")
	}
	for i, f := range by.F() {
		for j := range d {
			table.F()[i*d+j] *= f
		}
	}
	return nil
}
