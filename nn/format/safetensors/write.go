package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"

	"wafer/nn/json"
	"wafer/nn/tensor"
)

// Named is a tensor of a file that is written. Half stores floats as F16.
type Named struct {
	Name  string
	Value *tensor.Tensor
	Half  bool
}

// Write makes a file of tensors, which stand in it in their order: floats as F32 or F16, whole numbers as I32.
func Write(list []Named, metadata map[string]string) ([]byte, error) {
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	var data []byte
	for _, t := range list {
		if _, twice := header[t.Name]; twice || t.Name == "" {
			return nil, fmt.Errorf("safetensors file: the name %.80q is empty or there twice", t.Name)
		}
		start, dtype := len(data), ""
		data, dtype = appendTensor(data, t)
		header[t.Name] = entry{dtype, append([]int{}, t.Value.Shape()...), []int{start, len(data)}}
	}
	head, err := json.Marshal(header)
	if err != nil {
		return nil, fmt.Errorf("safetensors file: %w", err)
	}
	for len(head)%8 != 0 {
		head = append(head, ' ')
	}
	file := binary.LittleEndian.AppendUint64(make([]byte, 0, 8+len(head)+len(data)), uint64(len(head)))
	return append(append(file, head...), data...), nil
}

func appendTensor(b []byte, t Named) (_ []byte, dtype string) {
	le := binary.LittleEndian
	switch {
	case t.Value.DType() == tensor.Int32:
		for _, v := range t.Value.I() {
			b = le.AppendUint32(b, uint32(v))
		}
		return b, "I32"
	case t.Half:
		for _, v := range t.Value.F() {
			b = le.AppendUint16(b, tensor.Half(v))
		}
		return b, "F16"
	}
	for _, v := range t.Value.F() {
		b = le.AppendUint32(b, math.Float32bits(v))
	}
	return b, "F32"
}
