package keras

import (
	"slices"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// load finds a layer's weights, by name and else by order.
func (p placed) load(l layers.Layer, ours []layers.Weight, w Weights, state graph.State) error {
	if p.layer == nil {
		return say.Errorf("%s has weights that no layer of the file stands for", ours[0].Name)
	}
	var theirs []Array
	var err error
	if list, ok := w.(*Listed); ok {
		theirs, err = list.next(len(ours))
	} else {
		theirs, err = w.Layer(p.path)
	}
	if err == nil {
		theirs, err = p.arrange(l, theirs)
	}
	if err == nil {
		err = assign(ours, theirs, state)
	}
	if err != nil {
		return say.Errorf("layer %.80q: %w", strings.Join(p.path, "/"), err)
	}
	return nil
}

// places are those of weights in Keras' order within a layer, or within a part of one.
var places = map[string]int{"recurrent_kernel": 1, "pointwise_kernel": 1, "beta": 1, "bias": 2, "moving_mean": 3,
	"moving_variance": 4, "variance": 1}

// inOrder is our weights in Keras' order: parts as they are, and the weights of each by their places.
func inOrder(ours []layers.Weight) []layers.Weight {
	part := func(w layers.Weight) string { return w.Name[:strings.LastIndexByte(w.Name, '/')] }
	first := map[string]int{}
	for i, w := range ours {
		if _, ok := first[part(w)]; !ok {
			first[part(w)] = i
		}
	}
	ours = slices.Clone(ours)
	slices.SortStableFunc(ours, func(a, b layers.Weight) int {
		if d := first[part(a)] - first[part(b)]; d != 0 {
			return d
		}
		return places[plainName(a.Name)] - places[plainName(b.Name)]
	})
	return ours
}

// assign puts each of a layer's weights into state under our name: by the file's names where these tell them apart,
// else in order. Shapes may differ by axes of length 1; another shape, and in order another count, is an error.
func assign(ours []layers.Weight, theirs []Array, state graph.State) error {
	ours = inOrder(ours)
	if len(theirs) == 0 {
		return say.Errorf("the file has no weights for it, expected %d", len(ours))
	}
	order := byName(ours, theirs)
	if order == nil && len(ours) != len(theirs) {
		return say.Errorf("the file has %d weights for it, expected %d", len(theirs), len(ours))
	}
	for i, w := range ours {
		a := theirs[i]
		if order != nil {
			a = theirs[order[i]]
		}
		if !sameButOnes(a.Shape, w.Shape) {
			return say.Errorf("the weight %.80q has shape %v, expected %v", a.Name, a.Shape, w.Shape)
		}
		t, err := a.Load()
		if err != nil {
			return say.Errorf("the weight %.80q: %w", a.Name, err)
		}
		if t.Size() != w.Shape.Size() {
			return say.Errorf("the weight %.80q has %d numbers, expected %d", a.Name, t.Size(), w.Shape.Size())
		}
		state[w.Name] = t.Reshape(w.Shape...)
	}
	return nil
}

// byName is the place of each of our weights among theirs; nil where names do not tell, and their order does.
func byName(ours []layers.Weight, theirs []Array) []int {
	order := make([]int, len(ours))
	for i, w := range ours {
		name := plainName(w.Name)
		is := func(a Array) bool { return plainName(a.Name) == name }
		order[i] = slices.IndexFunc(theirs, is)
		if order[i] < 0 || slices.Contains(order[:i], order[i]) || slices.IndexFunc(theirs[order[i]+1:], is) >= 0 {
			return nil
		}
	}
	return order
}

// plainName is "kernel" for "dense_1/kernel:0".
func plainName(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	name, _, _ = strings.Cut(name, ":")
	return name
}

// sameButOnes tells shapes that differ by axes of length 1 alone.
func sameButOnes(a, b []int) bool {
	one := func(d int) bool { return d == 1 }
	return slices.Equal(slices.DeleteFunc(slices.Clone(a), one), slices.DeleteFunc(slices.Clone(b), one))
}

// arrange puts the arrays of a layer into the form of ours.
func (p placed) arrange(l layers.Layer, theirs []Array) ([]Array, error) {
	theirs = slices.Clone(theirs)
	defer p.correlate(theirs)
	switch p.layer.Class {
	case "DepthwiseConv2D":
		for i := range theirs {
			theirs[i].Name = strings.Replace(theirs[i].Name, "depthwise_kernel", "kernel", 1)
		}
	case "LSTM", "GRU":
		return gates(p.layer.Class, theirs)
	case "Bidirectional":
		return bothWays(l, theirs)
	case "Normalization":
		return theirs[:min(len(theirs), 2)], nil // not how many samples were counted
	case "MultiHeadAttention":
		for i := range theirs {
			theirs[i].Name = "" // names repeat in the parts: their order counts
		}
	case "Convolution2D", "Convolution1D", "AtrousConvolution2D":
		if p.layer.Config.text("dim_ordering") == "th" && len(theirs) > 0 && len(theirs[0].Shape) == 4 {
			theirs[0] = theirs[0].permuted(2, 3, 1, 0)
		}
	}
	return theirs, nil
}

// correlate turns the kernels of convolutions that Theano computed, which goes through them backwards.
func (p placed) correlate(theirs []Array) {
	if !p.backwards || !strings.Contains(p.layer.Class, "Conv") {
		return
	}
	for i, a := range theirs {
		if len(a.Shape) >= 3 {
			theirs[i] = a.turned(len(a.Shape) - 2)
		}
	}
}

// turned is the array with its first axes, so many, in reverse.
func (a Array) turned(axes int) Array {
	inner := 1
	for _, d := range a.Shape[axes:] {
		inner *= d
	}
	load := func() (*tensor.Tensor, error) {
		t, err := a.Load()
		if err != nil {
			return nil, err
		}
		out := tensor.New(tensor.Float32, a.Shape...)
		n := t.Size() / inner
		for i := range n {
			copy(out.F()[i*inner:(i+1)*inner], t.F()[(n-1-i)*inner:])
		}
		return out, nil
	}
	return Array{Name: a.Name, Shape: a.Shape, Load: load}
}

// bothWays are the weights of the layer that goes forward, then of that which goes backward.
func bothWays(l layers.Layer, theirs []Array) ([]Array, error) {
	class, out := "", []Array{}
	if b, ok := l.(*layers.BidirectionalLayer); ok && b.Layer != nil {
		class = b.Layer.Class()
	}
	for i := range 2 {
		half := theirs[i*(len(theirs)/2) : (i+1)*(len(theirs)/2)]
		if class == "LSTM" || class == "GRU" {
			var err error
			if half, err = gates(class, half); err != nil {
				return nil, err
			}
		}
		out = append(out, half...)
	}
	for i := range out {
		out[i].Name = "" // names repeat in the two directions: their order counts
	}
	return out, nil
}

// gates joins the weights of Keras 1, which has them apart for each gate, as input, recurrent and bias: of an LSTM in
// the order i, c, f, o, of a GRU z, r, h. Ours are i, f, c, o and z, r, h, as in Keras 2.
func gates(class string, theirs []Array) ([]Array, error) {
	order := []int{0, 1, 2}
	if class == "LSTM" {
		order = []int{0, 2, 1, 3}
	}
	if len(theirs) != 3*len(order) {
		return theirs, nil
	}
	out := make([]Array, 3)
	for part := range out {
		pieces := make([]Array, len(order))
		for i, gate := range order {
			pieces[i] = theirs[3*gate+part]
		}
		joined, err := beside(pieces)
		if err != nil {
			return nil, err
		}
		out[part] = joined
	}
	return out, nil
}

// beside joins arrays of one shape along their innermost axis.
func beside(pieces []Array) (Array, error) {
	shape := pieces[0].Shape
	if len(shape) == 0 {
		return Array{}, say.Errorf("the weight %.80q is a single number", pieces[0].Name)
	}
	for _, p := range pieces {
		if !slices.Equal(p.Shape, shape) {
			return Array{}, say.Errorf("the weight %.80q has shape %v, %.80q has %v", p.Name, p.Shape, pieces[0].Name,
				shape)
		}
	}
	n := shape[len(shape)-1]
	whole := slices.Clone(shape)
	whole[len(whole)-1] = n * len(pieces)
	load := func() (*tensor.Tensor, error) {
		out := tensor.New(tensor.Float32, whole...)
		for k, p := range pieces {
			t, err := p.Load()
			if err != nil {
				return nil, err
			}
			for row := 0; n > 0 && row < t.Size()/n; row++ {
				copy(out.F()[(row*len(pieces)+k)*n:], t.F()[row*n:(row+1)*n])
			}
		}
		return out, nil
	}
	return Array{Shape: whole, Load: load}, nil
}

// permuted is the array with its axes in another order: axis i is what axis perm[i] was.
func (a Array) permuted(perm ...int) Array {
	shape := make([]int, len(perm))
	for i, p := range perm {
		shape[i] = a.Shape[p]
	}
	load := func() (*tensor.Tensor, error) {
		t, err := a.Load()
		if err != nil {
			return nil, err
		}
		return foreign.Transposed(t, perm...), nil
	}
	return Array{Name: a.Name, Shape: shape, Load: load}
}
