// Package zoo holds architectures, one per file: a few numbers in, a model out.
package zoo

import (
	"fmt"
	"slices"
	"strings"

	"wafer/nn/layers"
)

// Options are the sizes that architectures share; each says which it uses. Zero
// means the architecture's default.
type Options struct {
	Height   int     `json:"height,omitempty"`
	Width    int     `json:"width,omitempty"`
	Channels int     `json:"channels,omitempty"`
	Classes  int     `json:"classes,omitempty"`
	Words    int     `json:"words,omitempty"`  // rows of the embedding table
	Length   int     `json:"length,omitempty"` // words or n-grams of an input
	Dim      int     `json:"dim,omitempty"`    // width of the embedding
	Units    int     `json:"units,omitempty"`  // width of the layer before the last
	Dropout  float32 `json:"dropout,omitempty"`
}

var models = map[string]func(Options) *layers.Model{
	"digits_cnn":  DigitsCNN,
	"fashion_cnn": FashionCNN,
	"land_cnn":    LandCNN,
	"text_lstm":   TextLSTM,
	"text_ngram":  TextNGram,
}

// Names lists the architectures in alphabetical order.
func Names() []string {
	var names []string
	for n := range models {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// New builds an architecture by name. An unknown name, or sizes that do not fit,
// is an error.
func New(name string, o Options) (m *layers.Model, err error) {
	build := models[name]
	if build == nil {
		return nil, fmt.Errorf("there is no architecture %q; there are %s", name, strings.Join(Names(), ", "))
	}
	defer func() {
		if e := recover(); e != nil {
			m, err = nil, fmt.Errorf("architecture %s: %v", name, e)
		}
	}()
	return build(o), nil
}

// or is v, or a default where v is zero.
func or[T int | float32](v, standard T) T {
	if v == 0 {
		return standard
	}
	return v
}
