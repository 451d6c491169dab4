package tfjs

import (
	"wafer/nn/format/keras"
	"wafer/nn/layers"
	"wafer/nn/say"
)

const tool = "TensorFlow.js"

// dialect is TensorFlow.js' of Keras 2.
var dialect = keras.Dialect{Tool: tool, Version: 2, Classes: plain, Activations: activations, Special: special}

// plain are the classes that TensorFlow.js has with the same arguments.
var plain = map[string]bool{"Dense": true, "Activation": true, "ReLU": true, "Conv2D": true, "Conv1D": true,
	"DepthwiseConv2D": true, "SeparableConv2D": true, "MaxPooling2D": true, "AveragePooling2D": true,
	"GlobalAveragePooling1D": true, "GlobalAveragePooling2D": true, "GlobalMaxPooling1D": true,
	"GlobalMaxPooling2D": true, "Flatten": true, "Reshape": true, "Dropout": true, "BatchNormalization": true,
	"LayerNormalization": true, "Embedding": true, "LSTM": true, "Bidirectional": true, "ZeroPadding2D": true,
	"Add":         true,
	"Concatenate": true, "Rescaling": true}

// activations that TensorFlow.js has, by our names.
var activations = map[string]string{"": "linear", "linear": "linear", "relu": "relu", "relu6": "relu6", "elu": "elu",
	"sigmoid": "sigmoid", "tanh": "tanh", "softmax": "softmax", "silu": "swish", "gelu": "gelu"}

// special are the classes whose arguments differ.
func special(class string, l layers.Layer, config map[string]any) (string, map[string]any, error) {
	switch l := l.(type) {
	case *layers.ReLULayer:
		if l.Threshold != 0 || l.NegativeSlope != 0 && l.MaxValue != nil {
			return "", nil, say.Errorf("%s has no such layer", tool)
		}
		if l.NegativeSlope != 0 {
			return "LeakyReLU", map[string]any{"alpha": l.NegativeSlope}, nil
		}
		if l.MaxValue == nil {
			config = map[string]any{}
		}
	case *layers.Conv1DLayer:
		if l.Padding == "causal" {
			return "", nil, say.Errorf("%s has no such layer", tool)
		}
		for _, key := range []string{"kernel_size", "strides", "dilation_rate"} {
			config[key] = []any{config[key]}
		}
	}
	return class, config, nil
}
