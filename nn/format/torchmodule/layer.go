package torchmodule

import (
	"fmt"
	"strings"

	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// activations by our names: what %s becomes. Pictures have their channels along axis 1.
var activations = map[string]string{"": "%s", "linear": "%s", "relu": "F.relu(%s)", "relu6": "F.relu6(%s)",
	"leaky_relu": "F.leaky_relu(%s, 0.2)", "elu": "F.elu(%s)", "gelu": "F.gelu(%s)", "silu": "F.silu(%s)",
	"swish": "F.silu(%s)", "sigmoid": "torch.sigmoid(%s)", "tanh": "torch.tanh(%s)", "softplus": "F.softplus(%s)",
	"softsign": "F.softsign(%s)", "selu": "F.selu(%s)", "exponential": "torch.exp(%s)", "mish": "F.mish(%s)",
	"hard_sigmoid": "F.hardsigmoid(%s)", "hard_silu": "F.hardswish(%s)", "hard_swish": "F.hardswish(%s)",
	"hard_sigmoid_keras2": "torch.clamp(0.2 * %s + 0.5, 0, 1)"}

// activated is code with an activation around it; rank is that of its result with the batch axis.
func (m *module) activated(name, code string, rank int) (string, error) {
	switch name {
	case "softmax", "log_softmax":
		return fmt.Sprintf("F.%s(%s, %d)", name, code, channels(rank)), nil
	}
	form, ok := activations[name]
	if !ok {
		return "", say.Errorf("%s has no activation %.40q that does the same", tool, name)
	}
	return fmt.Sprintf(form, code), nil
}

const tool = "PyTorch"

// channels is the axis of the channels in a value of so many axes with the batch's.
func channels(rank int) int {
	if rank == 4 {
		return 1
	}
	return -1
}

// layer is the code of a layer's result.
func (m *module) layer(l layers.Layer, in []string) (string, error) {
	rank := len(m.shapes[0]) + 1
	switch l := l.(type) {
	case *layers.DenseLayer:
		return m.dense(l, in[0], rank)
	case *layers.ActivationLayer:
		return m.activated(l.Activation, in[0], rank)
	case *layers.DropoutLayer:
		return fmt.Sprintf("self.%s(%s)", m.part("", "nn.Dropout(%v)", l.Rate), in[0]), nil
	case *layers.RescalingLayer:
		return fmt.Sprintf("%s * %s + %s", in[0], number(l.Scale), number(l.Offset)), nil
	case *layers.EmbeddingLayer:
		return m.embedding(l, in[0])
	case *layers.MultiHeadAttentionLayer:
		return m.attention(l, in)
	case *layers.LSTMLayer, *layers.GRULayer, *layers.BidirectionalLayer:
		return m.recurrent(l, in[0])
	}
	for _, family := range []func(layers.Layer, []string, int) (string, bool, error){m.convolution, m.normalised,
		m.pooled, m.joined, m.shaped} {
		if code, ok, err := family(l, in, rank); ok || err != nil {
			return code, err
		}
	}
	return "", say.Errorf("%s has no such layer", tool)
}

// number is a float32 as Python reads it.
func number(v float32) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "float('nan')"
	}
	return string(b)
}

// dense is nn.Linear, along the channels.
func (m *module) dense(l *layers.DenseLayer, x string, rank int) (string, error) {
	n := m.shapes[0].Last()
	name := m.part("", "nn.Linear(%d, %d%s)", n, l.Units, noBias(l.UseBias))
	if err := m.weight(name+".weight", m.own["kernel"], 1, 0); err != nil {
		return "", err
	}
	if err := m.bias(name, l.UseBias); err != nil {
		return "", err
	}
	if rank == 4 {
		code, err := m.activated(l.Activation, fmt.Sprintf("self.%s(%s.permute(0, 2, 3, 1))", name, x), 2)
		return "(" + code + ").permute(0, 3, 1, 2)", err
	}
	return m.activated(l.Activation, fmt.Sprintf("self.%s(%s)", name, x), rank)
}

func noBias(use bool) string {
	if use {
		return ""
	}
	return ", bias=False"
}

func (m *module) bias(name string, use bool) error {
	if !use {
		return nil
	}
	return m.weight(name+".bias", m.own["bias"])
}

// embedding is nn.Embedding; with mask_zero it makes a mask of what is not 0.
func (m *module) embedding(l *layers.EmbeddingLayer, x string) (string, error) {
	name := m.part("", "nn.Embedding(%d, %d)", l.InputDim, l.OutputDim)
	if l.MaskZero {
		m.masks[m.at.Name] = "m_" + name
		m.line("m_%s = (%s > 0).float()", name, x)
	}
	return fmt.Sprintf("self.%s(%s)", name, x), m.weight(name+".weight", m.own["embeddings"])
}

// attention is the class of text.go, since nn.MultiheadAttention has one width for all.
func (m *module) attention(l *layers.MultiHeadAttentionLayer, in []string) (string, error) {
	value := l.ValueDim
	if value == 0 {
		value = l.KeyDim
	}
	out := l.OutputShape
	if out == 0 {
		out = m.shapes[0].Last()
	}
	shapes := []tensor.Shape{m.shapes[0], m.shapes[min(1, len(in)-1)], m.shapes[len(in)-1]} // query, value, key
	if len(in) == 2 {
		shapes[2] = shapes[1]
	}
	name := m.part("", "%s(%d, %d, %d, %d, %d, %d, %d%s)", m.need("Attention"), shapes[0].Last(), shapes[1].Last(),
		shapes[2].Last(), l.NumHeads, l.KeyDim, value, out, noBias(l.UseBias))
	for _, part := range []struct {
		ours, theirs string
		in           int
	}{{"query", "query", shapes[0].Last()}, {"key", "key", shapes[2].Last()}, {"value", "value", shapes[1].Last()},
		{"attention_output", "output", l.NumHeads * value}} {
		kernel := m.own[part.ours+"/kernel"]
		if kernel == nil {
			return "", say.Errorf("lacks the weight %.80q", part.ours)
		}
		flat := kernel.Reshape(part.in, kernel.Size()/part.in)
		if err := m.weight(name+"."+part.theirs+".weight", flat, 1, 0); err != nil {
			return "", err
		}
		if bias := m.own[part.ours+"/bias"]; l.UseBias && bias != nil {
			if err := m.weight(name+"."+part.theirs+".bias", bias.Reshape(bias.Size())); err != nil {
				return "", err
			}
		}
	}
	args := []string{in[0], in[min(1, len(in)-1)], in[len(in)-1]}
	if len(in) == 2 {
		args[2] = args[1]
	}
	mask := m.masks[m.at.Inputs[min(1, len(in)-1)]]
	if len(in) == 3 && m.masks[m.at.Inputs[2]] != mask {
		return "", say.New("takes masks of keys and of values, which is not written")
	}
	if mask == "" {
		mask = "None"
	}
	return fmt.Sprintf("self.%s(%s, %s)", name, strings.Join(args, ", "), mask), nil
}

// window is how a kernel moves over a picture: the arguments of nn.Conv2d, or of pooling, and the input, padded where
// that is not the same on both sides. fill is what stands outside.
func (m *module) window(w graph.Window, same bool, x, fill string) (args, padded string) {
	if same {
		w = w.SamePadding(m.shapes[0][0], m.shapes[0][1])
	}
	args = fmt.Sprintf("(%d, %d), stride=(%d, %d)", w.Kernel[0], w.Kernel[1], w.Stride[0], w.Stride[1])
	if w.Dilation[0] > 1 || w.Dilation[1] > 1 {
		args += fmt.Sprintf(", dilation=(%d, %d)", w.Dilation[0], w.Dilation[1])
	}
	top, bottom, left, right := w.Pad[0], w.Pad[1], w.Pad[2], w.Pad[3]
	switch {
	case top == bottom && left == right && fill == "0" && top+left > 0:
		return args + fmt.Sprintf(", padding=(%d, %d)", top, left), x
	case top+bottom+left+right == 0:
		return args, x
	}
	return args, fmt.Sprintf("F.pad(%s, (%d, %d, %d, %d), value=%s)", x, left, right, top, bottom, fill)
}
