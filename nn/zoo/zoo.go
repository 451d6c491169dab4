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

// architecture is how one is built, and which options beside no_top change it, by their names in
// a recipe.
type architecture struct {
	name  string
	build func(Options) *layers.Model
	uses  string
}

const (
	ofPictures = "height width channels classes "
	ofTexts    = "length words dim "
	ofEncoders = ofTexts + "positions layers heads feed_forward "
)

// models in alphabetical order: a list needs no code at a program's start.
var models = []architecture{
	{"bert_tiny", BertTiny, ofEncoders + "classes dropout"},
	{"darknet_tiny", DarknetTiny, ofPictures},
	{"densenet121", DenseNet121, ofPictures},
	{"digits_cnn", DigitsCNN, ofPictures + "units dropout"},
	{"distilbert", DistilBERT, ofEncoders + "classes dropout"},
	{"efficientnet_b0", EfficientNetB0, ofPictures + "dropout"},
	{"efficientnet_lite0", EfficientNetLite0, ofPictures + "dropout"},
	{"fashion_cnn", FashionCNN, ofPictures + "units dropout"},
	{"fasttext", FastText, ofTexts + "classes"},
	{"land_cnn", LandCNN, ofPictures + "dropout"},
	{"lenet", LeNet, ofPictures},
	{"minilm_l6", MiniLML6, ofEncoders + "classes dropout"},
	{"mobilenet_v1", MobileNetV1, ofPictures + "alpha dropout"},
	{"mobilenet_v2", MobileNetV2, ofPictures + "alpha"},
	{"mobilenet_v2_torch", MobileNetV2Torch, ofPictures + "alpha dropout"},
	{"mobilenet_v3_large", MobileNetV3Large, ofPictures + "units dropout"},
	{"mobilenet_v3_small", MobileNetV3Small, ofPictures + "units dropout"},
	{"mobilenet_v4_small", MobileNetV4Small, ofPictures + "units dropout"},
	{"resnet18", ResNet18, ofPictures},
	{"resnet20", ResNet20, ofPictures},
	{"resnet32", ResNet32, ofPictures},
	{"resnet34", ResNet34, ofPictures},
	{"resnet44", ResNet44, ofPictures},
	{"resnet50", ResNet50, ofPictures},
	{"resnet56", ResNet56, ofPictures},
	{"squeezenet1_1", SqueezeNet11, ofPictures + "dropout"},
	{"text_cnn", TextCNN, ofTexts + "classes units dropout"},
	{"text_lstm", TextLSTM, ofTexts + "classes units"},
	{"text_ngram", TextNGram, ofTexts + "classes units dropout"},
	{"use_lite", USELite, ofEncoders + "units"},
	{"vgg16", VGG16, ofPictures + "units"},
	{"vgg16_bn", VGG16BN, ofPictures + "units"},
	{"vgg19", VGG19, ofPictures + "units"},
	{"vgg19_bn", VGG19BN, ofPictures + "units"},
}

// Names lists the architectures in alphabetical order.
func Names() []string {
	names := make([]string, len(models))
	for i, a := range models {
		names[i] = a.name
	}
	return names
}

// find is the architecture of a name.
func find(name string) (architecture, bool) {
	for _, a := range models {
		if a.name == name {
			return a, true
		}
	}
	return architecture{}, false
}

// New builds an architecture by name. An unknown name, an option that the architecture does not
// have, or sizes that do not fit or are absurd, is an error.
func New(name string, o Options) (m *layers.Model, err error) {
	a, known := find(name)
	if !known {
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
	for _, option := range o.given() {
		if !slices.Contains(strings.Fields(a.uses), option) {
			return nil, fmt.Errorf("architecture %s has no option %s; it has %s",
				name, option, strings.Join(strings.Fields(a.uses), ", "))
		}
	}
	m = a.build(o)
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("architecture %s: %w", name, err)
	}
	return m, nil
}

// check refuses what no architecture can mean, before anything is built.
func (o Options) check() error {
	const maxBlocks = 256
	for _, n := range []int{o.Height, o.Width, o.Channels, o.Classes, o.Words, o.Length, o.Positions, o.Dim,
		o.Layers, o.Heads, o.FeedForward, o.Units} {
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

// given are the names of the options that are not left to the architecture, but no_top, which
// those without a classifier take as well.
func (o Options) given() []string {
	var names []string
	for _, option := range []struct {
		name string
		set  bool
	}{
		{"height", o.Height != 0}, {"width", o.Width != 0}, {"channels", o.Channels != 0}, {"alpha", o.Alpha != 0},
		{"classes", o.Classes != 0}, {"words", o.Words != 0}, {"length", o.Length != 0}, {"positions",
			o.Positions != 0},
		{"dim", o.Dim != 0}, {"layers", o.Layers != 0}, {"heads", o.Heads != 0},
		{"feed_forward", o.FeedForward != 0}, {"units", o.Units != 0}, {"dropout", o.Dropout != 0},
	} {
		if option.set {
			names = append(names, option.name)
		}
	}
	return names
}

// or is v, or a default where v is zero.
func or[T int | float32](v, standard T) T {
	if v == 0 {
		return standard
	}
	return v
}
