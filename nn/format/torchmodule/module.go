// Package torchmodule writes models as a PyTorch module: model.py, made of our layers, beside model.safetensors with
// the weights as PyTorch has them. Pictures are [n c h w] in it and sequences [n t c], as they are for nn.Conv2d and
// for nn.LSTM with batch_first. Names of layers become names in Python by a closed alphabet, and texts stand in the
// program as quoted strings only.
package torchmodule

import (
	"fmt"
	"slices"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/format/safetensors"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Write makes an archive of model.py, model.safetensors, wafer.json with what Extra holds, and README.md. A layer that
// is not written is an error that names it.
func Write(e foreign.Export) ([]byte, error) {
	file, err := write(e)
	if err != nil {
		return nil, say.Errorf("PyTorch export: %w", err)
	}
	return file, nil
}

func write(e foreign.Export) ([]byte, error) {
	m, err := newModule(e)
	if err != nil {
		return nil, err
	}
	extra, err := json.Marshal(e.Extra)
	if err != nil {
		return nil, err
	}
	weights, err := safetensors.Write(m.tensors, map[string]string{"format": "pt", foreign.ExtraKey: string(extra)})
	if err != nil {
		return nil, err
	}
	program, err := m.program(e.Extra)
	if err != nil {
		return nil, err
	}
	return foreign.Zip(foreign.Files{{Name: "model.py", Data: program}, {Name: "model.safetensors", Data: weights},
		{Name: foreign.ExtraKey + ".json", Data: extra}, {Name: "README.md", Data: []byte(readme(e.Extra))}})
}

// module is a network while it becomes a program.
type module struct {
	foreign.Export
	made    []string // lines of __init__
	run     []string // lines of forward
	tensors []safetensors.Named
	helpers map[string]bool   // pieces of text.go that the program needs
	values  map[string]string // Python's names of results, by entry or input
	masks   map[string]string // those of their masks
	taken   map[string]bool
	own     map[string]*tensor.Tensor // weights of the entry by what follows its name
	at      layers.Entry
	shapes  []tensor.Shape // of its inputs, without the batch axis
}

func newModule(e foreign.Export) (*module, error) {
	net := e.Layers
	if len(net.Inputs) != 1 || len(net.Outputs) > 1 {
		return nil, say.Errorf("has %d inputs and %d outputs, models of one are written", len(net.Inputs),
			max(len(net.Outputs), 1))
	}
	in := net.Input().Name
	if in == "" {
		in = layers.InputName
	}
	m := &module{Export: e, helpers: map[string]bool{}, values: map[string]string{in: "x"}, masks: map[string]string{},
		taken: map[string]bool{}}
	own := map[string]map[string]*tensor.Tensor{}
	for _, w := range net.Weights() {
		if own[w.Layer] == nil {
			own[w.Layer] = map[string]*tensor.Tensor{}
		}
		own[w.Layer][strings.TrimPrefix(w.Name, w.Layer+"/")] = e.State[w.Name]
	}
	for i, entry := range net.Entries {
		m.at, m.own, m.shapes = entry, own[entry.Name], nil
		for _, in := range entry.Inputs {
			m.shapes = append(m.shapes, net.ShapeOf(in))
		}
		if err := m.entry(fmt.Sprintf("v%d", i)); err != nil {
			return nil, say.Errorf("layer %.80q (%.40s): %w", entry.Name, entry.Layer.Class(), err)
		}
	}
	m.line("return %s", m.values[net.Last().Name])
	return m, nil
}

// entry writes a layer; its result gets the name.
func (m *module) entry(name string) error {
	in := make([]string, len(m.at.Inputs))
	for i, from := range m.at.Inputs {
		in[i] = m.values[from]
	}
	code, err := m.layer(m.at.Layer, in)
	if err != nil {
		return err
	}
	m.values[m.at.Name] = name
	m.line("%s = %s", name, code)
	if m.masks[m.at.Name] == "" && keepsMask[m.at.Layer.Class()] {
		m.masks[m.at.Name] = m.masks[m.at.Inputs[0]]
	}
	return nil
}

// keepsMask are the classes whose result has the mask of what they take.
var keepsMask = map[string]bool{"Dense": true, "Activation": true, "ReLU": true, "Dropout": true,
	"LayerNormalization": true, "UnitNormalization": true, "MultiHeadAttention": true, "Add": true, "LeakyReLU": true,
	"ELU": true, "Softmax": true}

func (m *module) line(format string, args ...any) {
	m.run = append(m.run, fmt.Sprintf(format, args...))
}

// attribute makes a name for a part of the module, of the entry's name and what follows.
func (m *module) attribute(suffix string) string {
	var b strings.Builder
	for i := range len(m.at.Name) {
		c := m.at.Name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', i > 0 && c >= '0' && c <= '9':
			b.WriteByte(c)
		case i == 0:
			b.WriteString("x_")
		default:
			b.WriteByte('_')
		}
	}
	base := b.String() + suffix
	if slices.Contains(reserved, base) {
		base += "_layer"
	}
	name := base
	for i := 2; m.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	m.taken[name] = true
	return name
}

// reserved are names that Python or nn.Module has for something else.
var reserved = strings.Fields("and as assert async await break class continue def del elif else except finally for " +
	"from global if import in is lambda nonlocal not or pass raise return try while with yield None True False self " +
	"add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval extra_repr " +
	"float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules " +
	"named_buffers named_children named_modules named_parameters parameters register_buffer register_module " +
	"register_parameter requires_grad_ set_extra_state share_memory state_dict to to_empty train training type xpu " +
	"zero_grad")

// part adds a part of the module and is how forward calls it.
func (m *module) part(suffix, made string, args ...any) (name string) {
	name = m.attribute(suffix)
	m.made = append(m.made, fmt.Sprintf("self.%s = %s", name, fmt.Sprintf(made, args...)))
	return name
}

// weight stores a weight of the entry as PyTorch has it: with its axes in another order, none: as they are.
func (m *module) weight(name string, v *tensor.Tensor, perm ...int) error {
	if v == nil {
		return say.Errorf("lacks the weight %.80q", name)
	}
	if len(perm) > 0 {
		v = foreign.Transposed(v, perm...)
	}
	m.tensors = append(m.tensors, safetensors.Named{Name: name, Value: v, Half: m.Smaller && tensor.IsHalf(v.F())})
	return nil
}

// need makes a piece of text.go part of the program and is its name.
func (m *module) need(piece string) string {
	m.helpers[piece] = true
	return piece
}
