package layers

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Spec is a model's input: the shape, without the batch axis, and the type of its samples.
type Spec struct {
	Name  string // "" stands for InputName
	Shape tensor.Shape
	DType tensor.DType
}

// Entry is a layer in its place: Inputs name inputs of the model or earlier entries.
type Entry struct {
	Name   string
	Layer  Layer
	Inputs []string
}

// Model is an acyclic list of layers, each behind the entries that it takes.
type Model struct {
	Name    string
	Inputs  []Spec
	Entries []Entry
	Outputs []string // entries whose results are the model's; empty for the last entry
}

// InputName is the input of a model that has one, among Entry.Inputs.
const InputName = "input"

// Sequential stacks layers, each on the one before. Layers get Keras' automatic names.
// It panics with *Error or *graph.Error when they do not fit.
func Sequential(name string, in Spec, stack ...Layer) *Model {
	b := NewFunctional(name, in)
	at := b.model.Inputs[0].name()
	for _, l := range stack {
		at = b.Add(l, at)
	}
	return b.Model()
}

// Functional builds a Model layer by layer.
type Functional struct {
	model *Model
	names autoNames
	taken map[string]bool
}

// NewFunctional begins a model with its inputs. It panics with *Error where two have one name.
func NewFunctional(name string, in ...Spec) *Functional {
	b := &Functional{&Model{Name: name, Inputs: in}, autoNames{}, map[string]bool{}}
	for _, s := range in {
		b.take(s.name())
	}
	b.taken[InputName] = true // it names the input of what Cut leaves
	return b
}

// Add puts a layer behind the named entries (InputName for the input) and returns its name.
func (b *Functional) Add(l Layer, inputs ...string) string {
	return b.Named(b.names.next(l.Class()), l, inputs...)
}

// Named is Add with a name instead of Keras' automatic one. It panics with *Error
// when the name is taken.
func (b *Functional) Named(name string, l Layer, inputs ...string) string {
	b.take(name)
	b.model.Entries = append(b.model.Entries, Entry{name, l, inputs})
	return name
}

func (b *Functional) take(name string) {
	if name == "" || b.taken[name] {
		panic(&Error{name, "is there twice in model " + b.model.Name})
	}
	b.taken[name] = true
}

// Outputs names the entries whose results are the model's; without it that is the last one's.
func (b *Functional) Outputs(names ...string) { b.model.Outputs = names }

// Model returns the model after building it once to see that everything fits.
func (b *Functional) Model() *Model {
	b.model.dryRun(1)
	return b.model
}

func (s Spec) name() string {
	if s.Name == "" {
		return InputName
	}
	return s.Name
}

// Input is the input of a model that has one: the first.
func (m *Model) Input() Spec { return m.Inputs[0] }

// Batch is the shape of so many samples for a model of one input.
func (m *Model) Batch(n int) tensor.Shape { return append(tensor.Shape{n}, m.Input().Shape...) }

// Last is the entry whose output is the model's, where it has one.
func (m *Model) Last() Entry { return m.Entries[m.after(m.outputs()[0])-1] }

// outputs are the names of the model's results: never empty.
func (m *Model) outputs() []string {
	if len(m.Outputs) > 0 {
		return m.Outputs
	}
	return []string{m.Entries[len(m.Entries)-1].Name}
}

// after is the position behind the named entry, 0 for an input.
func (m *Model) after(name string) int {
	if m.isInput(name) {
		return 0
	}
	i := slices.IndexFunc(m.Entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		panic(&Error{name, "is not in model " + m.Name})
	}
	return i + 1
}

func (m *Model) isInput(name string) bool {
	return slices.ContainsFunc(m.Inputs, func(s Spec) bool { return s.name() == name })
}

// Weights lists the parameters in the order of the layers.
func (m *Model) Weights() []Weight {
	c, _ := m.dryRun(1)
	return c.weights
}

// InitState draws every weight anew. Weight number i uses the PCG stream (seed, i),
// so a change behind it does not change it.
func (m *Model) InitState(seed uint64) graph.State {
	state := graph.State{}
	m.Complete(state, seed)
	return state
}

// Complete draws the weights that state lacks, as InitState does.
func (m *Model) Complete(state graph.State, seed uint64) {
	for i, w := range m.Weights() {
		if state[w.Name] == nil {
			t := tensor.New(tensor.Float32, w.Shape...)
			w.Init.fill(t, stream(seed, i))
			state[w.Name] = t
		}
	}
}
