package layers

import (
	"errors"
	"fmt"
	"math"

	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/names"
	"wafer/nn/tensor"
)

type layerJSON struct {
	Class  string          `json:"class"`
	Config json.RawMessage `json:"config"`
}

type entryJSON struct {
	Name   string          `json:"name"`
	Class  string          `json:"class"`
	Config json.RawMessage `json:"config"`
	Inputs []string        `json:"inputs"`
}

type inputJSON struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	DType string `json:"dtype"`
}

// modelJSON has one input's shape and type, or the list of inputs; outputs are left out where
// the last layer is the only one.
type modelJSON struct {
	Name    string      `json:"name"`
	Shape   *[]int      `json:"input_shape,omitempty"`
	DType   string      `json:"input_dtype,omitempty"`
	Inputs  []inputJSON `json:"inputs,omitempty"`
	Layers  []entryJSON `json:"layers"`
	Outputs []string    `json:"outputs,omitempty"`
}

func marshalOr(v any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func marshalLayer(l Layer) (layerJSON, error) {
	config, err := json.Marshal(l)
	return layerJSON{l.Class(), config}, err
}

// layer makes the layer that the document describes.
func (j layerJSON) layer() (Layer, error) {
	l := newOp(j.Class)
	if make := classes[j.Class]; make != nil {
		l = make()
	}
	if l == nil {
		return nil, fmt.Errorf("there is no layer class %q", j.Class)
	}
	if depth(j.Config) > maxDepth {
		return nil, fmt.Errorf("config of %s: is nested deeper than %d levels", j.Class, maxDepth)
	}
	if len(j.Config) > 0 {
		if err := strict(j.Config, l); err != nil {
			return nil, fmt.Errorf("config of %s: %w", j.Class, err)
		}
	}
	return l, nil
}

// depth is how deep a JSON document is nested. Each wrapper reads the layer in it anew, so that depth costs its square.
func depth(b []byte) (deepest int) {
	now, text := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// New makes a layer from its class and Keras config; what the config leaves out has Keras'
// default, and a key that the class does not have is an error.
func New(class string, config []byte) (Layer, error) { return layerJSON{class, config}.layer() }

// MarshalJSON writes the model as a document: inputs, then a class and Keras config
// per layer, then the outputs. The same model gives the same bytes.
func (m *Model) MarshalJSON() ([]byte, error) {
	doc := modelJSON{Name: m.Name}
	if len(m.Inputs) == 1 && m.Input().name() == InputName {
		doc.Shape, doc.DType = (*[]int)(&m.Inputs[0].Shape), m.Input().DType.String()
	} else {
		for _, s := range m.Inputs {
			doc.Inputs = append(doc.Inputs, inputJSON{s.name(), s.Shape, s.DType.String()})
		}
	}
	if out := m.outputs(); len(out) != 1 || out[0] != m.Entries[len(m.Entries)-1].Name {
		doc.Outputs = out
	}
	for _, e := range m.Entries {
		l, err := marshalLayer(e.Layer)
		if err != nil {
			return nil, err
		}
		doc.Layers = append(doc.Layers, entryJSON{e.Name, l.Class, l.Config, append([]string{}, e.Inputs...)})
	}
	return json.Marshal(doc)
}

// Limits of a document: what a file may ask for before anything is built.
const (
	maxLayers  = 1 << 14
	maxInputs  = 1 << 10 // of a model, of a layer, and outputs
	maxNodes   = 1 << 18 // operations of a graph that a model builds
	maxDepth   = 32      // of a config: two levels for each layer that wraps another
	maxAxes    = 15      // of a sample or a weight
	maxSize    = 1 << 31 // elements of one sample's activation or of one weight
	maxWeights = 1 << 29 // numbers in total
	maxName    = 1 << 12 // bytes of the name of a model, a layer or an input
	maxError   = 500     // bytes of a sentence about a document
)

// UnmarshalJSON reads a document and builds the model once: a layer that does not
// fit, has an unknown class or asks for absurd sizes is an error, never a panic.
func (m *Model) UnmarshalJSON(b []byte) (err error) {
	var doc modelJSON
	if err := strict(b, &doc); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	read, err := doc.model()
	if err == nil {
		err = read.Check()
	}
	if err != nil {
		if s := err.Error(); len(s) > maxError {
			err = errors.New(names.Form{Most: maxError}.Clean(s) + "…") // it quotes the document
		}
		return fmt.Errorf("model: %w", err)
	}
	*m = *read
	return nil
}

// model is what the document describes, not built yet.
func (doc modelJSON) model() (*Model, error) {
	if len(doc.Layers) == 0 || len(doc.Layers) > maxLayers {
		return nil, fmt.Errorf("has %d layers, must have 1 to %d", len(doc.Layers), maxLayers)
	}
	if len(doc.Name) > maxName {
		return nil, fmt.Errorf("has a name of %d bytes, at most %d are read", len(doc.Name), maxName)
	}
	m, taken := &Model{Name: doc.Name, Outputs: doc.Outputs}, map[string]bool{}
	if err := doc.inputs(m, taken); err != nil {
		return nil, err
	}
	taken[InputName] = true
	for i, e := range doc.Layers {
		if len(e.Name) > maxName {
			return nil, fmt.Errorf("layer %d has a name of %d bytes, at most %d are read", i, len(e.Name), maxName)
		}
		if err := e.check(taken); err != nil {
			return nil, fmt.Errorf("layer %d (%s): %w", i, short(e.Name), err)
		}
		l, err := layerJSON{e.Class, e.Config}.layer()
		if err != nil {
			return nil, fmt.Errorf("layer %d (%s): %w", i, short(e.Name), err)
		}
		if len(e.Inputs) == 0 && !isSource(l) {
			return nil, fmt.Errorf("layer %d (%s): has no inputs", i, short(e.Name))
		}
		taken[e.Name] = true
		m.Entries = append(m.Entries, Entry{e.Name, l, e.Inputs})
	}
	for _, o := range doc.Outputs {
		if !taken[o] {
			return nil, fmt.Errorf("there is no layer %q for an output", o)
		}
	}
	return m, nil
}

// short is a name as a sentence quotes it.
func short(name string) string { return names.Form{Most: 100}.Clean(name) }

// inputs reads the inputs into m and their names into the set.
func (doc modelJSON) inputs(m *Model, names map[string]bool) error {
	list := doc.Inputs
	if len(list) == 0 {
		one := inputJSON{InputName, nil, doc.DType}
		if doc.Shape != nil {
			one.Shape = *doc.Shape
		}
		list = []inputJSON{one}
	}
	if len(list) > maxInputs || len(doc.Outputs) > maxInputs {
		return fmt.Errorf("has %d inputs and %d outputs, at most %d are read", len(list), len(doc.Outputs), maxInputs)
	}
	for _, in := range list {
		s := Spec{Name: in.Name, Shape: in.Shape}
		switch in.DType {
		case tensor.Float32.String():
		case tensor.Int32.String():
			s.DType = tensor.Int32
		default:
			return fmt.Errorf("input_dtype of %s is %q, must be f32 or i32", in.Name, in.DType)
		}
		if len(in.Name) > maxName {
			return fmt.Errorf("the name of an input has %d bytes, at most %d are read", len(in.Name), maxName)
		}
		if in.Name == "" || names[in.Name] {
			return fmt.Errorf("the name %q of an input is empty or taken", in.Name)
		}
		names[in.Name] = true
		m.Inputs = append(m.Inputs, s)
	}
	return nil
}

// check compares the layer's place with the names before it.
func (e entryJSON) check(names map[string]bool) error {
	if e.Name == "" || names[e.Name] {
		return fmt.Errorf("name %q is empty or taken", e.Name)
	}
	if len(e.Inputs) > maxInputs {
		return fmt.Errorf("has %d inputs, at most %d are read", len(e.Inputs), maxInputs)
	}
	for _, in := range e.Inputs {
		if !names[in] {
			return fmt.Errorf("there is no input %q before it", in)
		}
	}
	return nil
}

// Check builds the model: layers that do not fit (which panic elsewhere), empty shapes
// and absurd sizes are errors.
func (m *Model) Check() (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			err = e
		case *graph.Error:
			err = e
		default:
			err = fmt.Errorf("cannot be built: %v", e)
		}
	}()
	for _, in := range m.Inputs {
		if err := sane(in.Shape, "the input "+in.name()); err != nil {
			return err
		}
	}
	c, nodes := m.dryRun(1)
	for _, e := range m.Entries {
		if err := sane(nodes[e.Name].Shape, "layer "+e.Name); err != nil {
			return err
		}
	}
	total := 0
	for _, w := range c.weights {
		if err := sane(w.Shape, "weight "+w.Name); err != nil {
			return err
		}
		if total += w.Shape.Size(); total > maxWeights {
			return fmt.Errorf("has more than %d weights", maxWeights)
		}
	}
	return nil
}

func sane(s tensor.Shape, what string) error {
	if len(s) > maxAxes+1 {
		return fmt.Errorf("%s has %d axes, at most %d are read", what, len(s), maxAxes)
	}
	size := 1.0
	for _, d := range s {
		if d < 1 || d > math.MaxInt32 {
			return fmt.Errorf("%s has shape %v", what, s)
		}
		size *= float64(d)
	}
	if size > maxSize {
		return fmt.Errorf("%s has shape %v, more than %d elements", what, s, maxSize)
	}
	return nil
}
