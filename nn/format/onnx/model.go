// Package onnx reads ONNX model files (IR version 3 on, opsets 7 to 23): Inspect tells what is in one, Load makes a
// model of our operations of it. Both go through the same parser.
//
// The messages are those of onnx/onnx.proto; numbers of fields and types are its.
package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"wafer/nn/tensor"
)

// Limits of a file.
const (
	maxName  = 1 << 12
	maxNodes = 1 << 17
	maxRank  = 8
	maxDepth = 8 // graphs inside of graphs
)

// Model is the structure of a file. Weights are parts of the file, not copies.
type Model struct {
	IR       int64
	Producer string // name and version
	Opset    int64  // of the domain ai.onnx
	Domains  map[string]int64
	Metadata map[string]string
	Graph    *Graph
}

// Graph is nodes in an order in which they can run.
type Graph struct {
	Name            string
	Nodes           []*Node
	Weights         []*Tensor
	Inputs, Outputs []Info
}

// Info is the type of a value.
type Info struct {
	Name  string
	Type  Type  // 0: not a tensor, or not said
	Shape []int // -1: any length; nil where the rank is not said
	Known bool  // whether the rank is said
}

// Node is an operator with its operands; an empty name is an optional one that is left out.
type Node struct {
	Name, Op, Domain string
	Inputs, Outputs  []string
	Attrs            []*Attr
}

// Attr is an attribute; which of its values counts says Kind.
type Attr struct {
	Name   string
	Kind   int64 // AttributeProto.AttributeType
	F      float32
	I      int64
	S      []byte
	T      *Tensor
	G      *Graph
	Floats []float32
	Ints   []int64
	Texts  []string
}

// Tensor is a weight or a constant, with its numbers still as they are in the file.
type Tensor struct {
	Name     string
	Type     Type
	Shape    tensor.Shape
	raw      []byte
	floats   []float32
	ints     []int64
	external map[string]string // location, offset, length: the numbers are in another file
	strings  int
}

// Type is TensorProto.DataType.
type Type int32

// The types of elements that are read.
const (
	Float32  Type = 1
	UInt8    Type = 2
	Int8     Type = 3
	UInt16   Type = 4
	Int16    Type = 5
	Int32    Type = 6
	Int64    Type = 7
	String   Type = 8
	Bool     Type = 9
	Float16  Type = 10
	Float64  Type = 11
	UInt32   Type = 12
	UInt64   Type = 13
	BFloat16 Type = 16
)

var typeNames = map[Type]string{Float32: "float32", UInt8: "uint8", Int8: "int8", UInt16: "uint16", Int16: "int16",
	Int32: "int32", Int64: "int64", String: "string", Bool: "bool", Float16: "float16", Float64: "float64",
	UInt32: "uint32", UInt64: "uint64", BFloat16: "bfloat16", 17: "float8e4m3fn", 18: "float8e4m3fnuz",
	19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4", 23: "float4e2m1"}

func (t Type) String() string {
	if s := typeNames[t]; s != "" {
		return s
	}
	return fmt.Sprintf("type %d", int32(t))
}

// width is the bytes of an element in raw data, 0 for types that are not read.
func (t Type) width() int {
	switch t {
	case UInt8, Int8, Bool:
		return 1
	case UInt16, Int16, Float16, BFloat16:
		return 2
	case Float32, Int32, UInt32:
		return 4
	case Int64, UInt64, Float64:
		return 8
	}
	return 0
}

// whole tells integers and truth values from floats.
func (t Type) whole() bool {
	return t != Float32 && t != Float16 && t != Float64 && t != BFloat16
}

// Recognise tells an ONNX file by its content: a message with a graph, whose first fields are a ModelProto's.
func Recognise(file []byte) bool {
	if len(file) < 8 || file[0] != 8 { // ir_version comes first in every file that is known
		return false
	}
	graph, known := false, true
	err := fields(file, func(f field) error {
		switch f.num {
		case 1, 5:
			known = known && f.typ == protowire.VarintType
		case 2, 3, 4, 6, 7, 8, 14, 20, 25, 26:
			known = known && f.typ == protowire.BytesType
			graph = graph || f.num == 7
		default:
			known = false
		}
		return nil
	})
	return known && (graph || err != nil)
}

// Inspect reads the structure of a file. Every length in it is checked.
func Inspect(file []byte) (*Model, error) {
	m := &Model{Domains: map[string]int64{}, Metadata: map[string]string{}}
	p := &parser{}
	err := fields(file, func(f field) (err error) {
		switch f.num {
		case 1:
			m.IR = int64(f.n)
		case 2, 3:
			s, err := f.text()
			if m.Producer != "" && s != "" {
				s = " " + s
			}
			m.Producer += s
			return err
		case 7:
			m.Graph, err = p.graph(f.b, 0)
		case 8:
			return m.opset(f.b)
		case 14:
			return m.property(f.b)
		}
		return err
	})
	switch {
	case err != nil:
	case m.Graph == nil:
		err = errors.New("holds no graph")
	case m.Opset == 0:
		err = errors.New("does not say which opset it uses")
	}
	if err != nil {
		return nil, fmt.Errorf("ONNX file: %w", err)
	}
	return m, nil
}

func (m *Model) opset(b []byte) error {
	domain, version := "", int64(1)
	err := fields(b, func(f field) (err error) {
		switch f.num {
		case 1:
			domain, err = f.text()
		case 2:
			version = int64(f.n)
		}
		return err
	})
	m.Domains[domain] = version
	if domain == "" || domain == "ai.onnx" {
		m.Opset = version
	}
	return err
}

func (m *Model) property(b []byte) error {
	key, value := "", ""
	err := fields(b, func(f field) (err error) {
		switch f.num {
		case 1:
			key, err = f.text()
		case 2:
			value = string(f.b)
		}
		return err
	})
	m.Metadata[key] = value
	return err
}

// parser counts what it has read.
type parser struct{ nodes int }

func (p *parser) graph(b []byte, depth int) (*Graph, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("has graphs inside of graphs %d deep, at most %d are read", depth, maxDepth)
	}
	g := &Graph{}
	err := fields(b, func(f field) (err error) {
		switch f.num {
		case 1:
			var n *Node
			if n, err = p.node(f.b, depth); err != nil {
				return fmt.Errorf("node %d%s: %w", len(g.Nodes), n.called(), err)
			}
			g.Nodes = append(g.Nodes, n)
		case 2:
			g.Name, err = f.text()
		case 5:
			var t *Tensor
			if t, err = p.tensor(f.b); err != nil {
				return fmt.Errorf("weight %d (%s): %w", len(g.Weights), t.Name, err)
			}
			g.Weights = append(g.Weights, t)
		case 11:
			g.Inputs, err = info(g.Inputs, f.b)
		case 12:
			g.Outputs, err = info(g.Outputs, f.b)
		case 15:
			return errors.New("has sparse weights, which are not read")
		}
		return err
	})
	return g, err
}

// called is a node's name and operator, for errors.
func (n *Node) called() string {
	if n.Name == "" {
		return " (" + n.Op + ")"
	}
	return fmt.Sprintf(" (%s %q)", n.Op, n.Name)
}

func (p *parser) node(b []byte, depth int) (*Node, error) {
	n := &Node{}
	if p.nodes++; p.nodes > maxNodes {
		return n, fmt.Errorf("is one more than the %d that are read", maxNodes)
	}
	return n, fields(b, func(f field) (err error) {
		var s string
		switch f.num {
		case 1:
			s, err = f.text()
			n.Inputs = append(n.Inputs, s)
		case 2:
			s, err = f.text()
			n.Outputs = append(n.Outputs, s)
		case 3:
			n.Name, err = f.text()
		case 4:
			n.Op, err = f.text()
		case 5:
			var a *Attr
			if a, err = p.attr(f.b, depth); err != nil {
				return fmt.Errorf("attribute %q: %w", a.Name, err)
			}
			n.Attrs = append(n.Attrs, a)
		case 7:
			n.Domain, err = f.text()
		}
		return err
	})
}

func (p *parser) attr(b []byte, depth int) (*Attr, error) {
	a := &Attr{}
	return a, fields(b, func(f field) (err error) {
		switch f.num {
		case 1:
			a.Name, err = f.text()
		case 2:
			a.F = math.Float32frombits(uint32(f.n))
		case 3:
			a.I = int64(f.n)
		case 4:
			a.S = f.b
		case 5:
			a.T, err = p.tensor(f.b)
		case 6:
			a.G, err = p.graph(f.b, depth+1)
		case 7:
			a.Floats, err = f.floats(a.Floats)
		case 8:
			a.Ints, err = f.ints(a.Ints)
		case 9:
			var s string
			s, err = f.text()
			a.Texts = append(a.Texts, s)
		case 20:
			a.Kind = int64(f.n)
		}
		return err
	})
}

func info(list []Info, b []byte) ([]Info, error) {
	v := Info{}
	err := fields(b, func(f field) (err error) {
		switch f.num {
		case 1:
			v.Name, err = f.text()
		case 2:
			return fields(f.b, func(f field) error {
				if f.num != 1 { // sequences, maps and optionals
					return nil
				}
				return v.tensorType(f.b)
			})
		}
		return err
	})
	return append(list, v), err
}

func (v *Info) tensorType(b []byte) error {
	return fields(b, func(f field) error {
		switch f.num {
		case 1:
			v.Type = Type(f.n)
		case 2:
			v.Known = true
			return fields(f.b, func(f field) error {
				length := -1
				err := fields(f.b, func(f field) error {
					if f.num == 1 && f.n <= math.MaxInt32 {
						length = int(f.n)
					}
					return nil
				})
				if v.Shape = append(v.Shape, length); len(v.Shape) > maxRank {
					return fmt.Errorf("value %q has more than %d axes", v.Name, maxRank)
				}
				return err
			})
		}
		return nil
	})
}

func (p *parser) tensor(b []byte) (*Tensor, error) {
	t := &Tensor{}
	var dims []int64
	err := fields(b, func(f field) (err error) {
		switch f.num {
		case 1:
			dims, err = f.ints(dims)
		case 2:
			t.Type = Type(f.n)
		case 4:
			t.floats, err = f.floats(t.floats)
		case 5, 7, 11:
			t.ints, err = f.ints(t.ints)
		case 6:
			t.strings++
		case 8:
			t.Name, err = f.text()
		case 9:
			t.raw = f.b
		case 10:
			t.floats, err = f.doubles(t.floats)
		case 13:
			err = t.place(f.b)
		}
		return err
	})
	if err != nil {
		return t, err
	}
	return t, t.check(dims)
}

// place is an entry of external_data.
func (t *Tensor) place(b []byte) error {
	if t.external == nil {
		t.external = map[string]string{}
	}
	var m Model
	m.Metadata = t.external
	return m.property(b)
}

// check compares the shape with what is there, without an overflow.
func (t *Tensor) check(dims []int64) error {
	if len(dims) > maxRank {
		return fmt.Errorf("has %d axes, at most %d are read", len(dims), maxRank)
	}
	size := int64(1)
	for _, d := range dims {
		if d < 0 || d > math.MaxInt32 || size > 0 && d > math.MaxInt32/size {
			return fmt.Errorf("has shape %v", dims)
		}
		size *= d
		t.Shape = append(t.Shape, int(d))
	}
	w := int64(t.Type.width())
	switch have := int64(len(t.raw)); {
	case t.external != nil, w == 0: // known when it is loaded, if it is
		return nil
	case t.raw != nil && have != size*w:
		return fmt.Errorf("of type %v and shape %v has %d bytes of data, needs %d", t.Type, t.Shape, have, size*w)
	case t.raw == nil && int64(len(t.floats)+len(t.ints)) != size:
		return fmt.Errorf("of shape %v has %d elements", t.Shape, len(t.floats)+len(t.ints))
	}
	return nil
}

// bytes is what the weight takes in the file.
func (t *Tensor) bytes() int { return len(t.raw) + 4*len(t.floats) + 8*len(t.ints) }

// attr is the attribute of a name, nil where there is none.
func (n *Node) attr(name string) *Attr {
	if i := slices.IndexFunc(n.Attrs, func(a *Attr) bool { return a.Name == name }); i >= 0 {
		return n.Attrs[i]
	}
	return nil
}
