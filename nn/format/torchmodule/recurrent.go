package torchmodule

import (
	"fmt"

	"wafer/nn/format/foreign"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// loop is an LSTM or a GRU, alone or in two directions.
type loop struct {
	kind      string // "LSTM" or "GRU"
	units     int
	bias      bool
	sequences bool
	backwards bool
	gates     []int // where PyTorch's gates stand among ours
}

// loopOf is what nn.LSTM and nn.GRU can do too: their own activations, and resetting after the product.
func loopOf(l layers.Layer) (loop, bool) {
	switch l := l.(type) {
	case *layers.LSTMLayer:
		return loop{"LSTM", l.Units, l.UseBias, l.ReturnSequences, l.GoBackwards, []int{0, 1, 2, 3}},
			plain(l.Activation, "tanh") && plain(l.RecurrentActivation, "sigmoid")
	case *layers.GRULayer: // r z n of z r h
		return loop{"GRU", l.Units, l.UseBias, l.ReturnSequences, l.GoBackwards, []int{1, 0, 2}},
			plain(l.Activation, "tanh") && plain(l.RecurrentActivation, "sigmoid") &&
				(l.ResetAfter == nil || *l.ResetAfter)
	}
	return loop{}, false
}

func plain(activation, name string) bool { return activation == "" || activation == name }

// recurrent is nn.LSTM or nn.GRU with batch_first.
func (m *module) recurrent(l layers.Layer, x string) (string, error) {
	both, two := l.(*layers.BidirectionalLayer)
	if two {
		l = both.Layer
	}
	r, ok := loopOf(l)
	if !ok || two && (both.MergeMode != "concat" || r.backwards) {
		return "", say.Errorf("%s has no such layer", tool)
	}
	if m.masks[m.at.Inputs[0]] != "" {
		return "", say.New("leaves steps out by a mask, which is not written")
	}
	ways := ""
	if two {
		ways = ", bidirectional=True"
	}
	name := m.part("", "nn.%s(%d, %d, batch_first=True%s%s)", r.kind, m.shapes[0].Last(), r.units, noBias(r.bias), ways)
	from, suffixes := []string{""}, []string{""}
	if two {
		snake := map[string]string{"LSTM": "lstm", "GRU": "gru"}[r.kind]
		from, suffixes = []string{"forward_" + snake + "/", "backward_" + snake + "/"}, []string{"", "_reverse"}
	}
	for i := range from {
		if err := m.direction(name, from[i], suffixes[i], r); err != nil {
			return "", err
		}
	}
	if r.backwards {
		x += ".flip(1)"
	}
	code := fmt.Sprintf("self.%s(%s)[0]", name, x)
	switch {
	case r.sequences:
	case two: // the last step forward, and the first, which is read last, backward
		m.line("s_%s = %s", name, code)
		code = fmt.Sprintf("torch.cat((s_%s[:, -1, :%d], s_%s[:, 0, %d:]), 1)", name, r.units, name, r.units)
	default:
		code += "[:, -1]"
	}
	return code, nil
}

// direction stores the weights of one direction.
func (m *module) direction(name, from, suffix string, r loop) error {
	for _, part := range []struct{ theirs, ours string }{{"weight_ih_l0", "kernel"},
		{"weight_hh_l0", "recurrent_kernel"}} {
		v := m.own[from+part.ours]
		if v == nil {
			return say.Errorf("lacks the weight %.80q", from+part.ours)
		}
		if err := m.weight(name+"."+part.theirs+suffix, r.reordered(foreign.Transposed(v, 1, 0))); err != nil {
			return err
		}
	}
	if !r.bias {
		return nil
	}
	v := m.own[from+"bias"]
	if v == nil {
		return say.Errorf("lacks the weight %.80q", from+"bias")
	}
	n := len(r.gates) * r.units
	rows := [2]*tensor.Tensor{tensor.New(tensor.Float32, n), tensor.New(tensor.Float32, n)}
	for i := range rows {
		copy(rows[i].F(), v.F()[min(i*n, v.Size()):])
	}
	if err := m.weight(name+".bias_ih_l0"+suffix, r.reordered(rows[0])); err != nil {
		return err
	}
	return m.weight(name+".bias_hh_l0"+suffix, r.reordered(rows[1]))
}

// reordered has the gates along the first axis in PyTorch's order.
func (r loop) reordered(t *tensor.Tensor) *tensor.Tensor {
	out := tensor.New(tensor.Float32, t.Shape()...)
	n := t.Size() / len(r.gates)
	for i, gate := range r.gates {
		copy(out.F()[i*n:(i+1)*n], t.F()[gate*n:])
	}
	return out
}
