package layers

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Options say which part of a model to build and how.
type Options struct {
	Training bool        // batch statistics, their moving averages, dropout, and a gradient
	Key      *graph.Node // int32 [2] dropout key of the step; needed for dropout in training
	From, To string      // only entries after From up to and including To; "" for the ends
	Frozen   func(layer string) bool
	Visit    func(entry string, out *graph.Node) // sees the result of each entry; nil for none
}

// Apply adds a model of one input and one output to g, on x [batch, …], and returns its
// output. Entries for which Frozen holds run as outside training; those of them that hang on
// no other entry are built as outside training too, without a gradient. With From set, x is the
// output of that entry; a mask that came with it is forgotten.
func (m *Model) Apply(g *graph.Graph, x *graph.Node, o Options) *graph.Node {
	return m.Build(g, []*graph.Node{x}, o)[0]
}

// Build is Apply with a node for each of the model's inputs; it returns the outputs, or with To
// that entry's alone. With From set, the one node stands for that entry, and only
// entries that depend on no input are built before it.
func (m *Model) Build(g *graph.Graph, inputs []*graph.Node, o Options) []*graph.Node {
	return m.build(&Context{G: g}, inputs, o)
}

// Declare adds the model's inputs to g for so many samples, under their names.
func (m *Model) Declare(g *graph.Graph, batch int) []*graph.Node {
	nodes := make([]*graph.Node, len(m.Inputs))
	for i, s := range m.Inputs {
		nodes[i] = g.Input(s.name(), s.DType, append([]int{batch}, s.Shape...)...)
	}
	return nodes
}

// builder is a model on its way into a graph.
type builder struct {
	*Model
	*Context
	o     Options
	done  map[string]*graph.Node // results by name
	fixed map[string]bool        // results that training does not change
}

func (m *Model) build(c *Context, inputs []*graph.Node, o Options) []*graph.Node {
	c.masks = map[*graph.Node]*graph.Node{}
	b := &builder{m, c, o, map[string]*graph.Node{}, map[string]bool{}}
	rest := b.begin(inputs)
	if o.To != "" && b.done[o.To] == nil {
		rest = rest[:b.position(rest, o.To)]
	}
	for _, e := range rest {
		b.call(e)
	}
	names := m.outputs()
	if o.To != "" {
		names = []string{o.To}
	}
	outputs := make([]*graph.Node, len(names))
	for i, name := range names {
		if outputs[i] = b.done[name]; outputs[i] == nil {
			panic(&Error{name, "is an output of model " + m.Name + ", but none of its entries"})
		}
	}
	return outputs
}

// begin puts the nodes in their places and returns the entries that come behind them.
func (b *builder) begin(inputs []*graph.Node) []Entry {
	names := make([]string, len(b.Inputs))
	for i, s := range b.Inputs {
		names[i] = s.name()
	}
	at := 0
	if b.o.From != "" {
		names, at = []string{b.o.From}, b.after(b.o.From)
	}
	if len(inputs) != len(names) || len(inputs) == 0 || len(inputs[0].Shape) == 0 {
		b.fail("model %s needs %d inputs with a batch axis, got %v", b.Model.Name, len(names), shapesOf(inputs))
	}
	b.batch = inputs[0].Shape[0]
	if b.o.From != "" {
		b.constants(b.Entries[:at])
	}
	for i, name := range names {
		b.done[name], b.fixed[name] = inputs[i], true
	}
	return b.Entries[at:]
}

// constants calls those of the entries that depend on no input.
func (b *builder) constants(entries []Entry) {
	for _, e := range entries {
		if !slices.ContainsFunc(e.Inputs, func(in string) bool { return b.done[in] == nil }) {
			b.call(e)
		}
	}
}

// position is the one behind the named entry.
func (b *builder) position(entries []Entry, name string) int {
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		panic(&Error{name, "is not in model " + b.Model.Name})
	}
	return i + 1
}

// call adds one entry.
func (b *builder) call(e Entry) {
	in := make([]*graph.Node, len(e.Inputs))
	for i, name := range e.Inputs {
		if in[i] = b.done[name]; in[i] == nil {
			panic(&Error{e.Name, "has no input " + name})
		}
	}
	frozen := b.o.Frozen != nil && b.o.Frozen(e.Name)
	b.fixed[e.Name] = frozen && !slices.ContainsFunc(e.Inputs, func(in string) bool { return !b.fixed[in] })
	c := b.Context
	c.entry, c.name, c.Training, c.Key = e.Name, e.Name, b.o.Training && !frozen, b.o.Key
	c.direct = b.o.Training && !b.fixed[e.Name]
	out := e.Layer.Call(c, in...)
	if len(c.G.Nodes) > maxNodes {
		c.fail("is where model %s comes to more than %d operations", b.Model.Name, maxNodes)
	}
	b.done[e.Name] = out
	if b.o.Visit != nil {
		b.o.Visit(e.Name, out)
	}
}

// dryRun builds the model for so many samples in a graph of its own and returns the
// results by name, those of the inputs included.
func (m *Model) dryRun(batch int) (*Context, map[string]*graph.Node) {
	c := &Context{G: graph.New()}
	inputs := m.Declare(c.G, batch)
	nodes := map[string]*graph.Node{}
	for i, s := range m.Inputs {
		nodes[s.name()] = inputs[i]
	}
	m.build(c, inputs, Options{Visit: func(entry string, n *graph.Node) { nodes[entry] = n }})
	return c, nodes
}

// outline is what a model looks like without its values.
type outline struct {
	weights  []Weight
	one, two map[string]*graph.Node // results for one sample and for two
}

func (m *Model) outline() outline {
	c, one := m.dryRun(1)
	_, two := m.dryRun(2)
	return outline{c.weights, one, two}
}

// perSample is the result's shape without the batch axis; ok is false where that is not the
// first axis, and the shape is then whole, for one sample.
func (o outline) perSample(name string) (shape tensor.Shape, ok bool) {
	one, two := o.one[name], o.two[name]
	if one == nil {
		return nil, false
	}
	if len(one.Shape) > 0 && one.Shape[0] == 1 && two.Shape[0] == 2 && one.Shape[1:].Equal(two.Shape[1:]) {
		return one.Shape[1:].Clone(), true
	}
	return one.Shape.Clone(), false
}

// OutputShape is the shape of the (first) output without the batch axis.
func (m *Model) OutputShape() tensor.Shape { return m.ShapeOf(m.outputs()[0]) }

// ShapeOf is the shape of an entry's output without the batch axis, nil if there is no such
// entry; whole where the entry is the same for every sample.
func (m *Model) ShapeOf(entry string) tensor.Shape {
	s, _ := m.outline().perSample(entry)
	return s
}

// LargestOutput is the number of elements of the largest output of an entry for one sample.
func (m *Model) LargestOutput() int {
	o, most := m.outline(), 0
	for name, n := range o.one {
		if !n.Shape.Equal(o.two[name].Shape) {
			most = max(most, n.Shape.Size())
		}
	}
	return most
}
