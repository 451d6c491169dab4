package foreign

import (
	"fmt"
	"math"
	"slices"

	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
)

// ExtraKey is the name under which an Extra stands in other tools' files, as JSON: as an attribute, in metadata.
const ExtraKey = "wafer"

// Extra is what goes out with a network beside what another tool's format has room for; readers give it back, other
// tools pass over it.
type Extra struct {
	Title     string          `json:"title,omitempty"`
	Labels    []string        `json:"labels,omitempty"` // in the order of the outputs
	Image     *recipe.Image   `json:"image,omitempty"`  // how pictures become inputs
	Text      *recipe.Text    `json:"text,omitempty"`   // how texts become inputs
	Tokenizer json.RawMessage `json:"tokenizer,omitempty"`
	Encoder   bool            `json:"encoder,omitempty"` // gives features, no classes
	Check     *Check          `json:"check,omitempty"`
}

// Check is an input and what the network gives for it.
type Check struct {
	About  string    `json:"about"` // what the numbers mean
	Input  Wave      `json:"input"`
	Output []float32 `json:"output"`
}

// Wave is an input that any tool can make: element i, counted along the rows, is (37·i mod Modulo)·Scale + Offset.
type Wave struct {
	Modulo int     `json:"modulo"`
	Scale  float32 `json:"scale"`
	Offset float32 `json:"offset"`
}

// CheckAbout says what the numbers of a Check mean.
const CheckAbout = "The network, given one sample whose element i is (37*i mod modulo)*scale + offset, with pictures " +
	"as height, width, channels, gives output."

// WaveFor is an input for a network: the numbers of words for whole numbers, up to words, else numbers −1…1.
func WaveFor(in layers.Spec, words int) Wave {
	if in.DType == tensor.Int32 {
		return Wave{Modulo: max(words, 1), Scale: 1}
	}
	return Wave{Modulo: 101, Scale: 1.0 / 50, Offset: -1}
}

// Tensor is the input for one sample of a network.
func (w Wave) Tensor(in layers.Spec) (*tensor.Tensor, error) {
	if w.Modulo < 1 {
		return nil, fmt.Errorf("its check counts modulo %d, expected 1 or more", w.Modulo)
	}
	t := tensor.New(in.DType, append(tensor.Shape{1}, in.Shape...)...)
	for i := range t.Size() {
		v := 37 * i % w.Modulo
		if in.DType == tensor.Int32 {
			t.I()[i] = int32(v)
		} else {
			t.F()[i] = float32(float32(v)*w.Scale) + w.Offset
		}
	}
	return t, nil
}

// Apart is the greatest distance of two lists of numbers of one length, infinite where one of them holds no number.
func Apart(a, b []float32) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	most := 0.0
	for i := range a {
		d := math.Abs(float64(a[i]) - float64(b[i]))
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		most = max(most, d)
	}
	return most
}

// PixelsLayer is the entry in front of a network of pictures, in the file of a tool that gives it other numbers than
// Extra.Image does.
const PixelsLayer = "wafer_pixels"

// WithPixels is a network with the layer in front.
func WithPixels(net *layers.Model, l layers.Layer) *layers.Model {
	out, in := *net, layers.InputName
	if net.Input().Name != "" {
		in = net.Input().Name
	}
	out.Entries = append([]layers.Entry{{Name: PixelsLayer, Layer: l, Inputs: []string{in}}}, renamed(net.Entries, in,
		PixelsLayer)...)
	return &out
}

// NamePixels gives the first entry of a network the name of the layer in front, in formats that keep no names.
func NamePixels(net *layers.Model) {
	first := net.Entries[0].Name
	net.Entries = renamed(net.Entries, first, PixelsLayer)
	net.Entries[0].Name = PixelsLayer
}

// withoutPixels is a network without the layer in front, the network itself where it has none.
func withoutPixels(net *layers.Model) *layers.Model {
	first := net.Entries[0]
	if first.Name != PixelsLayer || len(net.Entries) < 2 || len(first.Inputs) != 1 {
		return net
	}
	switch first.Layer.(type) {
	case *layers.RescalingLayer, *layers.NormalizationLayer:
	default:
		return net
	}
	out := *net
	out.Entries = renamed(net.Entries[1:], first.Name, first.Inputs[0])
	return &out
}

// renamed are entries that take one thing in place of another.
func renamed(entries []layers.Entry, from, to string) []layers.Entry {
	out := slices.Clone(entries)
	for i := range out {
		out[i].Inputs = slices.Clone(out[i].Inputs)
		for k, in := range out[i].Inputs {
			if in == from {
				out[i].Inputs[k] = to
			}
		}
	}
	return out
}

// Apply gives a network what went out with it, where it fits, and takes off the layer in front.
func (e *Extra) Apply(n *Network) {
	n.Check, n.Whole = e.Check, n.Layers
	in := n.Layers.Input().Shape
	if e.Image != nil && len(in) == 3 && e.Image.Height == in[0] && e.Image.Width == in[1] &&
		e.Image.Channels == in[2] {
		n.Image, n.Notes, n.Layers = e.Image, nil, withoutPixels(n.Layers)
	}
	if e.Text != nil && len(in) == 1 {
		n.Text, n.Tokenizer, n.Notes = e.Text, e.Tokenizer, nil
	}
	if e.Title != "" {
		n.Name = e.Title
	}
	if e.Labels != nil {
		n.Labels = e.Labels
	}
	n.Encoder = n.Encoder || e.Encoder
}

// ReadExtra reads an Extra; nil where there is none.
func ReadExtra(doc []byte) (*Extra, error) {
	if len(doc) == 0 {
		return nil, nil
	}
	var e Extra
	if err := json.Unmarshal(doc, &e); err != nil {
		return nil, fmt.Errorf("what stands under %q is not what Wafer writes there: %w", ExtraKey, err)
	}
	return &e, nil
}
