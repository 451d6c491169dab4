package format

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"wafer/nn/tensor"
)

// Meta reads the header's meta into a value without looking at the tensors.
func Meta(file []byte, meta any) error {
	h, _, err := readHeader(file)
	if err != nil {
		return err
	}
	return h.readMeta(meta)
}

// Decode reads a file: meta is filled from the header, and the tensors are returned
// by name, float16 widened to float32. Every length, offset and the hash of the data are checked.
func Decode(file []byte, meta any) (map[string]*tensor.Tensor, error) {
	h, data, err := readHeader(file)
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != h.DataBytes {
		return nil, fmt.Errorf("model file: should end with %d bytes of weights, but has %d: %s", h.DataBytes, len(data), cutOrLonger(int64(len(data)) < h.DataBytes))
	}
	if sum := Sum256(data); hex.EncodeToString(sum[:]) != h.DataSHA256 {
		return nil, errors.New("model file: the weights do not match their hash: the file was damaged")
	}
	state, err := h.tensors(data)
	if err != nil {
		return nil, err
	}
	return state, h.readMeta(meta)
}

func cutOrLonger(cut bool) string {
	if cut {
		return "the file was cut short"
	}
	return "something was added to the file"
}

func readHeader(file []byte) (*header, []byte, error) {
	if len(file) < len(magic) || string(file[:len(magic)]) != magic {
		return nil, nil, fmt.Errorf("model file: is not a .wafer file: it should begin with %q, found %q", magic, file[:min(len(file), len(magic))])
	}
	if len(file) < prefix {
		return nil, nil, fmt.Errorf("model file: is only %d bytes long: the file was cut short", len(file))
	}
	if v := binary.LittleEndian.Uint32(file[len(magic):]); v != version {
		return nil, nil, fmt.Errorf("model file: has version %d, this program reads version %d", v, version)
	}
	n := int64(binary.LittleEndian.Uint32(file[len(magic)+4:]))
	if n > maxHeader {
		return nil, nil, fmt.Errorf("model file: claims a header of %d bytes, at most %d are read", n, maxHeader)
	}
	if int64(len(file)-prefix) < n {
		return nil, nil, fmt.Errorf("model file: its header should have %d bytes, but only %d are there: the file was cut short", n, len(file)-prefix)
	}
	h := new(header)
	d := json.NewDecoder(bytes.NewReader(file[prefix : prefix+int(n)]))
	d.DisallowUnknownFields()
	if err := d.Decode(h); err != nil {
		return nil, nil, fmt.Errorf("model file: its header cannot be read: %w", err)
	}
	if len(h.Tensors) > maxTensors {
		return nil, nil, fmt.Errorf("model file: claims %d tensors, at most %d are read", len(h.Tensors), maxTensors)
	}
	return h, file[prefix+int(n):], nil
}

func (h *header) readMeta(meta any) error {
	if len(h.Meta) == 0 {
		return errors.New("model file: its header says nothing about the model")
	}
	if err := json.Unmarshal(h.Meta, meta); err != nil {
		return fmt.Errorf("model file: its header cannot be read: %w", err)
	}
	return nil
}

func (h *header) tensors(data []byte) (map[string]*tensor.Tensor, error) {
	state := map[string]*tensor.Tensor{}
	total := int64(0)
	for _, e := range h.Tensors {
		if state[e.Name] != nil {
			return nil, fmt.Errorf("model file: two tensors are named %q", e.Name)
		}
		t, err := e.read(data)
		if err != nil {
			return nil, fmt.Errorf("model file: tensor %q: %w", e.Name, err)
		}
		// Tensors that overlap would take more memory than the file is long.
		if total += 2 * int64(t.Size()); total > int64(len(data)) {
			return nil, fmt.Errorf("model file: tensor %q overlaps another", e.Name)
		}
		state[e.Name] = t
	}
	return state, nil
}

// read checks the entry against the data before it allocates anything.
func (e entry) read(data []byte) (*tensor.Tensor, error) {
	width, ok := map[string]int64{"f32": 4, "i32": 4, "f16": 2}[e.DType]
	if !ok {
		return nil, fmt.Errorf("has type %q, must be f32, f16 or i32", e.DType)
	}
	if len(e.Shape) > maxRank {
		return nil, fmt.Errorf("has %d axes, at most %d are read", len(e.Shape), maxRank)
	}
	bytes := width
	for _, d := range e.Shape {
		if d < 0 || d > math.MaxInt32 {
			return nil, fmt.Errorf("has shape %v", e.Shape)
		}
		if bytes *= int64(d); bytes > int64(len(data)) {
			return nil, fmt.Errorf("of shape %v is larger than the file", e.Shape)
		}
	}
	if e.Offset < 0 || e.Offset%alignment != 0 || e.Offset > int64(len(data))-bytes {
		return nil, fmt.Errorf("should stand at %d with %d bytes, the data has %d", e.Offset, bytes, len(data))
	}
	return e.values(data[e.Offset : e.Offset+bytes]), nil
}

func (e entry) values(b []byte) *tensor.Tensor {
	if e.DType == "i32" {
		t := tensor.New(tensor.Int32, e.Shape...)
		for i, to := 0, t.I(); i < len(to); i++ {
			to[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return t
	}
	t := tensor.New(tensor.Float32, e.Shape...)
	to := t.F()
	if e.DType == "f16" {
		tensor.Widen(to, b)
		return t
	}
	for i := range to {
		to[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return t
}
