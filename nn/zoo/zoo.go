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
	Height      int     `json:"height,omitempty"`
	Width       int     `json:"width,omitempty"`
	Channels    int     `json:"channels,omitempty"`
	Alpha       float32 `json:"alpha,omitempty"` // factor on the number of filters
	Classes     int     `json:"classes,omitempty"`
	NoTop       bool    `json:"no_top,omitempty"`       // stop before the classifier: Keras' include_top=False
	Words       int     `json:"words,omitempty"`        // rows of the embedding table
	Length      int     `json:"length,omitempty"`       // words, n-grams or tokens of an input
	Positions   int     `json:"positions,omitempty"`    // rows of the table of positions: the longest possible input
	Dim         int     `json:"dim,omitempty"`          // width of the embedding
	Layers      int     `json:"layers,omitempty"`       // blocks of an encoder
	Heads       int     `json:"heads,omitempty"`        // of attention, in each block
	FeedForward int     `json:"feed_forward,omitempty"` // width between the two dense layers of a block
	Units       int     `json:"units,omitempty"`        // width of the layer before the last
	Dropout     float32 `json:"dropout,omitempty"`
}

var models = map[string]func(Options) *layers.Model{
	"bert_tiny":    BertTiny,
	"digits_cnn":   DigitsCNN,
	"fashion_cnn":  FashionCNN,
	"land_cnn":     LandCNN,
	"minilm_l6":    MiniLML6,
	"mobilenet_v1": MobileNetV1,
	"mobilenet_v2": MobileNetV2,
	"resnet18":     ResNet18,
	"text_lstm":    TextLSTM,
	"text_ngram":   TextNGram,
	"use_lite":     USELite,
	"vgg16":        VGG16,
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

// New builds an architecture by name. An unknown name, or sizes that do not fit or
// are absurd, is an error.
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
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("architecture %s: %w", name, err)
	}
	m = build(o)
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("architecture %s: %w", name, err)
	}
	return m, nil
}

// check refuses what no architecture can mean, before anything is built.
func (o Options) check() error {
	const maxBlocks = 256
	for _, n := range []int{o.Height, o.Width, o.Channels, o.Classes, o.Words, o.Length, o.Positions, o.Dim, o.Layers, o.Heads, o.FeedForward, o.Units} {
		if n < 0 {
			return fmt.Errorf("an option is negative: %d", n)
		}
	}
	if o.Layers > maxBlocks {
		return fmt.Errorf("%d layers are more than %d", o.Layers, maxBlocks)
	}
	if !(o.Alpha >= 0 && o.Alpha <= 16) || !(o.Dropout >= 0 && o.Dropout < 1) {
		return fmt.Errorf("alpha %v must be from 0 to 16 and dropout %v from 0 to below 1", o.Alpha, o.Dropout)
	}
	return nil
}

// or is v, or a default where v is zero.
func or[T int | float32](v, standard T) T {
	if v == 0 {
		return standard
	}
	return v
}
