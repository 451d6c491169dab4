package statedict

import (
	"slices"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
	"wafer/nn/zoo"
)

// loader fills one architecture.
type loader struct {
	w      foreign.Weights
	prefix string // of the names of all tensors
	side   int    // of the pictures; 0: as it was published
	used   map[string]bool
	state  graph.State
}

// network builds the architecture with as many classes and channels as the tensors have, and fills it: by names, or
// where these are others, in the order of the file.
func (l *loader) network(a architecture, modules []string, byName bool) (*foreign.Network, error) {
	if len(modules) != a.layers {
		return nil, say.Errorf("has weights of %d layers, expected %d", len(modules), a.layers)
	}
	net, err := zoo.New(a.zoo, zoo.Options{})
	if err != nil {
		return nil, err
	}
	names := modules
	if byName && a.modules != nil {
		names = a.modules()
	} else if byName {
		names = withWeights(net)
	}
	o, err := l.options(a, names)
	if err != nil {
		return nil, err
	}
	if net, err = zoo.New(a.zoo, o); err != nil {
		return nil, err
	}
	if err := l.fill(net, names); err != nil {
		return nil, err
	}
	n := &foreign.Network{Layers: net, State: l.state, Name: a.zoo, Image: a.image(net.Input().Shape),
		ImageNet: o.Classes == 1000}
	if a.change != nil {
		a.change(n)
	}
	if !byName {
		n.Notes = []string{"Its weights have names of their own: they were taken in their order."}
	}
	return n, nil
}

// withWeights are the entries that have weights, in their order.
func withWeights(net *layers.Model) (names []string) {
	for _, w := range net.Weights() {
		if !slices.Contains(names, w.Layer) {
			names = append(names, w.Layer)
		}
	}
	return names
}

// options are the sizes that the tensors show.
func (l *loader) options(a architecture, names []string) (o zoo.Options, err error) {
	first, _, _ := l.w.Shape(l.prefix + names[0] + ".weight")
	last, _, _ := l.w.Shape(l.prefix + names[len(names)-1] + ".weight")
	if len(first) != 4 || len(last) < 2 {
		return o, say.Errorf("has weights of shape %v and %v at its ends, expected those of a convolution and of a "+
			"classifier", first, last)
	}
	o = zoo.Options{Height: l.side, Width: l.side, Channels: first[1], Classes: last[0]}
	if strings.HasPrefix(a.zoo, "vgg") { // its two layers before the classifier
		hidden, _, _ := l.w.Shape(l.prefix + names[len(names)-2] + ".weight")
		if len(hidden) == 2 {
			o.Units = hidden[0]
		}
	}
	if fc, _, ok := l.w.Shape(l.prefix + "fc1.weight"); ok && len(fc) == 2 && a.zoo == "lenet" && l.side == 0 {
		// Two convolutions without padding, each pooled, leave a quarter of the side less 3, of 16 channels.
		for n := 1; 16*n*n <= fc[1]; n++ {
			o.Height, o.Width = 4*n+12, 4*n+12
		}
	}
	return o, nil
}

// parts are PyTorch's names of a layer's weights by ours.
var parts = map[string]string{"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias",
	"moving_mean": "running_mean", "moving_variance": "running_var"}

// fill places every weight. Tensors of floats that belong nowhere are an error: the network would be another one.
func (l *loader) fill(net *layers.Model, names []string) error {
	entries := withWeights(net)
	if len(entries) != len(names) {
		return say.Errorf("has weights of %d layers, expected %d", len(names), len(entries))
	}
	for _, w := range net.Weights() {
		module := names[slices.Index(entries, w.Layer)]
		if err := l.place(net, w, l.prefix+module+"."+parts[strings.TrimPrefix(w.Name, w.Layer+"/")]); err != nil {
			return err
		}
	}
	for _, name := range l.w.Names() {
		if _, dtype, _ := l.w.Shape(name); foreign.IsFloat(dtype) && !l.used[name] {
			return say.Errorf("has a tensor %s that belongs nowhere in it", name)
		}
	}
	return nil
}

// place puts a tensor into a weight. PyTorch has channels first: kernels [out in h w] (depthwise [channels 1 h w])
// become [h w in out] ([h w channels 1]), Linear's [out in] become [in out], with the inputs in the order of channels
// last where they were an image.
func (l *loader) place(net *layers.Model, w layers.Weight, name string) error {
	shape, dtype, ok := l.w.Shape(name)
	if !ok {
		return lacks(name)
	}
	e := net.Entries[slices.IndexFunc(net.Entries, func(e layers.Entry) bool { return e.Name == w.Layer })]
	order, image := axes(net, e, w)
	if !foreign.IsFloat(dtype) || !shape.Equal(sourceShape(w.Shape, order)) && !alike(shape, w.Shape, order) {
		return say.Errorf("tensor %s is of type %s and shape %v, expected floats of shape %v", name, dtype, shape,
			sourceShape(w.Shape, order))
	}
	t, err := l.w.Tensor(name)
	if err != nil {
		return err
	}
	l.used[name] = true
	switch {
	case image != nil: // [out, channels·h·w] as [out channels h w]
		to := foreign.Transposed(t.Reshape(w.Shape[1], image[2], image[0], image[1]), 2, 3, 1, 0)
		l.state[w.Name] = to.Reshape(w.Shape...)
	case order != nil:
		l.state[w.Name] = foreign.Transposed(t.Reshape(sourceShape(w.Shape, order)...), order...)
	default:
		l.state[w.Name] = t
	}
	return nil
}

// alike takes a 1×1 convolution [out in 1 1] for Linear's [out in].
func alike(shape, want tensor.Shape, order []int) bool {
	return len(shape) == 4 && len(want) == 2 && shape[2] == 1 && shape[3] == 1 &&
		shape[:2].Equal(sourceShape(want, order))
}

// axes are those of the source by those of the weight, nil where they are the same; image is [h w channels] where a
// layer behind a Flatten takes one.
func axes(net *layers.Model, e layers.Entry, w layers.Weight) (order []int, image tensor.Shape) {
	switch e.Layer.(type) {
	case *layers.Conv2DLayer:
		order = []int{2, 3, 1, 0}
	case *layers.DepthwiseConv2DLayer:
		order = []int{2, 3, 0, 1}
	case *layers.DenseLayer:
		order = []int{1, 0}
		for _, before := range net.Entries {
			if _, flat := before.Layer.(*layers.FlattenLayer); flat && before.Name == e.Inputs[0] {
				image = net.ShapeOf(before.Inputs[0])
			}
		}
	}
	if len(w.Shape) < 2 {
		return nil, nil
	}
	return order, image
}

// sourceShape is the shape that becomes shape when its axes are put into order.
func sourceShape(shape tensor.Shape, order []int) tensor.Shape {
	if order == nil {
		return shape
	}
	from := make(tensor.Shape, len(shape))
	for i, axis := range order {
		from[axis] = shape[i]
	}
	return from
}
