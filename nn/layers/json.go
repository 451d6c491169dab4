package layers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"wafer/nn/graph"
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

type modelJSON struct {
	Name   string      `json:"name"`
	Shape  []int       `json:"input_shape"`
	DType  string      `json:"input_dtype"`
	Layers []entryJSON `json:"layers"`
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
func (j layerJSON) layer() (Layer, error) { return j.read(json.Unmarshal) }

func (j layerJSON) read(unmarshal func([]byte, any) error) (Layer, error) {
	make := classes[j.Class]
	if make == nil {
		return nil, fmt.Errorf("there is no layer class %q", j.Class)
	}
	l := make()
	if len(j.Config) > 0 {
		if err := unmarshal(j.Config, l); err != nil {
			return nil, fmt.Errorf("config of %s: %w", j.Class, err)
		}
	}
	return l, nil
}

// New makes a layer from its class and Keras config; what the config leaves out has Keras'
// default, and a key that the class does not have is an error.
func New(class string, config []byte) (Layer, error) {
	return layerJSON{class, config}.read(func(b []byte, l any) error {
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		return d.Decode(l)
	})
}

// MarshalJSON writes the model as a document: input, then a class and Keras config
// per layer. The same model gives the same bytes.
func (m *Model) MarshalJSON() ([]byte, error) {
	doc := modelJSON{Name: m.Name, Shape: m.Input.Shape, DType: m.Input.DType.String()}
	for _, e := range m.Entries {
		l, err := marshalLayer(e.Layer)
		if err != nil {
			return nil, err
		}
		doc.Layers = append(doc.Layers, entryJSON{e.Name, l.Class, l.Config, e.Inputs})
	}
	return json.Marshal(doc)
}

// Limits of a document: what a file may ask for before anything is built.
const (
	maxLayers  = 4096
	maxSize    = 1 << 31 // elements of one sample's activation or of one weight
	maxWeights = 1 << 29 // numbers in total
)

// UnmarshalJSON reads a document and builds the model once: a layer that does not
// fit, has an unknown class or asks for absurd sizes is an error, never a panic.
func (m *Model) UnmarshalJSON(b []byte) (err error) {
	var doc modelJSON
	if err := json.Unmarshal(b, &doc); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if len(doc.Layers) == 0 || len(doc.Layers) > maxLayers {
		return fmt.Errorf("model: has %d layers, must have 1 to %d", len(doc.Layers), maxLayers)
	}
	read := Model{Name: doc.Name, Input: Spec{Shape: doc.Shape}}
	switch doc.DType {
	case tensor.Float32.String():
	case tensor.Int32.String():
		read.Input.DType = tensor.Int32
	default:
		return fmt.Errorf("model: input_dtype is %q, must be f32 or i32", doc.DType)
	}
	names := map[string]bool{InputName: true}
	for i, e := range doc.Layers {
		l, err := layerJSON{e.Class, e.Config}.layer()
		if err != nil {
			return fmt.Errorf("model: layer %d (%s): %w", i, e.Name, err)
		}
		if e.Name == "" || names[e.Name] {
			return fmt.Errorf("model: layer %d: name %q is empty or taken", i, e.Name)
		}
		if len(e.Inputs) == 0 {
			return fmt.Errorf("model: layer %s has no inputs", e.Name)
		}
		for _, in := range e.Inputs {
			if !names[in] {
				return fmt.Errorf("model: layer %s: there is no input %q before it", e.Name, in)
			}
		}
		names[e.Name] = true
		read.Entries = append(read.Entries, Entry{e.Name, l, e.Inputs})
	}
	if err := read.Check(); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	*m = read
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
	if err := sane(m.Input.Shape, "the input"); err != nil {
		return err
	}
	weights, shapes := m.dryRun()
	for name, s := range shapes {
		if err := sane(s, "layer "+name); err != nil {
			return err
		}
	}
	total := 0
	for _, w := range weights {
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
