package huggingface

import (
	"fmt"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// loader puts PyTorch's tensors into layers. It keeps the first error.
type loader struct {
	f      foreign.Weights
	prefix string // what names of the backbone begin with, where they do
	state  graph.State
	err    error
}

func newLoader(f foreign.Weights, prefix string) *loader {
	return &loader{f: f, prefix: prefix, state: graph.State{}}
}

// has tells whether there is a tensor of the name, with or without the prefix.
func (l *loader) has(name string) bool {
	_, _, plain := l.f.Shape(name)
	_, _, long := l.f.Shape(l.prefix + name)
	return plain || long
}

// get is a tensor of floats of so many axes; nil with an error.
func (l *loader) get(name string, rank int) *tensor.Tensor {
	if l.err != nil {
		return nil
	}
	full := l.prefix + name
	if _, _, ok := l.f.Shape(full); !ok {
		full = name
	}
	for _, old := range [][2]string{{"LayerNorm.weight", "LayerNorm.gamma"}, {"LayerNorm.bias", "LayerNorm.beta"}} {
		if _, _, ok := l.f.Shape(full); !ok && strings.HasSuffix(name, old[0]) {
			full = l.prefix + strings.TrimSuffix(name, old[0]) + old[1]
		}
	}
	shape, dtype, ok := l.f.Shape(full)
	switch {
	case !ok:
		l.err = say.Errorf("lacks the tensor %s", name)
	case !foreign.IsFloat(dtype):
		l.err = fmt.Errorf("tensor %s is of type %s, expected floats", full, dtype)
	case len(shape) != rank || shape.Size() == 0:
		l.err = fmt.Errorf("tensor %s has shape %v, expected %d axes", full, shape, rank)
	}
	if l.err != nil {
		return nil
	}
	t, err := l.f.Tensor(full)
	l.err = err
	return t
}

// dense is a Linear layer [out in] as a Dense one [in out].
func (l *loader) dense(layer, name string) {
	w := l.get(name+".weight", 2)
	if l.err != nil {
		return
	}
	l.state[layer+"/kernel"] = foreign.Transposed(w, 1, 0)
	if l.has(name + ".bias") {
		l.state[layer+"/bias"] = l.get(name+".bias", 1)
	}
}

func (l *loader) norm(layer, name string) {
	l.state[layer+"/gamma"], l.state[layer+"/beta"] = l.get(name+".weight", 1), l.get(name+".bias", 1)
}

// fit gives every weight of a network its shape.
func (l *loader) fit(net *layers.Model) (graph.State, error) {
	if l.err != nil {
		return nil, l.err
	}
	for _, w := range net.Weights() {
		v := l.state[w.Name]
		switch {
		case v == nil:
			return nil, fmt.Errorf("lacks the weight of %s", w.Name)
		case v.Size() != w.Shape.Size():
			return nil, fmt.Errorf("the weight of %s has shape %v, expected %v", w.Name, v.Shape(), w.Shape)
		}
		l.state[w.Name] = v.Reshape(w.Shape...)
	}
	return l.state, nil
}

// checked builds a network; sizes that do not fit are an error.
func checked(build func() *layers.Model) (net *layers.Model, err error) {
	defer func() {
		if e := recover(); e != nil {
			net, err = nil, fmt.Errorf("the network cannot be built: %v", e)
		}
	}()
	net = build()
	return net, net.Check()
}
