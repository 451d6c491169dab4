package keras

import (
	"slices"
	"strconv"
	"strings"

	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Dialect is how a tool with Keras' layers describes them.
type Dialect struct {
	Tool        string            // for errors: "TensorFlow.js has no such layer"
	Version     int               // of Keras' format, 2 or 3
	Classes     map[string]bool   // the layers that it has
	Activations map[string]string // those that it has, by our names
	// Special changes the arguments of a layer, and its class; nil: none is special.
	Special func(class string, l layers.Layer, config map[string]any) (string, map[string]any, error)
}

// Described is a model as Keras describes it.
type Described struct {
	Config map[string]any // of the model
	Layers []DescribedLayer

	dialect Dialect
	net     *layers.Model
	names   map[string]string // of entries and inputs of ours, as they are written
	taken   map[string]bool
}

// DescribedLayer is a layer of the file.
type DescribedLayer struct {
	Name, Class string
	Entry       string // of the network
	doc         map[string]any
	inputs      []string // names in the file
}

// Describe describes a network of one input and one output, in the order of Keras' Model.layers, by which weights are
// found in files. A layer or activation that the tool does not have is an error that names it.
func Describe(net *layers.Model, d Dialect) (*Described, error) {
	if len(net.Inputs) != 1 || len(net.Outputs) > 1 {
		return nil, say.Errorf("has %d inputs and %d outputs, models of one are written", len(net.Inputs),
			max(len(net.Outputs), 1))
	}
	m := &Described{dialect: d, net: net, names: map[string]string{}, taken: map[string]bool{}}
	first := m.input(net.Input())
	for _, e := range net.Entries {
		if err := m.entry(e); err != nil {
			return nil, say.Errorf("layer %.80q (%.40s): %w", e.Name, e.Layer.Class(), err)
		}
	}
	last := m.names[net.Last().Name]
	m.sort(last)
	var list []any
	for _, l := range m.Layers {
		list = append(list, l.doc)
	}
	m.Config = map[string]any{"name": "model", "trainable": true, "layers": list,
		"input_layers": []any{[]any{first, 0, 0}}, "output_layers": []any{[]any{last, 0, 0}}}
	return m, nil
}

// Weight is the name of a weight in the file, "conv2d/kernel"; that of a DepthwiseConv2D is its depthwise_kernel.
func (m *Described) Weight(w layers.Weight) string {
	part := strings.TrimPrefix(w.Name, w.Layer)
	i := slices.IndexFunc(m.Layers, func(l DescribedLayer) bool { return l.Entry == w.Layer })
	if i >= 0 && m.Layers[i].Class == "DepthwiseConv2D" && part == "/kernel" {
		part = "/depthwise_kernel"
	}
	return m.names[w.Layer] + part
}

// name is a layer's in what Keras and TensorFlow.js take for one: letters, digits, and "-._" behind the first. What
// else stands in it becomes "_", and a name that is taken gets a number from 2 on.
func (m *Described) name(old string) string {
	var b strings.Builder
	for i := range len(old) {
		c := old[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9', i > 0 &&
			strings.IndexByte("-._", c) >= 0:
			b.WriteByte(c)
		case i == 0:
			b.WriteString("x_")
		default:
			b.WriteByte('_')
		}
	}
	n := b.String()
	for i := 2; m.taken[n]; i++ {
		n = b.String() + "_" + strconv.Itoa(i)
	}
	m.taken[n], m.names[old] = true, n
	return n
}

// input adds the InputLayer of the network's input and is its name in the file.
func (m *Described) input(in layers.Spec) string {
	given := in.Name
	if given == "" {
		given = layers.InputName
	}
	dtype := "float32"
	if in.DType == tensor.Int32 {
		dtype = "int32"
	}
	key := "batch_input_shape"
	if m.dialect.Version == 3 {
		key = "batch_shape"
	}
	m.add(given, "InputLayer", map[string]any{key: batched(in.Shape), "dtype": dtype, "sparse": false}, nil)
	return m.names[given]
}

// batched is the shape of any number of samples.
func batched(shape tensor.Shape) []any {
	out := []any{nil}
	for _, n := range shape {
		out = append(out, n)
	}
	return out
}

// add puts a layer behind others.
func (m *Described) add(entry, class string, config map[string]any, inputs []string) {
	n := m.name(entry)
	config["name"], config["trainable"] = n, true
	l := DescribedLayer{Name: n, Class: class, Entry: entry}
	l.doc = map[string]any{"name": n, "class_name": class, "config": config, "inbound_nodes": m.inbound(class, inputs)}
	for _, in := range inputs {
		l.inputs = append(l.inputs, m.names[in])
	}
	if m.dialect.Version == 3 {
		l.doc["module"], l.doc["registered_name"] = "keras.layers", nil
	}
	m.Layers = append(m.Layers, l)
}

// inbound is the call of a layer. Keras 2 has a list of [name, call, result, arguments] per call, Keras 3 an object. An
// input has no calls.
func (m *Described) inbound(class string, inputs []string) []any {
	if len(inputs) == 0 {
		return []any{}
	}
	if class == "MultiHeadAttention" && len(inputs) == 1 {
		inputs = []string{inputs[0], inputs[0]} // query and value
	}
	if m.dialect.Version == 3 {
		return []any{m.callOfThree(class, inputs)}
	}
	var call []any
	for _, in := range inputs {
		call = append(call, []any{m.names[in], 0, 0, map[string]any{}})
	}
	if class == "MultiHeadAttention" { // the first argument is a single tensor
		others := map[string]any{}
		for i, key := range []string{"value", "key"}[:len(inputs)-1] {
			others[key] = []any{m.names[inputs[i+1]], 0, 0}
		}
		call = []any{[]any{m.names[inputs[0]], 0, 0, others}}
	}
	return []any{call}
}

// callOfThree is a call in Keras 3: tensors stand where they are given, a list of them for layers that join.
func (m *Described) callOfThree(class string, inputs []string) map[string]any {
	var tensors []any
	for _, in := range inputs {
		dtype := "float32"
		if in == layers.InputName || in == m.net.Input().Name {
			dtype = m.Layers[0].doc["config"].(map[string]any)["dtype"].(string)
		}
		tensors = append(tensors, map[string]any{"class_name": "__keras_tensor__", "config": map[string]any{
			"shape": batched(m.net.ShapeOf(in)), "dtype": dtype, "keras_history": []any{m.names[in], 0, 0}}})
	}
	args := tensors
	if joins[class] {
		args = []any{tensors}
	}
	return map[string]any{"args": args, "kwargs": map[string]any{}}
}

// joins are the classes that take a list.
var joins = map[string]bool{"Add": true, "Subtract": true, "Multiply": true, "Average": true, "Maximum": true,
	"Minimum": true, "Concatenate": true}

// entry translates a layer of ours, whose arguments have Keras' names.
func (m *Described) entry(e layers.Entry) error {
	l := e.Layer
	if l.Class() == "Flatten" { // TensorFlow.js does not flatten what is flat
		if s := m.net.ShapeOf(e.Inputs[0]); len(s) == 1 {
			l = layers.Reshape(s...)
		}
	}
	class, config, err := m.dialect.translated(l)
	if err != nil {
		return err
	}
	m.add(e.Name, class, config, e.Inputs)
	return nil
}

// sort brings the layers into the order that Keras gives them when it builds the model again: by their distance from
// the output, those of one distance as a walk from there meets them. What the output does not need is left out.
// https://github.com/keras-team/keras/blob/master/keras/src/ops/function.py, map_graph
func (m *Described) sort(last string) {
	byName := map[string]*DescribedLayer{}
	for i := range m.Layers {
		byName[m.Layers[i].Name] = &m.Layers[i]
	}
	met, depth := map[string]int{}, map[string]int{last: 0}
	for todo := []string{last}; len(todo) > 0; { // before its inputs, these from the first on
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, before := met[name]; before {
			continue
		}
		met[name] = len(met)
		inputs := byName[name].inputs
		for i := len(inputs) - 1; i >= 0; i-- {
			todo = append(todo, inputs[i])
		}
	}
	for i := len(m.Layers) - 1; i >= 0; i-- { // each entry stands behind what it takes
		l := m.Layers[i]
		if _, needed := met[l.Name]; !needed {
			continue
		}
		for _, in := range l.inputs {
			depth[in] = max(depth[in], depth[l.Name]+1)
		}
	}
	var list []DescribedLayer
	for _, l := range m.Layers {
		if _, needed := met[l.Name]; needed {
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(a, b DescribedLayer) int {
		if d := depth[b.Name] - depth[a.Name]; d != 0 {
			return d
		}
		return met[a.Name] - met[b.Name]
	})
	m.Layers = list
}
