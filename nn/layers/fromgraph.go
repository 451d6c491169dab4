package layers

import (
	"fmt"
	"math"
	"reflect"
	"strconv"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// maxInline is the largest constant of numbers that stays in the document; larger ones become
// parameters.
const maxInline = 64

// FromGraph makes a model of a graph, an entry per node that the outputs need. build gives the
// graph for one sample and for two; what differs between them is the number of samples. A
// parameter p of the graph is the weight "p/value" of the model; values holds the large
// constants, which are weights too, not trainable. A graph with updates, or whose constants
// depend on the number of samples, is an error.
func FromGraph(name string, build func(batch int) *graph.Graph) (m *Model, values graph.State, err error) {
	one, two := build(1), build(2)
	if len(one.Nodes) != len(two.Nodes) || len(one.Outputs) == 0 || len(one.Updates) > 0 {
		return nil, nil, fmt.Errorf("graph: has %d outputs, %d updates and %d nodes for one sample, %d for two: "+
			"needs an output, no updates and as many nodes for both",
			len(one.Outputs), len(one.Updates), len(one.Nodes), len(two.Nodes))
	}
	c := &converter{b: NewFunctional(name), names: map[int]string{}, values: graph.State{}}
	c.nameOutputs(one)
	for i, n := range one.Nodes {
		if n.Op == graph.Input {
			if err := c.input(n, two.Nodes[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	wanted := one.Needed()
	for i, n := range one.Nodes {
		if wanted[i] && n.Op != graph.Input {
			if err := c.node(n, two.Nodes[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, o := range one.Outputs {
		c.b.model.Outputs = append(c.b.model.Outputs, c.names[o.Node.ID])
	}
	return c.b.model, c.values, c.b.model.Check()
}

type converter struct {
	b      *Functional
	names  map[int]string // of the entry that a node became, by ID
	values graph.State
}

// nameOutputs reserves the outputs' names for their nodes, where these have none.
func (c *converter) nameOutputs(g *graph.Graph) {
	for _, o := range g.Outputs {
		if c.names[o.Node.ID] == "" && o.Node.Name == "" && o.Name != "" && g.Lookup(o.Name) == nil {
			c.names[o.Node.ID] = o.Name
		}
	}
}

// node adds the entry of a node: n for one sample, twin for two.
func (c *converter) node(n, twin *graph.Node) error {
	switch n.Op {
	case graph.Param:
		c.add(n, n.Name, Parameter(n.Shape...))
		return nil
	case graph.Const:
		return c.constant(n, twin)
	case graph.WinogradFilter: // chosen anew by the layer of the convolution
		c.names[n.ID] = c.names[n.In[0].ID]
		return nil
	}
	op, attr := n.Op, n.Attr
	if op == graph.WinogradConv2D {
		op, attr = graph.Conv2D, attr.(graph.Winograd).Window()
	} else if attr = perBatch(n.Attr, twin.Attr); twin.Op != op || !reflect.DeepEqual(atBatch(attr, 2), twin.Attr) {
		return fmt.Errorf("graph: node %d (%v) depends on the number of samples in a way that no layer does", n.ID,
			n.Op)
	}
	c.add(n, n.Name, Op(op, attr))
	return nil
}

func (c *converter) input(n, twin *graph.Node) error {
	if len(n.Shape) == 0 || n.Shape[0] != 1 || twin.Shape[0] != 2 {
		return fmt.Errorf("graph: input %s has shape %v for one sample, needs the samples along its first axis",
			n.Name, n.Shape)
	}
	c.b.taken[n.Name] = true
	c.b.model.Inputs = append(c.b.model.Inputs, Spec{n.Name, n.Shape[1:].Clone(), n.DType})
	c.names[n.ID] = n.Name
	return nil
}

// constant keeps small values and indices in the document; the rest are weights.
func (c *converter) constant(n, twin *graph.Node) error {
	if n.Value.Diff(twin.Value) != "" {
		return fmt.Errorf("graph: constant %d depends on the number of samples", n.ID)
	}
	if n.DType == tensor.Int32 || n.Shape.Size() <= maxInline && finite(n.Value.F()) {
		c.add(n, n.Name, Constant(n.Value))
		return nil
	}
	c.add(n, n.Name, &ParameterLayer{Shape: n.Shape})
	c.values[c.names[n.ID]+"/value"] = n.Value
	return nil
}

func finite(values []float32) bool {
	for _, v := range values {
		if math.IsInf(float64(v), 0) || v != v {
			return false
		}
	}
	return true
}

// add puts a layer behind the entries of the node's operands, under the name wished for where
// it is free.
func (c *converter) add(n *graph.Node, name string, l Layer) {
	inputs := make([]string, len(n.In))
	for i, in := range n.In {
		inputs[i] = c.names[in.ID]
	}
	if reserved := c.names[n.ID]; reserved != "" {
		name = reserved
	}
	if name == "" || c.b.taken[name] {
		name = c.b.names.next(l.Class())
		for c.b.taken[name] {
			name += "_" + strconv.Itoa(n.ID)
		}
	}
	c.names[n.ID] = c.b.Named(name, l, inputs...)
}

// perBatch is an attribute for any number of samples, from those for one and for two.
func perBatch(one, two graph.Attr) graph.Attr {
	if reflect.TypeOf(one) != reflect.TypeOf(two) {
		return one
	}
	var doubled [2][]int
	eachLength(two, func(list int, lengths []int) []int { doubled[list] = lengths; return lengths })
	return eachLength(one, func(list int, lengths []int) []int {
		out := make([]int, len(lengths))
		for i, n := range lengths {
			if out[i] = n; i < len(doubled[list]) && doubled[list][i] == 2*n && n > 0 {
				out[i] = -n
			}
		}
		return out
	})
}
