// Package convert makes model files of the files of other tools: TFLite networks for pictures, and the safetensors of
// encoders that the zoo knows. A file is recognised by its content.
package convert

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"wafer/nn/format"
	"wafer/nn/format/safetensors"
	"wafer/nn/format/tflite"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Options are what a foreign file does not say.
type Options struct {
	Name       string  // of the model, where the card has none
	Card       Card    //
	Labels     []Label // in the order of the outputs; none: numbers
	Vocabulary []byte  // of an encoder of texts: a list of [piece, score]
}

// Card is what people are told about a model, and how inputs become what its network takes. As a file it is JSON.
type Card struct {
	ID         string        `json:"id"`
	Card       recipe.Card   `json:"card"`
	Image      *recipe.Image `json:"image,omitempty"`      // nil: as the file says, or as most networks take pictures
	Background bool          `json:"background,omitempty"` // the first output stands for "none of them": it is left out
	Weights    string        `json:"weights,omitempty"`    // "int8": rounded to 8 bits where they are not yet; "": without a loss
	Accuracy   float64       `json:"accuracy,omitempty"`   // measured on TestSet, 0…1
	TestSet    string        `json:"test_set,omitempty"`
}

// ParseCard reads a card; keys that it does not know are errors.
func ParseCard(doc []byte) (c Card, err error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("card: %w", err)
	}
	if c.Weights != "" && c.Weights != "int8" {
		return c, fmt.Errorf("card: weights: must be \"int8\" or empty, found %q", c.Weights)
	}
	return c, nil
}

// Model makes a model of a file.
func Model(file []byte, o Options) (*model.Model, error) {
	var c converted
	var err error
	switch {
	case tflite.Recognise(file):
		c, err = picture(file, o)
	case safetensors.Recognise(file):
		c, err = sentences(file, o)
	default:
		return nil, unknown(file)
	}
	if err != nil {
		return nil, err
	}
	if o.Card.Weights == "int8" {
		c.state = toInt8(c.doc.Layers, c.state)
	}
	describe(&c, o)
	return model.Write(c.doc, c.state, model.Options{})
}

// converted is a model on its way into a file.
type converted struct {
	doc   model.Document
	state graph.State
}

// unknown says what a file is that cannot be converted, for what people commonly drop.
func unknown(file []byte) error {
	start := bytes.ToLower(bytes.TrimSpace(file[:min(len(file), 64)]))
	what := fmt.Sprintf("it begins with %q", file[:min(len(file), 8)])
	switch {
	case len(file) == 0:
		what = "it is empty"
	case bytes.HasPrefix(file, []byte("\x89WAFER\r\n")):
		what = "it is a .wafer file already"
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")):
		what = "it is a web page, perhaps the one that should have led to the file"
	case bytes.HasPrefix(start, []byte("version https://git-lfs")):
		what = "it is a Git LFS pointer, not the file that it points to"
	case bytes.HasPrefix(file, []byte("PK")):
		what = "it is a zip archive"
	case bytes.HasPrefix(start, []byte("{")):
		what = "it is JSON"
	}
	return errors.New("convert: expected a TFLite or safetensors file, but " + what)
}

// picture makes a classifier of pictures from a TFLite file.
func picture(file []byte, o Options) (c converted, err error) {
	n, err := tflite.Load(file)
	if err != nil {
		return c, err
	}
	c.doc.Layers, c.state = n.Layers, n.State
	if o.Card.Background {
		if c.state, err = withoutFirst(c.doc.Layers, c.state); err != nil {
			return c, err
		}
	}
	image, err := imageOf(n, o.Card)
	if err != nil {
		return c, err
	}
	if image.Normalisation == "none" && len(n.Input.Scales) == 1 {
		scale := n.Input.Scales[0]
		rescaled(c.doc.Layers, scale, -float32(float32(n.Input.Zeros[0])*scale))
	}
	c.doc.Preprocess = recipe.Preprocess{Kind: string(task.Image), Image: image}
	return c, c.name(o)
}

// imageOf is the card's, or follows from the input: bytes go into a quantised network as they are.
func imageOf(n *tflite.Network, card Card) (*recipe.Image, error) {
	in := n.Layers.Input().Shape
	if len(in) != 3 || in[2] != 1 && in[2] != 3 {
		return nil, fmt.Errorf("convert: the network takes inputs of shape %v, expected pictures [height width 1 or 3]", in)
	}
	if card.Image != nil {
		return card.Image, nil
	}
	i := &recipe.Image{Height: in[0], Width: in[1], Channels: in[2], Resize: "bilinear", Mode: "centre", Background: "white", Normalisation: "-1..1"}
	if len(n.Input.Scales) == 1 {
		i.Normalisation = "none"
	}
	return i, nil
}

// rescaled puts a Rescaling layer before all others.
func rescaled(net *layers.Model, scale, offset float32) {
	const name = "rescaling"
	for _, e := range net.Entries {
		for i, in := range e.Inputs {
			if in == layers.InputName {
				e.Inputs[i] = name
			}
		}
	}
	first := layers.Entry{Name: name, Layer: layers.Rescaling(scale, offset), Inputs: []string{layers.InputName}}
	net.Entries = append([]layers.Entry{first}, net.Entries...)
}

// sentences makes an encoder of texts from a safetensors file.
func sentences(file []byte, o Options) (c converted, err error) {
	f, err := safetensors.Inspect(file)
	if err != nil {
		return c, err
	}
	if !isUSELite(f) {
		return c, fmt.Errorf("convert: its %d tensors are not those of an encoder that is known (use_lite)", len(f.Names))
	}
	if len(o.Vocabulary) == 0 {
		return c, errors.New("convert: an encoder of texts needs its vocabulary, a list of [piece, score]")
	}
	if c.doc.Layers, c.state, err = useLite(f); err != nil {
		return c, err
	}
	c.doc.Preprocess = recipe.Preprocess{Kind: string(task.Text), Text: &recipe.Text{Unigram: &recipe.Unigram{MaxLen: useLength}}}
	var tight bytes.Buffer
	if err := json.Compact(&tight, o.Vocabulary); err != nil {
		return c, fmt.Errorf("convert: vocabulary: %w", err)
	}
	c.doc.Tokenizer = tight.Bytes()
	c.doc.Info.Backbone = true
	return c, nil
}

// describe fills in what the catalogue shows.
func describe(c *converted, o Options) {
	info, card := &c.doc.Info, o.Card
	names, namesZH := info.Labels, info.LabelsZH
	backbone := info.Backbone
	*info = model.WithCard(task.Model{Labels: names}, &card.Card)
	info.LabelsZH, info.Backbone = namesZH, info.Backbone || backbone
	info.ID, info.Kind = card.ID, task.Kind(c.doc.Preprocess.Kind)
	if info.ID == "" {
		info.ID = o.Name
	}
	if info.Title == "" {
		info.Title = o.Name
	}
	if i := c.doc.Preprocess.Image; i != nil {
		info.Height, info.Width, info.Channels = i.Height, i.Width, i.Channels
	}
	info.Params, info.Accuracy, info.TestSet = c.doc.Layers.Params(), card.Accuracy, card.TestSet
	info.WeightsHash = format.Hash(c.state)
	c.doc.Temperature = 1
}
