package zoo

import (
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// TextLSTM is the article's text program: Embedding, LSTM, one sigmoid unit (or a
// softmax over Classes when there are more than two).
// Uses Words (10000), Length (100), Dim (128), Units (64), Classes (2).
func TextLSTM(o Options) *layers.Model {
	out := layers.Dense(1, "sigmoid")
	if o.Classes > 2 {
		out = layers.Dense(o.Classes, "softmax")
	}
	return layers.Sequential("text_lstm", textSpec(o, 100),
		layers.Embedding(or(o.Words, 10000), or(o.Dim, 128)),
		layers.LSTM(or(o.Units, 64)),
		out,
	)
}

// TextNGram is the mean of the embeddings of a text's words and word pairs (Joulin
// et al. 2016, arXiv 1607.01759) with a hidden layer. Index 0 is padding.
// Uses Words (16384), Length (64), Dim (96), Units (256), Classes (2), Dropout (0.4).
func TextNGram(o Options) *layers.Model {
	table := layers.Embedding(or(o.Words, 16384), or(o.Dim, 96))
	table.MaskZero = true
	drop := or(o.Dropout, 0.4)
	return layers.Sequential("text_ngram", textSpec(o, 64),
		table,
		layers.GlobalAveragePooling1D(),
		layers.Dropout(drop),
		layers.Dense(or(o.Units, 256), "relu"),
		layers.Dropout(drop),
		layers.Dense(or(o.Classes, 2), "softmax"),
	)
}

func textSpec(o Options, length int) layers.Spec {
	return layers.Spec{Shape: tensor.Shape{or(o.Length, length)}, DType: tensor.Int32}
}
