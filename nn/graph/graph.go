// Package graph is the one intermediate representation: a list of nodes in
// execution order, each an Op on earlier nodes. The forward pass, the backward
// pass and the optimiser's update are all nodes of one graph, so a training step
// is one graph, one plan, one call.
//
// Shapes are static. Images are NHWC, convolution kernels HWIO, sequences
// [batch, time, features]. Building a graph wrongly is a programming error and
// panics with *Error.
package graph

import (
	"fmt"
	"strings"

	"wafer/nn/tensor"
)

// Node is one operation with its inferred result.
type Node struct {
	ID    int    // position in Graph.Nodes
	Op    Op     //
	Name  string // unique for Input and Param; a hint for people elsewhere, may be ""
	In    []*Node
	Attr  Attr // nil where the op has none
	Shape tensor.Shape
	DType tensor.DType
	Value *tensor.Tensor // Const only
}

// Attr are the constants of an op, a struct of its own per family of ops.
type Attr interface {
	// String prints the attributes as they stand in graph text.
	String() string
}

// Output is a result that the caller wants.
type Output struct {
	Name string
	Node *Node
}

// Update says that a parameter takes a new value once every node has run.
type Update struct {
	Param *Node
	Value *Node
}

// Graph is a list of nodes in execution order, with what goes in and comes out.
type Graph struct {
	Nodes   []*Node
	Outputs []Output
	Updates []Update

	named map[string]*Node
}

// New returns an empty graph.
func New() *Graph { return &Graph{named: map[string]*Node{}} }

// Error says which node of a graph could not be built, and why.
type Error struct {
	Op     Op
	Name   string
	Inputs []tensor.Shape
	Reason string
}

// Error prints op, name, operand shapes and reason.
func (e *Error) Error() string {
	return fmt.Sprintf("graph: %v %q of %v: %s", e.Op, e.Name, e.Inputs, e.Reason)
}

// AddOp appends any op but a leaf, with its attribute, as the builder method of that op does.
func (g *Graph) AddOp(op Op, attr Attr, in ...*Node) *Node {
	if op.IsLeaf() || op >= NumOps {
		panic(&Error{Op: op, Reason: "is a leaf or unknown"})
	}
	return g.add(op, attr, in...)
}

// add appends a node whose shape and type the op's rule infers.
func (g *Graph) add(op Op, attr Attr, in ...*Node) *Node {
	n := &Node{ID: len(g.Nodes), Op: op, In: in, Attr: attr}
	shape, dtype, reason := infer(n)
	if reason == "" {
		reason = g.checkOwn(in)
	}
	if reason != "" {
		panic(fail(n, reason))
	}
	n.Shape, n.DType = shape, dtype
	g.Nodes = append(g.Nodes, n)
	return n
}

// checkOwn says which operand is no node of this graph, "" for none.
func (g *Graph) checkOwn(in []*Node) string {
	for i, x := range in {
		if x.ID >= len(g.Nodes) || g.Nodes[x.ID] != x {
			return fmt.Sprintf("operand %d belongs to another graph", i)
		}
	}
	return ""
}

// fail is the error of a node, with the shapes of its operands.
func fail(n *Node, reason string) *Error {
	e := &Error{Op: n.Op, Name: n.Name, Reason: reason}
	for _, x := range n.In {
		e.Inputs = append(e.Inputs, x.Shape)
	}
	return e
}

// leaf appends an Input, Param or Const. It panics with an *Error where an input or parameter has no name, or one that
// another has.
func (g *Graph) leaf(op Op, name string, dtype tensor.DType, shape []int) *Node {
	n := &Node{ID: len(g.Nodes), Op: op, Name: name, Shape: append(tensor.Shape{}, shape...), DType: dtype}
	if op != Const {
		if name == "" || g.named[name] != nil {
			panic(fail(n, "an input or parameter needs a name of its own"))
		}
		g.named[name] = n
	}
	g.Nodes = append(g.Nodes, n)
	return n
}

// Input declares a value that the caller gives at every run.
func (g *Graph) Input(name string, dtype tensor.DType, shape ...int) *Node {
	return g.leaf(Input, name, dtype, shape)
}

// Param declares a float32 value that stays from run to run: a weight, or the
// state of an optimiser or of a normalisation.
func (g *Graph) Param(name string, shape ...int) *Node {
	return g.leaf(Param, name, tensor.Float32, shape)
}

// Const puts a value into the graph itself; the caller must not change it later.
func (g *Graph) Const(t *tensor.Tensor) *Node {
	n := g.leaf(Const, "", t.DType(), t.Shape())
	n.Value = t
	return n
}

// Scalar is a float32 constant of shape [].
func (g *Graph) Scalar(v float32) *Node { return g.Const(tensor.Scalar(v)) }

// Lookup finds an Input or Param by name, nil if there is none.
func (g *Graph) Lookup(name string) *Node { return g.named[name] }

// Output marks a node as a result.
func (g *Graph) Output(name string, n *Node) {
	g.Outputs = append(g.Outputs, Output{name, n})
}

// Update lets a parameter take n's value after the run. Every other node still
// sees the old value.
func (g *Graph) Update(param, n *Node) {
	if param.Op != Param || !param.Shape.Equal(n.Shape) || n.DType != tensor.Float32 {
		panic(fail(&Node{Op: Param, Name: param.Name, In: []*Node{param, n}},
			"an update needs a parameter and a float32 value of its shape"))
	}
	g.Updates = append(g.Updates, Update{param, n})
}

// Leaves lists the nodes of one kind of leaf, in order.
func (g *Graph) Leaves(op Op) []*Node {
	var out []*Node
	for _, n := range g.Nodes {
		if n.Op == op {
			out = append(out, n)
		}
	}
	return out
}

// Verify infers every node again and reports the first that does not hold: what
// a pass that rewrites graphs runs before and after.
func (g *Graph) Verify() error {
	for i, n := range g.Nodes {
		if n.ID != i {
			return fail(n, fmt.Sprintf("stands at %d but has number %d", i, n.ID))
		}
		for _, x := range n.In {
			if x.ID >= i || g.Nodes[x.ID] != x {
				return fail(n, fmt.Sprintf("operand %%%d does not come before %%%d", x.ID, i))
			}
		}
		if n.Op.IsLeaf() {
			continue
		}
		shape, dtype, reason := infer(n)
		if reason == "" && (!shape.Equal(n.Shape) || dtype != n.DType) {
			reason = fmt.Sprintf("is %v%v but says %v%v", dtype, shape, n.DType, n.Shape)
		}
		if reason != "" {
			return fail(n, reason)
		}
	}
	return nil
}

// String prints one line per node: "%3 = relu(%2) : f32[1 8]".
func (g *Graph) String() string {
	var b strings.Builder
	for _, n := range g.Nodes {
		fmt.Fprintf(&b, "%%%d = %v(", n.ID, n.Op)
		for i, x := range n.In {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%%%d", x.ID)
		}
		b.WriteString(")")
		if n.Attr != nil {
			b.WriteString(" {" + n.Attr.String() + "}")
		}
		fmt.Fprintf(&b, " : %v%v", n.DType, n.Shape)
		if n.Op == Const && n.Shape.Size() == 1 && n.DType == tensor.Float32 {
			fmt.Fprintf(&b, " = %v", n.Value.F()[0])
		}
		if n.Name != "" {
			b.WriteString("  # " + n.Name)
		}
		b.WriteByte('\n')
	}
	for _, o := range g.Outputs {
		fmt.Fprintf(&b, "output %s = %%%d\n", o.Name, o.Node.ID)
	}
	for _, u := range g.Updates {
		fmt.Fprintf(&b, "update %s = %%%d\n", u.Param.Name, u.Value.ID)
	}
	return b.String()
}

// Needed marks the nodes, by ID, that the outputs depend on.
func (g *Graph) Needed() []bool {
	wanted := make([]bool, len(g.Nodes))
	for _, o := range g.Outputs {
		wanted[o.Node.ID] = true
	}
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		for _, in := range g.Nodes[i].In {
			wanted[in.ID] = wanted[in.ID] || wanted[i]
		}
	}
	return wanted
}
