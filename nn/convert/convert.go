// Package convert makes model files of the files of other tools, and says what is in them. formats.go is the list
// of the formats; a file is recognised by its content.
package convert

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/names"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Options are what a foreign file does not say.
type Options struct {
	Name       string  // of the model, where the card has none; "": as the file says, or "model"
	Card       Card    //
	Labels     []Label // in the order of the outputs; none: as the file says, or numbers
	ImageNet   []Label // of networks that tell ImageNet's classes apart without naming them
	As         string  // the architecture of the zoo that a file of weights belongs to; "": as their names say
	Vocabulary []byte  // of an encoder of texts: a list of [piece, score]
}

// Card is what people are told about a model, and how inputs become what its network takes. As a file it is JSON.
type Card struct {
	ID   string      `json:"id"`
	Card recipe.Card `json:"card"`
	// nil: as the file says, or as most networks take pictures
	Image  *recipe.Image   `json:"image,omitempty"`
	Pixels *foreign.Pixels `json:"pixels,omitempty"`        // nil: nothing more than Image says
	Pad    *recipe.Pad     `json:"pad_sequences,omitempty"` // at which end, nil: as pad_sequences does by default
	Side   int             `json:"side,omitempty"`          // of the pictures where the file leaves it open; 0: 224
	// the first output stands for "none of them": it is left out
	Background bool `json:"background,omitempty"`
	// "int8": rounded to 8 bits where they are not yet; "": without a loss
	Weights  string  `json:"weights,omitempty"`
	Accuracy float64 `json:"accuracy,omitempty"` // measured on TestSet, 0…1
	TestSet  string  `json:"test_set,omitempty"`
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

// Model makes a .wafer file of the files that were given together: one file, a folder's, or an archive. Package model
// opens it.
func Model(files foreign.Files, o Options) ([]byte, error) {
	f, files, err := find(files)
	if err != nil {
		return nil, err
	}
	n, err := f.load(files, o)
	if err != nil {
		return nil, err
	}
	o.Name = cmp.Or(names.Line.Clean(o.Name), names.Line.Clean(n.Name), "model")
	c, err := toDocument(n, o)
	if err != nil {
		return nil, err
	}
	if o.Card.Weights == "int8" {
		c.state = toInt8(c.doc.Layers, c.state)
	}
	describe(&c, o)
	if err := c.doc.Check(); err != nil {
		return nil, fmt.Errorf("convert: makes a model that %w", err)
	}
	return document.Encode(c.doc, c.state, nil, nil)
}

// converted is a model on its way into a file.
type converted struct {
	doc   document.Document
	state graph.State
	notes []string // foreign.Network.Notes
}

// toDocument says how inputs become what the network takes, and what its outputs stand for.
func toDocument(n *foreign.Network, o Options) (c converted, err error) {
	c.doc.Layers, c.state, c.doc.Tokenizer = n.Layers, n.State, n.Tokenizer
	c.notes = n.Notes
	if o.Card.Background {
		if c.state, err = withoutFirst(c.doc.Layers, c.state); err != nil {
			return c, err
		}
	}
	if n.Text != nil {
		c.doc.Preprocess = recipe.Preprocess{Kind: string(task.Text), Text: n.Text}
	} else {
		image, err := imageOf(n, o.Card)
		if err != nil {
			return c, err
		}
		c.doc.Preprocess = recipe.Preprocess{Kind: string(task.Image), Image: image}
		p := o.Card.Pixels
		if p == nil && o.Card.Image == nil {
			p = n.Pixels
		}
		if p != nil {
			if err := prepend(p, c.doc.Layers); err != nil {
				return c, err
			}
		}
	}
	if n.Encoder {
		c.doc.Info.Backbone = true
		return c, nil
	}
	if n.ImageNet && len(o.Labels) == 0 {
		o.Labels = o.ImageNet
	}
	if err := c.name(n.Labels, o); err != nil {
		return c, err
	}
	return c, c.shares()
}

// imageOf is the card's, or the file's, or follows from the input as most networks take pictures.
func imageOf(n *foreign.Network, card Card) (*recipe.Image, error) {
	in := n.Layers.Input().Shape
	if len(in) != 3 || in[2] != 1 && in[2] != 3 {
		return nil, fmt.Errorf("convert: the network takes inputs of shape %v, expected pictures [height width 1 or 3]",
			in)
	}
	if card.Image != nil {
		return card.Image, nil
	}
	if n.Image != nil {
		return n.Image, nil
	}
	return &recipe.Image{Height: in[0], Width: in[1], Channels: in[2], Resize: "bilinear", Mode: "centre",
		Background: "white", Normalisation: "-1..1"}, nil
}

// describe fills in what the catalogue shows.
func describe(c *converted, o Options) {
	info, card := &c.doc.Info, o.Card
	labels, labelsZH := info.Labels, info.LabelsZH
	backbone := info.Backbone
	*info = document.WithCard(task.Model{Labels: labels, Binary: info.Binary}, &card.Card)
	info.LabelsZH, info.Backbone = labelsZH, info.Backbone || backbone
	info.ID, info.Kind = card.ID, task.Kind(c.doc.Preprocess.Kind)
	if info.ID == "" {
		info.ID = o.Name
	}
	if info.About == "" {
		info.About = names.Passage.Clean(strings.Join(c.notes, " ")) // what was assumed stays to be read
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
