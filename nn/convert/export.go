package convert

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/format/foreign"
	"wafer/nn/format/keras"
	"wafer/nn/format/onnx"
	"wafer/nn/format/tfjs"
	"wafer/nn/format/tflite"
	"wafer/nn/format/torchmodule"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// writer makes a file of another tool of a model.
type writer struct {
	name   string   // on the command line
	ending string   // of the file
	stores []string // what weights can be stored as
	// makes of the tool's numbers what a network of pictures takes, nil: nothing
	pixels func(*recipe.Image) layers.Layer
	write  func(foreign.Export) ([]byte, error)
}

// outgoing is a model on its way out.
type outgoing struct {
	net   *layers.Model // with the pixels' layer in front
	state graph.State
	extra foreign.Extra
	doc   document.Document
}

// Ways to store weights.
const (
	float32s = "float32"
	float16s = "float16"
	int8s    = "int8"
)

// writers are the formats that go out.
var writers = []writer{
	{"tfjs", "-tfjs.zip", []string{float32s, float16s}, tfjs.Pixels, tfjs.Write},
	{"onnx", ".onnx", []string{float32s, float16s, int8s}, nil, onnx.Write},
	{"keras", ".keras", []string{float32s, float16s}, fromBytes, keras.WriteArchive},
	{"h5", ".h5", []string{float32s, float16s}, fromBytes, keras.WriteH5},
	{"tflite", ".tflite", []string{float32s, float16s}, rescalingOnly, tflite.Write},
	{"pytorch", "-pytorch.zip", []string{float32s, float16s}, nil, torchmodule.Write},
}

// ExportOptions say what to make of a model.
type ExportOptions struct {
	Format  string // one that Formats names
	Weights string // "float32", "float16" or "int8"; "": float32

	Find document.Finder // gets the base that a file with a head names; nil: there is none
}

// Formats are the names of the formats that Export writes.
func Formats() string {
	var names []string
	for _, w := range writers {
		names = append(names, w.name)
	}
	return strings.Join(names, ", ")
}

// Export makes a file of another tool of a .wafer file. It gives what the network gives: shares are not calibrated, and
// nothing is none of the labels. With it goes a foreign.Check of the weights as they are stored.
func Export(file []byte, o ExportOptions) ([]byte, error) {
	i := slices.IndexFunc(writers, func(w writer) bool { return w.name == o.Format })
	if i < 0 {
		return nil, say.Errorf("export: there is no format %q, choose one of: %s", o.Format, Formats())
	}
	w := writers[i]
	if o.Weights == "" {
		o.Weights = float32s
	}
	if !slices.Contains(w.stores, o.Weights) {
		return nil, say.Errorf("export: %s files hold weights as %s, not as %q", w.name, strings.Join(w.stores, " or "),
			o.Weights)
	}
	doc, state, err := opened(file, o.Find)
	if err != nil {
		return nil, err
	}
	out := outgoing{net: doc.Layers, state: rounded(doc.Layers, state, o.Weights), doc: doc, extra: extraOf(doc)}
	if i := doc.Preprocess.Image; i != nil && w.pixels != nil {
		if i.Normalisation == "caffe" { // no layer of Keras turns channels around
			return nil, say.Errorf("export: its pictures go in with blue first, which %s cannot say: "+
				"take onnx or pytorch", o.Format)
		}
		if l := w.pixels(i); l != nil {
			out.net = foreign.WithPixels(doc.Layers, l)
		}
	}
	if out.extra.Check, err = out.check(w.pixels != nil); err != nil {
		return nil, say.Errorf("export: %w", err)
	}
	return w.write(foreign.Export{Layers: out.net, State: out.state, Smaller: o.Weights != float32s, Extra: out.extra})
}

func opened(file []byte, find document.Finder) (doc document.Document, state graph.State, err error) {
	if file, err = document.Whole(file, nil, find); err != nil {
		return doc, nil, err
	}
	if state, err = format.Decode(file, &doc); err != nil {
		return doc, nil, err
	}
	if err := doc.Check(); err != nil {
		return doc, nil, say.Errorf("model file: %w", err)
	}
	return doc, state, nil
}

// extraOf is what other tools' formats have no room for.
func extraOf(doc document.Document) foreign.Extra {
	e := foreign.Extra{Title: doc.Info.Title, Labels: doc.Info.Labels, Text: doc.Preprocess.Text,
		Tokenizer: doc.Tokenizer, Encoder: doc.Info.Encoder()}
	if i := doc.Preprocess.Image; i != nil {
		plain := *i
		plain.Augment, plain.Generator = nil, nil // how pictures become inputs once a model is taught
		e.Image = &plain
	}
	return e
}

// check is an input for the network and its output. given: the tool is given bytes of pictures, or −1…1.
func (o outgoing) check(given bool) (*foreign.Check, error) {
	in := o.net.Input()
	c := &foreign.Check{About: foreign.CheckAbout, Input: foreign.WaveFor(in, o.words())}
	if given && o.extra.Image != nil && o.extra.Image.Normalisation != "-1..1" {
		c.Input = foreign.Wave{Modulo: 256, Scale: 1}
	}
	x, err := c.Input.Tensor(in)
	if err == nil {
		c.Output, err = foreign.Reference(o.net, o.state, x)
	}
	return c, err
}

// words are how many tokens a network of texts knows.
func (o outgoing) words() int {
	n := 1 << 20
	for _, e := range o.net.Entries {
		if l, ok := e.Layer.(*layers.EmbeddingLayer); ok {
			n = min(n, l.InputDim)
		}
	}
	if n == 1<<20 {
		return 2
	}
	return n
}

// rounded are weights as they will be stored. Vectors stay as they are.
func rounded(net *layers.Model, state graph.State, weights string) graph.State {
	switch weights {
	case int8s:
		return toInt8(net, state)
	case float16s:
		out := maps.Clone(state)
		for _, w := range net.Weights() {
			if len(w.Shape) < 2 {
				continue
			}
			out[w.Name] = state[w.Name].Clone()
			for i, f := range state[w.Name].F() {
				out[w.Name].F()[i] = tensor.FromHalf(tensor.Half(f))
			}
		}
		return out
	}
	return state
}

// Rounded is a .wafer file with its weights as Export would store them, to try what that changes.
func Rounded(file []byte, o ExportOptions) ([]byte, error) {
	doc, state, err := opened(file, o.Find)
	if err != nil {
		return nil, err
	}
	state = rounded(doc.Layers, state, o.Weights)
	return document.Encode(doc, state, nil, nil)
}

// CheckFile runs the check that went out with a file of another tool, by the network as the file has it, and is how far
// apart what it gives and what it should give are; exactly 0 where nothing was lost.
func CheckFile(files foreign.Files) (apart float64, err error) {
	f, files, err := find(files)
	if err != nil {
		return 0, err
	}
	n, err := f.load(files, Options{})
	if err != nil {
		return 0, err
	}
	if n.Check == nil {
		return 0, errors.New("check: no input and output went out with this file, as Wafer's exports have them")
	}
	x, err := n.Check.Input.Tensor(n.Whole.Input())
	if err != nil {
		return 0, fmt.Errorf("check: %w", err)
	}
	y, err := foreign.Reference(n.Whole, n.State, x)
	if err != nil {
		return 0, fmt.Errorf("check: %w", err)
	}
	return foreign.Apart(y, n.Check.Output), nil
}
