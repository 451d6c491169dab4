package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// Opset is that of the files which are written.
const Opset = 17

// Write makes an ONNX file of a model of one input and one output, for any number of samples, along the first axis.
// Pictures are [n c h w], as other tools have them. What Extra holds stands in the file's metadata. Reading the file
// again gives the same bits.
func Write(e foreign.Export) ([]byte, error) {
	file, err := write(e)
	if err != nil {
		return nil, fmt.Errorf("ONNX export: %w", err)
	}
	return file, nil
}

func write(e foreign.Export) (_ []byte, err error) {
	defer caught(&err)
	one, two := built(e.Layers, 1), built(e.Layers, 2)
	w := &writer{state: e.State, smaller: e.Smaller, values: map[*graph.Node]written{},
		twins: map[*graph.Node]*graph.Node{}, used: map[string]bool{}}
	for i, n := range one.Nodes {
		w.twins[n] = two.Nodes[i]
	}
	wanted := one.Needed()
	for _, n := range one.Nodes {
		if !wanted[n.ID] {
			continue
		}
		if err := w.node(n); err != nil {
			return nil, fmt.Errorf("node %d (%v): %w", n.ID, n.Op, err)
		}
	}
	out := one.Outputs[0].Node
	w.add("Identity", []string{w.plain(out)}, "output")
	w.graph = appendInfo(w.graph, 12, "output", Float32, out.Shape)
	w.graph = appendText(w.graph, 2, e.Extra.Title)
	extra, err := json.Marshal(e.Extra)
	return w.file(e.Extra.Labels, extra), err
}

// built is the model's graph for so many samples.
func built(net *layers.Model, batch int) *graph.Graph {
	g := graph.New()
	g.Output("output", net.Build(g, net.Declare(g, batch), layers.Options{})[0])
	return g
}

// written is a value of the file; first: it has its channels first, where our graph has them last.
type written struct {
	name  string
	first bool
}

type writer struct {
	state   graph.State
	smaller bool   // Export.Smaller
	graph   []byte // fields of GraphProto
	values  map[*graph.Node]written
	twins   map[*graph.Node]*graph.Node // for two samples
	used    map[string]bool
	count   int
}

// fresh is a name that no value has.
func (w *writer) fresh(hint string) string {
	name := hint
	for name == "" || w.used[name] {
		w.count++
		name = fmt.Sprintf("%s_%d", hint, w.count)
	}
	w.used[name] = true
	return name
}

// Messages.

func appendBytes(b []byte, num protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
}

func appendText(b []byte, num protowire.Number, v string) []byte {
	return appendBytes(b, num, []byte(v))
}

func appendInt(b []byte, num protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), uint64(v))
}

// appendInfo declares an input or output whose first axis is the number of samples.
func appendInfo(b []byte, num protowire.Number, name string, typ Type, shape tensor.Shape) []byte {
	var dims []byte
	for i, n := range shape {
		d := appendInt(nil, 1, int64(n))
		if i == 0 {
			d = appendText(nil, 2, "N")
		}
		dims = appendBytes(dims, 1, d)
	}
	t := appendBytes(appendInt(nil, 1, int64(typ)), 2, dims)
	return appendBytes(b, num, appendBytes(appendText(nil, 1, name), 2, appendBytes(nil, 1, t)))
}

func (w *writer) file(labels []string, extra []byte) []byte {
	b := appendInt(nil, 1, 8)
	b = appendText(b, 2, "Wafer")
	b = appendBytes(b, 7, w.graph)
	b = appendBytes(b, 8, appendInt(appendText(nil, 1, ""), 2, Opset))
	for i, l := range labels {
		b = appendBytes(b, 14, appendText(appendText(nil, 1, fmt.Sprintf("label_%d", i)), 2, l))
	}
	return appendBytes(b, 14, appendBytes(appendText(nil, 1, foreign.ExtraKey), 2, extra))
}

// parameter stores a weight of the model, in fewer bytes where it may and these hold it exactly.
func (w *writer) parameter(name string, t *tensor.Tensor, shape tensor.Shape) string {
	if w.smaller && t.DType() == tensor.Float32 && len(shape) > 1 {
		if tensor.IsHalf(t.F()) {
			return w.half(name, t, shape)
		}
		if q, ok := tensor.ExactInt8(t.F(), shape); ok {
			return w.int8(name, q, shape)
		}
	}
	return w.weight(w.fresh(name), t, shape)
}

// half stores float16 with an operator behind that makes float32 of it.
func (w *writer) half(name string, t *tensor.Tensor, shape tensor.Shape) string {
	raw := make([]byte, 0, 2*t.Size())
	for _, v := range t.F() {
		raw = binary.LittleEndian.AppendUint16(raw, tensor.Half(v))
	}
	small := w.store(w.fresh(name+"_f16"), Float16, shape, raw)
	return w.add("Cast", []string{small}, w.fresh(name), attribute{"to", int(Float32)})
}

// int8 stores signed bytes, [before, scales, run], with their scales along the middle axis.
func (w *writer) int8(name string, q tensor.Int8, shape tensor.Shape) string {
	raw := make([]byte, len(q.Q))
	for i, v := range q.Q {
		raw[i] = byte(v)
	}
	n := len(q.Scales)
	small := w.store(w.fresh(name+"_i8"), Int8, tensor.Shape{len(raw) / (n * q.Run), n, q.Run}, raw)
	scales := w.weight(w.fresh(name+"_scales"), tensor.Floats(q.Scales, n), tensor.Shape{n})
	wide := w.add("DequantizeLinear", []string{small, scales}, "", attribute{"axis", 1})
	return w.add("Reshape", []string{wide, w.numbers(shape...)}, w.fresh(name))
}

// weight stores a tensor under a name.
func (w *writer) weight(name string, t *tensor.Tensor, shape tensor.Shape) string {
	raw := make([]byte, 0, 4*t.Size())
	typ := Float32
	if t.DType() == tensor.Int32 {
		typ = Int32
		for _, v := range t.I() {
			raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
		}
	} else {
		for _, v := range t.F() {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
	}
	return w.store(name, typ, shape, raw)
}

// store adds an initialiser.
func (w *writer) store(name string, typ Type, shape tensor.Shape, raw []byte) string {
	var b []byte
	for _, n := range shape {
		b = appendInt(b, 1, int64(n))
	}
	b = appendInt(b, 2, int64(typ))
	b = appendText(b, 8, name)
	w.graph = appendBytes(w.graph, 5, appendBytes(b, 9, raw))
	return name
}

// numbers stores whole numbers, as shapes and axes are.
func (w *writer) numbers(list ...int) string {
	name := w.fresh("numbers")
	b := appendInt(nil, 1, int64(len(list)))
	raw := make([]byte, 0, 8*len(list))
	for _, v := range list {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(int64(v)))
	}
	b = appendText(appendInt(b, 2, int64(Int64)), 8, name)
	w.graph = appendBytes(w.graph, 5, appendBytes(b, 9, raw))
	return name
}

// attribute is a whole number, a list of such, a float or a text.
type attribute struct {
	name  string
	value any
}

// add appends a node and returns its result's name; an empty one is made.
func (w *writer) add(op string, inputs []string, output string, attrs ...attribute) string {
	if output == "" {
		output = w.fresh(op)
	}
	var b []byte
	for _, in := range inputs {
		b = appendText(b, 1, in)
	}
	b = appendText(appendText(appendText(b, 2, output), 3, output), 4, op)
	for _, a := range attrs {
		v := appendText(nil, 1, a.name)
		switch x := a.value.(type) {
		case int:
			v = appendInt(appendInt(v, 3, int64(x)), 20, 2)
		case float32:
			v = protowire.AppendFixed32(protowire.AppendTag(v, 2, protowire.Fixed32Type), math.Float32bits(x))
			v = appendInt(v, 20, 1)
		case string:
			v = appendInt(appendText(v, 4, x), 20, 3)
		case []int:
			for _, n := range x {
				v = appendInt(v, 8, int64(n))
			}
			v = appendInt(v, 20, 7)
		}
		b = appendBytes(b, 5, v)
	}
	w.graph = appendBytes(w.graph, 1, b)
	return output
}

// Storage.

// plain is a value as our graph has it.
func (w *writer) plain(n *graph.Node) string {
	v := w.values[n]
	if !v.first {
		return v.name
	}
	return w.add("Transpose", []string{v.name}, "", attribute{"perm", []int{0, 2, 3, 1}})
}

// channelsFirst is a picture as the file has it.
func (w *writer) channelsFirst(n *graph.Node) string {
	v := w.values[n]
	if v.first {
		return v.name
	}
	return w.add("Transpose", []string{v.name}, "", attribute{"perm", []int{0, 3, 1, 2}})
}

// doubled tells whether an axis is the samples': it is twice as long for two.
func (w *writer) doubled(n *graph.Node, axis int) bool {
	return w.twins[n].Shape[axis] == 2*n.Shape[axis] && n.Shape[axis] > 0
}
