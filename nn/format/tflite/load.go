package tflite

import (
	"fmt"
	"math"
	"slices"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// Network is a file as layers with float32 weights.
type Network struct {
	Layers *layers.Model
	State  graph.State
	Input  Quantisation // what bytes from 0 to 255 of the input stand for; no scales where it takes floats
	Extra  *foreign.Extra
	Pixels bool // its first layer is foreign.PixelsLayer
}

// Load makes layers of a file: weights are dequantised, and activations are float32 as if they had never
// been quantised, which is nearer to the network that was trained. A mean over the whole picture and the 1×1
// convolution behind it become GlobalAveragePooling2D and Dense, as in Keras' applications.
func Load(file []byte) (*Network, error) {
	m, err := Inspect(file)
	if err != nil {
		return nil, err
	}
	n, err := m.load(len(file))
	if err != nil {
		return nil, fmt.Errorf("TFLite file: %w", err)
	}
	return n, nil
}

// loader turns operators into layers, one after the other.
type loader struct {
	*Model
	net    *layers.Functional
	state  graph.State
	values map[int]value // of the tensors that are computed
	uses   map[int]int   // how many operators take a tensor
	dense  map[string]*layers.DenseLayer
	// layers x·s, by name, that a constant may still be added to
	products map[string]*product
	budget   int // bytes of weights that may still be read: files hold each weight once
}

const maxInput = 1 << 24 // elements

// value is what an operator made.
type value struct {
	entry string
	shape tensor.Shape // of one sample, as our layers have it
}

func (m *Model) load(size int) (_ *Network, err error) {
	defer func() {
		if e := recover(); e != nil { // layers that do not fit
			err = fmt.Errorf("%v", e)
		}
	}()
	if len(m.Inputs) != 1 || len(m.Outputs) != 1 {
		return nil, fmt.Errorf("has %d inputs and %d outputs, one of each is read", len(m.Inputs), len(m.Outputs))
	}
	in := m.Tensors[m.Inputs[0]]
	if len(in.Shape) < 2 || in.Shape[0] != 1 {
		return nil, fmt.Errorf("has an input of shape %v, must be [1, …]", in.Shape)
	}
	size64 := 1.0
	for _, d := range in.Shape {
		size64 *= float64(d)
	}
	if size64 < 1 || size64 > maxInput {
		return nil, fmt.Errorf("has an input of shape %v, must have 1 to %d elements", in.Shape, maxInput)
	}
	l := &loader{Model: m, state: graph.State{}, values: map[int]value{}, uses: map[int]int{},
		dense: map[string]*layers.DenseLayer{}, products: map[string]*product{}, budget: size}
	l.net = layers.NewFunctional("tflite", layers.Spec{Shape: in.Shape[1:].Clone()})
	l.values[m.Inputs[0]] = value{layers.InputName, in.Shape[1:]}
	if err := l.operators(); err != nil {
		return nil, err
	}
	out, ok := l.values[m.Outputs[0]]
	net := l.net.Model()
	if !ok || net.Last().Name != out.entry {
		return nil, fmt.Errorf("has the output %s, which is not what its last operator makes",
			m.Tensors[m.Outputs[0]].Name)
	}
	if err := net.Check(); err != nil {
		return nil, err
	}
	extra, err := foreign.ReadExtra(m.extra)
	if err != nil {
		return nil, err
	}
	pixels := slices.ContainsFunc(m.Tensors, func(t Tensor) bool { return t.Name == foreign.PixelsLayer })
	return &Network{net, l.state, in.bytes(), extra, pixels}, l.checkWeights(net)
}

// bytes is what bytes from 0 to 255 stand for: an int8 network is given them less 128.
func (t Tensor) bytes() Quantisation {
	q := t.Quantisation
	if t.Type == Int8 && len(q.Zeros) == 1 {
		q.Zeros = []int{q.Zeros[0] + 128}
	}
	return q
}

func (l *loader) operators() error {
	for _, o := range l.Operators {
		for _, i := range o.Inputs {
			l.uses[i]++
		}
	}
	for i, o := range l.Operators {
		if err := l.operator(o); err != nil {
			return fmt.Errorf("operator %d (%v): %w", i, o.Code, err)
		}
	}
	return nil
}

// checkWeights compares the weights with those that the layers have.
func (l *loader) checkWeights(net *layers.Model) error {
	for _, w := range net.Weights() {
		if v := l.state[w.Name]; v == nil || !v.Shape().Equal(w.Shape) {
			return fmt.Errorf("has the weight %s as %v, its layer needs %v", w.Name, v, w.Shape)
		}
	}
	return nil
}

// operand is the computed value that is input i of an operator.
func (l *loader) operand(o Operator, i int) (value, error) {
	if i >= len(o.Inputs) || o.Inputs[i] < 0 {
		return value{}, fmt.Errorf("has %d inputs, needs more", len(o.Inputs))
	}
	v, ok := l.values[o.Inputs[i]]
	if !ok {
		return v, fmt.Errorf("takes %s, which no operator before it makes", l.Tensors[o.Inputs[i]].Name)
	}
	return v, nil
}

// constant is the tensor that is input i.
func (l *loader) constant(o Operator, i int) (Tensor, error) {
	if i >= len(o.Inputs) || o.Inputs[i] < 0 {
		return Tensor{}, fmt.Errorf("has %d inputs, needs more", len(o.Inputs))
	}
	v := l.Tensors[o.Inputs[i]]
	if v.Data == nil {
		return v, fmt.Errorf("takes %s, which must be a constant", v.Name)
	}
	if l.budget -= len(v.Data); l.budget < 0 {
		return v, fmt.Errorf("its weights, with those before, are larger than the file")
	}
	return v, nil
}

// give says what the operator's only output is.
func (l *loader) give(o Operator, entry string, shape tensor.Shape) error {
	if len(o.Outputs) != 1 {
		return fmt.Errorf("has %d outputs, needs one", len(o.Outputs))
	}
	claimed := l.Tensors[o.Outputs[0]].Shape
	if size := shape.Size(); claimed.Size() != size {
		return fmt.Errorf("makes shape %v, the file says %v", shape, claimed)
	}
	l.values[o.Outputs[0]] = value{entry, shape}
	return nil
}

// put adds a layer behind values and gives it as the output.
func (l *loader) put(o Operator, shape tensor.Shape, layer layers.Layer, in ...value) error {
	return l.give(o, l.net.Add(layer, entries(in)...), shape)
}

// activated is put, with an activation as a layer of its own where there is one.
func (l *loader) activated(o Operator, shape tensor.Shape, fused byte, layer layers.Layer, in ...value) error {
	name, err := l.activation(o, fused)
	if err != nil {
		return err
	}
	if name == "" {
		return l.put(o, shape, layer, in...)
	}
	return l.put(o, shape, layers.Activation(name), value{l.net.Add(layer, entries(in)...), shape})
}

// activation is the fused one, or what the range of a quantised output does: values below 0, or above 6, have no number
// there, and files leave the activation out that this makes superfluous.
func (l *loader) activation(o Operator, fused byte) (string, error) {
	name, err := activation(fused)
	pool := o.Code == averagePool2D || o.Code == maxPool2D // whose results lie within the range of their input
	if err != nil || name != "" || pool || len(o.Outputs) != 1 {
		return name, err
	}
	out := l.Tensors[o.Outputs[0]]
	least, ok := map[Type]int{UInt8: 0, Int8: math.MinInt8}[out.Type]
	if !ok || len(out.Scales) != 1 || out.Zeros[0] != least {
		return "", nil
	}
	if top := 255 * out.Scales[0]; top > 5.9 && top < 6.1 {
		return "relu6", nil
	}
	return "relu", nil
}

func entries(in []value) []string {
	names := make([]string, len(in))
	for i, v := range in {
		names[i] = v.entry
	}
	return names
}

// isFlat tells whether a value is one row of numbers.
func (v value) isFlat() bool { return len(v.shape) == 1 }

func (l *loader) operator(o Operator) error {
	if o.Code == dequantize && l.widened(o) {
		return nil
	}
	x, err := l.operand(o, 0)
	if err != nil {
		return err
	}
	if !slices.Contains([]Code{conv2D, depthwiseConv2D, averagePool2D, maxPool2D, pad, mean}, o.Code) {
		return l.plain(o, x)
	}
	if o.Code == conv2D && x.isFlat() {
		return l.connected(o, x, o.options.byte(3, 0))
	}
	if len(x.shape) != 3 {
		return fmt.Errorf("takes an input of shape %v, needs [height width channels]", x.shape)
	}
	switch o.Code {
	case conv2D, depthwiseConv2D:
		return l.convolution(o, x)
	case pad:
		return l.pad(o, x)
	case mean:
		return l.mean(o, x)
	}
	return l.pool(o, x)
}

// widened tells the widening of a stored weight: its result is that weight.
func (l *loader) widened(o Operator) bool {
	if len(o.Inputs) != 1 || len(o.Outputs) != 1 || o.Inputs[0] < 0 {
		return false
	}
	small, out := l.Tensors[o.Inputs[0]], &l.Tensors[o.Outputs[0]]
	if small.Data == nil || out.Data != nil || !small.Shape.Equal(out.Shape) {
		return false
	}
	small.Name = out.Name
	*out = small
	return true
}

// plain are the operators that take any shape.
func (l *loader) plain(o Operator, x value) error {
	switch o.Code {
	case quantize, dequantize:
		return l.give(o, x.entry, x.shape)
	case fullyConnected:
		return l.connected(o, x, o.options.byte(0, 0))
	case add, mul:
		return l.add(o, x)
	case concatenation:
		return l.concatenate(o, x)
	case reshape, squeeze:
		return l.reshape(o, x)
	case softmax:
		return l.softmax(o, x)
	case relu, relu6, tanh, logistic:
		name := map[Code]string{relu: "relu", relu6: "relu6", tanh: "tanh", logistic: "sigmoid"}[o.Code]
		return l.put(o, x.shape, layers.Activation(name), x)
	}
	return fmt.Errorf("is not read; its file can be inspected only")
}
