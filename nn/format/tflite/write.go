package tflite

import (
	"encoding/binary"
	"fmt"
	"math"

	flatbuffers "github.com/google/flatbuffers/go"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Write makes a TFLite file of a model of one input and one output for one sample, with float32 arithmetic. What Extra
// holds stands in the file's metadata. Reading the file again gives the same bits.
func Write(e foreign.Export) ([]byte, error) {
	file, err := write(e)
	if err != nil {
		return nil, say.Errorf("TFLite export: %w", err)
	}
	return file, nil
}

func write(e foreign.Export) ([]byte, error) {
	if len(e.Layers.Inputs) != 1 || len(e.Layers.Outputs) > 1 {
		return nil, say.New("models of one input and one output are written")
	}
	in := e.Layers.Input()
	if in.DType != tensor.Float32 {
		return nil, say.New("networks of pictures are written, this one takes whole numbers")
	}
	extra, err := json.Marshal(e.Extra)
	if err != nil {
		return nil, err
	}
	w := &writer{Builder: flatbuffers.NewBuilder(1 << 16), state: e.State, half: e.Smaller, values: map[string]int{},
		codes: map[Code]int{}}
	w.buffers = append(w.buffers, nil) // number 0 is the one without data
	name := in.Name
	if name == "" {
		name = layers.InputName
	}
	w.values[name] = w.tensor(name, Float32, in.Shape, 0)
	last := name
	for _, t := range e.Layers.Trace() {
		if err := w.layer(t); err != nil {
			return nil, say.Errorf("layer %s: %w", t.Name, err)
		}
		last = t.Name
	}
	if len(e.Layers.Outputs) == 1 {
		last = e.Layers.Outputs[0]
	}
	return w.file(w.values[name], w.values[last], e.Extra.Title, extra), nil
}

// writer keeps the tables of a file; those that hold others come after them.
type writer struct {
	*flatbuffers.Builder
	state  graph.State
	half   bool
	values map[string]int // number of the tensor that an entry makes

	tensors, operators []flatbuffers.UOffsetT
	buffers            [][]byte
	codes              map[Code]int
	order              []Code
}

// tensor declares a value of one sample, [1, shape …], and returns its number.
func (w *writer) tensor(name string, typ Type, shape tensor.Shape, buffer int) int {
	return w.declare(name, typ, append(tensor.Shape{1}, shape...), buffer)
}

func (w *writer) declare(name string, typ Type, shape tensor.Shape, buffer int) int {
	title, dims := w.CreateString(name), w.ints(shape...)
	w.StartObject(8)
	w.PrependUOffsetTSlot(0, dims, 0)
	w.PrependByteSlot(1, byte(typ), 0)
	w.PrependUint32Slot(2, uint32(buffer), 0)
	w.PrependUOffsetTSlot(3, title, 0)
	w.tensors = append(w.tensors, w.EndObject())
	return len(w.tensors) - 1
}

// ints is a list of 32-bit numbers.
func (w *writer) ints(list ...int) flatbuffers.UOffsetT {
	w.StartVector(4, len(list), 4)
	for i := len(list) - 1; i >= 0; i-- {
		w.PrependInt32(int32(list[i]))
	}
	return w.EndVector(len(list))
}

// tables is a list of tables.
func (w *writer) tables(list []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	w.StartVector(4, len(list), 4)
	for i := len(list) - 1; i >= 0; i-- {
		w.PrependUOffsetT(list[i])
	}
	return w.EndVector(len(list))
}

// floats stores a constant, as float16 with an operator behind that widens it where it may and has two axes or more.
func (w *writer) floats(name string, f []float32, shape ...int) int {
	if w.half && len(shape) > 1 {
		raw := make([]byte, 0, 2*len(f))
		for _, v := range f {
			raw = binary.LittleEndian.AppendUint16(raw, tensor.Half(v))
		}
		small := w.constant(name+"_f16", Float16, raw, shape...)
		wide := w.declare(name, Float32, shape, 0)
		w.operator(dequantize, []int{small}, wide, 0, 0)
		return wide
	}
	raw := make([]byte, 0, 4*len(f))
	for _, v := range f {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return w.constant(name, Float32, raw, shape...)
}

// numbers stores a short list of whole numbers, such as axes.
func (w *writer) numbers(name string, shape tensor.Shape, list ...int) int {
	var raw []byte
	for _, v := range list {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
	}
	return w.constant(name, Int32, raw, shape...)
}

func (w *writer) constant(name string, typ Type, raw []byte, shape ...int) int {
	w.buffers = append(w.buffers, raw)
	return w.declare(name, typ, shape, len(w.buffers)-1)
}

// operator appends one; kind is the number of its options' type in the schema's union, 0 for none.
func (w *writer) operator(code Code, inputs []int, output int, kind byte, options flatbuffers.UOffsetT) {
	if _, ok := w.codes[code]; !ok {
		w.codes[code] = len(w.order)
		w.order = append(w.order, code)
	}
	in, out := w.ints(inputs...), w.ints(output)
	w.StartObject(9)
	w.PrependUint32Slot(0, uint32(w.codes[code]), 0)
	w.PrependUOffsetTSlot(1, in, 0)
	w.PrependUOffsetTSlot(2, out, 0)
	w.PrependByteSlot(3, kind, 0)
	w.PrependUOffsetTSlot(4, options, 0)
	w.operators = append(w.operators, w.EndObject())
}

// file puts the tables together. Weights begin at multiples of 16 bytes, as readers want them.
func (w *writer) file(in, out int, title string, extra []byte) []byte {
	w.buffers = append(w.buffers, extra)
	metadata := w.metadata(len(w.buffers) - 1)
	var buffers []flatbuffers.UOffsetT
	for _, b := range w.buffers {
		buffers = append(buffers, w.buffer(b))
	}
	var codes []flatbuffers.UOffsetT
	for _, c := range w.order {
		w.StartObject(4)
		w.PrependByteSlot(0, byte(min(c, 127)), 0) // for readers of before 2020
		w.PrependInt32Slot(2, 1, 0)
		w.PrependInt32Slot(3, int32(c), 0)
		codes = append(codes, w.EndObject())
	}
	tensors, inputs, outputs, operators := w.tables(w.tensors), w.ints(in), w.ints(out), w.tables(w.operators)
	w.StartObject(5)
	w.PrependUOffsetTSlot(0, tensors, 0)
	w.PrependUOffsetTSlot(1, inputs, 0)
	w.PrependUOffsetTSlot(2, outputs, 0)
	w.PrependUOffsetTSlot(3, operators, 0)
	graphs := w.tables([]flatbuffers.UOffsetT{w.EndObject()})
	codeList, bufferList, metadataList := w.tables(codes), w.tables(buffers), w.tables([]flatbuffers.UOffsetT{metadata})
	description := w.CreateString(title)
	w.StartObject(8)
	w.PrependUint32Slot(0, 3, 0)
	w.PrependUOffsetTSlot(1, codeList, 0)
	w.PrependUOffsetTSlot(2, graphs, 0)
	w.PrependUOffsetTSlot(3, description, 0)
	w.PrependUOffsetTSlot(4, bufferList, 0)
	w.PrependUOffsetTSlot(6, metadataList, 0)
	w.FinishWithFileIdentifier(w.EndObject(), []byte("TFL3"))
	return w.FinishedBytes()
}

func (w *writer) metadata(buffer int) flatbuffers.UOffsetT {
	name := w.CreateString(foreign.ExtraKey)
	w.StartObject(2)
	w.PrependUOffsetTSlot(0, name, 0)
	w.PrependUint32Slot(1, uint32(buffer), 0)
	return w.EndObject()
}

func (w *writer) buffer(raw []byte) flatbuffers.UOffsetT {
	if raw == nil {
		w.StartObject(1)
		return w.EndObject()
	}
	w.StartVector(1, len(raw), 16)
	for i := len(raw) - 1; i >= 0; i-- {
		w.PlaceByte(raw[i])
	}
	data := w.EndVector(len(raw))
	w.StartObject(1)
	w.PrependUOffsetTSlot(0, data, 0)
	return w.EndObject()
}

// fusable are activations that an operator can have inside, by Keras' names.
var fusable = map[string]byte{"": 0, "linear": 0, "relu": 1, "relu6": 3}

// alone are activations that are operators.
var alone = map[string]Code{"relu": relu, "relu6": relu6, "sigmoid": logistic, "tanh": tanh, "softmax": softmax}

// give declares what a layer makes.
func (w *writer) give(t layers.Traced, suffix string) int {
	return w.tensor(t.Name+suffix, Float32, t.Shape, 0)
}

// product declares what the operator of a layer makes before an activation that it cannot have inside.
func (w *writer) product(t layers.Traced, activation string) int {
	if _, inside := fusable[activation]; inside {
		return w.give(t, "")
	}
	return w.give(t, "_linear")
}

// activated ends a layer whose product may have its activation inside.
func (w *writer) activated(t layers.Traced, activation string, at int) error {
	if _, inside := fusable[activation]; inside {
		w.values[t.Name] = at
		return nil
	}
	return w.apply(t, activation, at)
}

// apply ends a layer with an operator for the activation.
func (w *writer) apply(t layers.Traced, activation string, at int) error {
	code, ok := alone[activation]
	if !ok {
		return say.Errorf("TFLite has no operator for the activation %q", activation)
	}
	w.values[t.Name] = w.give(t, "")
	if code != softmax {
		w.operator(code, []int{at}, w.values[t.Name], 0, 0)
		return nil
	}
	w.StartObject(1)
	w.PrependFloat32Slot(0, 1, 0)
	w.operator(code, []int{at}, w.values[t.Name], softmaxOptions, w.EndObject())
	return nil
}

func (w *writer) weight(t layers.Traced, name string) (*tensor.Tensor, error) {
	v := w.state[t.Name+"/"+name]
	if v == nil {
		return nil, fmt.Errorf("has no weight %s", name)
	}
	return v, nil
}
