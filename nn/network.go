package nn

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/tensor"
	"wafer/nn/train"
	"wafer/nn/zoo"
)

// network is what a recipe's define describes.
type network struct {
	*layers.Model
	frozen map[string]bool // entries that training leaves as they are
	base   []string        // entries of the base
	file   string          // with the weights of the base; "": random
}

// Network builds what the recipe's define describes.
func Network(r *recipe.Recipe) (*layers.Model, error) {
	n, err := newNetwork(r)
	if err != nil {
		return nil, err
	}
	return n.Model, nil
}

func newNetwork(r *recipe.Recipe) (*network, error) {
	d := r.Define
	switch list := d.Stack(); {
	case list != nil:
		n, err := stacked(r.Name, list, r.Preprocess)
		if err != nil {
			return nil, fmt.Errorf("recipe: define.layers: %w", err)
		}
		return n, nil
	case d.Zoo == "":
		m := new(layers.Model)
		if err := json.Unmarshal(d.Layers, m); err != nil {
			return nil, fmt.Errorf("recipe: define.layers: %w", err)
		}
		return &network{Model: m}, nil
	}
	o, err := zooOptions(d.Options)
	if err != nil {
		return nil, fmt.Errorf("recipe: define.options: %w", err)
	}
	m, err := zoo.New(d.Zoo, o)
	if err != nil {
		return nil, fmt.Errorf("recipe: define.zoo: %w", err)
	}
	return &network{Model: m}, nil
}

func zooOptions(doc json.RawMessage) (o zoo.Options, err error) {
	if len(doc) == 0 {
		return o, nil
	}
	d := json.NewDecoder(strings.NewReader(string(doc)))
	d.DisallowUnknownFields()
	return o, d.Decode(&o)
}

// stacked puts the layers of a list one on another, as Keras' Sequential, on the input that
// the preprocessing makes.
func stacked(name string, list []recipe.Layer, p recipe.Preprocess) (n *network, err error) {
	defer func() {
		if e := recover(); e != nil {
			n, err = nil, fmt.Errorf("%v", e)
		}
	}()
	n = &network{frozen: map[string]bool{}}
	b, at := layers.NewFunctional(name, inputOf(p)), layers.InputName
	for i, l := range list {
		if l.Zoo != "" {
			if at, err = n.addBase(b, l, p); err != nil {
				return nil, err
			}
			continue
		}
		layer, err := layers.New(l.Class, l.Config)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		if l.Name != "" {
			at = b.Named(l.Name, layer, at)
		} else {
			at = b.Add(layer, at)
		}
		n.frozen[at] = l.Frozen()
	}
	n.Model = b.Model()
	return n, n.Check()
}

// inputOf is the input that a preprocessing makes.
func inputOf(p recipe.Preprocess) layers.Spec {
	switch {
	case p.Image != nil:
		return layers.Spec{Shape: tensor.Shape{p.Image.Height, p.Image.Width, p.Image.Channels}}
	case p.Text.NGrams != nil:
		return layers.Spec{Shape: tensor.Shape{p.Text.NGrams.MaxLen}, DType: tensor.Int32}
	}
	return layers.Spec{Shape: tensor.Shape{p.Text.Pad.MaxLen}, DType: tensor.Int32}
}

// addBase adds the entries of an architecture, for the input of the preprocessing, under
// their own names.
func (n *network) addBase(b *layers.Functional, l recipe.Layer, p recipe.Preprocess) (last string, err error) {
	o, err := zooOptions(l.Options)
	if err != nil {
		return "", fmt.Errorf("[0].options: %w", err)
	}
	o.NoTop = !l.Top()
	if in := inputOf(p).Shape; p.Image != nil {
		o.Height, o.Width, o.Channels = in[0], in[1], in[2]
	} else {
		o.Length = in[0]
	}
	m, err := zoo.New(l.Zoo, o)
	if err != nil {
		return "", fmt.Errorf("[0].zoo: %w", err)
	}
	for _, e := range m.Entries {
		last = b.Named(e.Name, e.Layer, e.Inputs...)
		n.frozen[last] = l.Frozen()
		n.base = append(n.base, last)
	}
	n.file = l.Weights
	return last, nil
}

// isFrozen is what package train asks.
func (n *network) isFrozen(entry string) bool { return n.frozen[entry] }

// trainable says in a sentence when there is nothing to train.
func (n *network) trainable() error {
	if len(train.Trainable(n.Model, n.isFrozen)) == 0 {
		return errors.New("recipe: define: no layer is left to train")
	}
	return nil
}

// fixed divides the network behind the frozen layers that everything else stands on: what
// they compute of a sample is the same in every epoch. fixed is nil where there are none.
func (n *network) fixed() (fixed, rest *layers.Model) {
	last := ""
	for _, e := range n.Entries {
		if !n.frozen[e.Name] {
			break
		}
		last = e.Name
	}
	if last != "" {
		if a, b, ok := n.Cut(last); ok {
			return a, b
		}
	}
	return nil, n.Model
}

// loadBase sets the weights of the base from a file.
func (n *network) loadBase(state graph.State, file []byte) error {
	if n.file == "" {
		return nil
	}
	if file == nil {
		return fmt.Errorf("weights: %s: is not among the data", n.file)
	}
	var meta json.RawMessage
	from, err := format.Decode(file, &meta)
	if err != nil {
		return fmt.Errorf("weights: %s: %w", n.file, err)
	}
	for _, w := range n.Weights() {
		if !slices.Contains(n.base, w.Layer) {
			continue
		}
		v := from[w.Name]
		if v == nil || !v.Shape().Equal(w.Shape) || v.DType() != tensor.Float32 {
			return fmt.Errorf("weights: %s: the base needs %s of shape %v, the file has %v", n.file, w.Name, w.Shape, found(v))
		}
		state[w.Name].CopyFrom(v)
	}
	return nil
}

func found(t *tensor.Tensor) any {
	if t == nil {
		return "none"
	}
	return t
}
