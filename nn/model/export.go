package model

import (
	"errors"
	"fmt"

	"wafer/nn/compile"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/plan"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// ExportOptions choose the form of an export.
type ExportOptions struct {
	// Weights is how the weights of two axes or more are stored: "float32", "float16" or
	// "int8". All others are stored without a loss. "" is no loss anywhere: float16 where
	// that holds a weight exactly, else float32.
	Weights string
	Title   string // of the model, a line as package names has it; "" is its own
}

// ModuleFormat is the name and version of what Export's JSON describes.
const ModuleFormat = "wafer-module/1"

// Manifest is the JSON inside an exported module: what a host has to know to feed it and
// to read its answer.
type Manifest struct {
	Format string `json:"format"` // ModuleFormat
	// title, labels, accuracy, credit …; bytes and sha256 are of the model file
	Model       task.Model        `json:"model"`
	Weights     string            `json:"weights,omitempty"`
	Input       Leaf              `json:"input"` // one sample: the batch is 1
	Output      Leaf              `json:"output"`
	Preprocess  recipe.Preprocess `json:"preprocess"`
	Tokenizer   json.RawMessage   `json:"tokenizer,omitempty"` // Keras', with the words that are used
	Temperature float64           `json:"temperature"`
	Threshold   float64           `json:"threshold,omitempty"`
	Outside     *LeastScore       `json:"outside,omitempty"`
	RecipeHash  string            `json:"recipe_hash,omitempty"`
	DataHash    string            `json:"data_hash,omitempty"`
	Base        string            `json:"base,omitempty"`
}

// LeastScore tells inputs that are none of the labels: their score, the f32 right behind the output, is below
// Threshold.
type LeastScore struct {
	Threshold float32 `json:"threshold"`
}

// Leaf is the input or output of a module, without the batch.
type Leaf struct {
	Shape tensor.Shape `json:"shape"`
	DType string       `json:"dtype"` // "f32" or "i32", little endian
}

// Export makes a WebAssembly module that runs without us: the network compiled for one
// sample, its weights, and a Manifest. docs/wasm-export.md tells how to call it. The outputs are
// those of the model with the stored weights, bit for bit; the same model gives the same bytes.
func (m *Model) Export(o ExportOptions) (module []byte, err error) {
	defer exported(&module, &err)
	return m.export(o)
}

// exported makes an error of a panic: no model file may crash an export.
func exported(file *[]byte, err *error) {
	if e := recover(); e != nil {
		*file, *err = nil, fmt.Errorf("export: %v", e)
	}
}

func (m *Model) export(o ExportOptions) ([]byte, error) {
	if m.info.Encoder() {
		return nil, fmt.Errorf("export: %w", errEncoder)
	}
	if err := checkTitle(o.Title); err != nil {
		return nil, say.Errorf("export: %w", err)
	}
	p, e := m.forOne(), compile.Export{}
	var err error
	if m.scores() {
		e.Beside = 4
	}
	if err := compile.Fits(p, 1); err != nil {
		return nil, say.Errorf("export: %w", err)
	}
	if e.Params, err = m.stored(p, o.Weights); err != nil {
		return nil, err
	}
	if e.Info, e.Tag, err = m.manifest(o); err != nil {
		return nil, err
	}
	return compile.Compile(p, compile.Options{Export: &e}).Bytes, nil
}

// forOne plans the network for one sample.
func (m *Model) forOne() *plan.Plan {
	g, in := graph.New(), m.doc.Layers.Input()
	x := g.Input(layers.InputName, in.DType, append([]int{1}, in.Shape...)...)
	var features *graph.Node
	out := m.doc.Layers.Apply(g, x, layers.Options{Visit: func(name string, n *graph.Node) {
		if name == m.beside() {
			features = n
		}
	}})
	if m.scores() {
		out = g.Concat(1, out, g.Reshape(m.scoreOf(g, features), 1, 1))
	}
	g.Output("output", out)
	return plan.Build(g)
}

// stored encodes the parameters of a plan.
func (m *Model) stored(p *plan.Plan, weights string) ([]compile.Stored, error) {
	wanted := compile.Float32
	if weights != "" {
		var err error
		if wanted, err = compile.ParseStorage(weights); err != nil {
			return nil, fmt.Errorf("export: %w", err)
		}
	}
	list, channels := make([]compile.Stored, len(p.Params)), compile.Channels(p)
	for i, l := range p.Params {
		v := m.state[l.Name]
		if v == nil {
			return nil, errors.New("export: the model lacks the weight " + l.Name)
		}
		s := wanted
		if weights == "" || len(l.Shape) < 2 || l.Name == CentroidsName {
			s = compile.Exact(v)
		}
		list[i] = compile.Store(v, s, channels[i])
	}
	return list, nil
}

// manifest writes the whole JSON, and for tools the same without the words.
func (m *Model) manifest(o ExportOptions) (whole, tag []byte, err error) {
	d := m.doc
	f := Manifest{Format: ModuleFormat, Model: m.info, Weights: o.Weights,
		Input:       Leaf{d.Layers.Input().Shape, d.Layers.Input().DType.String()},
		Output:      Leaf{d.Layers.OutputShape(), tensor.Float32.String()},
		Preprocess:  d.Preprocess,
		Temperature: d.Temperature, Threshold: max(d.Threshold, d.Sure), RecipeHash: d.RecipeHash, DataHash: d.DataHash,
		Base: d.Base}
	if o.Title != "" && o.Title != m.info.Title {
		f.Model.Title, f.Model.TitleZH = o.Title, ""
	}
	f.Preprocess.Data, f.Preprocess.Labels = recipe.Data{}, nil
	if m.scores() {
		f.Outside = &LeastScore{m.rule.Threshold}
	}
	if tag, err = json.Marshal(f); err != nil {
		return nil, nil, err
	}
	if f.Tokenizer, err = m.encode.Vocabulary(); err != nil {
		return nil, nil, err
	}
	whole, err = json.Marshal(f)
	return whole, tag, err
}
