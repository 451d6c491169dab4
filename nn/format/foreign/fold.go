package foreign

import (
	"fmt"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// MaxFolded is how many elements constants may be computed to, beside those of the file.
const MaxFolded = 1 << 24

// Folder makes constants of the nodes of a graph that depend on constants only, while it is built.
type Folder struct {
	G      *graph.Graph
	Budget int // elements that constants may still take
	fixed  map[*graph.Node]bool
}

// NewFolder folds a new graph, whose weights take so many elements.
func NewFolder(weights int) *Folder {
	return &Folder{G: graph.New(), Budget: weights + MaxFolded, fixed: map[*graph.Node]bool{}}
}

// Const puts a value into the graph.
func (f *Folder) Const(t *tensor.Tensor) *graph.Node {
	n := f.G.Const(t)
	f.fixed[n] = true
	return n
}

// Fixed tells whether a node depends on constants only.
func (f *Folder) Fixed(n *graph.Node) bool {
	if known, ok := f.fixed[n]; ok {
		return known
	}
	fixed := n.Op == graph.Const
	if n.Op != graph.Input && n.Op != graph.Param && n.Op != graph.Const {
		fixed = true
		for _, in := range n.In {
			fixed = fixed && f.Fixed(in)
		}
	}
	f.fixed[n] = fixed
	return fixed
}

// Fold is the value computed now by the reference, where it depends on constants only; else the node itself.
func (f *Folder) Fold(n *graph.Node) (*graph.Node, error) {
	if n.Op == graph.Const || !f.Fixed(n) {
		return n, nil
	}
	if f.Budget -= n.Shape.Size(); f.Budget < 0 {
		return nil, fmt.Errorf("makes constants of more than %d elements", MaxFolded)
	}
	v, err := computed(n)
	if err != nil {
		return nil, fmt.Errorf("cannot be computed: %v", err)
	}
	return f.Const(v), nil
}

// computed runs the reference on what a node depends on.
func computed(n *graph.Node) (*tensor.Tensor, error) {
	g, copies := graph.New(), map[*graph.Node]*graph.Node{}
	var copied func(n *graph.Node) *graph.Node
	copied = func(n *graph.Node) *graph.Node {
		if c := copies[n]; c != nil {
			return c
		}
		if n.Op == graph.Const {
			copies[n] = g.Const(n.Value)
			return copies[n]
		}
		in := make([]*graph.Node, len(n.In))
		for i := range in {
			in[i] = copied(n.In[i])
		}
		copies[n] = g.AddOp(n.Op, n.Attr, in...)
		return copies[n]
	}
	g.Output("y", copied(n))
	p, err := eval.Runner(g, nil)
	if err != nil {
		return nil, err
	}
	out, err := p.Run(nil)
	if err != nil {
		return nil, err
	}
	return out["y"].Clone(), nil
}
