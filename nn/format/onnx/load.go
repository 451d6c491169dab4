package onnx

import (
	"fmt"
	"math"
	"runtime"
	"slices"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Options say for what a graph is built.
type Options struct {
	Files foreign.Files // where weights may lie that are not in the file itself

	// Batch is the number of samples, the length of the inputs' first axis whatever the file says. 0: as the file says.
	Batch int

	// ChannelsLast are pictures as we have them, [n h w c], in place of the file's [n c h w]; it says for which inputs.
	ChannelsLast func(shape []int) bool

	// First leaves all outputs but the first away.
	First bool

	// Known are values of inputs that shapes depend on, by name. The graph holds for these.
	Known map[string]*tensor.Tensor

	// Shapes are those of inputs whose lengths the file leaves open.
	Shapes map[string]tensor.Shape

	text *textRow // the inputs follow from the tokens of a text, nil: they are the file's
}

// value is a result on its way through the import. All numbers are float32 while the graph is built, whatever the
// file says: whole numbers up to 2^24 and truth values are exact.
type value struct {
	node *graph.Node
	typ  Type
	last bool // has four axes and is stored [n h w c] where the file means [n c h w]
}

// shape is the one that the file means.
func (v value) shape() tensor.Shape {
	s := v.node.Shape
	if v.last {
		return tensor.Shape{s[0], s[3], s[1], s[2]}
	}
	return s
}

// rank is the number of axes, the same in the file and in storage.
func (v value) rank() int { return len(v.node.Shape) }

// loader builds a graph node by node. Methods that read operands and attributes panic with a failure.
type loader struct {
	*Model
	o      Options
	folder *foreign.Folder
	g      *graph.Graph       // the folder's
	scopes []map[string]value // of the graph and, within If, of the graphs inside
	node   *Node
}

// failure is what operators panic with; caught makes an error of it.
type failure struct{ error }

// fail ends the operator. Node and operator stand before the text, so it begins with a verb.
func (l *loader) fail(format string, args ...any) {
	panic(failure{fmt.Errorf(format, args...)})
}

// NeedsValue is the error of a graph in which a shape depends on an input: it can be built once the value is known.
type NeedsValue struct{ Input string }

func (e *NeedsValue) Error() string {
	return fmt.Sprintf("depends on the value of input %q where a constant is needed", e.Input)
}

// Build makes our graph of the file's, with its inputs and outputs by name.
func (m *Model) Build(o Options) (*graph.Graph, error) {
	g, err := m.build(o)
	if err != nil {
		return nil, fmt.Errorf("ONNX file: %w", err)
	}
	return g, nil
}

// build makes weights constants, then inputs, then runs the nodes in the order of the file. What is folded meanwhile
// may have foreign.MaxFolded elements, and four for each byte of the weights.
func (m *Model) build(o Options) (_ *graph.Graph, err error) {
	defer caught(&err) // of outputs
	bytes := 0
	for _, t := range m.Graph.Weights {
		bytes += t.bytes()
	}
	folder := foreign.NewFolder(4 * bytes)
	l := &loader{Model: m, o: o, folder: folder, g: folder.G, scopes: []map[string]value{{}}}
	if err := l.weights(m.Graph); err != nil {
		return nil, err
	}
	for _, in := range m.Graph.Inputs {
		if _, have := l.scopes[0][in.Name]; have {
			continue // old files list weights among the inputs
		}
		if err := l.input(in); err != nil {
			return nil, fmt.Errorf("input %q: %w", in.Name, err)
		}
	}
	if err := l.run(m.Graph); err != nil {
		return nil, err
	}
	outputs := m.Graph.Outputs
	if o.First {
		outputs = outputs[:min(len(outputs), 1)]
	}
	for _, out := range outputs {
		v, ok := l.find(out.Name)
		if !ok {
			return nil, fmt.Errorf("output %q is made by no node", out.Name)
		}
		y := l.plain(v)
		if o.text != nil {
			if y, err = l.textOutput(y); err != nil {
				return nil, err
			}
		}
		l.g.Output(out.Name, y)
	}
	return l.g, nil
}

// weights reads the initializers, also those in files beside.
func (l *loader) weights(g *Graph) error {
	for _, t := range g.Weights {
		if t.Type == String {
			continue // an error for who uses it
		}
		v, err := t.load(l.o.Files)
		if err != nil {
			return fmt.Errorf("weight %q: %w", t.Name, err)
		}
		l.set(t.Name, value{node: l.constant(v), typ: t.Type})
	}
	return nil
}

// input makes an input of a known shape; one of whole numbers is int32 and cast at once, as all that is computed is
// float32.
func (l *loader) input(in Info) (err error) {
	defer caught(&err)
	if l.o.text != nil {
		return l.textInput(in)
	}
	if v := l.o.Known[in.Name]; v != nil {
		l.set(in.Name, value{node: l.constant(v), typ: in.Type})
		return nil
	}
	shape := tensor.Shape(slices.Clone(in.Shape))
	if s := l.o.Shapes[in.Name]; s != nil {
		shape = s.Clone()
	}
	if l.o.Batch > 0 && len(shape) > 0 {
		shape[0] = l.o.Batch
	}
	size := 1.0
	for i, d := range shape {
		if d < 0 {
			return fmt.Errorf("leaves the length of axis %d open: say which shape it shall have", i)
		}
		size *= float64(d)
	}
	if in.Type.width() == 0 || size < 1 || size > foreign.MaxFolded {
		return fmt.Errorf("is %v of shape %v, which cannot be an input here", in.Type, in.Shape)
	}
	v := value{typ: in.Type}
	if l.o.ChannelsLast != nil && len(shape) == 4 && l.o.ChannelsLast(shape) {
		shape, v.last = tensor.Shape{shape[0], shape[2], shape[3], shape[1]}, true
	}
	if in.Type.whole() {
		v.node = l.g.Cast(l.g.Input(in.Name, tensor.Int32, shape...))
	} else {
		v.node = l.g.Input(in.Name, tensor.Float32, shape...)
	}
	l.set(in.Name, v)
	return nil
}

// set names a value in the innermost graph.
func (l *loader) set(name string, v value) { l.scopes[len(l.scopes)-1][name] = v }

// find is a value of this graph or of one around it.
func (l *loader) find(name string) (value, bool) {
	for _, s := range slices.Backward(l.scopes) {
		if v, ok := s[name]; ok {
			return v, true
		}
	}
	return value{}, false
}

// run builds the nodes of a graph, each behind those that it takes. A name that is made twice is an error.
func (l *loader) run(g *Graph) error {
	made := map[string]bool{}
	for i, n := range g.Nodes {
		for _, name := range n.Outputs {
			if name != "" && made[name] {
				return fmt.Errorf("node %d%s: makes %.80q, which is there already", i, n.called(), name)
			}
			made[name] = true
		}
		if err := l.operator(n); err != nil {
			return fmt.Errorf("node %d%s: %w", i, n.called(), err)
		}
	}
	return nil
}

// unsupported says which operator of which opset is not known.
func unsupported(n *Node, opset int64) error {
	if n.Domain != "" && n.Domain != "ai.onnx" {
		return fmt.Errorf("operator %s of the domain %s is not supported", n.Op, n.Domain)
	}
	return fmt.Errorf("operator %s of opset %d is not supported", n.Op, opset)
}

// known tells whether the operator is supported at all.
func (n *Node) known() bool {
	return operatorOf(n.Op) != nil && (n.Domain == "" || n.Domain == "ai.onnx" || n.Domain == "com.microsoft")
}

// caught makes an error of what was panicked with.
func caught(err *error) {
	switch e := recover().(type) {
	case nil:
	case failure:
		*err = e.error
	case *graph.Error:
		*err = e
	case runtime.Error: // too few numbers in a list: there are hundreds of these, and one answer to all
		*err = fmt.Errorf("has operands or attributes that do not fit it (%v)", e)
	default:
		panic(e)
	}
}

// operator builds one node and names its results. Whatever depends on constants only is computed now.
func (l *loader) operator(n *Node) (err error) {
	if !n.known() {
		return unsupported(n, l.Opset)
	}
	defer caught(&err)
	outer := l.node
	l.node = n
	defer func() { l.node = outer }()
	results := operatorOf(n.Op)(l)
	for i, name := range n.Outputs {
		if name == "" {
			continue
		}
		if i >= len(results) || results[i].node == nil {
			return fmt.Errorf("output %d (%q) of it is not supported", i, name)
		}
		l.set(name, l.folded(results[i]))
	}
	return nil
}

// in is operand i, which must be there.
func (l *loader) in(i int) value {
	v, ok := l.optional(i)
	if !ok {
		l.fail("needs operand %d, has %d", i, len(l.node.Inputs))
	}
	return v
}

// optional is operand i, if there is one.
func (l *loader) optional(i int) (value, bool) {
	if i >= len(l.node.Inputs) || l.node.Inputs[i] == "" {
		return value{}, false
	}
	v, ok := l.find(l.node.Inputs[i])
	if !ok {
		l.fail("takes %q, which no node before it makes", l.node.Inputs[i])
	}
	return v, true
}

// Attributes of the node, with their defaults.

// int is an attribute, cut to 32 bits.
func (l *loader) int(name string, otherwise int) int {
	if a := l.node.attr(name); a != nil {
		return clampInt(a.I)
	}
	return otherwise
}

func clampInt(n int64) int { return int(max(math.MinInt32, min(math.MaxInt32, n))) }

// ints are an attribute's numbers, cut to 32 bits.
func (l *loader) ints(name string, otherwise ...int) []int {
	a := l.node.attr(name)
	if a == nil {
		return otherwise
	}
	out := make([]int, len(a.Ints))
	for i, n := range a.Ints {
		out[i] = clampInt(n)
	}
	return out
}

// float is an attribute.
func (l *loader) float(name string, otherwise float32) float32 {
	if a := l.node.attr(name); a != nil {
		return a.F
	}
	return otherwise
}

// text is an attribute.
func (l *loader) text(name, otherwise string) string {
	if a := l.node.attr(name); a != nil {
		return string(a.S)
	}
	return otherwise
}

// axis makes a position from the end one from the start.
func (l *loader) axis(axis, rank int) int {
	if axis < -rank || axis >= max(rank, 1) {
		l.fail("has axis %d, the operand has %d axes", axis, rank)
	}
	if axis < 0 {
		axis += rank
	}
	return axis
}

// Constants.

// constant puts a value into the graph.
func (l *loader) constant(t *tensor.Tensor) *graph.Node { return l.folder.Const(t) }

// scalar is a constant of no axes.
func (l *loader) scalar(v float32) *graph.Node { return l.constant(tensor.Scalar(v)) }

func (l *loader) floats(values []float32, shape ...int) *graph.Node {
	return l.constant(tensor.Floats(values, shape...))
}

// folded is the value computed now, where it depends on constants only.
func (l *loader) folded(v value) value {
	v.node = l.fold(v.node)
	return v
}

// fold is folded for a node.
func (l *loader) fold(n *graph.Node) *graph.Node {
	c, err := l.folder.Fold(n)
	if err != nil {
		panic(failure{err})
	}
	return c
}

// known are the numbers of a value that must be a constant.
func (l *loader) known(v value) []float32 {
	c := l.folded(v)
	if c.node.Op != graph.Const {
		if in := source(v.node); in != "" {
			panic(failure{&NeedsValue{in}})
		}
		l.fail("needs a constant, found what depends on an input")
	}
	n := l.plain(c)
	if n.Op != graph.Const {
		n = l.folded(value{node: n}).node
	}
	if n.DType == tensor.Int32 {
		return asFloats(n.Value.I())
	}
	return n.Value.F()
}

func asFloats(list []int32) []float32 {
	out := make([]float32, len(list))
	for i, n := range list {
		out[i] = float32(n)
	}
	return out
}

// source is the input of whole numbers that a node depends on first, "" if there is none.
func source(n *graph.Node) string {
	seen := map[*graph.Node]bool{}
	var walk func(n *graph.Node) string
	walk = func(n *graph.Node) string {
		if seen[n] {
			return ""
		}
		seen[n] = true
		if n.Op == graph.Input {
			return n.Name
		}
		for _, in := range n.In {
			if s := walk(in); s != "" {
				return s
			}
		}
		return ""
	}
	return walk(n)
}

// lengths are known numbers as whole ones.
func (l *loader) lengths(v value) []int {
	f := l.known(v)
	out := make([]int, len(f))
	for i, x := range f {
		out[i] = int(max(math.MinInt32, min(math.MaxInt32, float64(x))))
	}
	return out
}

// Storage.

// plain stores a value as the file means it.
func (l *loader) plain(v value) *graph.Node {
	if !v.last {
		return v.node
	}
	s := v.node.Shape
	if s[1] == 1 && s[2] == 1 || s[3] == 1 {
		return l.g.Reshape(v.node, v.shape()...)
	}
	return l.fold(l.g.Transpose(v.node, 0, 3, 1, 2))
}

// channelsLast stores a value of four axes as [n h w c].
func (l *loader) channelsLast(v value) *graph.Node {
	if v.last {
		return v.node
	}
	s := v.node.Shape
	if len(s) != 4 {
		l.fail("takes a value of shape %v, needs four axes", s)
	}
	if s[2] == 1 && s[3] == 1 || s[1] == 1 {
		return l.fold(l.g.Reshape(v.node, s[0], s[2], s[3], s[1]))
	}
	if t := v.node; t.Op == graph.Transpose && slices.Equal(t.Attr.(graph.Perm).Perm, []int{0, 3, 1, 2}) {
		return t.In[0]
	}
	return l.fold(l.g.Transpose(v.node, 0, 2, 3, 1))
}

// stored is the axis of a value's storage that holds the file's axis.
func (v value) stored(axis int) int {
	if v.last {
		return [4]int{0, 3, 1, 2}[axis]
	}
	return axis
}

// like is a value stored as v.
func (v value) like(n *graph.Node) value { return value{node: n, typ: v.typ, last: v.last} }
