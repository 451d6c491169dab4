package foreign

import (
	"fmt"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// Reference is what a network of one input gives for a sample, [1, …], computed by the reference.
func Reference(net *layers.Model, state graph.State, x *tensor.Tensor) (out []float32, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("the network does not take %v: %v", x, e)
		}
	}()
	g := graph.New()
	g.Output("y", net.Build(g, net.Declare(g, 1), layers.Options{})[0])
	p, err := eval.Runner(g, state)
	if err != nil {
		return nil, err
	}
	name := net.Input().Name
	if name == "" {
		name = layers.InputName
	}
	y, err := p.Run(map[string]*tensor.Tensor{name: x})
	if err != nil {
		return nil, err
	}
	return append([]float32{}, y["y"].F()...), nil
}
