package keras

import (
	"bytes"
	"cmp"
	"strings"

	"wafer/nn/json"
	"wafer/nn/say"
)

// Model is an architecture as a file describes it: the layers and how they are joined.
type Model struct {
	Class   string // "Sequential"; "Model" and "Functional" are the same
	Name    string
	Version string // of Keras, "" where the file does not say
	Backend string // that computed it, "" where the file does not say
	Layers  []*Layer
	Inputs  []Ref
	Outputs []Ref
}

// Layer is a layer of a file. Config keeps the keys of the Keras that wrote it.
type Layer struct {
	Class  string
	Name   string
	Config Config
	Nested *Model  // of a model that stands as a layer
	Calls  [][]Ref // what it is called with, each time it is used
}

// Ref is a result: of which layer, of its how manieth call, and which of that call's results.
type Ref struct {
	Layer        string
	Call, Result int
}

// Config are the arguments of a layer.
type Config map[string]json.RawMessage

// Limits of an architecture, before anything is built.
const (
	maxLayers = 1 << 14
	maxDepth  = 32 // of models in models
)

// described is an object with its class, as Keras writes objects.
type described struct {
	Class   string          `json:"class_name"`
	Name    string          `json:"name"`
	Config  json.RawMessage `json:"config"`
	Inbound json.RawMessage `json:"inbound_nodes"`
}

// Parse reads the architecture of Keras 1, 2 or 3: the JSON of a model, of an .h5 file's attribute model_config, of a
// .keras archive's config.json, or of TensorFlow.js' modelTopology. Nothing is built yet: unknown classes of layers
// pass. An error are JSON of another form, no layers at all, more than maxLayers in all or maxDepth models in each
// other, and names that are empty or there twice.
func Parse(config []byte) (*Model, error) {
	m, err := parseTop(config)
	if err != nil {
		return nil, say.Errorf("Keras architecture: %w", err)
	}
	return m, nil
}

// parseTop takes off what stands around the model, at most three objects deep, and keeps the version of Keras that one
// of them tells.
func parseTop(config []byte) (*Model, error) {
	version := ""
	for range 3 { // modelTopology holds model_config holds the model
		var outer struct {
			Class    string          `json:"class_name"`
			Topology json.RawMessage `json:"modelTopology"`
			Model    json.RawMessage `json:"model_config"`
			Version  string          `json:"keras_version"`
		}
		if err := json.Unmarshal(config, &outer); err != nil {
			return nil, say.Errorf("is not JSON: %w", err)
		}
		if outer.Version != "" {
			version = outer.Version
		}
		if outer.Class != "" {
			break
		}
		if outer.Topology != nil {
			config = outer.Topology
		} else if outer.Model != nil {
			config = outer.Model
		}
	}
	var top described
	if err := json.Unmarshal(config, &top); err != nil {
		return nil, say.Errorf("is not JSON: %w", err)
	}
	if !isModel(top.Class) {
		return nil, say.Errorf("the class is %.80q, expected Sequential, Functional or Model", top.Class)
	}
	count := 0
	m, err := parseModel(top, 0, &count)
	if err != nil {
		return nil, err
	}
	m.Version = version
	return m, nil
}

// isModel tells the classes of models. One that a program derived from Model has another name and is not read.
func isModel(class string) bool {
	return class == "Sequential" || class == "Model" || class == "Functional"
}

// modelConfig is the config of a model. That of a Sequential may be the list of layers alone.
type modelConfig struct {
	Name    string          `json:"name"`
	Layers  []described     `json:"layers"`
	Inputs  json.RawMessage `json:"input_layers"`
	Outputs json.RawMessage `json:"output_layers"`
}

// parseModel reads a model that stands depth models deep. count is the number of layers in the whole file so far. A
// Sequential is joined by stack; the others must name inputs and outputs.
func parseModel(d described, depth int, count *int) (*Model, error) {
	if depth > maxDepth {
		return nil, say.Errorf("nests models deeper than %d", maxDepth)
	}
	var c modelConfig
	err := error(nil)
	if bytes.HasPrefix(bytes.TrimSpace(d.Config), []byte("[")) {
		err = json.Unmarshal(d.Config, &c.Layers)
	} else {
		err = json.Unmarshal(d.Config, &c)
	}
	if err != nil {
		return nil, say.Errorf("the config of %s %.80q: %w", d.Class, d.Name, err)
	}
	m := &Model{Class: d.Class, Name: c.Name}
	if m.Name == "" {
		m.Name = d.Name
	}
	if *count += len(c.Layers); len(c.Layers) == 0 || *count > maxLayers {
		return nil, say.Errorf("%s %.80q has %d layers, models of 1 to %d are read", d.Class, m.Name, len(c.Layers),
			maxLayers)
	}
	for i, l := range c.Layers {
		layer, err := parseLayer(l, depth, count)
		if err != nil {
			return nil, say.Errorf("layer %d: %w", i, err)
		}
		m.Layers = append(m.Layers, layer)
	}
	if m.Class == "Sequential" {
		return m, m.stack()
	}
	if m.Inputs, err = refs(c.Inputs); err == nil {
		m.Outputs, err = refs(c.Outputs)
	}
	if err == nil && (len(m.Inputs) == 0 || len(m.Outputs) == 0) {
		err = say.Errorf("has %d inputs and %d outputs, expected one of each or more", len(m.Inputs), len(m.Outputs))
	}
	if err != nil {
		return nil, say.Errorf("model %.80q: %w", m.Name, err)
	}
	return m, m.unique()
}

// parseLayer reads a layer, or a model in its place. Its name may stand beside the config or in it.
func parseLayer(d described, depth int, count *int) (*Layer, error) {
	l := &Layer{Class: d.Class, Name: d.Name}
	var err error
	if isModel(d.Class) {
		if l.Nested, err = parseModel(d, depth+1, count); err != nil {
			return nil, err
		}
		if l.Name == "" {
			l.Name = l.Nested.Name
		}
	} else {
		if len(d.Config) > 0 {
			err = json.Unmarshal(d.Config, &l.Config)
		}
		if name := l.Config.text("name"); l.Name == "" {
			l.Name = name
		}
	}
	if err == nil {
		l.Calls, err = parseCalls(d.Inbound)
	}
	if err != nil {
		return nil, say.Errorf("%.80s %.80q: %w", d.Class, l.Name, err)
	}
	return l, nil
}

// stack joins the layers of a Sequential, each to the one before. Without an InputLayer the model has an input that no
// layer bears the name of (Ref{}). A layer without a name is called by its class and place.
func (m *Model) stack() error {
	at := Ref{}
	for i, l := range m.Layers {
		if l.Name == "" {
			l.Name = strings.ToLower(l.Class) + "_" + number(i)
		}
		l.Calls = [][]Ref{{at}}
		at = Ref{Layer: l.Name}
	}
	if first := m.Layers[0]; first.Class == "InputLayer" {
		first.Calls, m.Inputs = nil, []Ref{{Layer: first.Name}}
	} else {
		m.Inputs = []Ref{{}} // the input that no layer stands for
	}
	m.Outputs = []Ref{at}
	return m.unique()
}

// unique sees that every layer of the model has a name of its own; layers of models inside may share them.
func (m *Model) unique() error {
	seen := map[string]bool{}
	for _, l := range m.Layers {
		if l.Name == "" || seen[l.Name] {
			return say.Errorf("the name %.80q of a layer is empty or there twice", l.Name)
		}
		seen[l.Name] = true
	}
	return nil
}

// refs reads [["name", 0, 0], …] or, for a single one, ["name", 0, 0].
func refs(list json.RawMessage) ([]Ref, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(list, &items); err != nil {
		return nil, err
	}
	if len(items) > 0 && bytes.HasPrefix(items[0], []byte(`"`)) {
		items = []json.RawMessage{list}
	}
	var out []Ref
	for _, item := range items {
		r, err := ref(item)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
		if out, err = argumentsOf(item, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// argumentsOf adds the value and the key of an attention, which stand behind the reference to its query.
func argumentsOf(item json.RawMessage, out []Ref) ([]Ref, error) {
	var parts []json.RawMessage
	var args map[string]json.RawMessage
	if json.Unmarshal(item, &parts) != nil || len(parts) < 4 || json.Unmarshal(parts[3], &args) != nil {
		return out, nil
	}
	for _, key := range []string{"value", "key"} {
		if !bytes.HasPrefix(args[key], []byte("[")) {
			continue
		}
		r, err := ref(args[key])
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// ref reads ["name", call, result] and what may follow: the arguments of the call.
func ref(item json.RawMessage) (r Ref, err error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(item, &parts); err != nil {
		return r, err
	}
	if len(parts) < 3 {
		return r, say.Errorf("%.80s is no reference to a layer, expected its name and two numbers", item)
	}
	for i, to := range []any{&r.Layer, &r.Call, &r.Result} {
		if err := json.Unmarshal(parts[i], to); err != nil {
			return r, err
		}
	}
	return r, nil
}

// parseCalls reads inbound_nodes: of Keras 1 and 2 a list of references per call, of Keras 3 an object per call, in
// which tensors stand among the arguments.
func parseCalls(inbound json.RawMessage) (calls [][]Ref, err error) {
	if len(inbound) == 0 {
		return nil, nil
	}
	var nodes []json.RawMessage
	if err := json.Unmarshal(inbound, &nodes); err != nil {
		return nil, err
	}
	if len(nodes) > maxLayers {
		return nil, say.Errorf("is called %d times, at most %d are read", len(nodes), maxLayers)
	}
	for _, node := range nodes {
		var in []Ref
		if bytes.HasPrefix(bytes.TrimSpace(node), []byte("{")) {
			in, err = tensors(node)
		} else {
			in, err = refs(node)
		}
		if err != nil {
			return nil, err
		}
		calls = append(calls, in)
	}
	return calls, nil
}

// keywords are the arguments that a tensor may be given by, in the order in which our layers take them: an attention
// has query, value, key.
var keywords = []string{"inputs", "query", "value", "key"}

// tensors are those among the arguments of a call of Keras 3: by place first, then by keyword in the order of keywords,
// whatever their order in the file. A tensor under another name is an error, since what it means is not known here.
func tensors(node json.RawMessage) (in []Ref, err error) {
	var call struct {
		Args   []json.RawMessage          `json:"args"`
		KWArgs map[string]json.RawMessage `json:"kwargs"`
	}
	if err := json.Unmarshal(node, &call); err != nil {
		return nil, err
	}
	for _, arg := range call.Args {
		if in, err = collect(arg, in, 0); err != nil {
			return nil, err
		}
	}
	for _, key := range keywords {
		if in, err = collect(call.KWArgs[key], in, 0); err != nil {
			return nil, err
		}
		delete(call.KWArgs, key)
	}
	for _, key := range sortedKeys(call.KWArgs) {
		if other, err := collect(call.KWArgs[key], nil, 0); err != nil || len(other) > 0 {
			return nil, cmp.Or(err, say.Errorf("takes a tensor as argument %.40q, which is not supported", key))
		}
	}
	return in, nil
}

// collect appends the tensors of an argument, which may stand in lists up to 4 deep. A tensor says in keras_history
// whose result it is.
func collect(arg json.RawMessage, in []Ref, depth int) ([]Ref, error) {
	var list []json.RawMessage
	if json.Unmarshal(arg, &list) == nil && depth < 4 {
		var err error
		for _, item := range list {
			if in, err = collect(item, in, depth+1); err != nil {
				return nil, err
			}
		}
		return in, nil
	}
	var tensor struct {
		Class  string `json:"class_name"`
		Config struct {
			History json.RawMessage `json:"keras_history"`
		} `json:"config"`
	}
	if json.Unmarshal(arg, &tensor) != nil || tensor.Class != "__keras_tensor__" {
		return in, nil // a number or a flag
	}
	r, err := ref(tensor.Config.History)
	return append(in, r), err
}
