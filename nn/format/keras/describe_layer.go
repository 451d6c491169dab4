package keras

import (
	"strings"

	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/say"
)

// translated is a layer's class and arguments in the dialect.
func (d Dialect) translated(l layers.Layer) (class string, config map[string]any, err error) {
	class = l.Class()
	if !d.Classes[class] {
		return "", nil, say.Errorf("%s has no such layer", d.Tool)
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
	if err := d.activations(class, config); err != nil {
		return "", nil, err
	}
	if err := d.common(l, config); err != nil {
		return "", nil, err
	}
	if d.Special == nil {
		return class, config, nil
	}
	return d.Special(class, l, config)
}

// activations gives the functions their names there, and the defaults where ours are left out.
func (d Dialect) activations(class string, config map[string]any) error {
	gated := map[string]string{}
	switch class {
	case "LSTM", "GRU":
		gated["activation"], gated["recurrent_activation"] = "tanh", "sigmoid"
	case "SimpleRNN":
		gated["activation"] = "tanh"
	}
	for _, key := range []string{"activation", "recurrent_activation"} {
		a, given := config[key].(string)
		if !given && gated[key] == "" && (key != "activation" || class != "Dense" && !strings.Contains(class, "Conv")) {
			continue
		}
		if a == "" {
			a = gated[key]
		}
		known := d.Activations[a]
		if known == "" {
			return say.Errorf("%s has no activation %.40q that does the same", d.Tool, a)
		}
		config[key] = known
	}
	return nil
}

// common are arguments that mean the same in another form.
func (d Dialect) common(l layers.Layer, config map[string]any) error {
	switch l := l.(type) {
	case *layers.MaxPooling2DLayer, *layers.AveragePooling2DLayer:
		if s := config["strides"].([]any); s[0] == 0.0 {
			config["strides"] = config["pool_size"]
		}
	case *layers.Pooling1DLayer:
		if config["strides"] == 0.0 {
			config["strides"] = config["pool_size"]
		}
	case *layers.GRULayer:
		if l.ResetAfter == nil {
			config["reset_after"] = true
		}
	case *layers.MultiHeadAttentionLayer:
		if l.OutputShape != 0 {
			return say.Errorf("%s has no such layer", d.Tool)
		}
	case *layers.BidirectionalLayer:
		return d.wrapped(l.Layer, config)
	case *layers.TimeDistributedLayer:
		return d.wrapped(l.Layer, config)
	}
	return nil
}

// wrapped is the layer inside another.
func (d Dialect) wrapped(inner layers.Layer, config map[string]any) error {
	class, args, err := d.translated(inner)
	if err != nil {
		return err
	}
	args["name"] = strings.ToLower(class)
	doc := map[string]any{"class_name": class, "config": args}
	if d.Version == 3 {
		doc["module"], doc["registered_name"] = "keras.layers", nil
	}
	config["layer"] = doc
	return nil
}
