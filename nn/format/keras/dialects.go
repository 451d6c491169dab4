package keras

import (
	"slices"

	"wafer/nn/graph"
	"wafer/nn/layers"
)

// classes of layers that are written, with the same arguments in Keras 2 and 3.
var written = map[string]bool{"Dense": true, "Activation": true, "ReLU": true, "Conv2D": true, "Conv1D": true,
	"DepthwiseConv2D": true, "SeparableConv2D": true, "Conv2DTranspose": true, "MaxPooling1D": true,
	"MaxPooling2D":     true,
	"AveragePooling1D": true, "AveragePooling2D": true, "GlobalAveragePooling1D": true, "GlobalAveragePooling2D": true,
	"GlobalMaxPooling1D": true, "GlobalMaxPooling2D": true, "Flatten": true, "Reshape": true, "Permute": true,
	"RepeatVector": true, "Dropout": true, "BatchNormalization": true, "LayerNormalization": true,
	"GroupNormalization": true, "UnitNormalization": true, "Normalization": true, "Embedding": true,
	"MultiHeadAttention": true, "LSTM": true, "GRU": true, "SimpleRNN": true, "Bidirectional": true,
	"TimeDistributed": true, "ZeroPadding1D": true, "ZeroPadding2D": true, "Cropping1D": true, "Cropping2D": true,
	"UpSampling1D": true, "UpSampling2D": true, "Add": true, "Subtract": true, "Multiply": true, "Average": true,
	"Maximum": true, "Minimum": true, "Concatenate": true, "Rescaling": true, "LeakyReLU": true, "ELU": true,
	"PReLU": true, "Softmax": true, "Masking": true}

var keras2 = Dialect{Tool: "Keras 2", Version: 2, Classes: written, Special: leakyTwo,
	Activations: map[string]string{"": "linear", "linear": "linear", "relu": "relu", "elu": "elu", "selu": "selu",
		"sigmoid": "sigmoid", "tanh": "tanh", "softmax": "softmax", "softplus": "softplus", "softsign": "softsign",
		"exponential": "exponential", "silu": "swish", "swish": "swish", "gelu": "gelu", "mish": "mish",
		"hard_sigmoid_keras2": "hard_sigmoid"}}

var keras3 = Dialect{Tool: "Keras 3", Version: 3, Classes: written,
	Activations: map[string]string{"": "linear", "linear": "linear", "relu": "relu", "relu6": "relu6",
		"leaky_relu": "leaky_relu", "elu": "elu", "selu": "selu", "sigmoid": "sigmoid", "tanh": "tanh",
		"softmax": "softmax", "softplus": "softplus", "softsign": "softsign", "exponential": "exponential",
		"silu":  "silu",
		"swish": "silu", "gelu": "gelu", "mish": "mish", "hard_sigmoid": "hard_sigmoid", "log_softmax": "log_softmax",
		"hard_silu": "hard_silu", "hard_swish": "hard_silu"}}

// leakyTwo gives the slope of a LeakyReLU the name that Keras 2 has for it.
func leakyTwo(class string, l layers.Layer, config map[string]any) (string, map[string]any, error) {
	if leaky, ok := l.(*layers.LeakyReLULayer); ok {
		return class, map[string]any{"alpha": leaky.NegativeSlope}, nil
	}
	return class, config, nil
}

// plainer is a network that does the same with what every Keras of the version has: statistics of a Normalization are
// among its arguments and, in Keras 2, a relu6 is a layer of its own.
func plainer(net *layers.Model, state graph.State, version int) *layers.Model {
	out, now := *net, map[string]string{}
	out.Entries = nil
	if len(net.Outputs) > 0 {
		out.Outputs = slices.Clone(net.Outputs)
	}
	for _, e := range net.Entries {
		e.Inputs = slices.Clone(e.Inputs)
		for i, in := range e.Inputs {
			if to := now[in]; to != "" {
				e.Inputs[i] = to
			}
		}
		e.Layer = withStatistics(e, state)
		six := false
		if version == 2 {
			e.Layer, six = withoutSix(e.Layer)
		}
		out.Entries = append(out.Entries, e)
		if six {
			now[e.Name] = e.Name + "_relu6"
			out.Entries = append(out.Entries, layers.Entry{Name: now[e.Name], Layer: layers.ReLU(6),
				Inputs: []string{e.Name}})
		}
	}
	for i, name := range out.Outputs {
		if to := now[name]; to != "" {
			out.Outputs[i] = to
		}
	}
	return &out
}

// withStatistics is a Normalization whose numbers are arguments; any other layer as it is.
func withStatistics(e layers.Entry, state graph.State) layers.Layer {
	l, ok := e.Layer.(*layers.NormalizationLayer)
	mean, variance := state[e.Name+"/mean"], state[e.Name+"/variance"]
	if !ok || mean == nil || variance == nil {
		return e.Layer
	}
	out := *l
	out.Mean, out.Variance = mean.F(), variance.F()
	return &out
}

// withoutSix takes the activation relu6 off a layer, and says whether it had it; one that is nothing else becomes a
// ReLU.
func withoutSix(l layers.Layer) (_ layers.Layer, six bool) {
	switch l := l.(type) {
	case *layers.ActivationLayer:
		if l.Activation == "relu6" {
			return layers.ReLU(6), false
		}
	case *layers.DenseLayer:
		out := *l
		return &out, cut(&out.Activation)
	case *layers.Conv2DLayer:
		out := *l
		return &out, cut(&out.Activation)
	case *layers.Conv1DLayer:
		out := *l
		return &out, cut(&out.Activation)
	case *layers.DepthwiseConv2DLayer:
		out := *l
		return &out, cut(&out.Activation)
	case *layers.SeparableConv2DLayer:
		out := *l
		return &out, cut(&out.Activation)
	case *layers.Conv2DTransposeLayer:
		out := *l
		return &out, cut(&out.Activation)
	}
	return l, false
}

// cut empties an activation that is relu6.
func cut(activation *string) bool {
	if *activation != "relu6" {
		return false
	}
	*activation = ""
	return true
}
