// Package tflite reads TensorFlow Lite model files (schema version 3): Inspect tells what is in one,
// Load makes a network of layers with float32 weights of it. Both go through the same parser.
//
// The schema is tensorflow/compiler/mlir/lite/schema/schema.fbs; numbers of fields and operators are its.
package tflite

import (
	"encoding/binary"
	"fmt"
	"math"

	"wafer/nn/format/foreign"
	"wafer/nn/tensor"
)

// Limits of a file.
const (
	maxTensors   = 1 << 14
	maxOperators = 1 << 12
	maxRank      = 8
	maxMetadata  = 1 << 8
	maxName      = 1 << 12
)

// Model is the structure of a file. Weights are parts of the file, not copies.
type Model struct {
	Description     string
	Tensors         []Tensor
	Operators       []Operator
	Inputs, Outputs []int // numbers of tensors

	extra []byte // what Write put there, see foreign.Extra
}

// Tensor is a value of the graph: a weight, where it has data, or what an operator makes.
type Tensor struct {
	Name  string
	Shape tensor.Shape
	Type  Type
	Data  []byte // little endian, nil for values that are computed
	Quantisation
}

// Quantisation is the affine map real = scale · (q − zero), per tensor or per slice of axis Axis; there
// are no scales where a tensor is not quantised.
type Quantisation struct {
	Scales []float32
	Zeros  []int
	Axis   int
}

// Type is the schema's TensorType.
type Type byte

const (
	Float32 Type = 0
	Float16 Type = 1
	Int32   Type = 2
	UInt8   Type = 3
	Int64   Type = 4
	Int8    Type = 9
)

// width is the bytes of an element, 0 for types that hold no weights here.
func (t Type) width() int {
	switch t {
	case Float32, Int32:
		return 4
	case Float16:
		return 2
	case UInt8, Int8:
		return 1
	case Int64:
		return 8
	}
	return 0
}

// String is the schema's name.
func (t Type) String() string {
	names := []string{"FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64", "STRING", "BOOL", "INT16", "COMPLEX64", "INT8"}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("type %d", byte(t))
}

// Operator is one step of the graph, in the order in which they run.
type Operator struct {
	Code            Code
	Inputs, Outputs []int // numbers of tensors; -1: an optional input that is left out
	options         table // of the operator's own type; without fields where there are none
}

// Recognise tells a TFLite file by its content.
func Recognise(file []byte) bool { return len(file) >= 8 && string(file[4:8]) == "TFL3" }

// Inspect reads the structure of a file. Every offset and length in it is checked; what follows the
// model (as archives of labels do) is left alone.
func Inspect(file []byte) (*Model, error) {
	if !Recognise(file) {
		return nil, fmt.Errorf("TFLite file: should have \"TFL3\" at byte 4, found %q",
			file[min(4, len(file)):min(8, len(file))])
	}
	f := &buffer{b: file}
	m, err := f.model()
	if f.damage != nil {
		err = f.damage
	}
	if err != nil {
		return nil, fmt.Errorf("TFLite file: %w", err)
	}
	return m, nil
}

func (f *buffer) model() (*Model, error) {
	root := f.table(f.follow(0))
	if v := root.int(0, 0); v != 3 && f.damage == nil {
		return nil, fmt.Errorf("has schema version %d, this program reads version 3", v)
	}
	graphs := root.tables(2, maxOperators, "graphs")
	if len(graphs) != 1 {
		return nil, fmt.Errorf("has %d graphs, one is read", len(graphs))
	}
	m := &Model{Description: root.string(3), Inputs: graphs[0].ints(1), Outputs: graphs[0].ints(2)}
	buffers := root.tables(4, 2*maxTensors, "buffers")
	for i, t := range graphs[0].tables(0, maxTensors, "tensors") {
		if f.damage != nil {
			return nil, f.damage
		}
		v, err := t.tensor(buffers)
		if err != nil {
			return nil, fmt.Errorf("tensor %d (%s): %w", i, v.Name, err)
		}
		m.Tensors = append(m.Tensors, v)
	}
	m.extra = root.extra(buffers)
	codes := root.tables(1, maxOperators, "operator codes")
	for i, t := range graphs[0].tables(3, maxOperators, "operators") {
		if f.damage != nil {
			return nil, f.damage
		}
		o, err := t.operator(codes)
		if err != nil {
			return nil, fmt.Errorf("operator %d: %w", i, err)
		}
		m.Operators = append(m.Operators, o)
	}
	return m, m.checkNumbers()
}

// extra is the buffer that the metadata name as Wafer's, nil where they do not.
func (t table) extra(buffers []table) []byte {
	for _, entry := range t.tables(6, maxMetadata, "entries of metadata") {
		b := entry.int(1, 0)
		if name, n := entry.vector(0, 1); n == len(foreign.ExtraKey) && string(name) == foreign.ExtraKey && b > 0 &&
			b < len(buffers) {
			data, _ := buffers[b].vector(0, 1)
			return data
		}
	}
	return nil
}

func (t table) tensor(buffers []table) (v Tensor, err error) {
	if _, n := t.vector(3, 1); n > maxName {
		return v, fmt.Errorf("has a name of %d bytes, at most %d are read", n, maxName)
	}
	v = Tensor{Name: t.string(3), Type: Type(t.byte(1, 0))}
	if _, n := t.vector(0, 4); n > maxRank {
		return v, fmt.Errorf("has %d axes, at most %d are read", n, maxRank)
	}
	v.Shape = t.ints(0)
	for _, d := range v.Shape {
		if d < 0 {
			return v, fmt.Errorf("has shape %v", v.Shape)
		}
	}
	if q, ok := t.sub(4); ok {
		if v.Quantisation, err = q.quantisation(v.Shape); err != nil {
			return v, err
		}
	}
	b := t.int(2, 0)
	if b < 0 || b >= len(buffers) {
		return v, fmt.Errorf("has buffer %d of %d", b, len(buffers))
	}
	if v.Data, _ = buffers[b].vector(0, 1); len(v.Data) == 0 {
		v.Data = nil
		return v, nil
	}
	return v, v.checkSize()
}

// checkSize compares the shape of a weight with its data, without an overflow.
func (v Tensor) checkSize() error {
	size := v.Type.width()
	if size == 0 {
		return nil // never loaded
	}
	for _, d := range v.Shape {
		if size *= d; size > len(v.Data) {
			break
		}
	}
	if size != len(v.Data) {
		return fmt.Errorf("of type %v and shape %v has %d bytes of data", v.Type, v.Shape, len(v.Data))
	}
	return nil
}

func (t table) quantisation(shape tensor.Shape) (q Quantisation, err error) {
	scales, n := t.vector(2, 4)
	zeros, m := t.vector(3, 8)
	if n == 0 {
		return q, nil
	}
	q.Axis = t.int(6, 0)
	if n > 1 && (q.Axis < 0 || q.Axis >= len(shape) || shape[q.Axis] != n) {
		return q, fmt.Errorf("of shape %v has %d scales along axis %d", shape, n, q.Axis)
	}
	if m != n && m != 0 && m != 1 {
		return q, fmt.Errorf("has %d scales, but %d zero points", n, m)
	}
	if !t.spend(4*n + 8*m) {
		return q, t.damage
	}
	q.Scales, q.Zeros = make([]float32, n), make([]int, n)
	for i := range n {
		q.Scales[i] = math.Float32frombits(binary.LittleEndian.Uint32(scales[4*i:]))
		if s := q.Scales[i]; !(s >= 0 && s <= math.MaxFloat32) {
			return q, fmt.Errorf("has the scale %v", s)
		}
		if m > 0 {
			z := int64(binary.LittleEndian.Uint64(zeros[8*min(i, m-1):]))
			if z < math.MinInt16 || z > math.MaxInt16 {
				return q, fmt.Errorf("has the zero point %d", z)
			}
			q.Zeros[i] = int(z)
		}
	}
	return q, nil
}

func (t table) operator(codes []table) (Operator, error) {
	c := t.int(0, 0)
	if c < 0 || c >= len(codes) {
		return Operator{}, fmt.Errorf("has code %d of %d", c, len(codes))
	}
	// Old files have the code in a byte, new ones in field 3; the larger one counts.
	code := Code(max(int(int8(codes[c].byte(0, 0))), codes[c].int(3, 0)))
	o := Operator{Code: code, Inputs: t.ints(1), Outputs: t.ints(2), options: table{buffer: t.buffer}}
	if options, ok := t.sub(4); ok {
		o.options = options
	}
	return o, nil
}

// checkNumbers sees that operators name tensors that exist.
func (m *Model) checkNumbers() error {
	bad := func(list []int, least int) bool {
		for _, n := range list {
			if n < least || n >= len(m.Tensors) {
				return true
			}
		}
		return false
	}
	if bad(m.Inputs, 0) || bad(m.Outputs, 0) {
		return fmt.Errorf("has inputs %v and outputs %v of %d tensors", m.Inputs, m.Outputs, len(m.Tensors))
	}
	for i, o := range m.Operators {
		if bad(o.Inputs, -1) || bad(o.Outputs, 0) {
			return fmt.Errorf("operator %d (%v) has inputs %v and outputs %v of %d tensors", i, o.Code, o.Inputs,
				o.Outputs, len(m.Tensors))
		}
	}
	return nil
}
