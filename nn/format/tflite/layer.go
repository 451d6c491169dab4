package tflite

import (
	"fmt"
	"math"
	"slices"

	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// window are kernel, stride, dilation and padding of a convolution or pool.
type window struct {
	kernel, stride, dilation [2]int
	padding                  string
}

// out is the size of the result along both axes; ok is false where nothing is left.
func (w window) out(in tensor.Shape) (h, v int, ok bool) {
	size := [2]int{}
	for i := range 2 {
		reach := (w.kernel[i]-1)*w.dilation[i] + 1
		switch {
		case w.stride[i] < 1 || w.kernel[i] < 1 || w.dilation[i] < 1 || reach > math.MaxInt16:
			return 0, 0, false
		case w.padding == "same":
			size[i] = (in[i] + w.stride[i] - 1) / w.stride[i]
		case in[i] < reach:
			return 0, 0, false
		default:
			size[i] = (in[i]-reach)/w.stride[i] + 1
		}
	}
	return size[0], size[1], true
}

func (l *loader) convolution(o Operator, x value) error {
	k, err := l.constant(o, 1)
	if err != nil {
		return err
	}
	if len(k.Shape) != 4 {
		return fmt.Errorf("has a kernel of shape %v, needs four axes", k.Shape)
	}
	deep := o.Code == depthwiseConv2D
	// Conv2DOptions and DepthwiseConv2DOptions differ by depth_multiplier, field 3 of the latter.
	fused, dilationAt := 3, 4
	if deep {
		fused, dilationAt = 4, 5
	}
	p, err := padding(o.options.byte(0, 0))
	if err != nil {
		return err
	}
	act, err := l.activation(o, o.options.byte(fused, 0))
	if err != nil {
		return err
	}
	w := window{[2]int{k.Shape[1], k.Shape[2]}, [2]int{o.options.int(2, 0), o.options.int(1, 0)},
		[2]int{o.options.int(dilationAt+1, 1), o.options.int(dilationAt, 1)}, p}
	h, v, ok := w.out(x.shape)
	if !ok {
		return fmt.Errorf("has kernel %v, stride %v and dilation %v on an input of shape %v", w.kernel, w.stride,
			w.dilation, x.shape)
	}
	f, err := k.floats()
	if err != nil {
		return err
	}
	if deep {
		return l.depthwise(o, x, w, act, f, tensor.Shape{h, v, k.Shape[3]})
	}
	layer := layers.Conv2D(k.Shape[0], 1, w.padding, act)
	layer.KernelSize, layer.Strides, layer.DilationRate = w.kernel, w.stride, w.dilation
	name, bias, err := l.biased(o, k.Shape[0],
		func(has bool) string { layer.UseBias = has; return l.net.Add(layer, x.entry) })
	if err != nil {
		return err
	}
	l.keep(name, outputLast(f, k.Shape[0]), bias, k.Shape[1], k.Shape[2], k.Shape[3], k.Shape[0])
	return l.give(o, name, tensor.Shape{h, v, k.Shape[0]})
}

// depthwise has a kernel [1, h, w, channels·multiplier], which in memory is ours.
func (l *loader) depthwise(o Operator, x value, w window, act string, f []float32, out tensor.Shape) error {
	channels := x.shape[2]
	if channels < 1 || out[2]%channels != 0 {
		return fmt.Errorf("has a kernel for %d channels on an input of %d", out[2], channels)
	}
	layer := layers.DepthwiseConv2D(1, 1, w.padding, act)
	layer.KernelSize, layer.Strides, layer.DilationRate, layer.DepthMultiplier = w.kernel, w.stride, w.dilation,
		out[2]/channels
	name, bias, err := l.biased(o, out[2], func(has bool) string {
		layer.UseBias = has
		return l.net.Add(layer, x.entry)
	})
	if err != nil {
		return err
	}
	if w.kernel[0]*w.kernel[1]*out[2] != len(f) {
		return fmt.Errorf("has a kernel of %d elements, needs %d", len(f), w.kernel[0]*w.kernel[1]*out[2])
	}
	l.keep(name, f, bias, w.kernel[0], w.kernel[1], channels, layer.DepthMultiplier)
	return l.give(o, name, out)
}

// biased reads the bias, which is optional, and adds the layer with or without one.
func (l *loader) biased(o Operator, n int, add func(has bool) string) (name string, bias []float32, err error) {
	if len(o.Inputs) < 3 || o.Inputs[2] < 0 {
		return add(false), nil, nil
	}
	b, err := l.constant(o, 2)
	if err != nil {
		return "", nil, err
	}
	if b.Shape.Size() != n {
		return "", nil, fmt.Errorf("has a bias of shape %v for %d outputs", b.Shape, n)
	}
	bias, err = b.floats()
	if err != nil {
		return "", nil, err
	}
	return add(true), bias, nil
}

// keep stores the weights of a layer.
func (l *loader) keep(name string, kernel, bias []float32, shape ...int) {
	l.state[name+"/kernel"] = tensor.Floats(kernel, shape...)
	if bias != nil {
		l.state[name+"/bias"] = tensor.Floats(bias, len(bias))
	}
}

// connected is FULLY_CONNECTED with weights [out, in], or a 1×1 convolution of one pixel.
func (l *loader) connected(o Operator, x value, fused byte) error {
	k, err := l.constant(o, 1)
	if err != nil {
		return err
	}
	if len(k.Shape) < 1 || k.Shape[0] < 1 || k.Shape.Size() != k.Shape[0]*x.shape.Size() {
		return fmt.Errorf("has weights of shape %v on an input of shape %v", k.Shape, x.shape)
	}
	act, err := l.activation(o, fused)
	if err != nil {
		return err
	}
	f, err := k.floats()
	if err != nil {
		return err
	}
	if !x.isFlat() {
		x.entry = l.net.Add(layers.Flatten(), x.entry)
	}
	layer := layers.Dense(k.Shape[0], act)
	name, bias, err := l.biased(o, k.Shape[0],
		func(has bool) string { layer.UseBias = has; return l.net.Add(layer, x.entry) })
	if err != nil {
		return err
	}
	l.dense[name] = layer
	l.keep(name, outputLast(f, k.Shape[0]), bias, x.shape.Size(), k.Shape[0])
	return l.give(o, name, tensor.Shape{k.Shape[0]})
}

// softmax joins the Dense layer that only it takes.
func (l *loader) softmax(o Operator, x value) error {
	if b := o.options.float(0, 1); b != 1 {
		return fmt.Errorf("has the factor %v, must be 1", b)
	}
	if d := l.dense[x.entry]; d != nil && d.Activation == "" && l.uses[o.Inputs[0]] == 1 {
		d.Activation = "softmax"
		return l.give(o, x.entry, x.shape)
	}
	return l.put(o, x.shape, layers.Activation("softmax"), x)
}

func (l *loader) pool(o Operator, x value) error {
	p, err := padding(o.options.byte(0, 0))
	if err != nil {
		return err
	}
	w := window{[2]int{o.options.int(4, 0), o.options.int(3, 0)}, [2]int{o.options.int(2, 0), o.options.int(1, 0)},
		[2]int{1, 1}, p}
	h, v, ok := w.out(x.shape)
	if !ok {
		return fmt.Errorf("has window %v and stride %v on an input of shape %v", w.kernel, w.stride, x.shape)
	}
	fused := o.options.byte(5, 0)
	if o.Code == maxPool2D {
		layer := layers.MaxPooling2D(1)
		layer.PoolSize, layer.Strides, layer.Padding = w.kernel, w.stride, p
		return l.activated(o, tensor.Shape{h, v, x.shape[2]}, fused, layer, x)
	}
	if p == "valid" && w.kernel == [2]int{x.shape[0], x.shape[1]} {
		return l.activated(o, tensor.Shape{x.shape[2]}, fused, layers.GlobalAveragePooling2D(), x)
	}
	layer := layers.AveragePooling2D(1)
	layer.PoolSize, layer.Strides, layer.Padding = w.kernel, w.stride, p
	return l.activated(o, tensor.Shape{h, v, x.shape[2]}, fused, layer, x)
}

// mean is read over height and width, its common use.
func (l *loader) mean(o Operator, x value) error {
	c, err := l.constant(o, 1)
	if err != nil {
		return err
	}
	axes, err := c.numbers()
	if err != nil {
		return err
	}
	slices.Sort(axes)
	if !slices.Equal(axes, []int{1, 2}) {
		return fmt.Errorf("is over the axes %v, only [1 2] is read", axes)
	}
	return l.put(o, tensor.Shape{x.shape[2]}, layers.GlobalAveragePooling2D(), x)
}

func (l *loader) pad(o Operator, x value) error {
	c, err := l.constant(o, 1)
	if err != nil {
		return err
	}
	n, err := c.numbers()
	if err != nil {
		return err
	}
	const most = 1 << 12
	bad := func(v int) bool { return v < 0 || v > most }
	if len(n) != 8 || n[0]+n[1]+n[6]+n[7] != 0 || slices.ContainsFunc(n, bad) {
		return fmt.Errorf("adds %v, only height and width are read, to %d", n, most)
	}
	layer := layers.ZeroPadding2D(0)
	layer.Padding = [2][2]int{{n[2], n[3]}, {n[4], n[5]}}
	return l.put(o, tensor.Shape{x.shape[0] + n[2] + n[3], x.shape[1] + n[4] + n[5], x.shape[2]}, layer, x)
}

// add is a sum of two values, or of one and a constant, as MUL is a product.
func (l *loader) add(o Operator, x value) error {
	if len(o.Inputs) == 2 && o.Inputs[1] >= 0 && l.Tensors[o.Inputs[1]].Data != nil {
		return l.scaled(o, x)
	}
	if o.Code == mul {
		return fmt.Errorf("multiplies two values, only those by a constant are read")
	}
	y, err := l.operand(o, 1)
	if err != nil {
		return err
	}
	if !x.shape.Equal(y.shape) {
		return fmt.Errorf("has inputs of shapes %v and %v, needs one shape", x.shape, y.shape)
	}
	return l.activated(o, x.shape, o.options.byte(0, 0), layers.Add(), x, y)
}

// scaled is x·s, x + t, or the second behind the first, with constants: a Rescaling where these are one number, a
// normalisation where they have one for each channel.
func (l *loader) scaled(o Operator, x value) error {
	c, err := l.constant(o, 1)
	if err != nil {
		return err
	}
	f, err := c.floats()
	if err != nil {
		return err
	}
	act, err := l.activation(o, o.options.byte(0, 0))
	if err != nil {
		return err
	}
	if len(f) != 1 && (len(x.shape) == 0 || len(f) != x.shape.Last()) {
		return fmt.Errorf("has a constant of shape %v beside a value of shape %v, expected one number for each channel",
			c.Shape, x.shape)
	}
	name := x.entry
	if p := l.products[name]; o.Code == add && p != nil && len(p.offset) == len(f) && l.uses[o.Inputs[0]] == 1 {
		p.shift(f)
	} else {
		name = l.product(o.Code, f, x)
	}
	if act != "" {
		name = l.net.Add(layers.Activation(act), name)
	}
	return l.give(o, name, x.shape)
}

// product is a layer x·s whose offset is not known yet.
type product struct {
	rescaling *layers.RescalingLayer
	offset    []float32 // of a normalisation its beta
}

func (p *product) shift(f []float32) {
	copy(p.offset, f)
	if p.rescaling != nil {
		p.rescaling.Offset = f[0]
	}
}

// product adds a layer that multiplies by f, or adds it.
func (l *loader) product(code Code, f []float32, x value) (name string) {
	scale, p := slices.Clone(f), &product{offset: make([]float32, len(f))}
	if code != mul {
		for i := range scale {
			scale[i] = 1
		}
	}
	if len(f) == 1 {
		p.rescaling = layers.Rescaling(scale[0], 0)
		name = l.net.Add(p.rescaling, x.entry)
	} else {
		layer := layers.BatchNormalization()
		layer.Epsilon = 0
		name = l.net.Add(layer, x.entry)
		ones := tensor.New(tensor.Float32, len(f))
		for i := range ones.F() {
			ones.F()[i] = 1
		}
		l.state[name+"/gamma"], l.state[name+"/beta"] = tensor.Floats(scale, len(f)), tensor.Floats(p.offset, len(f))
		l.state[name+"/moving_mean"], l.state[name+"/moving_variance"] = tensor.New(tensor.Float32, len(f)), ones
	}
	if code == mul {
		l.products[name] = p
	} else {
		p.shift(f)
	}
	return name
}

func (l *loader) concatenate(o Operator, x value) error {
	axis := o.options.int(0, 0)
	if axis < 0 {
		axis += len(x.shape) + 1
	}
	if axis < 1 || axis > len(x.shape) {
		return fmt.Errorf("joins along axis %d of an input of shape %v", o.options.int(0, 0), x.shape)
	}
	shape, in := x.shape.Clone(), []value{x}
	for i := range o.Inputs[1:] {
		y, err := l.operand(o, i+1)
		if err != nil {
			return err
		}
		if len(y.shape) != len(x.shape) {
			return fmt.Errorf("has inputs of shapes %v and %v", x.shape, y.shape)
		}
		shape[axis-1] += y.shape[axis-1]
		in = append(in, y)
	}
	return l.activated(o, shape, o.options.byte(1, 0), &layers.ConcatenateLayer{Axis: axis}, in...)
}

// reshape keeps the elements; what is a row already stays one.
func (l *loader) reshape(o Operator, x value) error {
	if len(o.Outputs) != 1 || len(l.Tensors[o.Outputs[0]].Shape) < 2 {
		return fmt.Errorf("has outputs %v, needs one [1, …]", o.Outputs)
	}
	to := l.Tensors[o.Outputs[0]].Shape
	if to[0] != 1 || to.Size() != x.shape.Size() {
		return fmt.Errorf("makes shape %v of %v", to, x.shape)
	}
	switch to = to[1:]; {
	case to.Equal(x.shape):
		return l.give(o, x.entry, x.shape)
	case len(to) == 1:
		return l.put(o, to.Clone(), layers.Flatten(), x)
	}
	return l.put(o, to.Clone(), layers.Reshape(to...), x)
}
