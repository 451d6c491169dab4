package kerasprogram

import (
	"slices"
	"strings"

	"wafer/nn/layers"
	"wafer/nn/say"
)

// chain is a network, a part of one, or a tensor: what it has gone through so far.
type chain struct {
	input    []int // of one sample, where the program says so
	elements []*element
}

// element is a layer, or a base of keras.applications.
type element struct {
	class  string
	name   string
	config []setting
	units  value // of a Dense, where they are not a number yet

	zoo     string
	top     bool
	options []setting
	weights bool // those of ImageNet

	frozen bool
	part   bool // of its layers only some are frozen
}

// setting is an argument in the order that it was given in.
type setting struct {
	key   string
	value any
}

// layer is one that is not applied yet; nil: one that changes nothing in a recipe.
type layer struct {
	element *element
	input   []int // input_shape
}

func (c *chain) train(on bool) {
	for _, e := range c.elements {
		e.frozen, e.part = !on, false
	}
}

func (c *chain) trainPart(on bool) {
	for _, e := range c.elements {
		if e.zoo != "" {
			e.frozen, e.part = false, true
		} else {
			e.frozen = !on
		}
	}
}

// base is the base that the chain begins with, or nil.
func (c *chain) base() *element {
	for _, e := range c.elements {
		if e.zoo != "" {
			return e
		}
	}
	return nil
}

// apply puts a layer or a model on a tensor.
func (r *reader) apply(f value, a arguments) value {
	x, _ := a.at("inputs", 0)
	if several, ok := x.(items); ok {
		if len(several) != 1 {
			r.fail(say.New("a layer joins several tensors; so far networks are read that are one chain of layers"))
			return &chain{}
		}
		x = several[0]
	}
	out := &chain{}
	switch x := x.(type) {
	case *chain:
		out.input, out.elements = x.input, slices.Clone(x.elements)
	case *flow, unknown, module, scaledData, method:
		if l, ok := f.(*layer); ok && l.element != nil && l.element.class == "Rescaling" {
			r.data.rescale(l.element.number("scale", 1), l.element.number("offset", 0))
		}
		return x // data go through it
	}
	r.put(out, f)
	return out
}

// put adds a layer or a model to a chain.
func (r *reader) put(c *chain, f value) {
	switch f := f.(type) {
	case *layer:
		if len(c.elements) == 0 && c.input == nil {
			c.input = f.input
		}
		if f.element != nil {
			c.elements = append(c.elements, f.element)
		}
	case *chain:
		if c.input == nil {
			c.input = f.input
		}
		if f.base() != nil && len(c.elements) > 0 {
			r.beforeBase(c)
		}
		c.elements = append(c.elements, f.elements...)
	case unknown, module:
		r.note(say.New("a layer that is not known here is left out"))
	}
}

// beforeBase takes out the layers before a base, which can only scale pictures.
func (r *reader) beforeBase(c *chain) {
	for _, e := range c.elements {
		if e.class != "Rescaling" || !r.data.rescale(e.number("scale", 1), e.number("offset", 0)) {
			r.note(say.Errorf("the layer %s before the base is left out", e.class))
		}
	}
	c.elements = nil
}

func (e *element) number(key string, missing float64) float64 {
	for _, s := range e.config {
		if f, ok := asNumber(s.value); ok && s.key == key {
			return f
		}
	}
	return missing
}

// places are the names of arguments that are commonly given by place.
var places = map[string]string{
	"Dense": "units activation", "Activation": "activation", "Dropout": "rate", "Embedding": "input_dim output_dim",
	"Conv1D": "filters kernel_size strides padding", "Conv2D": "filters kernel_size strides padding",
	"Conv2DTranspose": "filters kernel_size strides padding", "SeparableConv2D": "filters kernel_size strides padding",
	"DepthwiseConv2D": "kernel_size strides padding", "MaxPooling1D": "pool_size strides padding",
	"MaxPooling2D": "pool_size strides padding", "AveragePooling1D": "pool_size strides padding",
	"AveragePooling2D": "pool_size strides padding", "LSTM": "units activation", "GRU": "units activation",
	"SimpleRNN": "units activation", "Bidirectional": "layer", "TimeDistributed": "layer", "Reshape": "target_shape",
	"Permute": "dims", "RepeatVector": "n", "LeakyReLU": "negative_slope", "ELU": "alpha", "ReLU": "max_value",
	"ZeroPadding1D": "padding", "ZeroPadding2D": "padding", "Cropping1D": "cropping", "Cropping2D": "cropping",
	"UpSampling1D": "size", "UpSampling2D": "size", "Rescaling": "scale offset", "GroupNormalization": "groups",
	"MultiHeadAttention": "num_heads key_dim"}

// aliases are other names of classes.
var aliases = map[string]string{"Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "MaxPool1D": "MaxPooling1D",
	"MaxPool2D": "MaxPooling2D", "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D",
	"GlobalAvgPool1D": "GlobalAveragePooling1D", "GlobalAvgPool2D": "GlobalAveragePooling2D",
	"GlobalMaxPool1D": "GlobalMaxPooling1D", "GlobalMaxPool2D": "GlobalMaxPooling2D", "CuDNNLSTM": "LSTM",
	"CuDNNGRU": "GRU", "SpatialDropout1D": "", "SpatialDropout2D": "", "GaussianNoise": "", "GaussianDropout": "",
	"ActivityRegularization": ""}

// silent are arguments of layers that say nothing that a recipe needs.
var silent = []string{"input_shape", "input_dim", "input_length", "batch_input_shape", "dtype", "name", "trainable"}

// makeLayer makes a layer of a class that package layers has.
func (r *reader) makeLayer(class string, a arguments) value {
	r.made++
	out := &layer{element: &element{class: class, name: a.word("name", -1)}, input: inputShape(class, a)}
	out.element.frozen = !a.flag("trainable", -1, true)
	names := strings.Fields(places[class])
	for i, v := range a.all {
		if i < len(names) {
			r.setting(out.element, names[i], v)
		} else {
			r.note(say.Errorf("argument %d of %s is left out", i+1, class))
		}
	}
	for _, key := range a.order {
		own := class == "Embedding" && key == "input_dim"
		if own || !slices.Contains(silent, key) {
			r.setting(out.element, key, a.named[key])
		}
	}
	return out
}

// inputShape is that of one sample, as the first layer of a Sequential says it.
func inputShape(class string, a arguments) []int {
	if v, ok := a.named["input_shape"]; ok {
		return ints(v)
	}
	if v, ok := a.named["batch_input_shape"].(items); ok && len(v) > 1 {
		return ints(v[1:])
	}
	if v, ok := a.named["input_dim"]; ok && class != "Embedding" {
		return ints(v)
	}
	if v, ok := a.named["input_length"]; ok {
		return ints(v)
	}
	return nil
}

// setting adds an argument to a layer, if its class has it.
func (r *reader) setting(e *element, key string, v value) {
	if e.class == "LeakyReLU" && key == "alpha" {
		key = "negative_slope" // Keras 2
	}
	out, ok := r.plain(e, key, v)
	if !ok || out == nil {
		return
	}
	if _, err := layers.New(e.class, marshal([]setting{{key, out}})); err != nil {
		r.note(say.Errorf("%s of %s is left out: a recipe has no such argument, or not with this value", key, e.class))
		return
	}
	e.config = append(slices.DeleteFunc(e.config, func(s setting) bool { return s.key == key }), setting{key, out})
}

// plain is an argument as JSON has it: None is left out, a function of activation is its name.
func (r *reader) plain(e *element, key string, v value) (any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, false
	case string, bool:
		return v, true
	case int, float64:
		if n, ok := whole(v); ok && slices.Contains(pairs, key) && strings.Contains(e.class, "2D") {
			return []int{n, n}, true
		}
		return v, true
	case items:
		if list := ints(v); list != nil {
			if strings.HasSuffix(e.class, "1D") && len(list) == 1 {
				return list[0], true
			}
			return list, true
		}
	case *layer:
		if v.element != nil {
			return map[string]any{"class": v.element.class, "config": object(v.element.config)}, true
		}
	case module:
		if key == "activation" {
			return last(v.path), true
		}
	}
	return r.missing(e, key, v)
}

// pairs are arguments that stand for height and width where they are one number.
var pairs = []string{"kernel_size", "strides", "pool_size", "dilation_rate", "size"}

// labels stands for the number of labels of the data.
type labels struct{}

// missing deals with an argument whose value the program does not say.
func (r *reader) missing(e *element, key string, v value) (any, bool) {
	switch {
	case key == "units" && e.class == "Dense":
		e.units = v
	case key == "input_dim" && e.class == "Embedding":
		e.units = v // the size of the vocabulary, known later
	case strings.HasSuffix(key, "_regularizer"), strings.HasSuffix(key, "_initializer"), strings.HasSuffix(key,
		"_constraint"):
		r.note(say.Errorf("%s of %s is left out: a recipe has no such argument, or not with this value", key, e.class))
	default:
		r.note(say.Errorf("%s of %s has no value that is known here; it is left out", key, e.class))
	}
	return nil, false
}
