package tflite

import (
	"math"

	"wafer/nn/format/foreign"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Numbers of options in the schema's union BuiltinOptions.
const (
	convOptions          = 1
	depthwiseOptions     = 2
	poolOptions          = 5
	connectedOptions     = 8
	softmaxOptions       = 9
	concatenationOptions = 10
	addOptions           = 11
	mulOptions           = 21
	padOptions           = 22
	reducerOptions       = 27
)

// layer writes the operators of one.
func (w *writer) layer(t layers.Traced) error {
	var in []int
	for _, name := range t.Inputs {
		in = append(in, w.values[name])
	}
	switch l := t.Layer.(type) {
	case *layers.Conv2DLayer:
		return w.convolution(t, in[0], window{l.KernelSize, l.Strides, l.DilationRate, l.Padding}, l.UseBias,
			l.Activation)
	case *layers.DepthwiseConv2DLayer:
		return w.depthwise(t, in[0], l)
	case *layers.DenseLayer:
		return w.connected(t, in[0], l)
	case *layers.MaxPooling2DLayer:
		return w.pool(t, maxPool2D, in[0], window{kernel: l.PoolSize, stride: l.Strides, padding: l.Padding})
	case *layers.AveragePooling2DLayer:
		return w.pool(t, averagePool2D, in[0], window{kernel: l.PoolSize, stride: l.Strides, padding: l.Padding})
	case *layers.GlobalPoolLayer:
		return w.globalMean(t, in[0], l)
	case *layers.BatchNormalizationLayer:
		return w.normalised(t, in[0], l)
	case *layers.RescalingLayer:
		w.scaled(t, in[0], []float32{l.Scale}, []float32{l.Offset})
		return nil
	case *layers.ActivationLayer:
		if l.Activation == "" || l.Activation == "linear" {
			w.values[t.Name] = in[0]
			return nil
		}
		return w.apply(t, l.Activation, in[0])
	case *layers.ReLULayer:
		return w.relu(t, in[0], l)
	case *layers.AddLayer:
		w.sum(t, in)
		return nil
	case *layers.ConcatenateLayer:
		return w.joined(t, in, l)
	case *layers.ZeroPadding2DLayer:
		w.padded(t, in[0], l)
		return nil
	case *layers.FlattenLayer, *layers.ReshapeLayer:
		w.values[t.Name] = w.give(t, "")
		shape := append([]int{1}, t.Shape...)
		to := w.numbers(t.Name+"/shape", tensor.Shape{len(shape)}, shape...)
		w.operator(reshape, []int{in[0], to}, w.values[t.Name], 0, 0)
		return nil
	case *layers.DropoutLayer:
		w.values[t.Name] = in[0]
		return nil
	}
	return say.Errorf("TFLite files are written without layers of class %s", t.Layer.Class())
}

// word is the schema's number of a padding.
func word(padding string) byte {
	if padding == "valid" {
		return 1
	}
	return 0
}

// convolution writes a kernel [kh kw ci co] as [co kh kw ci].
func (w *writer) convolution(t layers.Traced, in int, win window, bias bool, activation string) error {
	k, err := w.weight(t, "kernel")
	if err != nil {
		return err
	}
	s := k.Shape()
	inputs := []int{in, w.floats(t.Name+"/kernel", foreign.Transposed(k, 3, 0, 1, 2).F(), s[3], s[0], s[1], s[2])}
	if inputs, err = w.biased(t, inputs, bias, s[3]); err != nil {
		return err
	}
	fused := fusable[activation]
	out := w.product(t, activation)
	w.StartObject(6)
	w.PrependByteSlot(0, word(win.padding), 0)
	w.PrependInt32Slot(1, int32(win.stride[1]), 0)
	w.PrependInt32Slot(2, int32(win.stride[0]), 0)
	w.PrependByteSlot(3, fused, 0)
	w.PrependInt32Slot(4, int32(win.dilation[1]), 1)
	w.PrependInt32Slot(5, int32(win.dilation[0]), 1)
	w.operator(conv2D, inputs, out, convOptions, w.EndObject())
	return w.activated(t, activation, out)
}

// biased adds the bias where there is one.
func (w *writer) biased(t layers.Traced, inputs []int, has bool, n int) ([]int, error) {
	if !has {
		return inputs, nil
	}
	b, err := w.weight(t, "bias")
	if err != nil {
		return nil, err
	}
	return append(inputs, w.floats(t.Name+"/bias", b.F(), n)), nil
}

func (w *writer) depthwise(t layers.Traced, in int, l *layers.DepthwiseConv2DLayer) error {
	k, err := w.weight(t, "kernel")
	if err != nil {
		return err
	}
	s := k.Shape()
	inputs := []int{in, w.floats(t.Name+"/kernel", k.F(), 1, s[0], s[1], s[2]*s[3])}
	if inputs, err = w.biased(t, inputs, l.UseBias, s[2]*s[3]); err != nil {
		return err
	}
	out := w.product(t, l.Activation)
	w.StartObject(7)
	w.PrependByteSlot(0, word(l.Padding), 0)
	w.PrependInt32Slot(1, int32(l.Strides[1]), 0)
	w.PrependInt32Slot(2, int32(l.Strides[0]), 0)
	w.PrependInt32Slot(3, int32(s[3]), 0)
	w.PrependByteSlot(4, fusable[l.Activation], 0)
	w.PrependInt32Slot(5, int32(l.DilationRate[1]), 1)
	w.PrependInt32Slot(6, int32(l.DilationRate[0]), 1)
	w.operator(depthwiseConv2D, inputs, out, depthwiseOptions, w.EndObject())
	return w.activated(t, l.Activation, out)
}

// connected writes a kernel [in out] as [out in].
func (w *writer) connected(t layers.Traced, in int, l *layers.DenseLayer) error {
	k, err := w.weight(t, "kernel")
	if err != nil {
		return err
	}
	if len(t.Shape) != 1 {
		return say.Errorf("Dense on shape %v is not written, on a row of numbers it is", t.Shape)
	}
	s := k.Shape()
	inputs := []int{in, w.floats(t.Name+"/kernel", foreign.Transposed(k, 1, 0).F(), s[1], s[0])}
	if inputs, err = w.biased(t, inputs, l.UseBias, s[1]); err != nil {
		return err
	}
	out := w.product(t, l.Activation)
	w.StartObject(3)
	w.PrependByteSlot(0, fusable[l.Activation], 0)
	w.operator(fullyConnected, inputs, out, connectedOptions, w.EndObject())
	return w.activated(t, l.Activation, out)
}

func (w *writer) pool(t layers.Traced, code Code, in int, win window) error {
	if win.stride == [2]int{} {
		win.stride = win.kernel
	}
	w.values[t.Name] = w.give(t, "")
	w.StartObject(6)
	w.PrependByteSlot(0, word(win.padding), 0)
	w.PrependInt32Slot(1, int32(win.stride[1]), 0)
	w.PrependInt32Slot(2, int32(win.stride[0]), 0)
	w.PrependInt32Slot(3, int32(win.kernel[1]), 0)
	w.PrependInt32Slot(4, int32(win.kernel[0]), 0)
	w.operator(code, []int{in}, w.values[t.Name], poolOptions, w.EndObject())
	return nil
}

func (w *writer) globalMean(t layers.Traced, in int, l *layers.GlobalPoolLayer) error {
	if l.Class() != "GlobalAveragePooling2D" {
		return say.Errorf("TFLite files are written without layers of class %s", l.Class())
	}
	w.values[t.Name] = w.give(t, "")
	axes := w.numbers(t.Name+"/axes", tensor.Shape{2}, 1, 2)
	w.StartObject(1)
	w.operator(mean, []int{in, axes}, w.values[t.Name], reducerOptions, w.EndObject())
	return nil
}

// normalised writes x·s + t, which graph.BatchNorm is.
func (w *writer) normalised(t layers.Traced, in int, l *layers.BatchNormalizationLayer) error {
	mean, err := w.weight(t, "moving_mean")
	if err != nil {
		return err
	}
	variance, err := w.weight(t, "moving_variance")
	if err != nil {
		return err
	}
	n := mean.Size()
	s, b := make([]float32, n), make([]float32, n)
	for c := range n {
		gamma, beta := float32(1), float32(0)
		if g := w.state[t.Name+"/gamma"]; l.Scale && g != nil {
			gamma = g.F()[c]
		}
		if v := w.state[t.Name+"/beta"]; l.Center && v != nil {
			beta = v.F()[c]
		}
		s[c] = gamma / float32(math.Sqrt(float64(variance.F()[c]+l.Epsilon)))
		b[c] = beta - float32(mean.F()[c]*s[c])
	}
	w.scaled(t, in, s, b)
	return nil
}

// scaled is x·scale + offset, one number of each or one per channel.
func (w *writer) scaled(t layers.Traced, in int, scale, offset []float32) {
	factor := w.floats(t.Name+"/scale", scale, len(scale))
	summand := w.floats(t.Name+"/offset", offset, len(offset))
	product := w.give(t, "_product")
	w.values[t.Name] = w.give(t, "")
	w.StartObject(1)
	w.operator(mul, []int{in, factor}, product, mulOptions, w.EndObject())
	w.StartObject(1)
	w.operator(add, []int{product, summand}, w.values[t.Name], addOptions, w.EndObject())
}

func (w *writer) relu(t layers.Traced, in int, l *layers.ReLULayer) error {
	switch {
	case l.NegativeSlope != 0 || l.Threshold != 0 || l.MaxValue != nil && *l.MaxValue != 6:
		return say.Errorf("TFLite has no operator for the activation %q",
			"ReLU with a slope, a threshold or another maximum")
	case l.MaxValue != nil:
		return w.apply(t, "relu6", in)
	}
	return w.apply(t, "relu", in)
}

// sum adds inputs from the first to the last.
func (w *writer) sum(t layers.Traced, in []int) {
	at := in[0]
	for i, other := range in[1:] {
		suffix := "_part"
		if i == len(in)-2 {
			suffix = ""
		}
		out := w.give(t, suffix)
		w.StartObject(1)
		w.operator(add, []int{at, other}, out, addOptions, w.EndObject())
		at = out
	}
	w.values[t.Name] = at
}

func (w *writer) joined(t layers.Traced, in []int, l *layers.ConcatenateLayer) error {
	axis := l.Axis
	if axis < 0 {
		axis += len(t.Shape) + 1
	}
	w.values[t.Name] = w.give(t, "")
	w.StartObject(2)
	w.PrependInt32Slot(0, int32(axis), 0)
	w.operator(concatenation, in, w.values[t.Name], concatenationOptions, w.EndObject())
	return nil
}

func (w *writer) padded(t layers.Traced, in int, l *layers.ZeroPadding2DLayer) {
	p := l.Padding
	w.values[t.Name] = w.give(t, "")
	around := w.numbers(t.Name+"/padding", tensor.Shape{4, 2}, 0, 0, p[0][0], p[0][1], p[1][0], p[1][1], 0, 0)
	w.StartObject(0)
	w.operator(pad, []int{in, around}, w.values[t.Name], padOptions, w.EndObject())
}
