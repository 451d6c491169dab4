package zoo

import (
	"fmt"

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

// TextCNN is the network of Kim (2014, arXiv 1408.5882): convolutions over 3, 4 and 5 words with ReLU, the largest of
// each over the text, and the classifier. Uses Words (16384), Length (64), Dim (128), Units (100: filters of each
// width), Classes (2), Dropout (0.5), NoTop.
func TextCNN(o Options) *layers.Model {
	c := newChain("text_cnn", textSpec(o, 64))
	c.then("embedding", layers.Embedding(or(o.Words, 16384), or(o.Dim, 128)))
	words := c.at
	var pooled []string
	for _, width := range []int{3, 4, 5} {
		c.at = words
		c.then(fmt.Sprint("conv", width), layers.Conv1D(or(o.Units, 100), width, "valid", "relu"))
		c.then(fmt.Sprint("pool", width), layers.GlobalMaxPooling1D())
		pooled = append(pooled, c.at)
	}
	c.at = c.Named("concatenate", layers.Concatenate(), pooled...)
	if !o.NoTop {
		c.then("dropout", layers.Dropout(or(o.Dropout, 0.5)))
		c.then("dense", layers.Dense(or(o.Classes, 2), "softmax"))
	}
	return c.Model()
}

// FastText is the classifier of Joulin et al. (2016, arXiv 1607.01759): the mean of the embeddings of a text's words
// and n-grams, and the classifier without a hidden layer. Index 0 is padding. Uses Words (16384), Length (64), Dim
// (96), Classes (2), NoTop.
func FastText(o Options) *layers.Model {
	c := newChain("fasttext", textSpec(o, 64))
	table := layers.Embedding(or(o.Words, 16384), or(o.Dim, 96))
	table.MaskZero = true
	c.then("embedding", table)
	c.then("mean", layers.GlobalAveragePooling1D())
	if !o.NoTop {
		c.then("dense", layers.Dense(or(o.Classes, 2), "softmax"))
	}
	return c.Model()
}

func textSpec(o Options, length int) layers.Spec {
	return layers.Spec{Shape: tensor.Shape{or(o.Length, length)}, DType: tensor.Int32}
}
