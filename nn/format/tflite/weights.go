package tflite

import (
	"encoding/binary"
	"fmt"
	"math"

	"wafer/nn/tensor"
)

// float is element i of a tensor with data as a real number: scale · (q − zero) in float32, rounded once.
func (v Tensor) float(i, channel int) float32 {
	var q int
	switch v.Type {
	case Float32:
		return math.Float32frombits(binary.LittleEndian.Uint32(v.Data[4*i:]))
	case Float16:
		return tensor.FromHalf(binary.LittleEndian.Uint16(v.Data[2*i:]))
	case Int32:
		q = int(int32(binary.LittleEndian.Uint32(v.Data[4*i:])))
	case UInt8:
		q = int(v.Data[i])
	case Int8:
		q = int(int8(v.Data[i]))
	}
	if len(v.Scales) == 0 {
		return float32(q)
	}
	channel %= len(v.Scales)
	return float32(q-v.Zeros[channel]) * v.Scales[channel]
}

// floats are all elements of a weight.
func (v Tensor) floats() ([]float32, error) {
	switch {
	case v.Data == nil:
		return nil, fmt.Errorf("the weight %s has no data", v.Name)
	case v.Type.width() == 0 || v.Type == Int64:
		return nil, fmt.Errorf("the weight %s has type %v, which is not read", v.Name, v.Type)
	}
	inner := 1 // elements of one slice along the axis of the scales
	for _, d := range v.Shape[min(v.Axis+1, len(v.Shape)):] {
		inner *= d
	}
	out := make([]float32, v.Shape.Size())
	for i := range out {
		out[i] = v.float(i, i/max(inner, 1))
	}
	return out, nil
}

// numbers are the elements of a small constant of whole numbers, such as a list of axes.
func (v Tensor) numbers() ([]int, error) {
	if v.Type != Int32 || v.Data == nil || len(v.Data) > 4*4*maxRank {
		return nil, fmt.Errorf("needs the constant %s as a short list of INT32", v.Name)
	}
	out := make([]int, len(v.Data)/4)
	for i := range out {
		out[i] = int(int32(binary.LittleEndian.Uint32(v.Data[4*i:])))
	}
	return out, nil
}

// outputLast moves the outermost axis, the outputs, to the end: [n, …] to […, n].
func outputLast(f []float32, n int) []float32 {
	rest := len(f) / max(n, 1)
	out := make([]float32, len(f))
	for o := range n {
		for i := range rest {
			out[i*n+o] = f[o*rest+i]
		}
	}
	return out
}
