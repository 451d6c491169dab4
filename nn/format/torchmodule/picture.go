package torchmodule

import (
	"fmt"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// convolution writes the layers of kernels that move.
func (m *module) convolution(l layers.Layer, in []string, rank int) (code string, ok bool, err error) {
	switch l := l.(type) {
	case *layers.Conv2DLayer:
		w := graph.Window{Kernel: l.KernelSize, Stride: l.Strides, Dilation: l.DilationRate}
		code, err = m.conv("", w, l.Padding == "same", in[0], l.Filters, 1, l.UseBias, m.own["kernel"], 3, 2, 0, 1)
		return m.finished(l.Activation, code, rank, err)
	case *layers.DepthwiseConv2DLayer:
		w := graph.Window{Kernel: l.KernelSize, Stride: l.Strides, Dilation: l.DilationRate}
		code, err = m.depthwise("", w, l.Padding == "same", in[0], l.DepthMultiplier, l.UseBias, m.own["kernel"])
		return m.finished(l.Activation, code, rank, err)
	case *layers.SeparableConv2DLayer:
		w := graph.Window{Kernel: l.KernelSize, Stride: l.Strides, Dilation: l.DilationRate}
		code, err = m.depthwise("_depthwise", w, l.Padding == "same", in[0], l.DepthMultiplier, false,
			m.own["depthwise_kernel"])
		if err != nil {
			return "", false, err
		}
		one := graph.Window{Kernel: [2]int{1, 1}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
		code, err = m.conv("", one, false, code, l.Filters, 1, l.UseBias, m.own["pointwise_kernel"], 3, 2, 0, 1)
		return m.finished(l.Activation, code, rank, err)
	case *layers.Conv1DLayer:
		code, err = m.conv1D(l, in[0])
		return m.finished(l.Activation, code, rank, err)
	}
	return "", false, nil
}

func (m *module) finished(activation, code string, rank int, err error) (string, bool, error) {
	if err == nil {
		code, err = m.activated(activation, code, rank)
	}
	return code, err == nil, err
}

// conv is nn.Conv2d; perm makes of our kernel [h w in out] PyTorch's [out in/groups h w].
func (m *module) conv(suffix string, w graph.Window, same bool, x string, filters, groups int, bias bool,
	kernel *tensor.Tensor, perm ...int) (string, error) {
	args, padded := m.window(w, same, x, "0")
	in := m.shapes[0].Last()
	if kernel != nil && groups == 1 {
		in = kernel.Shape()[2] // behind a depthwise convolution
	} else if groups > 1 {
		args += fmt.Sprintf(", groups=%d", groups)
	}
	name := m.part(suffix, "nn.Conv2d(%d, %d, %s%s)", in, filters, args, noBias(bias))
	if err := m.weight(name+".weight", kernel, perm...); err != nil {
		return "", err
	}
	return fmt.Sprintf("self.%s(%s)", name, padded), m.bias(name, bias)
}

// depthwise is nn.Conv2d in groups: our kernel [h w c m] is PyTorch's [c·m 1 h w].
func (m *module) depthwise(suffix string, w graph.Window, same bool, x string, multiplier int, bias bool,
	kernel *tensor.Tensor) (string, error) {
	n := m.shapes[0].Last()
	if kernel != nil {
		s := kernel.Shape()
		kernel = foreign.Transposed(kernel, 2, 3, 0, 1).Reshape(s[2]*s[3], 1, s[0], s[1])
	}
	return m.conv(suffix, w, same, x, n*multiplier, max(n, 1), bias, kernel)
}

// conv1D is nn.Conv1d between two transpositions, as it takes [n c t].
func (m *module) conv1D(l *layers.Conv1DLayer, x string) (string, error) {
	span, n := (l.KernelSize-1)*l.DilationRate, m.shapes[0][0]
	before, after := 0, 0
	switch l.Padding {
	case "causal":
		before = span
	case "same":
		w := graph.Window{Kernel: [2]int{1, l.KernelSize}, Stride: [2]int{1, l.Strides}, Dilation: [2]int{1,
			l.DilationRate}}.SamePadding(1, n)
		before, after = w.Pad[2], w.Pad[3]
	}
	name := m.part("", "nn.Conv1d(%d, %d, %d, stride=%d, dilation=%d%s)", m.shapes[0].Last(), l.Filters, l.KernelSize,
		l.Strides, l.DilationRate, noBias(l.UseBias))
	if err := m.weight(name+".weight", m.own["kernel"], 2, 1, 0); err != nil {
		return "", err
	}
	return fmt.Sprintf("self.%s(F.pad(%s.transpose(1, 2), (%d, %d))).transpose(1, 2)", name, x, before, after),
		m.bias(name, l.UseBias)
}

// pooled writes the layers that take the largest or the mean.
func (m *module) pooled(l layers.Layer, in []string, _ int) (string, bool, error) {
	x := in[0]
	switch l := l.(type) {
	case *layers.MaxPooling2DLayer:
		args, padded := m.window(pooling(l.PoolSize, l.Strides), l.Padding == "same", x, "float('-inf')")
		return fmt.Sprintf("F.max_pool2d(%s, %s)", padded, args), true, nil
	case *layers.AveragePooling2DLayer:
		w := pooling(l.PoolSize, l.Strides)
		args, padded := m.window(w, l.Padding == "same", x, "0.0")
		code := fmt.Sprintf("F.avg_pool2d(%s, %s)", padded, args)
		if padded != x { // padding is not counted
			_, ones := m.window(w, true, fmt.Sprintf("torch.ones_like(%s)", x), "0.0")
			code += fmt.Sprintf(" / F.avg_pool2d(%s, %s)", ones, args)
		}
		return code, true, nil
	}
	switch l.Class() {
	case "GlobalAveragePooling2D":
		return x + ".mean((2, 3))", true, nil
	case "GlobalMaxPooling2D":
		return x + ".amax((2, 3))", true, nil
	case "GlobalMaxPooling1D":
		return x + ".amax(1)", true, nil
	case "GlobalAveragePooling1D":
		if mask := m.masks[m.at.Inputs[0]]; mask != "" {
			return fmt.Sprintf("(%s * %s[:, :, None]).sum(1) / %s.sum(1).clamp(min=1)[:, None]", x, mask, mask), true,
				nil
		}
		return x + ".mean(1)", true, nil
	}
	return "", false, nil
}

func pooling(size, strides [2]int) graph.Window {
	if strides == [2]int{} {
		strides = size
	}
	return graph.Window{Kernel: size, Stride: strides, Dilation: [2]int{1, 1}}
}
