package zoo

import "wafer/nn/layers"

// chain builds a functional model whose layers mostly follow one another.
type chain struct {
	*layers.Functional
	at string // the entry that the next layer follows
}

func newChain(name string, in layers.Spec) *chain {
	return &chain{layers.NewFunctional(name, in), layers.InputName}
}

// then puts a layer behind the last one, under its published name.
func (c *chain) then(name string, l layers.Layer) { c.at = c.Named(name, l, c.at) }

// add sums the last entry and an earlier one.
func (c *chain) add(name, earlier string) { c.at = c.Named(name, layers.Add(), earlier, c.at) }

// norm is a batch normalisation with its momentum and epsilon.
func norm(momentum, epsilon float32) layers.Layer {
	l := layers.BatchNormalization()
	l.Momentum, l.Epsilon = momentum, epsilon
	return l
}
