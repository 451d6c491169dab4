package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/tensor"
)

// load widens a weight to float32. Whole numbers beyond 2^24 are rounded: such are ends of slices that mean
// "to the end", and those stay large.
func (t *Tensor) load(files foreign.Files) (*tensor.Tensor, error) {
	size, width := t.Shape.Size(), t.Type.width()
	if width == 0 {
		return nil, fmt.Errorf("has elements of %v, which are not read", t.Type)
	}
	raw := t.raw
	if t.external != nil {
		var err error
		if raw, err = t.outside(files, size*width); err != nil {
			return nil, err
		}
	}
	out := tensor.New(tensor.Float32, t.Shape...)
	f := out.F()
	switch {
	case raw != nil:
		widen(f, raw, t.Type)
	case len(t.floats) == size:
		copy(f, t.floats)
	case t.Type == Float16 || t.Type == BFloat16: // their bits
		bits := make([]byte, 2*len(t.ints))
		for i, n := range t.ints {
			binary.LittleEndian.PutUint16(bits[2*i:], uint16(n))
		}
		widen(f, bits, t.Type)
	default:
		for i, n := range t.ints {
			if f[i] = float32(n); t.Type == UInt64 {
				f[i] = float32(uint64(n))
			}
		}
	}
	return out, nil
}

// outside is the weight's part of another file, which must have been given together with this one and is
// found by its plain name alone.
func (t *Tensor) outside(files foreign.Files, size int) ([]byte, error) {
	location := t.external["location"]
	if location == "" || location != path.Base(location) || strings.ContainsAny(location, `\:`) {
		return nil, fmt.Errorf("lies in the file %.80q: only plain names of files beside this one are followed",
			location)
	}
	data := files.Named(location)
	if data == nil {
		return nil, fmt.Errorf("lies in the file %.80q, which has to be given together with this one", location)
	}
	offset, length := 0, len(data)
	var err error
	if s := t.external["offset"]; s != "" {
		offset, err = strconv.Atoi(s)
	}
	if s := t.external["length"]; s != "" && err == nil {
		length, err = strconv.Atoi(s)
	} else {
		length -= offset
	}
	if err != nil || offset < 0 || length != size || offset > len(data)-length {
		return nil, fmt.Errorf("should stand at byte %s of %q with %d bytes, the file has %d", t.external["offset"],
			location, size, len(data))
	}
	return data[offset : offset+length], nil
}

// widen reads little-endian elements of a type.
func widen(to []float32, b []byte, typ Type) {
	le := binary.LittleEndian
	switch typ {
	case Float16:
		tensor.Widen(to, b)
		return
	case Float32:
		for i := range to {
			to[i] = math.Float32frombits(le.Uint32(b[4*i:]))
		}
		return
	}
	for i := range to {
		switch typ {
		case BFloat16:
			to[i] = math.Float32frombits(uint32(le.Uint16(b[2*i:])) << 16)
		case Float64:
			to[i] = float32(math.Float64frombits(le.Uint64(b[8*i:])))
		case UInt8, Bool:
			to[i] = float32(b[i])
		case Int8:
			to[i] = float32(int8(b[i]))
		case UInt16:
			to[i] = float32(le.Uint16(b[2*i:]))
		case Int16:
			to[i] = float32(int16(le.Uint16(b[2*i:])))
		case UInt32:
			to[i] = float32(le.Uint32(b[4*i:]))
		case Int32:
			to[i] = float32(int32(le.Uint32(b[4*i:])))
		case UInt64:
			to[i] = float32(le.Uint64(b[8*i:]))
		default:
			to[i] = float32(int64(le.Uint64(b[8*i:])))
		}
	}
}

// ReadTensor reads a file of one TensorProto, as the conformance suite has them, without its name.
func ReadTensor(file []byte) (*Tensor, *tensor.Tensor, error) {
	t, err := (&parser{}).tensor(file)
	if err == nil && t.Type == 0 {
		err = errors.New("has no type")
	}
	if err != nil {
		return t, nil, fmt.Errorf("ONNX tensor: %w", err)
	}
	v, err := t.load(nil)
	return t, v, err
}
