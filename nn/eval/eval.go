// Package eval is the reference interpreter: one plain loop nest per op, as the
// comments in package graph define it. Every other executor must give its bits,
// so it is written to be read: no fusion, no reuse of buffers, no threads. Every
// product stands in float32(…): Go may fuse it with an addition even across
// statements and inlined calls, and only a conversion rounds.
package eval

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// kernel computes n into out, a tensor of zeros, from the values of its operands.
type kernel func(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor)

// kernels is filled by the file of each family of ops.
var kernels [graph.NumOps]kernel

type program struct {
	g      *graph.Graph
	params graph.State
}

// Runner makes a program that interprets g. It is a graph.Runner.
func Runner(g *graph.Graph, state graph.State) (graph.Program, error) {
	params := graph.State{}
	for _, n := range g.Leaves(graph.Param) {
		t := state[n.Name]
		if err := check("parameter", n, t); err != nil {
			return nil, err
		}
		params[n.Name] = t
	}
	return &program{g, params}, nil
}

// Run implements graph.Program. All results are newly made.
func (p *program) Run(inputs map[string]*tensor.Tensor) (map[string]*tensor.Tensor, error) {
	for _, n := range p.g.Leaves(graph.Input) {
		if err := check("input", n, inputs[n.Name]); err != nil {
			return nil, err
		}
	}
	values := make([]*tensor.Tensor, len(p.g.Nodes))
	for i, n := range p.g.Nodes {
		values[i] = p.value(n, inputs, values)
	}
	outputs := make(map[string]*tensor.Tensor, len(p.g.Outputs))
	for _, o := range p.g.Outputs {
		outputs[o.Name] = values[o.Node.ID].Clone() // an output may be a parameter
	}
	p.update(values)
	return outputs, nil
}

func (p *program) value(n *graph.Node, inputs map[string]*tensor.Tensor, values []*tensor.Tensor) *tensor.Tensor {
	switch n.Op {
	case graph.Input:
		return inputs[n.Name]
	case graph.Param:
		return p.params[n.Name]
	case graph.Const:
		return n.Value
	}
	in := make([]*tensor.Tensor, len(n.In))
	for i, x := range n.In {
		in[i] = values[x.ID]
	}
	out := tensor.New(n.DType, n.Shape...)
	kernels[n.Op](n, in, out)
	return out
}

// update writes the new values of the parameters once all of them are known: a
// new value may itself be the old value of another parameter.
func (p *program) update(values []*tensor.Tensor) {
	fresh := make([]*tensor.Tensor, len(p.g.Updates))
	for i, u := range p.g.Updates {
		fresh[i] = values[u.Value.ID].Clone()
	}
	for i, u := range p.g.Updates {
		p.params[u.Param.Name].CopyFrom(fresh[i])
	}
}

// check says in a sentence why t cannot be the value of the leaf n.
func check(kind string, n *graph.Node, t *tensor.Tensor) error {
	if t == nil {
		return fmt.Errorf("%s %q is missing: expected %v%v", kind, n.Name, n.DType, n.Shape)
	}
	if t.DType() != n.DType || !t.Shape().Equal(n.Shape) {
		return fmt.Errorf("%s %q is %v: expected %v%v", kind, n.Name, t, n.DType, n.Shape)
	}
	return nil
}

// each calls f with the row-major position i and the index of every element of s.
func each(s tensor.Shape, f func(i int, index []int)) {
	index := make([]int, len(s))
	for i := range s.Size() {
		f(i, index)
		for a := len(s) - 1; a >= 0; a-- {
			if index[a]++; index[a] < s[a] {
				break
			}
			index[a] = 0
		}
	}
}

// position is the row-major position of an index in a tensor of shape s, which
// broadcasts: missing outer axes are ignored, axes of length 1 stay at 0.
func position(s tensor.Shape, index []int) int {
	p, skip := 0, len(index)-len(s)
	for a, d := range s {
		p *= d
		if d != 1 {
			p += index[skip+a]
		}
	}
	return p
}
