// Package document is the header of a .wafer file, and how it is written; package model is what the file does.
package document

import (
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// Document is the header of a model file: everything but the weights.
type Document struct {
	Info        task.Model        `json:"info"`
	Layers      *layers.Model     `json:"layers"`
	Preprocess  recipe.Preprocess `json:"preprocess"`
	Tokenizer   json.RawMessage   `json:"tokenizer,omitempty"` // as Keras' to_json writes it
	Temperature float64           `json:"temperature"`         // logits are divided by it
	Threshold   float64           `json:"threshold,omitempty"` // the top probability below which an input is rejected
	// the top probability below which the model says that it does not know; chosen by a person
	Sure       float64         `json:"sure,omitempty"`
	Outside    *Outside        `json:"outside,omitempty"` // tells inputs that are none of the labels by features
	Recipe     json.RawMessage `json:"recipe,omitempty"`
	RecipeHash string          `json:"recipe_hash,omitempty"`
	DataHash   string          `json:"data_hash,omitempty"`
	History    []task.Epoch    `json:"history,omitempty"`
	Base       string          `json:"base,omitempty"` // a taught model: what it was made from
}

// Outside is how a model tells inputs that are none of its labels by their features: package outside. Files without it
// answer as they always did; programs of before there was one refuse a file that has it.
type Outside struct {
	Features  string  `json:"features"`          // the entry of the network whose results are looked at
	Threshold float32 `json:"threshold"`         // the score below which an input is none of the labels
	Nearest   int     `json:"nearest,omitempty"` // outside.Rule.Nearest
	Linear    bool    `json:"linear,omitempty"`  // outside.Rule.Linear
	Away      int     `json:"away,omitempty"`    // outside.Rule.Away
	Head      string  `json:"head,omitempty"`    // a Dense entry whose weights are the rule
	Clip      float32 `json:"clip,omitempty"`    // outside.Head.Clip

	Temperature float32 `json:"temperature,omitempty"` // outside.Head.Temperature
	Way         bool    `json:"way,omitempty"`         // the tensor is outside.Head.Way; without, a head has no tensor
	Samples     int     `json:"samples,omitempty"`     // that were held out to choose it
}

// Rows tells that the rule has a tensor of its own.
func (o *Outside) Rows() bool { return o != nil && (o.Head == "" || o.Way) }

// CentroidsName is the tensor of a model file that goes with Outside: [rows, width], centroids, samples, planes or a
// way; with Away [rows, width + 1], outside.Rule.Table.
const CentroidsName = "outside/centroids"

// Entries of a network that answers from n-grams of its own texts: both look up a row per number in the first places of
// its input.
const (
	NGramTable   = "ngrams"        // a row of logits per n-gram, times its inverse document frequency
	NGramSquares = "ngram_squares" // the square of that frequency
)

// Encode writes a model file; of one that names a base, the weights that are not in state stay there. store chooses the
// form of a weight; nil: float16 or 8 bits where these hold it exactly.
func Encode(doc Document, state graph.State, hash format.Sum, store func(name string, t *tensor.Tensor) format.Tensor) (
	[]byte, error) {
	if store == nil {
		store = format.Smallest
	}
	var tensors []format.Tensor
	for _, w := range doc.Layers.Weights() {
		if doc.Info.Needs != "" && state[w.Name] == nil {
			continue // the base has it
		}
		tensors = append(tensors, store(w.Name, state[w.Name]))
	}
	if doc.Outside.Rows() {
		tensors = append(tensors, format.Smallest(CentroidsName, state[CentroidsName]))
	}
	return hash.Encode(doc, tensors)
}

// WithCard replaces the texts of a description by those of a recipe's card.
func WithCard(info task.Model, card *recipe.Card) task.Model {
	info.Title, info.TitleZH, info.About, info.AboutZH = card.Title, card.TitleZH, card.About, card.AboutZH
	info.Credit, info.Examples, info.Drawing, info.Backbone = card.Credit, card.Examples, card.Drawing, card.Backbone
	if len(card.Labels) == len(info.Labels) {
		info.Labels = card.Labels
	}
	info.LabelsZH = nil
	if len(card.LabelsZH) == len(info.Labels) {
		info.LabelsZH = card.LabelsZH
	}
	return info
}
