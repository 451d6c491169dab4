package layers

import "wafer/nn/graph"

// convArgs are the arguments that the two-dimensional convolutions share.
type convArgs struct {
	KernelSize        [2]int      `json:"kernel_size"`
	Strides           [2]int      `json:"strides"`
	Padding           string      `json:"padding"` // "valid" or "same"
	DilationRate      [2]int      `json:"dilation_rate"`
	Activation        string      `json:"activation,omitempty"`
	UseBias           bool        `json:"use_bias"`
	KernelInitializer Initializer `json:"kernel_initializer,omitempty"` // default glorot_uniform
}

func newConvArgs() convArgs {
	return convArgs{Strides: [2]int{1, 1}, Padding: "valid", DilationRate: [2]int{1, 1}, UseBias: true}
}

func (a convArgs) window(c *Context, x *graph.Node) graph.Window {
	w := graph.Window{Kernel: a.KernelSize, Stride: a.Strides, Dilation: a.DilationRate}
	return padded(c, w, a.Padding, x)
}

// padded fills in the padding that Keras' word for it means on x.
func padded(c *Context, w graph.Window, padding string, x *graph.Node) graph.Window {
	if reason := w.Fault(); reason != "" {
		c.fail("%s", reason)
	}
	switch padding {
	case "valid":
	case "same":
		w = w.SamePadding(x.Shape[1], x.Shape[2])
	default:
		c.fail("padding is %q, not \"valid\" or \"same\"", padding)
	}
	return w
}

func (a convArgs) initializer() Initializer { return a.KernelInitializer.or("glorot_uniform") }

// finish adds bias and activation.
func (a convArgs) finish(c *Context, y *graph.Node) *graph.Node {
	if a.UseBias {
		y = c.G.Add(y, c.Weight("bias", "zeros", true, y.Shape.Last()))
	}
	return activate(c, a.Activation, y)
}

// Conv2DLayer convolves [batch, h, w, channels].
type Conv2DLayer struct {
	Filters int `json:"filters"`
	convArgs
}

// Conv2D is Keras' Conv2D with a square kernel, stride 1 and its other defaults.
func Conv2D(filters, kernel int, padding, activation string) *Conv2DLayer {
	l := &Conv2DLayer{filters, newConvArgs()}
	l.KernelSize, l.Padding, l.Activation = [2]int{kernel, kernel}, padding, activation
	return l
}

// Stride sets both strides and returns the layer.
func (l *Conv2DLayer) Stride(n int) *Conv2DLayer { l.Strides = [2]int{n, n}; return l }

// NoBias drops the bias, for a normalisation that follows, and returns the layer.
func (l *Conv2DLayer) NoBias() *Conv2DLayer { l.UseBias = false; return l }

func (l *Conv2DLayer) Class() string { return "Conv2D" }

// Call maps [batch, h, w, channels] to [batch, positions down, positions across, filters], see graph.Window.Out.
// Weights: kernel [height, width, channels, filters] and bias [filters].
func (l *Conv2DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 4, "[batch height width channels]")
	k := c.Weight("kernel", l.initializer(), true, l.KernelSize[0], l.KernelSize[1], x.Shape[3], l.Filters)
	return l.finish(c, convolve(c, x, k, l.window(c, x)))
}

// convolve is a convolution by Winograd's transforms where that pays and no gradient is
// wanted: faster, and different by rounding.
func convolve(c *Context, x, k *graph.Node, w graph.Window) *graph.Node {
	tile := graph.WinogradTile(x.Shape, k.Shape, w)
	if c.direct || tile == 0 {
		return c.G.Conv2D(x, k, w)
	}
	attr := graph.Winograd{Tile: tile, Pad: w.Pad}
	return c.G.WinogradConv2D(x, c.G.WinogradFilter(k, attr), attr)
}

// DepthwiseConv2DLayer filters each channel on its own.
type DepthwiseConv2DLayer struct {
	DepthMultiplier int `json:"depth_multiplier"`
	convArgs
}

// DepthwiseConv2D is Keras' DepthwiseConv2D with a square kernel and stride.
func DepthwiseConv2D(kernel, stride int, padding, activation string) *DepthwiseConv2DLayer {
	l := &DepthwiseConv2DLayer{1, newConvArgs()}
	l.KernelSize, l.Strides, l.Padding, l.Activation = [2]int{kernel, kernel}, [2]int{stride,
		stride}, padding, activation
	return l
}

// NoBias drops the bias and returns the layer.
func (l *DepthwiseConv2DLayer) NoBias() *DepthwiseConv2DLayer { l.UseBias = false; return l }

func (l *DepthwiseConv2DLayer) Class() string { return "DepthwiseConv2D" }

// Call maps [batch, h, w, channels] to [batch, positions down, positions across, channels·depth_multiplier]. Weights:
// kernel [height, width, channels, depth_multiplier] and bias [channels·depth_multiplier].
func (l *DepthwiseConv2DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 4, "[batch height width channels]")
	k := c.Weight("kernel", l.initializer(), true, l.KernelSize[0], l.KernelSize[1], x.Shape[3], l.DepthMultiplier)
	return l.finish(c, c.G.DepthwiseConv2D(x, k, l.window(c, x)))
}

// SeparableConv2DLayer is a depthwise convolution followed by a 1×1 convolution.
type SeparableConv2DLayer struct {
	Filters         int `json:"filters"`
	DepthMultiplier int `json:"depth_multiplier"`
	convArgs
}

// SeparableConv2D is Keras' SeparableConv2D with a square kernel and stride.
func SeparableConv2D(filters, kernel, stride int, padding, activation string) *SeparableConv2DLayer {
	l := &SeparableConv2DLayer{filters, 1, newConvArgs()}
	l.KernelSize, l.Strides, l.Padding, l.Activation = [2]int{kernel, kernel}, [2]int{stride,
		stride}, padding, activation
	return l
}

// NoBias drops the bias and returns the layer.
func (l *SeparableConv2DLayer) NoBias() *SeparableConv2DLayer { l.UseBias = false; return l }

func (l *SeparableConv2DLayer) Class() string { return "SeparableConv2D" }

// Call has the weights depthwise_kernel [height, width, channels, depth_multiplier], pointwise_kernel [1, 1,
// channels·depth_multiplier, filters] and bias [filters]; strides and dilation are the depthwise part's.
func (l *SeparableConv2DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 4, "[batch height width channels]")
	depth := c.Weight("depthwise_kernel", l.initializer(), true, l.KernelSize[0], l.KernelSize[1], x.Shape[3],
		l.DepthMultiplier)
	point := c.Weight("pointwise_kernel", l.initializer(), true, 1, 1, x.Shape[3]*l.DepthMultiplier, l.Filters)
	y := c.G.DepthwiseConv2D(x, depth, l.window(c, x))
	one := graph.Window{Kernel: [2]int{1, 1}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
	return l.finish(c, c.G.Conv2D(y, point, one))
}

// Conv1DLayer convolves [batch, time, channels].
type Conv1DLayer struct {
	Filters           int         `json:"filters"`
	KernelSize        int         `json:"kernel_size"`
	Strides           int         `json:"strides"`
	Padding           string      `json:"padding"` // "valid", "same" or "causal"
	DilationRate      int         `json:"dilation_rate"`
	Activation        string      `json:"activation,omitempty"`
	UseBias           bool        `json:"use_bias"`
	KernelInitializer Initializer `json:"kernel_initializer,omitempty"` // default glorot_uniform
}

// Conv1D is Keras' Conv1D with stride 1.
func Conv1D(filters, kernel int, padding, activation string) *Conv1DLayer {
	return &Conv1DLayer{Filters: filters, KernelSize: kernel, Strides: 1, Padding: padding, DilationRate: 1,
		Activation: activation, UseBias: true}
}

func (l *Conv1DLayer) Class() string { return "Conv1D" }

// Call runs as a two-dimensional convolution on an image of height 1.
func (l *Conv1DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 3, "[batch time channels]")
	b, t, ch := x.Shape[0], x.Shape[1], x.Shape[2]
	k := c.Weight("kernel", l.KernelInitializer.or("glorot_uniform"), true, l.KernelSize, ch, l.Filters)
	w := graph.Window{Kernel: [2]int{1, l.KernelSize}, Stride: [2]int{1, l.Strides},
		Dilation: [2]int{1, l.DilationRate}}
	image := c.G.Reshape(x, b, 1, t, ch)
	if l.Padding == "causal" {
		w.Pad[2] = (l.KernelSize - 1) * l.DilationRate
	} else {
		w = padded(c, w, l.Padding, image)
	}
	y := c.G.Conv2D(image, c.G.Reshape(k, 1, l.KernelSize, ch, l.Filters), w)
	if l.UseBias {
		y = c.G.Add(y, c.Weight("bias", "zeros", true, l.Filters))
	}
	y = activate(c, l.Activation, y)
	return c.G.Reshape(y, b, y.Shape[2], l.Filters)
}
