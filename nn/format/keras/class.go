package keras

import (
	"slices"

	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/say"
)

// older are the names that classes had before.
var older = map[string]string{
	"Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "AtrousConvolution2D": "Conv2D",
	"SeparableConvolution2D": "SeparableConv2D", "BatchNormalizationV1": "BatchNormalization",
	"BatchNormalizationV2": "BatchNormalization", "LayerNormalizationV1": "LayerNormalization",
	"AtrousConvolution1D": "Conv1D", "Deconvolution2D": "Conv2DTranspose", "LSTMV2": "LSTM", "GRUV2": "GRU",
}

// olderArgs are the names that Keras 1 had for arguments.
var olderArgs = map[string]string{
	"border_mode": "padding", "subsample": "strides", "subsample_length": "strides", "stride": "strides",
	"nb_filter": "filters", "filter_length": "kernel_size", "pool_length": "pool_size", "bias": "use_bias",
	"dim_ordering": "data_format", "inner_activation": "recurrent_activation", "atrous_rate": "dilation_rate",
	"p": "rate", "concat_axis": "axis", "init": "kernel_initializer",
}

// dropped are arguments that say nothing about what a trained network computes, or that inputs and names speak for.
var dropped = map[string]bool{
	"name": true, "trainable": true, "dtype": true, "batch_input_shape": true, "batch_shape": true, "input_dtype": true,
	"sparse": true, "ragged": true, "input_dim": true, "input_length": true, "input_shape": true,
	"kernel_initializer": true, "bias_initializer": true, "recurrent_initializer": true, "depthwise_initializer": true,
	"pointwise_initializer": true, "embeddings_initializer": true, "beta_initializer": true, "gamma_initializer": true,
	"moving_mean_initializer": true, "moving_variance_initializer": true, "alpha_initializer": true, "seed": true,
	"kernel_regularizer": true, "bias_regularizer": true, "recurrent_regularizer": true, "activity_regularizer": true,
	"depthwise_regularizer": true, "pointwise_regularizer": true, "embeddings_regularizer": true,
	"beta_regularizer": true, "gamma_regularizer": true, "alpha_regularizer": true,
	"kernel_constraint": true, "bias_constraint": true, "recurrent_constraint": true, "depthwise_constraint": true,
	"pointwise_constraint": true, "embeddings_constraint": true, "beta_constraint": true, "gamma_constraint": true,
	"alpha_constraint": true,
	"W_regularizer":    true, "U_regularizer": true, "b_regularizer": true, "W_constraint": true, "U_constraint": true,
	"b_constraint": true, "inner_init": true, "dropout_W": true, "dropout_U": true, "consume_less": true,
	"forget_bias_init": true, "weights": true, "uses_learning_phase": true, "create_input": true,
	"dropout": true, "recurrent_dropout": true, "implementation": true, "unroll": true, "stateful": true,
	"unit_forget_bias": true, "time_major": true, "return_state": true, "zero_output_for_mask": true,
	"renorm": true, "renorm_clipping": true, "renorm_momentum": true, "fused": true, "virtual_batch_size": true,
	"adjustment": true, "synchronized": true, "noise_shape": true, "build_input_shape": true, "use_cudnn": true,
	"quantization_config": true, "lora_rank": true, "lora_alpha": true, "autocast": true, "groups": true,
	"data_format": true, "optional": true, "beta_init": true, "gamma_init": true, "mode": true, "cache_enabled": true,
	"build_config": true, "module": true, "registered_name": true, "keepdims": true,
}

// args collects what a layer of ours takes.
type args struct {
	in   Config
	out  map[string]any
	seen map[string]bool
	err  error

	version int // of Keras, 1, 2 or 3
}

// renamed are the arguments under the names that Keras 2 and 3 have for them.
func renamed(class string, c Config) Config {
	out := Config{}
	for _, key := range sortedKeys(c) {
		to := key
		if newer := olderArgs[key]; newer != "" && !c.has(newer) {
			to = newer
		}
		if key == "output_dim" && class != "Embedding" {
			to = "units"
		}
		out[to] = c[key]
	}
	if c.has("nb_row") && c.has("nb_col") {
		out["kernel_size"] = json.RawMessage("[" + string(c["nb_row"]) + "," + string(c["nb_col"]) + "]")
		delete(out, "nb_row")
		delete(out, "nb_col")
	}
	return out
}

// fail keeps the first error, which translate returns.
func (a *args) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

// same hands arguments on as they are.
func (a *args) same(keys ...string) {
	for _, key := range keys {
		if a.seen[key] = true; a.in.has(key) {
			a.out[key] = a.in[key]
		}
	}
}

// whole hands n whole numbers on, as a list, or as a number where n is 0.
func (a *args) whole(key string, n int) {
	if a.seen[key] = true; !a.in.has(key) {
		return
	}
	v, err := a.in.whole(key, max(n, 1))
	switch {
	case err != nil:
		a.fail(err)
	case n == 0:
		a.out[key] = v[0]
	default:
		a.out[key] = v
	}
}

// activation hands on the name of an activation. Where the file has none, ours has its own default.
func (a *args) activation(key string) {
	if a.seen[key] = true; !a.in.has(key) {
		return
	}
	name, err := a.in.activation(key)
	if err != nil {
		a.fail(err)
		return
	}
	if name == "hard_sigmoid" && a.version < 3 {
		name = "hard_sigmoid_keras2" // another function of the same name
	}
	a.out[key] = name
}

// must lets an argument have one of the values alone. Values are compared as JSON text. Without values the argument
// must be absent or null.
func (a *args) must(key string, values ...string) {
	if a.seen[key] = true; a.in.has(key) && !slices.Contains(values, string(a.in[key])) {
		a.fail(say.Errorf("has %s %.80s, which is not supported", key, a.in[key]))
	}
}

// rules translate the arguments of the classes that are read.
var rules = map[string]func(*args){
	"Dense":      func(a *args) { a.same("units", "use_bias"); a.activation("activation") },
	"Activation": func(a *args) { a.activation("activation") },
	"ReLU":       func(a *args) { a.same("max_value", "negative_slope", "threshold") },
	"Conv2D":     func(a *args) { a.same("filters"); a.conv() },
	"DepthwiseConv2D": func(a *args) {
		a.same("depth_multiplier")
		a.conv()
	},
	"SeparableConv2D": func(a *args) {
		a.same("filters", "depth_multiplier")
		a.conv()
	},
	"Conv1D": func(a *args) {
		a.same("filters", "padding", "use_bias")
		a.whole("kernel_size", 0)
		a.whole("strides", 0)
		a.whole("dilation_rate", 0)
		a.activation("activation")
		a.must("groups", "1")
	},
	"MaxPooling2D": (*args).pool, "AveragePooling2D": (*args).pool,
	"GlobalAveragePooling1D": (*args).plainPool, "GlobalAveragePooling2D": (*args).plainPool,
	"GlobalMaxPooling1D": (*args).plainPool, "GlobalMaxPooling2D": (*args).plainPool,
	"Flatten": func(*args) {}, "Add": func(*args) {},
	"Reshape": func(a *args) { a.same("target_shape") },
	"Dropout": func(a *args) { a.same("rate") },
	"BatchNormalization": func(a *args) {
		a.same("momentum", "epsilon", "center", "scale")
		a.must("renorm", "false")
		a.must("mode", "0", "2")
		a.seen["axis"] = true // see layer
	},
	"LayerNormalization": func(a *args) {
		a.same("epsilon", "center", "scale")
		a.must("rms_scaling", "false")
		a.seen["axis"] = true
	},
	"UnitNormalization": func(a *args) { a.must("axis", "-1", "[-1]") },
	"Embedding":         func(a *args) { a.same("input_dim", "output_dim", "mask_zero") },
	"MultiHeadAttention": func(a *args) {
		a.same("num_heads", "key_dim", "value_dim", "dropout", "use_bias")
		a.must("output_shape")
		a.must("attention_axes", "[1]", "1")
	},
	"LSTM": func(a *args) {
		a.recurrent()
		a.activation("recurrent_activation")
	},
	"GRU": func(a *args) {
		a.recurrent()
		a.activation("recurrent_activation")
		a.seen["reset_after"] = true
		a.out["reset_after"] = a.in.flag("reset_after", false) // left out before there was one
	},
	"SimpleRNN":       (*args).recurrent,
	"LeakyReLU":       func(a *args) { a.slope("alpha", "negative_slope") },
	"ELU":             func(a *args) { a.same("alpha") },
	"ThresholdedReLU": func(a *args) { a.same("theta") },
	"PReLU":           func(a *args) { a.same("shared_axes") },
	"Softmax":         func(a *args) { a.whole("axis", 0) },
	"Masking":         func(a *args) { a.same("mask_value") },
	"Normalization": func(a *args) {
		a.must("axis", "-1", "[-1]", "null")
		a.must("invert", "false")
		a.list("mean")
		a.list("variance")
	},
	"GroupNormalization": func(a *args) {
		a.same("groups", "epsilon", "center", "scale")
		a.must("axis", "-1")
	},
	"MaxPooling1D": (*args).pool1D, "AveragePooling1D": (*args).pool1D,
	"UpSampling1D":  func(a *args) { a.renamed("length", "size"); a.whole("size", 0) },
	"UpSampling2D":  func(a *args) { a.whole("size", 2); a.same("interpolation") },
	"Cropping2D":    func(a *args) { a.sides("cropping") },
	"ZeroPadding1D": func(a *args) { a.whole("padding", 2) },
	"Permute":       func(a *args) { a.same("dims") },
	"RepeatVector":  func(a *args) { a.same("n") },
	"Multiply":      func(*args) {}, "Subtract": func(*args) {}, "Average": func(*args) {},
	"Maximum": func(*args) {}, "Minimum": func(*args) {},
	"Conv2DTranspose": func(a *args) {
		a.same("filters")
		a.conv()
		a.must("output_padding")
		a.must("output_shape")
	},
	"ZeroPadding2D": func(a *args) { a.sides("padding") },
	"Cropping1D":    func(a *args) { a.whole("cropping", 2) },
	"Concatenate":   func(a *args) { a.seen["axis"] = true },
	"Rescaling":     func(a *args) { a.same("scale", "offset") },
}

// conv is what the convolutions of pictures have in common.
func (a *args) conv() {
	a.same("padding", "use_bias")
	a.whole("kernel_size", 2)
	a.whole("strides", 2)
	a.whole("dilation_rate", 2)
	a.activation("activation")
	a.must("groups", "1")
}

// pool is that of pictures: one number in the file stands for both axes.
func (a *args) pool() {
	a.same("padding")
	a.whole("pool_size", 2)
	a.whole("strides", 2)
}

// pool1D is that of sequences: one number each, which the file may write as a list of one.
func (a *args) pool1D() {
	a.same("padding")
	a.whole("pool_size", 0)
	a.whole("strides", 0)
}

// slope is an argument that had another name before.
func (a *args) slope(older, key string) {
	a.seen[older], a.seen[key] = true, true
	for _, from := range []string{older, key} {
		if v, err := a.in.numbers(from); err != nil || len(v) > 1 {
			a.fail(say.Errorf("%s is %.80s, expected a number", from, a.in[from]))
		} else if len(v) == 1 {
			a.out[key] = v[0]
		}
	}
}

// list hands numbers on, however deep their lists are.
func (a *args) list(key string) {
	if a.seen[key] = true; !a.in.has(key) {
		return
	}
	v, err := a.in.numbers(key)
	if err != nil {
		a.fail(err)
	}
	a.out[key] = v
}

// renamed is the older name of an argument.
func (a *args) renamed(older, key string) {
	if a.seen[older] = true; a.in.has(older) && !a.in.has(key) {
		a.in[key] = a.in[older]
	}
}

// plainPool is over all places; keepdims would change the result's shape.
func (a *args) plainPool() { a.must("keepdims", "false") }

// recurrent is what LSTM, GRU and SimpleRNN have in common. State is neither returned nor kept between calls:
// return_state is an error, stateful is left out.
func (a *args) recurrent() {
	a.same("units", "return_sequences", "go_backwards", "use_bias")
	a.activation("activation")
	a.must("return_state", "false")
	a.must("time_major", "false")
}

// sides are ((top, bottom), (left, right)), which may be written shorter.
func (a *args) sides(key string) {
	if a.seen[key] = true; !a.in.has(key) {
		return
	}
	v, err := a.in.numbers(key)
	switch {
	case err != nil:
		a.fail(err)
	case len(v) == 1:
		a.out[key] = [2][2]float64{{v[0], v[0]}, {v[0], v[0]}}
	case len(v) == 2:
		a.out[key] = [2][2]float64{{v[0], v[0]}, {v[1], v[1]}}
	case len(v) == 4:
		a.out[key] = [2][2]float64{{v[0], v[1]}, {v[2], v[3]}}
	default:
		a.fail(say.Errorf("%s is %.80s, expected one, two or four numbers", key, a.in[key]))
	}
}

// translate makes our layer of a class and its arguments. version is of Keras: 1, 2 or 3. An argument that neither the
// class' rule nor dropped knows is an error, unless it is null: to leave it out would compute something else.
func translate(class string, c Config, version int) (layers.Layer, error) {
	if newer := older[class]; newer != "" {
		class = newer
	}
	rule := rules[class]
	if rule == nil {
		return nil, say.Errorf("layers of class %.80q are not supported", class)
	}
	a := &args{in: renamed(class, c), out: map[string]any{}, seen: map[string]bool{}, version: version}
	rule(a)
	for _, key := range sortedKeys(a.in) {
		if !a.seen[key] && !dropped[key] && a.in.has(key) {
			a.fail(say.Errorf("its argument %.80q is not supported", key))
		}
	}
	if a.err != nil {
		return nil, a.err
	}
	config, err := json.Marshal(a.out)
	if err != nil {
		return nil, err
	}
	return layers.New(class, config)
}
