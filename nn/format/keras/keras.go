// Package keras reads models of Keras 1, 2 and 3: an architecture in JSON, whose layers become ours, and the weights
// beside it. Nothing in a file is executed: classes and functions come from closed lists.
package keras

import (
	"fmt"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Array is a weight in a file.
type Array struct {
	Name  string // as the file calls it: "kernel", "dense_1/kernel:0", "dense_1_W"; "" where it has only its place
	Shape []int
	DType string                         // as the file calls it, for people
	Bytes int                            // in the file, for people
	Load  func() (*tensor.Tensor, error) // float32 of the shape
}

// Weights are the arrays of a file by layer.
type Weights interface {
	// Layer is the arrays of a layer in the order of the file, none for a layer that the file does not have. path is
	// the layer's name behind those of the models around it, outermost first.
	Layer(path []string) ([]Array, error)
}

// Build makes a model of an architecture (see Parse) and its weights. Without weights (nil) the network has no State.
// side is that of pictures where the architecture leaves it open, 0: 224. A class, an argument or an activation that is
// not known, weights that are missing or of another shape, and cycles are errors that name the layer. Of several
// outputs the first is kept, which Notes says.
func Build(config []byte, weights Weights, side int) (*foreign.Network, error) {
	m, err := Parse(config)
	if err != nil {
		return nil, err
	}
	n, err := m.Build(weights, side)
	if err != nil {
		return nil, say.Errorf("Keras model: %w", err)
	}
	return n, nil
}

// Build is the package's Build for a parsed architecture.
func (m *Model) Build(weights Weights, side int) (*foreign.Network, error) {
	b := &builder{side: side, first: m.channelsFirst(), taken: map[string]bool{layers.InputName: true},
		inputs: map[string]int{}, version: m.version(),
		backwards: m.Backend == "theano"}
	b.net.Name = "keras"
	b.out.Name = m.Name
	results, err := b.model(m, nil, nil)
	if err != nil {
		return nil, err
	}
	if len(b.net.Entries) == 0 {
		return nil, say.New("has no layer that computes anything")
	}
	out := b.plain(results[0])
	if len(results) > 1 {
		b.note(fmt.Sprintf("Of its %d outputs only the first is kept.", len(results)))
	}
	b.net.Outputs = []string{out.entry}
	if err := b.net.Check(); err != nil {
		return nil, err
	}
	b.out.Layers = &b.net
	if weights != nil {
		if b.out.State, err = b.load(weights); err != nil {
			return nil, err
		}
	}
	return &b.out, nil
}

// placed says which layer of the file an entry is.
type placed struct {
	path  []string
	layer *Layer

	backwards bool // kernels of convolutions are; see correlate
}

// builder flattens models in models into one.
type builder struct {
	net       layers.Model
	out       foreign.Network
	side      int
	first     bool // layers of pictures take [channels height width]
	version   int  // 1, 2 or 3
	backwards bool // Theano computed it: see correlate
	taken     map[string]bool
	inputs    map[string]int // of the net, by name
	used      map[string]bool
	places    []placed // by entry; no layer where the entry is not of the file
	noted     map[string]bool
}

// value is a result on its way through the architecture.
type value struct {
	entry string
	rank  int  // with the batch axis
	first bool // the file means [batch channels height width], it is stored [batch height width channels]
}

// note adds a sentence for people, once.
func (b *builder) note(sentence string) {
	if b.noted == nil {
		b.noted = map[string]bool{}
	}
	if !b.noted[sentence] {
		b.noted[sentence] = true
		b.out.Notes = append(b.out.Notes, sentence)
	}
}

// add puts a layer into the net under the name, or one like it that is free. place is the layer of the file whose
// weights it takes. The result is the name of the entry.
func (b *builder) add(name string, l layers.Layer, place placed, inputs ...string) string {
	if name == "" || b.taken[name] {
		base := name
		for i := 1; b.taken[name] || name == ""; i++ {
			name = base + "_" + number(i)
		}
	}
	b.taken[name] = true
	b.net.Entries = append(b.net.Entries, layers.Entry{Name: name, Layer: l, Inputs: inputs})
	b.places = append(b.places, place)
	return name
}

// model builds a model on the given inputs; none for the outermost, whose inputs become those of the net.
func (b *builder) model(m *Model, path []string, given []value) ([]value, error) {
	r := &resolver{builder: b, model: m, path: path, given: given, layers: map[string]*Layer{},
		done: map[call][]value{}, busy: map[call]bool{}}
	for _, l := range m.Layers {
		r.layers[l.Name] = l
	}
	if given != nil && len(given) != len(m.Inputs) {
		return nil, say.Errorf("model %.80q is given %d inputs, it has %d", m.Name, len(given), len(m.Inputs))
	}
	if err := r.inputs(); err != nil {
		return nil, err
	}
	var out []value
	for _, o := range m.Outputs {
		v, err := r.result(o)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// call is a layer's how manieth call.
type call struct {
	layer string
	index int
}

// resolver computes the results of a model's layers, each after what it takes.
type resolver struct {
	*builder
	model  *Model
	path   []string
	given  []value
	layers map[string]*Layer
	done   map[call][]value
	busy   map[call]bool // for cycles
}

// inputs puts the values that are given, or the net's own inputs, where the layers will look for them.
func (r *resolver) inputs() error {
	for i, in := range r.model.Inputs {
		at := call{in.Layer, in.Call}
		if r.given != nil {
			r.done[at] = []value{r.given[i]}
			continue
		}
		l := r.layers[in.Layer]
		if in.Layer == "" {
			l = r.model.Layers[0]
		}
		if l == nil {
			return say.Errorf("there is no layer %.80q for an input", in.Layer)
		}
		v, err := r.input(l, in.Layer != "" || len(r.model.Inputs) > 1)
		if err != nil {
			return err
		}
		r.done[at] = []value{v}
	}
	return nil
}

// result is one result of a call, computed now if it was not before.
func (r *resolver) result(ref Ref) (value, error) {
	results, err := r.call(call{ref.Layer, ref.Call})
	if err != nil {
		return value{}, err
	}
	if ref.Result < 0 || ref.Result >= len(results) {
		return value{}, say.Errorf("result %d of layer %.80q is used, which has %d here", ref.Result, ref.Layer,
			len(results))
	}
	return results[ref.Result], nil
}

// call runs a layer on the results that its call takes, once. Layers without calls and cycles are errors. It goes as
// deep as the longest chain of layers, at most maxLayers.
func (r *resolver) call(at call) ([]value, error) {
	if results := r.done[at]; results != nil {
		return results, nil
	}
	l := r.layers[at.layer]
	if l == nil || at.index < 0 {
		return nil, say.Errorf("layer %.80q is used, but not there", at.layer)
	}
	index := at.index
	if len(l.Calls) <= index {
		// A model that was called outside counts on from that call.
		if index = len(l.Calls) - 1; index < 0 {
			return nil, say.Errorf("layer %.80q has no inputs", at.layer)
		}
	}
	if r.busy[at] {
		return nil, say.Errorf("layer %.80q takes what follows from its own result", at.layer)
	}
	r.busy[at] = true
	var in []value
	for _, ref := range l.Calls[index] {
		v, err := r.result(ref)
		if err != nil {
			return nil, err
		}
		in = append(in, v)
	}
	results, err := r.run(l, in)
	if err != nil {
		return nil, say.Errorf("%.80s %.80q: %w", l.Class, l.Name, err)
	}
	if r.done[at] = results; at.index == 1 && len(l.Calls) > 1 {
		r.note(fmt.Sprintf("Layer %s is used more than once: each use has weights of its own from here on.", l.Name))
	}
	return results, nil
}

// run puts a layer, or all layers of a model inside, behind its inputs.
func (r *resolver) run(l *Layer, in []value) ([]value, error) {
	path := append(append([]string{}, r.path...), l.Name)
	if l.Nested != nil {
		if len(in) == 0 {
			return nil, say.New("has no inputs")
		}
		return r.builder.model(l.Nested, path, in)
	}
	v, err := r.layer(l, path, in)
	return []value{v}, err
}

// openLength and openSide stand for lengths that an architecture leaves open.
const (
	openLength = 128
	openSide   = 224
)

// input is an input of the net, as its InputLayer or the first layer of a stack describes it.
func (b *builder) input(l *Layer, named bool) (value, error) {
	shape, err := inputShape(l)
	if err != nil {
		return value{}, err
	}
	v := value{rank: len(shape) + 1}
	if b.first && len(shape) == 3 {
		v.first, shape = true, []int{shape[1], shape[2], shape[0]}
	}
	shape = b.closed(shape)
	spec := layers.Spec{Shape: shape}
	v.entry = layers.InputName
	if len(b.net.Inputs) > 0 {
		spec.Name = l.Name
		v.entry = l.Name
		if b.taken[v.entry] {
			return v, say.Errorf("the name %.80q of an input is there twice", v.entry)
		}
	}
	b.taken[v.entry] = true
	b.inputs[v.entry] = len(b.net.Inputs)
	b.net.Inputs = append(b.net.Inputs, spec)
	return v, nil
}

// closed fills in the lengths that are left open.
func (b *builder) closed(shape []int) []int {
	for i, d := range shape {
		if d >= 0 {
			continue
		}
		if len(shape) == 3 {
			if shape[i] = b.side; b.side == 0 {
				shape[i] = openSide
				b.note(fmt.Sprintf("It takes pictures of any size; %d × %d was chosen.", openSide, openSide))
			}
			continue
		}
		shape[i] = openLength
		b.note(fmt.Sprintf("It takes sequences of any length; %d was chosen.", openLength))
	}
	return shape
}

// inputShape is that of a layer at the beginning, without the batch axis; −1 for lengths that are left open. It is
// looked for in batch_input_shape and batch_shape, input_dim, input_length, and build_config of Keras 3, in this order;
// an Embedding without any takes a sequence of any length. Where nothing tells it is an error.
func inputShape(l *Layer) ([]int, error) {
	if l.Nested != nil {
		for _, inner := range l.Nested.Layers {
			if s, err := inputShape(inner); err == nil {
				return s, nil
			}
		}
		return nil, say.Errorf("model %.80q does not say what shape its input has", l.Name)
	}
	c := l.Config
	for _, key := range []string{"batch_input_shape", "batch_shape"} {
		if s, err := c.shape(key); err != nil {
			return nil, err
		} else if len(s) > 0 {
			return s[1:], nil
		}
	}
	if n, err := c.whole("input_dim", 1); err == nil && l.Class != "Embedding" {
		return n, nil
	}
	if n, err := c.whole("input_length", 1); err == nil {
		return n, nil
	}
	if l.Class == "Embedding" {
		return []int{-1}, nil
	}
	if build, ok := c["build_config"]; ok { // of Keras 3
		inner := Config{}
		if inner.read(build) == nil && inner.has("input_shape") {
			if s, err := inner.shape("input_shape"); err == nil && len(s) > 0 {
				return s[1:], nil
			}
		}
	}
	return nil, say.Errorf("layer %.80q comes first, but does not say what shape its input has", l.Name)
}

// state of the weights by name of ours.
func (b *builder) load(w Weights) (graph.State, error) {
	byEntry := map[string][]layers.Weight{}
	for _, weight := range b.net.Weights() {
		byEntry[weight.Layer] = append(byEntry[weight.Layer], weight)
	}
	state := graph.State{}
	for i, e := range b.net.Entries {
		ours := byEntry[e.Name]
		if len(ours) == 0 {
			continue
		}
		p := b.places[i]
		p.backwards = b.backwards
		if err := p.load(e.Layer, ours, w, state); err != nil {
			return nil, err
		}
	}
	return state, nil
}
