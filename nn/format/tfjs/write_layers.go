package tfjs

import (
	"encoding/json"
	"strconv"
	"strings"

	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// writer makes TensorFlow.js' layers of ours.
type writer struct {
	names map[string]string // of layers, as they are written
	taken map[string]bool
	list  []any
	depth map[string]bool // layers whose kernel has another name
}

// pixelsLayer is the layer in front of a network that wants other numbers than Teachable Machine gives.
const pixelsLayer = "wafer_pixels"

// fromMachine are factor and summand that make a normalisation of numbers −1…1; ok is false where there are none.
func fromMachine(i *recipe.Image) (scale, offset float32, ok bool) {
	switch i.Normalisation {
	case "0..1":
		return 0.5, 0.5, true
	case "none":
		return 127.5, 127.5, true
	}
	return 1, 0, i.Normalisation == "-1..1"
}

// name is a layer's in what TensorFlow.js takes for one: letters, digits, and "-._/" behind the first.
func (w *writer) name(old string) string {
	if n := w.names[old]; n != "" {
		return n
	}
	var b strings.Builder
	for i := range len(old) {
		c := old[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9', i > 0 && strings.IndexByte("-._/", c) >= 0:
			b.WriteByte(c)
		case i == 0:
			b.WriteString("x_")
		default:
			b.WriteByte('_')
		}
	}
	n := b.String()
	for i := 2; w.taken[n]; i++ {
		n = b.String() + "_" + strconv.Itoa(i)
	}
	w.taken[n], w.names[old] = true, n
	return n
}

// weight is the name of a weight, "layer/kernel".
func (w *writer) weight(old string) string {
	for at := len(old); ; {
		at = strings.LastIndexByte(old[:at], '/')
		if at < 0 {
			return old
		}
		if layer := w.names[old[:at]]; layer != "" {
			if part := old[at+1:]; w.depth[old[:at]] && part == "kernel" {
				return layer + "/depthwise_kernel"
			}
			return layer + old[at:]
		}
	}
}

// model is the config of the model.
func (w *writer) model(e Export) (map[string]any, error) {
	net, in := e.Layers, e.Layers.Input()
	if len(net.Inputs) != 1 || len(net.Outputs) > 1 {
		return nil, say.Errorf("has %d inputs and %d outputs, models of one are written", len(net.Inputs),
			max(len(net.Outputs), 1))
	}
	given := in.Name
	if given == "" {
		given = layers.InputName
	}
	dtype := "float32"
	if in.DType == tensor.Int32 {
		dtype = "int32"
	}
	batch := []any{nil}
	for _, n := range in.Shape {
		batch = append(batch, n)
	}
	w.layer(given, "InputLayer", map[string]any{"batch_input_shape": batch, "dtype": dtype, "sparse": false})
	first := w.names[given]
	if e.Image != nil {
		scale, offset, _ := fromMachine(e.Image)
		if scale != 1 {
			w.layer(pixelsLayer, "Rescaling", map[string]any{"scale": scale, "offset": offset}, given)
			w.names[given] = w.names[pixelsLayer]
		}
	}
	for _, entry := range net.Entries {
		if err := w.entry(net, entry); err != nil {
			return nil, say.Errorf("layer %.80q (%.40s): %w", entry.Name, entry.Layer.Class(), err)
		}
	}
	out := net.Last().Name
	if len(net.Outputs) == 1 {
		out = net.Outputs[0]
	}
	return map[string]any{"name": "model", "layers": w.list, "input_layers": []any{[]any{first, 0, 0}},
		"output_layers": []any{[]any{w.names[out], 0, 0}}}, nil
}

// layer adds a layer behind others.
func (w *writer) layer(name, class string, config map[string]any, inputs ...string) {
	n := w.name(name)
	config["name"], config["trainable"] = n, true
	inbound := []any{}
	if len(inputs) > 0 {
		var call []any
		for _, in := range inputs {
			call = append(call, []any{w.names[in], 0, 0, map[string]any{}})
		}
		inbound = append(inbound, call)
	}
	w.list = append(w.list, map[string]any{"name": n, "class_name": class, "config": config, "inbound_nodes": inbound})
}

// entry translates a layer of ours, whose arguments have Keras' names.
func (w *writer) entry(net *layers.Model, e layers.Entry) error {
	l := e.Layer
	if l.Class() == "Flatten" { // TensorFlow.js does not flatten what is flat
		if s := net.ShapeOf(e.Inputs[0]); len(s) == 1 {
			l = layers.Reshape(s...)
		}
	}
	class, config, err := translated(l)
	if err != nil {
		return err
	}
	if class == "DepthwiseConv2D" {
		if w.depth == nil {
			w.depth = map[string]bool{}
		}
		w.depth[e.Name] = true
	}
	w.layer(e.Name, class, config, e.Inputs...)
	return nil
}

// plain are the classes that TensorFlow.js has with the same arguments.
var plain = map[string]bool{"Dense": true, "Activation": true, "ReLU": true, "Conv2D": true, "Conv1D": true,
	"DepthwiseConv2D": true, "SeparableConv2D": true, "MaxPooling2D": true, "AveragePooling2D": true,
	"GlobalAveragePooling1D": true, "GlobalAveragePooling2D": true, "GlobalMaxPooling1D": true,
	"GlobalMaxPooling2D": true, "Flatten": true, "Reshape": true, "Dropout": true, "BatchNormalization": true,
	"LayerNormalization": true, "Embedding": true, "LSTM": true, "Bidirectional": true, "ZeroPadding2D": true, "Add": true,
	"Concatenate": true, "Rescaling": true}

// activations that TensorFlow.js has, by our names.
var activations = map[string]string{"": "linear", "linear": "linear", "relu": "relu", "relu6": "relu6", "elu": "elu",
	"sigmoid": "sigmoid", "tanh": "tanh", "softmax": "softmax", "silu": "swish", "gelu": "gelu"}

// translated is a layer's class and arguments there.
func translated(l layers.Layer) (class string, config map[string]any, err error) {
	class = l.Class()
	if !plain[class] {
		return "", nil, say.New("TensorFlow.js has no such layer")
	}
	doc, err := json.Marshal(l)
	if err != nil {
		return "", nil, err
	}
	if err := json.Unmarshal(doc, &config); err != nil {
		return "", nil, err
	}
	for key := range config {
		if strings.HasSuffix(key, "_initializer") { // of weights that are given
			delete(config, key)
		}
	}
	if a, ok := config["activation"].(string); ok || class == "Dense" || strings.Contains(class, "Conv") {
		known := activations[a]
		if known == "" {
			return "", nil, say.Errorf("TensorFlow.js has no activation %.40q that does the same", a)
		}
		config["activation"] = known
	}
	return special(class, l, config)
}

// special are the classes whose arguments differ.
func special(class string, l layers.Layer, config map[string]any) (string, map[string]any, error) {
	switch l := l.(type) {
	case *layers.ReLULayer:
		if l.Threshold != 0 || l.NegativeSlope != 0 && l.MaxValue != nil {
			return "", nil, say.New("TensorFlow.js has no such layer")
		}
		if l.NegativeSlope != 0 {
			return "LeakyReLU", map[string]any{"alpha": l.NegativeSlope}, nil
		}
		if l.MaxValue == nil {
			config = map[string]any{}
		}
	case *layers.MaxPooling2DLayer, *layers.AveragePooling2DLayer:
		if s := config["strides"].([]any); s[0] == 0.0 {
			config["strides"] = config["pool_size"]
		}
	case *layers.Conv1DLayer:
		if l.Padding == "causal" {
			return "", nil, say.New("TensorFlow.js has no such layer")
		}
		for _, key := range []string{"kernel_size", "strides", "dilation_rate"} {
			config[key] = []any{config[key]}
		}
	case *layers.LSTMLayer:
		config["activation"], config["recurrent_activation"] = "tanh", "sigmoid"
	case *layers.BidirectionalLayer:
		inner, args, err := translated(l.Layer)
		if err != nil {
			return "", nil, err
		}
		args["name"] = "lstm"
		config["layer"] = map[string]any{"class_name": inner, "config": args}
	}
	return class, config, nil
}
