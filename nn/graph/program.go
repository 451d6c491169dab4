package graph

import "wafer/nn/tensor"

// State holds the values of a graph's parameters by name. Programs that share a
// State share the parameters: a training step and a validation pass, say. A
// program finds its tensors once, when it is made, and updates write into them;
// to load other values, use CopyFrom.
type State map[string]*tensor.Tensor

// Program is a graph made ready to run.
type Program interface {
	// Run computes every output from the inputs by name and then applies the
	// updates to the State. The outputs are valid until the next Run. A missing
	// or misshapen input is an error; nothing is then changed. Names that the
	// graph does not have are ignored.
	Run(inputs map[string]*tensor.Tensor) (map[string]*tensor.Tensor, error)
}

// Runner makes programs: eval.Runner, native.Runner(threads). State must hold
// every Param of the graph in its shape.
type Runner func(g *Graph, state State) (Program, error)
