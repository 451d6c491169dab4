package layers_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/grad"
	"wafer/nn/graph"
	. "wafer/nn/layers"
	"wafer/nn/tensor"
)

// torchCase is one case of testdata/torch_layers.py.
type torchCase struct {
	Name    string
	Int     bool
	X, R, Y array
	Weights map[string]array
	Grads   map[string]array
}

type array struct {
	Shape []int
	Data  []float64
}

func (a array) tensor() *tensor.Tensor {
	t := tensor.New(tensor.Float32, a.Shape...)
	for i, v := range a.Data {
		t.F()[i] = float32(v)
	}
	return t
}

func (a array) ints() *tensor.Tensor {
	t := tensor.New(tensor.Int32, a.Shape...)
	for i, v := range a.Data {
		t.I()[i] = int32(v)
	}
	return t
}

// torchLayers are the layers of the cases, by name.
func torchLayers() map[string]Layer {
	dilated := Conv2D(3, 3, "same", "")
	dilated.DilationRate = [2]int{2, 2}
	doubled := DepthwiseConv2D(3, 2, "same", "")
	doubled.DepthMultiplier = 2
	averageSame := AveragePooling2D(3)
	averageSame.Strides, averageSame.Padding = [2]int{2, 2}, "same"
	bent, late, bertNorm := ReLU(2), ReLU(3), LayerNormalization()
	bent.NegativeSlope, late.NegativeSlope, late.Threshold, bertNorm.Epsilon = 0.1, 0.5, 1, 1e-12
	inTime := Concatenate()
	inTime.Axis = 1
	wide := MultiHeadAttention(3, 4)
	wide.ValueDim, wide.UseBias = 2, false
	wider := MultiHeadAttention(2, 3)
	wider.OutputShape, wider.UseBias = 4, false
	m := map[string]Layer{
		"dense": Dense(4, "tanh"), "dense on sequences": Dense(4, ""),
		"conv2d valid": Conv2D(4, 3, "valid", ""), "conv2d same stride 2": Conv2D(4, 3, "same",
			"").Stride(2), "conv2d dilation 2": dilated,
		"depthwise": DepthwiseConv2D(3, 1, "same", ""), "depthwise stride 2 multiplier 2": doubled,
		"separable":   SeparableConv2D(4, 3, 1, "same", ""),
		"max pooling": MaxPooling2D(2), "average pooling": AveragePooling2D(2), "average pooling same": averageSame,
		"global average 2d": GlobalAveragePooling2D(), "global max 2d": GlobalMaxPooling2D(),
		"global average 1d": GlobalAveragePooling1D(), "global max 1d": GlobalMaxPooling1D(),
		"batch normalization training": BatchNormalization(), "layer normalization": LayerNormalization(),
		"embedding":    Embedding(6, 3),
		"conv1d valid": Conv1D(4, 3, "valid", ""), "conv1d same": Conv1D(4, 3, "same",
			""), "conv1d causal": Conv1D(4, 3, "causal", ""),
		"lstm": LSTM(4), "lstm sequences": LSTM(4).Sequences(), "gru": GRU(4), "gru sequences": GRU(4).Sequences(),
		"bidirectional lstm": Bidirectional(LSTM(4).Sequences()), "bidirectional gru": Bidirectional(GRU(4)),
		"flatten": Flatten(), "reshape": Reshape(6, -1), "add": mirrored{Add()},
		"concatenate": mirrored{Concatenate()}, "concatenate along time": mirrored{inTime},
		"zero padding": ZeroPadding2D(1), "rescaling": Rescaling(0.5, 2),
		"relu layer": ReLU(0), "relu layer of max value 6": ReLU(6), "relu layer of max value 2 and slope": bent,
		"relu layer of threshold": late,
		"cropping 1d":             Cropping1D(1, 2), "position embedding": PositionEmbedding(7),
		"segment embedding":                    SegmentEmbedding(2),
		"layer normalization of epsilon 1e-12": bertNorm,
		"self-attention":                       MultiHeadAttention(2, 3), "cross-attention": crossed{wide},
		"self-attention to another width": wider, "unit normalization": UnitNormalization(),
	}
	addKerasLayers(m)
	for _, a := range []string{"relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "sigmoid", "tanh", "softmax",
		"linear", "hard_sigmoid", "hard_sigmoid_keras2", "softplus", "softsign", "selu", "exponential", "log_softmax",
		"hard_silu", "mish"} {
		m["activation "+a] = Activation(a)
	}
	return m
}

// addKerasLayers adds those that models of Keras commonly have beside the ones that are trained here.
func addKerasLayers(m map[string]Layer) {
	elu, along, before, other := ELU(), Softmax(), GRU(4), LSTM(4)
	elu.Alpha, along.Axis, before.ResetAfter = 0.5, 1, new(bool)
	other.Activation, other.RecurrentActivation = "relu", "hard_sigmoid_keras2"
	average := AveragePooling1D(3)
	average.Strides = 2
	crop := Cropping2D(1)
	for name, l := range map[string]Layer{
		"leaky relu layer": LeakyReLU(), "elu layer": elu, "thresholded relu": ThresholdedReLU(), "prelu": PReLU(1, 2),
		"softmax layer along axis 1": along, "masking": Masking(), "normalization": Normalization(),
		"group normalization": GroupNormalization(2), "max pooling 1d": MaxPooling1D(2), "average pooling 1d": average,
		"upsampling 1d": UpSampling1D(2), "upsampling 2d": UpSampling2D(2), "cropping 2d": crop,
		"zero padding 1d": ZeroPadding1D(2), "permute": Permute(3, 1, 2), "repeat vector": RepeatVector(4),
		"multiply": mirrored{Multiply()}, "subtract": mirrored{Subtract()}, "average": mirrored{Average()},
		"maximum": mirrored{Maximum()}, "minimum": mirrored{Minimum()},
		"transposed convolution valid stride 1": Conv2DTranspose(4, 3, 1, "valid", ""),
		"transposed convolution same stride 2":  Conv2DTranspose(4, 3, 2, "same", ""),
		"transposed convolution valid stride 2": Conv2DTranspose(4, 3, 2, "valid", ""),
		"simple rnn":                            SimpleRNN(4), "simple rnn sequences": SimpleRNN(4).Sequences(),
		"bidirectional simple rnn": Bidirectional(SimpleRNN(4).Sequences()), "gru without reset after": before,
		"lstm of other activations": other, "masked lstm": masked{LSTM(4)}, "masked gru": masked{GRU(4)},
		"time distributed": TimeDistributed(Conv2D(3, 3, "valid", "")),
	} {
		m[name] = l
	}
}

// masked leaves out the steps of zeros.
type masked struct{ Layer }

func (l masked) Call(c *Context, in ...*graph.Node) *graph.Node {
	return l.Layer.Call(c, Masking().Call(c, in...))
}

// crossed is attention of steps 1 to 3 to all steps.
type crossed struct{ *MultiHeadAttentionLayer }

func (l crossed) Call(c *Context, in ...*graph.Node) *graph.Node {
	return l.MultiHeadAttentionLayer.Call(c, c.G.Narrow(in[0], 1, 1, 4), in[0])
}

// mirrored gives a layer of two inputs the one and its mirror image in time.
type mirrored struct{ Layer }

func (l mirrored) Call(c *Context, in ...*graph.Node) *graph.Node {
	return l.Layer.Call(c, in[0], c.G.Reverse(in[0], 1))
}

// throughAFile writes the model and reads it again; wrappers of this test are no layers of a file.
func throughAFile(t *testing.T, m *Model) *Model {
	switch m.Entries[0].Layer.(type) {
	case crossed, mirrored, masked:
		return m
	}
	file, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	back := new(Model)
	if err := json.Unmarshal(file, back); err != nil {
		t.Fatal(err)
	}
	return back
}

// TestLayersEqualPyTorch compares outputs and gradients of sum(y·r) with PyTorch's
// in float64, to float32 accuracy, of layers that were written to a file and read.
func TestLayersEqualPyTorch(t *testing.T) {
	file, err := os.ReadFile("testdata/torch_layers.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []torchCase
	if err := json.Unmarshal(file, &cases); err != nil {
		t.Fatal(err)
	}
	known := torchLayers()
	if len(cases) != len(known) {
		t.Errorf("%d cases in the file, %d layers here", len(cases), len(known))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { compareWithTorch(t, c, known[c.Name]) })
	}
}

func compareWithTorch(t *testing.T, c torchCase, layer Layer) {
	x, spec := c.X.tensor(), Spec{Shape: c.X.Shape[1:]}
	if c.Int {
		x, spec.DType = c.X.ints(), tensor.Int32
	}
	m := throughAFile(t, Sequential("m", spec, layer))
	state := m.InitState(1)
	for name, w := range c.Weights {
		if state[name] == nil {
			t.Fatalf("the layer has no weight %s", name)
		}
		state[name].CopyFrom(w.tensor())
	}
	g := graph.New()
	var in *graph.Node
	if c.Int {
		in = g.Input("x", tensor.Int32, c.X.Shape...)
	} else {
		in = g.Param("x", c.X.Shape...)
		state["x"] = x
	}
	y := m.Apply(g, in, Options{Training: true})
	g.Output("y", y)
	axes := make([]int, len(y.Shape))
	for i := range axes {
		axes[i] = i
	}
	loss := g.ReduceDot(y, g.Const(c.R.tensor()), axes...)
	for name := range c.Grads {
		g.Output("d "+name, grad.Gradients(g, loss, []*graph.Node{g.Lookup(name)})[0])
	}
	p, err := eval.Runner(g, state)
	if err != nil {
		t.Fatal(err)
	}
	inputs := map[string]*tensor.Tensor{}
	if c.Int {
		inputs["x"] = x
	}
	out, err := p.Run(inputs)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "y", out["y"], c.Y)
	for name, want := range c.Grads {
		near(t, "gradient of "+name, out["d "+name], want)
	}
}

func near(t *testing.T, what string, got *tensor.Tensor, want array) {
	t.Helper()
	if !got.Shape().Equal(want.Shape) {
		t.Errorf("%s has shape %v, want %v", what, got.Shape(), want.Shape)
		return
	}
	largest := 1.0
	for _, v := range want.Data {
		largest = max(largest, math.Abs(v))
	}
	for i, v := range got.F() {
		if d := math.Abs(float64(v) - want.Data[i]); !(d <= 2e-6*largest) {
			t.Errorf("%s[%d] = %v, PyTorch has %v", what, i, v, want.Data[i])
			return
		}
	}
}
