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

// Close gives back what a program holds outside of Go, if anything: its parameters come
// home to the State first.
func Close(p Program) {
	if c, ok := p.(interface{ Close() }); ok {
		c.Close()
	}
}

// Runner makes programs: eval.Runner, run.Runner(options), native.Runner(threads). State must hold
// every Param of the graph in its shape.
type Runner func(g *Graph, state State) (Program, error)
