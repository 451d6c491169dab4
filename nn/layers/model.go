package layers

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Spec is the shape and type of a model's input, without the batch axis.
type Spec struct {
	Shape tensor.Shape
	DType tensor.DType
}

// Entry is a layer in its place: Inputs name earlier entries, or "input".
type Entry struct {
	Name   string
	Layer  Layer
	Inputs []string
}

// Model is an acyclic list of layers with one input and one output, the last entry.
type Model struct {
	Name    string
	Input   Spec
	Entries []Entry
}

// InputName stands for the model's input among Entry.Inputs.
const InputName = "input"

// Sequential stacks layers, each on the one before. Layers get Keras' automatic names.
// It panics with *Error or *graph.Error when they do not fit.
func Sequential(name string, in Spec, stack ...Layer) *Model {
	b := NewFunctional(name, in)
	at := InputName
	for _, l := range stack {
		at = b.Add(l, at)
	}
	return b.Model()
}

// Functional builds a Model layer by layer.
type Functional struct {
	model *Model
	names autoNames
}

// NewFunctional begins a model with one input.
func NewFunctional(name string, in Spec) *Functional {
	return &Functional{&Model{Name: name, Input: in}, autoNames{}}
}

// Add puts a layer behind the named entries (InputName for the input) and returns its name.
func (b *Functional) Add(l Layer, inputs ...string) string {
	return b.Named(b.names.next(l.Class()), l, inputs...)
}

// Named is Add with a name instead of Keras' automatic one. It panics with *Error
// when the name is taken.
func (b *Functional) Named(name string, l Layer, inputs ...string) string {
	if name == InputName || slices.ContainsFunc(b.model.Entries, func(e Entry) bool { return e.Name == name }) {
		panic(&Error{name, "is there twice in model " + b.model.Name})
	}
	b.model.Entries = append(b.model.Entries, Entry{name, l, inputs})
	return name
}

// Model returns the model after building it once to see that everything fits.
func (b *Functional) Model() *Model {
	b.model.dryRun()
	return b.model
}

// Options say which part of a model to build and how.
type Options struct {
	Training bool        // batch statistics, their moving averages, dropout, and a gradient
	Key      *graph.Node // int32 [2] dropout key of the step; needed for dropout in training
	From, To string      // only entries after From up to and including To; "" for the ends
	Frozen   func(layer string) bool
	Visit    func(entry string, out *graph.Node) // sees the result of each entry; nil for none
}

// Apply adds the model to g, on x [batch, …], and returns its output. Entries for
// which Frozen holds run as outside training; those of them that hang on no other entry are
// built as outside training too, without a gradient. With From set, x is the output of that
// entry; a mask that came with it is forgotten.
func (m *Model) Apply(g *graph.Graph, x *graph.Node, o Options) *graph.Node {
	out, _ := m.build(&Context{G: g}, x, o)
	return out
}

// build calls every wanted entry.
func (m *Model) build(c *Context, x *graph.Node, o Options) (*graph.Node, *Context) {
	c.masks = map[*graph.Node]*graph.Node{}
	from := InputName
	if o.From != "" {
		from = o.From
	}
	done, fixed := map[string]*graph.Node{from: x}, map[string]bool{from: true}
	out := x
	for _, e := range m.Entries[m.after(from):] {
		in := make([]*graph.Node, len(e.Inputs))
		for i, name := range e.Inputs {
			if in[i] = done[name]; in[i] == nil {
				panic(&Error{e.Name, "has no input " + name})
			}
		}
		frozen := o.Frozen != nil && o.Frozen(e.Name)
		fixed[e.Name] = frozen && !slices.ContainsFunc(e.Inputs, func(in string) bool { return !fixed[in] })
		c.name, c.Training, c.Key, c.direct = e.Name, o.Training && !frozen, o.Key, o.Training && !fixed[e.Name]
		out = e.Layer.Call(c, in...)
		done[e.Name] = out
		if o.Visit != nil {
			o.Visit(e.Name, out)
		}
		if e.Name == o.To {
			return out, c
		}
	}
	if o.To != "" && o.To != from {
		panic(&Error{o.To, "is not in model " + m.Name})
	}
	return out, c
}

// Cut divides the model behind the named entry: first ends with it, and rest takes its
// output. They share the layers. ok is false where rest would be empty or would need more
// than that output.
func (m *Model) Cut(entry string) (first, rest *Model, ok bool) {
	at := m.after(entry)
	first = &Model{Name: m.Name, Input: m.Input, Entries: m.Entries[:at:at]}
	rest = &Model{Name: m.Name, Input: Spec{Shape: m.ShapeOf(entry)}}
	have := map[string]bool{entry: true}
	for _, e := range m.Entries[at:] {
		inputs := slices.Clone(e.Inputs)
		for i, in := range inputs {
			if !have[in] {
				return nil, nil, false
			}
			if in == entry {
				inputs[i] = InputName
			}
		}
		have[e.Name] = true
		rest.Entries = append(rest.Entries, Entry{e.Name, e.Layer, inputs})
	}
	return first, rest, len(rest.Entries) > 0 && at > 0
}

// after is the position behind the named entry.
func (m *Model) after(name string) int {
	if name == InputName {
		return 0
	}
	i := slices.IndexFunc(m.Entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		panic(&Error{name, "is not in model " + m.Name})
	}
	return i + 1
}

// dryRun builds the model for a batch of one in a graph of its own and returns
// the weights and the output shape of each entry, without the batch axis.
func (m *Model) dryRun() (weights []Weight, shapes map[string]tensor.Shape) {
	g := graph.New()
	x := g.Input(InputName, m.Input.DType, append([]int{1}, m.Input.Shape...)...)
	shapes = map[string]tensor.Shape{InputName: m.Input.Shape}
	_, c := m.build(&Context{G: g}, x, Options{Visit: func(entry string, n *graph.Node) {
		shapes[entry] = n.Shape[1:].Clone()
	}})
	return c.weights, shapes
}

// Weights lists the parameters in the order of the layers.
func (m *Model) Weights() []Weight {
	w, _ := m.dryRun()
	return w
}

// OutputShape is the shape of the output without the batch axis.
func (m *Model) OutputShape() tensor.Shape { return m.ShapeOf(m.Last().Name) }

// ShapeOf is the shape of an entry's output without the batch axis, nil if there is no such entry.
func (m *Model) ShapeOf(entry string) tensor.Shape {
	_, shapes := m.dryRun()
	return shapes[entry]
}

// LargestOutput is the number of elements of the largest output of an entry for one sample.
func (m *Model) LargestOutput() int {
	_, shapes := m.dryRun()
	most := 0
	for _, s := range shapes {
		most = max(most, s.Size())
	}
	return most
}

// Last is the entry whose output is the model's.
func (m *Model) Last() Entry { return m.Entries[len(m.Entries)-1] }

// InitState draws every weight anew. Weight number i uses the PCG stream (seed, i),
// so a change behind it does not change it.
func (m *Model) InitState(seed uint64) graph.State {
	state := graph.State{}
	for i, w := range m.Weights() {
		t := tensor.New(tensor.Float32, w.Shape...)
		w.Init.fill(t, stream(seed, i))
		state[w.Name] = t
	}
	return state
}
