package torchmodule

import (
	"fmt"
	"strings"

	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// normalised writes the layers that scale by statistics.
func (m *module) normalised(l layers.Layer, in []string, rank int) (code string, ok bool, err error) {
	x, n := in[0], m.shapes[0].Last()
	switch l := l.(type) {
	case *layers.BatchNormalizationLayer:
		kind, form := map[int]string{2: "1d", 3: "1d", 4: "2d"}[rank], "self.%s(%s)"
		if kind == "" {
			return "", false, say.Errorf("%s has no such layer", tool)
		}
		if rank == 3 {
			form = "self.%s(%s.transpose(1, 2)).transpose(1, 2)"
		}
		name := m.part("", "nn.BatchNorm%s(%d, eps=%s, momentum=%s)", kind, n, number(l.Epsilon), number(1-l.Momentum))
		for _, s := range []struct {
			theirs, ours string
			value        float32 // where ours has none
		}{{"weight", "gamma", 1}, {"bias", "beta", 0}, {"running_mean", "moving_mean", 0},
			{"running_var", "moving_variance", 1}} {
			if err := m.weight(name+"."+s.theirs, m.orFull(s.ours, n, s.value)); err != nil {
				return "", false, err
			}
		}
		return fmt.Sprintf(form, name, x), true, nil
	case *layers.LayerNormalizationLayer:
		name := m.part("", "nn.LayerNorm(%d, eps=%s)", n, number(l.Epsilon))
		form := "self.%s(%s)"
		if rank == 4 {
			form = "self.%s(%s.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)"
		}
		err = m.scaled(name, n)
		return fmt.Sprintf(form, name, x), true, err
	case *layers.GroupNormalizationLayer:
		groups := l.Groups
		if groups < 0 {
			groups = n
		}
		if rank != 4 {
			return "", false, say.Errorf("%s has no such layer", tool)
		}
		name := m.part("", "nn.GroupNorm(%d, %d, eps=%s)", groups, n, number(l.Epsilon))
		err = m.scaled(name, n)
		return fmt.Sprintf("self.%s(%s)", name, x), true, err
	case *layers.UnitNormalizationLayer:
		return fmt.Sprintf("F.normalize(%s, dim=%d, eps=1e-6)", x, channels(rank)), true, nil
	}
	return "", false, nil
}

// scaled stores scale and shift.
func (m *module) scaled(name string, n int) error {
	if err := m.weight(name+".weight", m.orFull("gamma", n, 1)); err != nil {
		return err
	}
	return m.weight(name+".bias", m.orFull("beta", n, 0))
}

// orFull is a weight of the entry, n equal numbers where it has none.
func (m *module) orFull(name string, n int, value float32) *tensor.Tensor {
	if v := m.own[name]; v != nil {
		return v
	}
	t := tensor.New(tensor.Float32, n)
	for i := range t.F() {
		t.F()[i] = value
	}
	return t
}

// joined writes the layers that take several inputs.
func (m *module) joined(l layers.Layer, in []string, rank int) (string, bool, error) {
	switch l.Class() {
	case "Add":
		return strings.Join(in, " + "), true, m.oneMask()
	case "Multiply":
		return strings.Join(in, " * "), true, m.oneMask()
	case "Subtract":
		return strings.Join(in, " - "), true, m.oneMask()
	case "Average":
		return fmt.Sprintf("(%s) / %d", strings.Join(in, " + "), len(in)), true, m.oneMask()
	case "Maximum", "Minimum":
		code := in[0]
		for _, x := range in[1:] {
			code = fmt.Sprintf("torch.%s(%s, %s)", strings.ToLower(l.Class()), code, x)
		}
		return code, true, m.oneMask()
	}
	c, ok := l.(*layers.ConcatenateLayer)
	if !ok {
		return "", false, nil
	}
	axis := c.Axis
	if axis < 0 {
		axis += rank
	}
	if rank == 4 {
		axis = []int{0, 2, 3, 1}[axis]
	}
	return fmt.Sprintf("torch.cat((%s,), %d)", strings.Join(in, ", "), axis), true, nil
}

// oneMask sees that all inputs have the first one's mask, or none.
func (m *module) oneMask() error {
	for _, in := range m.at.Inputs {
		mask := m.masks[in]
		if first := m.masks[m.at.Inputs[0]]; mask != "" && first != "" && mask != first {
			return say.New("joins inputs of several masks, which is not written")
		} else if mask != "" {
			m.masks[m.at.Name] = mask
		}
	}
	return nil
}

// shaped writes the layers that move elements, and those without weights.
func (m *module) shaped(l layers.Layer, in []string, rank int) (string, bool, error) {
	x, s := in[0], m.shapes[0]
	switch l := l.(type) {
	case *layers.FlattenLayer:
		return lastChannels(x, rank) + ".flatten(1)", true, nil
	case *layers.ReshapeLayer:
		to := m.Layers.ShapeOf(m.at.Name)
		code := fmt.Sprintf("%s.reshape(-1, %s)", lastChannels(x, rank), join(to))
		if len(to) == 3 {
			code += ".permute(0, 3, 1, 2)"
		}
		return code, true, nil
	case *layers.ZeroPadding2DLayer:
		p := l.Padding
		return fmt.Sprintf("F.pad(%s, (%d, %d, %d, %d))", x, p[1][0], p[1][1], p[0][0], p[0][1]), true, nil
	case *layers.Cropping1DLayer:
		return fmt.Sprintf("%s[:, %d:%d]", x, l.Cropping[0], s[0]-l.Cropping[1]), true, nil
	case *layers.Cropping2DLayer:
		c := l.Cropping
		return fmt.Sprintf("%s[:, :, %d:%d, %d:%d]", x, c[0][0], s[0]-c[0][1], c[1][0], s[1]-c[1][1]), true, nil
	case *layers.RepeatVectorLayer:
		return fmt.Sprintf("%s[:, None].expand(-1, %d, -1)", x, l.N), true, nil
	case *layers.UpSampling2DLayer:
		return fmt.Sprintf("F.interpolate(%s, scale_factor=(%d, %d), mode='nearest')", x, l.Size[0], l.Size[1]), true,
			nil
	case *layers.PositionEmbeddingLayer:
		return m.table(x, "[:"+x+".shape[1]]", l.SequenceLength, s.Last())
	case *layers.SegmentEmbeddingLayer:
		return m.table(x, "[:1]", l.NumSegments, s.Last())
	}
	code, err := m.bent(l, x, rank)
	return code, code != "", err
}

// bent writes activations that are layers.
func (m *module) bent(l layers.Layer, x string, rank int) (string, error) {
	switch l := l.(type) {
	case *layers.ReLULayer:
		if l.Threshold != 0 {
			return "", say.Errorf("%s has no such layer", tool)
		}
		most := "None"
		if l.MaxValue != nil {
			most = number(*l.MaxValue)
		}
		if l.NegativeSlope != 0 && l.MaxValue == nil {
			return fmt.Sprintf("F.leaky_relu(%s, %s)", x, number(l.NegativeSlope)), nil
		} else if l.NegativeSlope != 0 {
			return "", say.Errorf("%s has no such layer", tool)
		}
		return fmt.Sprintf("torch.clamp(%s, 0, %s)", x, most), nil
	case *layers.LeakyReLULayer:
		return fmt.Sprintf("F.leaky_relu(%s, %s)", x, number(l.NegativeSlope)), nil
	case *layers.ELULayer:
		return fmt.Sprintf("F.elu(%s, %s)", x, number(l.Alpha)), nil
	case *layers.SoftmaxLayer:
		if l.Axis == -1 {
			return fmt.Sprintf("F.softmax(%s, %d)", x, channels(rank)), nil
		}
	}
	return "", nil
}

// table is rows of a table of embeddings for every sample.
func (m *module) table(x, rows string, n, width int) (string, bool, error) {
	name := m.attribute("")
	m.made = append(m.made, fmt.Sprintf("self.%s = nn.Parameter(torch.zeros(%d, %d))", name, n, width))
	return fmt.Sprintf("self.%s%s.expand(%s.shape[0], %s.shape[1], -1)", name, rows, x, x), true,
		m.weight(name, m.own["embeddings"])
}

// lastChannels is a value as our layers have it.
func lastChannels(x string, rank int) string {
	if rank == 4 {
		return x + ".permute(0, 2, 3, 1)"
	}
	return x
}

func join(shape tensor.Shape) string {
	list := make([]string, len(shape))
	for i, n := range shape {
		list[i] = fmt.Sprint(n)
	}
	return strings.Join(list, ", ")
}
