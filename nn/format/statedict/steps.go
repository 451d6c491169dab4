package statedict

import (
	"fmt"
	"math"
	"slices"

	"wafer/nn/format/foreign"
	"wafer/nn/format/torch"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Steps makes a network of a saved torch.nn.Sequential. Pictures have side pixels; 0: as many as the first Linear
// behind the convolutions shows, else 224.
func Steps(w foreign.Weights, steps []torch.Step, side int) (*foreign.Network, error) {
	n, err := sequential(w, steps, side)
	if err != nil {
		return nil, say.Errorf("torch.nn.Sequential: %w", err)
	}
	return n, nil
}

// usual are sides of pictures, in the order in which they are tried, before all others; 28 of grey ones comes first.
var usual = []int{32, 28, 224, 64, 96, 128, 48, 256, 299, 160, 192}

const maxSide = 512

func sequential(w foreign.Weights, steps []torch.Step, side int) (*foreign.Network, error) {
	sides := []int{side}
	if side <= 0 {
		sides = slices.Clone(usual)
		for n := 1; n <= maxSide; n++ {
			sides = append(sides, n)
		}
	}
	channels := 0
	for _, s := range steps {
		if c := s.Numbers("in_channels"); channels == 0 && len(c) == 1 {
			channels = int(c[0])
		}
	}
	for _, c := range []int{1, 3} {
		if c == 1 && side <= 0 {
			sides[0], sides[1] = sides[1], sides[0]
		} else if side <= 0 {
			sides[0], sides[1] = 32, 28
		}
		for _, n := range sides {
			if (channels == 0 || c == channels) && reaches(steps, n, c) {
				return built(w, steps, n, c)
			}
		}
	}
	return nil, say.New("its layers fit no pictures of 1 or 3 channels")
}

// reaches tells whether the first Linear takes what pictures of a side become in front of it.
func reaches(steps []torch.Step, side, channels int) bool {
	size := side
	for i, s := range steps {
		switch s.Class {
		case "Linear":
			return float64(size*size*channels) == one(s, "in_features", 0)
		case "AdaptiveAvgPool2d":
			size = int(one(s, "output_size", 1))
		case "Conv2d":
			channels = int(one(s, "out_channels", 0))
			fallthrough
		case "MaxPool2d", "AvgPool2d":
			size = after(s, size)
		}
		if size < 1 || size > maxSide || channels < 1 || channels > 1<<16 || i > 1<<12 {
			return false
		}
	}
	return true
}

// one is an attribute's first number, or a default where it has none.
func one(s torch.Step, key string, standard float64) float64 {
	if v := s.Numbers(key); len(v) > 0 && v[0] >= -1<<30 && v[0] <= 1<<30 {
		return v[0]
	}
	return standard
}

// after is the side behind a convolution or a pooling.
func after(s torch.Step, n int) int {
	k, stride, pad := int(one(s, "kernel_size", 1)), int(one(s, "stride", 1)), int(one(s, "padding", 0))
	if s.Text("padding") == "same" {
		return n
	}
	if stride < 1 || k < 1 || n+2*pad < k {
		return 0
	}
	return (n+2*pad-k)/stride + 1
}

// stack is a network on its way.
type stack struct {
	*layers.Functional
	w     foreign.Weights
	at    string
	size  int      // of the picture; 0: it is flat
	names []string // of the modules with weights
}

func (b *stack) then(s torch.Step, part string, l layers.Layer) {
	b.at = b.Named("layer."+s.Name+part, l, b.at)
}

func built(w foreign.Weights, steps []torch.Step, side, channels int) (n *foreign.Network, err error) {
	defer func() {
		if e := recover(); e != nil {
			n, err = nil, say.Errorf("it cannot be built: %s", fmt.Sprint(e))
		}
	}()
	in := layers.Spec{Shape: tensor.Shape{side, side, channels}}
	b := &stack{Functional: layers.NewFunctional("sequential", in), w: w, at: layers.InputName, size: side}
	for _, s := range steps {
		if err := b.step(s); err != nil {
			return nil, say.Errorf("module %.60s (%.60s): %w", s.Name, s.Class, err)
		}
	}
	net := b.Model()
	l := &loader{w: w, used: map[string]bool{}, state: graph.State{}}
	if err := l.fill(net, b.names); err != nil {
		return nil, err
	}
	n = &foreign.Network{Layers: net, State: l.state, Image: architecture{input: "0..1"}.image(in.Shape)}
	n.Notes = []string{fmt.Sprintf("It does not say how it was given pictures: %d × %d pixels with colours from 0 to "+
		"1 are assumed.", side, side)}
	return n, nil
}

// activations are torch.nn's by Keras' names.
var activations = map[string]string{"ReLU": "relu", "ReLU6": "relu6", "Sigmoid": "sigmoid", "Tanh": "tanh",
	"GELU": "gelu",
	"SiLU": "silu", "Hardswish": "hard_silu", "Hardsigmoid": "hard_sigmoid", "Mish": "mish", "SELU": "selu",
	"Softplus": "softplus", "Softsign": "softsign", "Softmax": "softmax", "LogSoftmax": "softmax"}

func (b *stack) step(s torch.Step) error {
	has := func(part string) bool { _, _, ok := b.w.Shape(s.Name + part); return ok }
	if has(".weight") {
		b.names = append(b.names, s.Name)
	}
	switch s.Class {
	case "Dropout", "Dropout1d", "Dropout2d", "Identity":
		return nil
	case "Conv2d":
		return b.convolution(s, has(".bias"))
	case "MaxPool2d", "AvgPool2d":
		return b.pooling(s)
	case "Linear":
		b.flatten(s)
		l := layers.Dense(int(one(s, "out_features", 0)), "")
		l.UseBias = has(".bias")
		b.then(s, "", l)
	case "BatchNorm1d", "BatchNorm2d":
		if !has(".weight") || !has(".running_mean") {
			return say.New("has no weights or no means")
		}
		l := layers.BatchNormalization()
		l.Momentum, l.Epsilon = 0.9, float32(one(s, "eps", 1e-5))
		b.then(s, "", l)
	case "Flatten":
		b.flatten(s)
	case "AdaptiveAvgPool2d":
		if one(s, "output_size", 0) != 1 {
			return say.New("makes more than one number of a channel")
		}
		b.then(s, "", layers.GlobalAveragePooling2D())
		b.size = 0
	case "LeakyReLU":
		b.then(s, "", &layers.ReLULayer{NegativeSlope: float32(one(s, "negative_slope", 0.01))})
	case "ELU":
		l := layers.ELU()
		l.Alpha = float32(one(s, "alpha", 1))
		b.then(s, "", l)
	default:
		if activations[s.Class] == "" || s.Text("approximate") == "tanh" {
			return say.New("is of a kind that is not read")
		}
		b.then(s, "", layers.Activation(activations[s.Class]))
	}
	return nil
}

func (b *stack) flatten(s torch.Step) {
	if b.size > 0 {
		b.then(s, ".flatten", layers.Flatten())
		b.size = 0
	}
}

// pair are an attribute's numbers for height and width.
func pair(s torch.Step, key string, standard int) (p [2]int) {
	v := s.Numbers(key)
	for i := range p {
		switch {
		case len(v) == 0:
			p[i] = standard
		case v[min(i, len(v)-1)] >= 0 && v[min(i, len(v)-1)] <= math.MaxInt16:
			p[i] = int(v[min(i, len(v)-1)])
		}
	}
	return p
}

func (b *stack) convolution(s torch.Step, bias bool) error {
	filters, groups := int(one(s, "out_channels", 0)), one(s, "groups", 1)
	kernel, stride, pad := pair(s, "kernel_size", 1), pair(s, "stride", 1), pair(s, "padding", 0)
	dilation, mode := pair(s, "dilation", 1), s.Text("padding_mode")
	if dilation != [2]int{1, 1} || kernel[0] != kernel[1] || stride[0] != stride[1] || mode != "" && mode != "zeros" ||
		groups != 1 && (groups != one(s, "in_channels", 0) || float64(filters) != groups) {
		return say.New("is a convolution of a kind that is not read: dilated, uneven, " +
			"in groups or with other borders than zeros")
	}
	padding := "valid"
	switch {
	case s.Text("padding") == "same", stride[0] == 1 && kernel[0]%2 == 1 && pad == [2]int{kernel[0] / 2, kernel[0] / 2}:
		padding = "same"
	case pad != [2]int{}:
		b.then(s, ".pad", &layers.ZeroPadding2DLayer{Padding: [2][2]int{{pad[0], pad[0]}, {pad[1], pad[1]}}})
	}
	b.size = after(s, b.size)
	if groups != 1 {
		l := layers.DepthwiseConv2D(kernel[0], stride[0], padding, "")
		l.UseBias = bias
		b.then(s, "", l)
		return nil
	}
	l := layers.Conv2D(filters, kernel[0], padding, "").Stride(stride[0])
	l.UseBias = bias
	b.then(s, "", l)
	return nil
}

func (b *stack) pooling(s torch.Step) error {
	kernel, dilation := pair(s, "kernel_size", 1), pair(s, "dilation", 1)
	stride := pair(s, "stride", kernel[0])
	uneven := s.Text("ceil_mode") != "" && stride[0] > 0 && (b.size-kernel[0])%stride[0] != 0
	if pair(s, "padding", 0) != [2]int{} || dilation != [2]int{1, 1} || kernel[0] != kernel[1] ||
		stride[0] != stride[1] || uneven {
		return say.New("is a pooling of a kind that is not read: dilated, uneven or over the edge")
	}
	b.size = after(s, b.size)
	if s.Class == "MaxPool2d" {
		l := layers.MaxPooling2D(kernel[0])
		l.Strides = stride
		b.then(s, "", l)
		return nil
	}
	l := layers.AveragePooling2D(kernel[0])
	l.Strides = stride
	b.then(s, "", l)
	return nil
}
