package tfjs

import (
	"math"
	"runtime"
	"slices"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// graphNetwork makes a model of a graph of one input; of several outputs the first counts. Layers of Keras stand where
// the graph has what they do.
func (m *Model) graphNetwork(side int) (*foreign.Network, error) {
	if len(m.graph.inputs) != 1 || len(m.graph.outputs) == 0 {
		return nil, say.Errorf("has %d inputs and %d outputs, models of one input are read", len(m.graph.inputs),
			len(m.graph.outputs))
	}
	n := &foreign.Network{}
	if len(m.graph.outputs) > 1 {
		n.Notes = append(n.Notes, say.Errorf("Of its %d outputs only the first is kept.", len(m.graph.outputs)).Error())
	}
	order, err := m.graph.order(m.graph.outputs[0])
	if err != nil {
		return nil, err
	}
	var failed error
	net, state, err := layers.FromGraph("tfjs", func(batch int) *graph.Graph {
		g, err := m.build(order, batch, side)
		if err != nil {
			failed = err
			return graph.New()
		}
		return g
	})
	if failed != nil {
		return nil, failed
	}
	if err != nil {
		return nil, err
	}
	n.Layers, n.State = layers.Raise(net, state)
	return n, n.Layers.Check()
}

// order lists the nodes that a result needs, each behind those that it takes.
func (g *graphDef) order(output string) (list []*node, err error) {
	const (
		entered = 1
		left    = 2
	)
	mark := make([]byte, len(g.nodes))
	name, _, _ := reference(output)
	stack := []string{name}
	for len(stack) > 0 {
		i, ok := g.index[stack[len(stack)-1]]
		if !ok {
			return nil, say.Errorf("its graph has no node %.80q", stack[len(stack)-1])
		}
		if mark[i] != 0 {
			if stack = stack[:len(stack)-1]; mark[i] == entered {
				mark[i] = left
				list = append(list, g.nodes[i])
			}
			continue
		}
		mark[i] = entered
		for _, in := range slices.Backward(g.nodes[i].Inputs) {
			name, _, control := reference(in)
			if at, ok := g.index[name]; control || ok && mark[at] == left {
				continue
			} else if ok && mark[at] == entered {
				return nil, say.Errorf("node %.80q of its graph takes what it makes itself", name)
			}
			stack = append(stack, name)
		}
	}
	return list, nil
}

// value is a result. All numbers are float32 while the graph is built: whole numbers up to 2^24 are exact.
type value struct {
	*graph.Node
	whole bool
}

// loader builds a graph node by node. Methods that read operands and attributes panic with a failure.
type loader struct {
	*foreign.Folder
	model *Model
	batch int
	side  int
	made  map[string][]value
	node  *node
}

type failure struct{ error }

// fail leaves an operator, whose node operator names in the error.
func fail(err error) { panic(failure{err}) }

// build makes the graph of the nodes in order, for batch samples and pictures of side pixels where the file leaves them
// open (0: 224). Constants are folded as it goes, within a budget of foreign.MaxFolded elements and 4 for each byte
// of weights, so that a small file cannot make large ones.
func (m *Model) build(order []*node, batch, side int) (*graph.Graph, error) {
	size := 0
	for _, w := range m.Weights {
		size += 4 * w.Bytes
	}
	l := &loader{Folder: foreign.NewFolder(size), model: m, batch: batch, side: side, made: map[string][]value{}}
	for _, n := range order {
		if err := l.operator(n); err != nil {
			return nil, say.Errorf("node %.80q (%.40s): %w", n.Name, n.Op, err)
		}
	}
	name, i, _ := reference(m.graph.outputs[0])
	if i >= len(l.made[name]) {
		return nil, say.Errorf("node %.80q has no result %d", name, i)
	}
	l.G.Output("output", l.made[name][i].Node)
	return l.G, nil
}

// operator makes the results of a node. Operands that do not fit each other, or are too few, are errors; what else
// panics is a fault of ours and goes on.
func (l *loader) operator(n *node) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case failure:
			err = e.error
		case *graph.Error:
			err = e
		case runtime.Error: // too few numbers in a list, which has one answer wherever it shows
			err = say.Errorf("has operands or attributes that do not fit it (%v)", e)
		default:
			panic(e)
		}
	}()
	l.node = n
	op := operators[n.Op]
	switch n.Op {
	case "Placeholder":
		op = placeholder
	case "Const":
		op = constant
	}
	if op == nil {
		return say.New("the operator is not supported")
	}
	results := op(l)
	for i, v := range results {
		if results[i].Node, err = l.Fold(v.Node); err != nil {
			return err
		}
	}
	l.made[n.Name] = results
	return nil
}

// placeholder is the input: samples along the first axis, pictures with as many pixels as the file says.
func placeholder(l *loader) []value {
	shape := tensor.Shape(l.node.placeholder()).Clone()
	if len(shape) < 2 {
		fail(say.Errorf("takes inputs of shape %v, expected samples along the first of two axes or more", shape))
	}
	shape[0] = l.batch
	size := 1.0
	for i, d := range shape {
		if d < 0 && len(shape) == 4 && i < 3 {
			if shape[i] = l.side; l.side == 0 {
				shape[i] = 224
			}
		} else if d < 1 {
			fail(say.Errorf("takes inputs of shape %v, whose axis %d is open", l.node.placeholder(), i))
		}
		size *= float64(shape[i])
	}
	if size > foreign.MaxFolded {
		fail(say.Errorf("takes inputs of shape %v, more than %d elements", shape, foreign.MaxFolded))
	}
	if l.node.Attrs["dtype"].Type.whole() {
		return []value{{l.G.Cast(l.G.Input("input", tensor.Int32, shape...)), true}}
	}
	return []value{{l.G.Input("input", tensor.Float32, shape...), false}}
}

// constant is a weight, whose numbers lie in the files beside the graph and never in it.
func constant(l *loader) []value {
	w := l.model.byName[l.node.Name]
	if w == nil {
		fail(say.New("its value is not among the weights"))
	}
	t, err := w.load()
	if err != nil {
		fail(err)
	}
	return []value{{l.Const(t), w.DType == "int32"}}
}

// inputs are the operands, without those that are an order only. They stand in loader.made, since order puts a node
// behind those that it takes.
func (l *loader) inputs() (list []value) {
	for _, in := range l.node.Inputs {
		name, i, control := reference(in)
		if control {
			continue
		}
		if i >= len(l.made[name]) {
			fail(say.Errorf("node %.80q has no result %d", name, i))
		}
		list = append(list, l.made[name][i])
	}
	return list
}

// in is operand i, which must be there.
func (l *loader) in(i int) value {
	list := l.inputs()
	if i >= len(list) {
		fail(say.Errorf("needs operand %d, has %d", i, len(list)))
	}
	return list[i]
}

// known are the numbers of an operand that must be a constant.
func (l *loader) known(i int) []float32 { return l.numbers(l.in(i)) }

// numbers are those of a constant, or of what can be folded to one: all that follows from shapes and weights. What
// depends on the input is an error.
func (l *loader) numbers(v value) []float32 {
	n, err := l.Fold(v.Node)
	if err != nil {
		fail(err)
	}
	if n.Op != graph.Const {
		fail(say.New("needs a constant, found what depends on the input"))
	}
	return n.Value.F()
}

// lengths are known numbers as whole ones. Fractions are cut off, and what lies beyond 32 bits is brought within.
func (l *loader) lengths(i int) []int {
	f := l.known(i)
	out := make([]int, len(f))
	for i, x := range f {
		out[i] = int(max(math.MinInt32, min(math.MaxInt32, float64(x))))
	}
	return out
}

// axis makes a position from the end one from the start.
func axis(n, rank int) int {
	if n < -rank || n >= max(rank, 1) {
		fail(say.Errorf("has axis %d, the operand has %d axes", n, rank))
	}
	if n < 0 {
		n += rank
	}
	return n
}

// int is an attribute, 0 where it is left out.
func (l *loader) int(name string) int {
	if i := l.node.Attrs[name].I; i != nil {
		return int(*i)
	}
	return 0
}

// float is an attribute, or otherwise where it is left out.
func (l *loader) float(name string, otherwise float32) float32 {
	if a, ok := l.node.Attrs[name]; ok {
		return float32(a.F)
	}
	return otherwise
}

// scalar is a constant without axes, which goes with every shape.
func (l *loader) scalar(v float32) *graph.Node { return l.Const(tensor.Scalar(v)) }

// floats is a constant of the shape, row-major.
func (l *loader) floats(values []float32, shape ...int) *graph.Node {
	return l.Const(tensor.Floats(values, shape...))
}
