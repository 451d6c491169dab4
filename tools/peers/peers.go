// Package peers builds what `make bench-peers` times: the networks of bench/models.py from
// their spec.json and weights, and the training steps of the same tasks. wasm/bench runs
// them in a browser beside other runtimes; here they are tested natively.
package peers

import (
	"encoding/json"
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Task is a graph to run again and again, and what it starts from.
type Task struct {
	Graph  *graph.Graph
	State  graph.State               // a value for every parameter of Graph
	Inputs map[string]*tensor.Tensor // a value for every input of Graph
}

// Spec is a model's spec.json.
type Spec struct {
	Kind    string // "conv", "lstm", "bert" or "matmul"
	Ops     []Op   // conv
	Cfg     Bert   // bert
	Tensors []struct {
		Name   string
		Shape  []int
		Offset int // in elements
	}
	Inputs []struct {
		Name  string
		Shape []int  // channels first, of a batch of one
		DType string // "f32" or "i32"
	}
	Output []int
}

// Inference is a forward pass on a batch, whose result is the output "output". The inputs
// have the spec's names, images [batch, h, w, c], and are zero. weights are kept: parameters are
// views of them. A spec that does not fit its weights or itself is an error.
func Inference(spec []byte, weights []float32, batch int) (t *Task, err error) {
	defer func() {
		if e, ok := recover().(error); ok {
			t, err = nil, fmt.Errorf("building the model: %w", e)
		}
	}()
	var s Spec
	if err := json.Unmarshal(spec, &s); err != nil {
		return nil, fmt.Errorf("spec.json: %w", err)
	}
	b := &builder{Graph: graph.New(), state: graph.State{}, weights: map[string]*tensor.Tensor{}}
	for _, w := range s.Tensors {
		n := tensor.Shape(w.Shape).Size()
		if w.Offset < 0 || n < 0 || w.Offset > len(weights)-n {
			return nil, fmt.Errorf("spec.json: tensor %q ends at element %d; weights.bin has %d", w.Name, w.Offset+n,
				len(weights))
		}
		b.weights[w.Name] = tensor.Floats(weights[w.Offset:w.Offset+n:w.Offset+n], w.Shape...)
	}
	inputs := s.declare(b.Graph, batch)
	var out *graph.Node
	switch s.Kind {
	case "conv":
		out = b.convNet(s.Ops, inputs[0])
	case "lstm":
		out = b.textLSTM(inputs[0])
	case "bert":
		out = b.bert(s.Cfg, inputs[0], inputs[1], inputs[2])
	case "matmul":
		out = b.MatMul(inputs[0], b.param("w"), false, false)
	default:
		return nil, fmt.Errorf("spec.json: kind %q is unknown", s.Kind)
	}
	b.Output("output", out)
	return &Task{b.Graph, b.state, zeros(b.Graph)}, nil
}

// declare adds the inputs of a batch.
func (s *Spec) declare(g *graph.Graph, batch int) []*graph.Node {
	var inputs []*graph.Node
	for _, in := range s.Inputs {
		shape := append([]int{in.Shape[0] * batch}, in.Shape[1:]...)
		if s.Kind == "conv" {
			shape = []int{shape[0], shape[2], shape[3], shape[1]}
		}
		dtype := tensor.Float32
		if in.DType == "i32" {
			dtype = tensor.Int32
		}
		inputs = append(inputs, g.Input(in.Name, dtype, shape...))
	}
	return inputs
}

// zeros is a value for every input of g.
func zeros(g *graph.Graph) map[string]*tensor.Tensor {
	in := map[string]*tensor.Tensor{}
	for _, n := range g.Leaves(graph.Input) {
		in[n.Name] = tensor.New(n.DType, n.Shape...)
	}
	return in
}

// builder adds nodes and hands weights over to the state as they are used.
type builder struct {
	*graph.Graph
	weights map[string]*tensor.Tensor
	state   graph.State
}

// param is the parameter of that name, with its weights.
func (b *builder) param(name string) *graph.Node {
	w := b.weights[name]
	if w == nil {
		panic(fmt.Errorf("spec.json has no tensor %q", name))
	}
	if p := b.Lookup(name); p != nil {
		return p
	}
	b.state[name] = w
	return b.Param(name, w.Shape()...)
}

// linear is x [m,k] · name.w [k,n] + name.b.
func (b *builder) linear(x *graph.Node, name string) *graph.Node {
	return b.Add(b.MatMul(x, b.param(name+".w"), false, false), b.param(name+".b"))
}
