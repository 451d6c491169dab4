package convert

import (
	"fmt"

	"wafer/nn/document"
	"wafer/nn/graph"
	"wafer/nn/layers"
)

// shares puts a softmax (a sigmoid, where it is one) behind a network that gives scores of any size, as many tools'
// files end with.
func (c *converted) shares() (err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("convert: the network cannot be built: %v", e)
		}
	}()
	net, g := c.doc.Layers, graph.New()
	out := net.Build(g, net.Declare(g, 1), layers.Options{})[0]
	if low, high := document.Bounds(g, out); low >= 0 && high <= 1.001 {
		return nil
	}
	name, f := "softmax_of_scores", "softmax"
	if out.Shape.Last() == 1 {
		name, f = "sigmoid_of_score", "sigmoid"
	}
	net.Entries = append(net.Entries, layers.Entry{Name: name, Layer: layers.Activation(f),
		Inputs: []string{net.Last().Name}})
	net.Outputs = nil
	return net.Check()
}
