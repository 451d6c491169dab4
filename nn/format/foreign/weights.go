package foreign

import (
	"encoding/binary"
	"math"

	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// Weights are the named tensors of a file. None takes memory before it is asked for.
type Weights interface {
	// Names are those of the tensors, in the order of the file.
	Names() []string
	// Shape is that of a tensor, with its type by the names below; ok is false where there is none of the name.
	Shape(name string) (shape tensor.Shape, dtype string, ok bool)
	// Tensor loads one: floats of any width as float32, whole numbers as int32.
	Tensor(name string) (*tensor.Tensor, error)
	// Outline is what people are told about the file.
	Outline() task.Outline
}

// Width is the bytes of an element by the name that safetensors has for its type; 0 for types that are not read.
func Width(dtype string) int {
	switch dtype {
	case "F64", "I64":
		return 8
	case "F32", "I32":
		return 4
	case "F16", "BF16", "I16":
		return 2
	case "I8", "U8", "BOOL":
		return 1
	}
	return 0
}

// IsFloat tells types of floats.
func IsFloat(dtype string) bool { return Width(dtype) > 0 && (dtype[0] == 'F' || dtype == "BF16") }

// Decode makes a tensor of little-endian elements of a type of Width above 0; b has those of the shape. A whole number
// that does not fit into 32 bits is an error.
func Decode(b []byte, dtype string, shape tensor.Shape) (*tensor.Tensor, error) {
	if IsFloat(dtype) {
		t := tensor.New(tensor.Float32, shape...)
		floats(t.F(), b, dtype)
		return t, nil
	}
	t := tensor.New(tensor.Int32, shape...)
	if at := ints(t.I(), b, dtype); at >= 0 {
		return nil, say.Errorf("element %d does not fit into 32 bits", at)
	}
	return t, nil
}

func floats(to []float32, b []byte, dtype string) {
	le := binary.LittleEndian
	switch dtype {
	case "F16":
		tensor.Widen(to, b)
	case "BF16":
		for i := range to {
			to[i] = math.Float32frombits(uint32(le.Uint16(b[2*i:])) << 16)
		}
	case "F64":
		for i := range to {
			to[i] = float32(math.Float64frombits(le.Uint64(b[8*i:])))
		}
	default:
		for i := range to {
			to[i] = math.Float32frombits(le.Uint32(b[4*i:]))
		}
	}
}

// ints returns the first element that does not fit, -1 if there is none.
func ints(to []int32, b []byte, dtype string) int {
	le := binary.LittleEndian
	for i := range to {
		var v int64
		switch dtype {
		case "I64":
			v = int64(le.Uint64(b[8*i:]))
		case "I32":
			v = int64(int32(le.Uint32(b[4*i:])))
		case "I16":
			v = int64(int16(le.Uint16(b[2*i:])))
		case "I8":
			v = int64(int8(b[i]))
		default: // U8, BOOL
			v = int64(b[i])
		}
		if to[i] = int32(v); int64(to[i]) != v {
			return i
		}
	}
	return -1
}

// Transposed is a tensor of floats whose axis i is axis order[i] of t.
func Transposed(t *tensor.Tensor, order ...int) *tensor.Tensor {
	shape, stride := make([]int, len(order)), make([]int, len(order))
	for i, axis := range order {
		shape[i], stride[i] = t.Shape()[axis], t.Shape()[axis+1:].Size()
	}
	out := tensor.New(tensor.Float32, shape...)
	from, to, index, at := t.F(), out.F(), make([]int, len(order)), 0
	for n := range to {
		to[n] = from[at]
		for i := len(index) - 1; i >= 0; i-- {
			index[i]++
			at += stride[i]
			if index[i] < shape[i] {
				break
			}
			at -= index[i] * stride[i]
			index[i] = 0
		}
	}
	return out
}
