// Package layers builds graphs from layers with Keras' names, arguments and
// defaults (Keras 3, channels_last). A layer is configuration only: its weights
// are parameters of the graph, named "layer/weight", with values in a graph.State.
package layers

import (
	"fmt"
	"strconv"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Layer is one Keras layer. Its exported fields are Keras' arguments and its JSON
// form is Keras' config of the same class.
type Layer interface {
	// Class is the Keras class, such as "Dense".
	Class() string
	// Call adds the layer's nodes. It panics with *graph.Error or *Error when the
	// operands do not fit.
	Call(c *Context, in ...*graph.Node) *graph.Node
}

// Error says which layer could not be built and why.
type Error struct{ Layer, Reason string }

// Error prints "layer dense_1: reason".
func (e *Error) Error() string { return "layer " + e.Layer + ": " + e.Reason }

// Context is what a layer sees while it is called.
type Context struct {
	G        *graph.Graph
	Training bool        // batch statistics and dropout on
	Key      *graph.Node // int32 [2], the dropout key of this step; nil turns dropout off

	direct  bool                        // convolutions are Conv2D, which has a gradient
	batch   int                         // samples
	entry   string                      // being called
	name    string                      // of the layer being called: the entry, or a layer inside it
	masks   map[*graph.Node]*graph.Node // f32 [batch, time], 1 where a step counts
	salt    uint32                      // masks of dropout made so far
	weights []Weight                    // declared so far
}

// Weight declares a parameter of a model.
type Weight struct {
	Name      string // "dense/kernel"
	Layer     string // "dense", the entry that it belongs to
	Shape     tensor.Shape
	Trainable bool
	Init      Initializer
}

// Weight is the parameter "layer/name", declared at its first use.
func (c *Context) Weight(name string, init Initializer, trainable bool, shape ...int) *graph.Node {
	full := c.name + "/" + name
	if p := c.G.Lookup(full); p != nil {
		return p
	}
	c.weights = append(c.weights, Weight{full, c.entry, shape, trainable, init})
	return c.G.Param(full, shape...)
}

// scoped calls f with the layer name extended, for layers inside layers.
func (c *Context) scoped(part string, f func()) {
	outer := c.name
	c.name += "/" + part
	f()
	c.name = outer
}

// fail ends the building of a model with an *Error of the layer being called.
func (c *Context) fail(format string, args ...any) {
	panic(&Error{c.name, fmt.Sprintf(format, args...)})
}

// need fails where a number of a layer is not from low to high.
func (c *Context) need(what string, v, low, high float32) {
	if !(v >= low && v <= high) { // nor NaN
		c.fail("has %s %v, must be from %v to %v", what, v, low, high)
	}
}

// maxEpsilon is more than any normalisation adds to a variance.
const maxEpsilon = 1000

// needRank returns the one operand, which must have the given number of axes.
func (c *Context) needRank(in []*graph.Node, rank int, axes string) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) != rank {
		c.fail("needs one input %s, got %v", axes, shapesOf(in))
	}
	return in[0]
}

func shapesOf(in []*graph.Node) []tensor.Shape {
	out := make([]tensor.Shape, len(in))
	for i, n := range in {
		out[i] = n.Shape
	}
	return out
}

// classes makes an empty layer of each class, with Keras' defaults.
var classes = map[string]func() Layer{
	"Dense":      func() Layer { return &DenseLayer{UseBias: true} },
	"Activation": func() Layer { return &ActivationLayer{} },
	"ReLU":       func() Layer { return &ReLULayer{} },
	"Conv2D":     func() Layer { return &Conv2DLayer{convArgs: newConvArgs()} },
	"Conv1D": func() Layer {
		return &Conv1DLayer{Strides: 1, Padding: "valid", DilationRate: 1,
			UseBias: true}
	},
	"DepthwiseConv2D": func() Layer { return &DepthwiseConv2DLayer{convArgs: newConvArgs(), DepthMultiplier: 1} },
	"SeparableConv2D": func() Layer { return &SeparableConv2DLayer{convArgs: newConvArgs(), DepthMultiplier: 1} },
	"MaxPooling2D": func() Layer {
		return &MaxPooling2DLayer{poolArgs{PoolSize: [2]int{2, 2},
			Padding: "valid"}}
	},
	"AveragePooling2D": func() Layer {
		return &AveragePooling2DLayer{poolArgs{PoolSize: [2]int{2, 2},
			Padding: "valid"}}
	},
	"GlobalAveragePooling1D": func() Layer { return &GlobalPoolLayer{class: "GlobalAveragePooling1D"} },
	"GlobalAveragePooling2D": func() Layer { return &GlobalPoolLayer{class: "GlobalAveragePooling2D"} },
	"GlobalMaxPooling1D":     func() Layer { return &GlobalPoolLayer{class: "GlobalMaxPooling1D"} },
	"GlobalMaxPooling2D":     func() Layer { return &GlobalPoolLayer{class: "GlobalMaxPooling2D"} },
	"Flatten":                func() Layer { return &FlattenLayer{} },
	"Reshape":                func() Layer { return &ReshapeLayer{} },
	"Dropout":                func() Layer { return &DropoutLayer{} },
	"BatchNormalization": func() Layer {
		return &BatchNormalizationLayer{Momentum: 0.99, Epsilon: 1e-3, Center: true, Scale: true}
	},
	"LayerNormalization": func() Layer { return &LayerNormalizationLayer{Epsilon: 1e-3, Center: true, Scale: true} },
	"UnitNormalization":  func() Layer { return &UnitNormalizationLayer{} },
	"Embedding":          func() Layer { return &EmbeddingLayer{} },
	"PositionEmbedding":  func() Layer { return &PositionEmbeddingLayer{} },
	"SegmentEmbedding":   func() Layer { return &SegmentEmbeddingLayer{} },
	"MultiHeadAttention": func() Layer { return &MultiHeadAttentionLayer{UseBias: true} },
	"LSTM":               func() Layer { return &LSTMLayer{recurrentArgs{UseBias: true}, gateArgs{}, true} },
	"GRU":                func() Layer { return &GRULayer{recurrentArgs{UseBias: true}, gateArgs{}, nil} },
	"Bidirectional":      func() Layer { return &BidirectionalLayer{MergeMode: "concat"} },
	"SimpleRNN":          func() Layer { return &SimpleRNNLayer{recurrentArgs{UseBias: true}, ""} },
	"TimeDistributed":    func() Layer { return &TimeDistributedLayer{} },
	"LeakyReLU":          func() Layer { return LeakyReLU() },
	"ELU":                func() Layer { return ELU() },
	"ThresholdedReLU":    func() Layer { return ThresholdedReLU() },
	"PReLU":              func() Layer { return &PReLULayer{} },
	"Softmax":            func() Layer { return Softmax() },
	"Masking":            func() Layer { return Masking() },
	"Normalization":      func() Layer { return Normalization() },
	"GroupNormalization": func() Layer { return GroupNormalization(32) },
	"MaxPooling1D":       func() Layer { return MaxPooling1D(2) },
	"AveragePooling1D":   func() Layer { return AveragePooling1D(2) },
	"UpSampling1D":       func() Layer { return UpSampling1D(2) },
	"UpSampling2D":       func() Layer { return UpSampling2D(2) },
	"Cropping2D":         func() Layer { return Cropping2D(0) },
	"ZeroPadding1D":      func() Layer { return ZeroPadding1D(1) },
	"Permute":            func() Layer { return &PermuteLayer{} },
	"RepeatVector":       func() Layer { return &RepeatVectorLayer{} },
	"Multiply":           func() Layer { return Multiply() },
	"Subtract":           func() Layer { return Subtract() },
	"Average":            func() Layer { return Average() },
	"Maximum":            func() Layer { return Maximum() },
	"Minimum":            func() Layer { return Minimum() },
	"Conv2DTranspose": func() Layer {
		return &Conv2DTransposeLayer{convArgs: newConvArgs()}
	},
	"ZeroPadding2D": func() Layer { return &ZeroPadding2DLayer{Padding: [2][2]int{{1, 1}, {1, 1}}} },
	"Cropping1D":    func() Layer { return &Cropping1DLayer{Cropping: [2]int{1, 1}} },
	"Add":           func() Layer { return &AddLayer{} },
	"Concatenate":   func() Layer { return &ConcatenateLayer{Axis: -1} },
	"Rescaling":     func() Layer { return &RescalingLayer{Scale: 1} },
	"Parameter":     func() Layer { return &ParameterLayer{Trainable: true} },
	"Constant":      func() Layer { return &ConstantLayer{DType: "f32"} },
}

// autoNames gives layers Keras' names: the class in snake case, then _1, _2, …
type autoNames map[string]int

func (a autoNames) next(class string) string {
	base := snake(strings.TrimPrefix(class, opPrefix))
	n := a[base]
	a[base]++
	if n == 0 {
		return base
	}
	return base + "_" + strconv.Itoa(n)
}

// snake turns "GlobalMaxPooling2D" into "global_max_pooling2d" and "LSTM" into
// "lstm", as Keras' to_snake_case does.
func snake(s string) string {
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	upper := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	var out []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		startsWord := i > 0 && upper(c) && (lower(s[i-1]) && !(s[i-1] >= '0' && s[i-1] <= '9') || upper(s[i-1]) &&
			i+1 < len(s) && s[i+1] >= 'a' && s[i+1] <= 'z')
		if startsWord {
			out = append(out, '_')
		}
		if upper(c) {
			c += 'a' - 'A'
		}
		out = append(out, c)
	}
	return string(out)
}
