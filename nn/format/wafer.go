// Package format reads and writes model files. A .wafer file is one header with
// everything that is known about a model, and its tensors:
//
//	offset 0   magic: 0x89 "WAFER" CR LF (shows a text-mode copy at once)
//	       8   uint32 version, little endian: 1
//	      12   uint32 length of the header in bytes
//	      16   the header, JSON, padded with spaces to a multiple of 64 from offset 0
//	           the tensors, little endian, each at a multiple of 64, zeros between
//
// The header is {"meta": …, "data_bytes": n, "data_sha256": "…", "tensors": [{"name",
// "dtype": "f32" | "f16" | "i32", "shape", "offset"}…]}; offsets count from the end of
// the header. The same content gives the same bytes. Checkpoints use the same file.
package format

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"wafer/nn/tensor"
)

const (
	magic     = "\x89WAFER\r\n"
	version   = 1
	prefix    = len(magic) + 8
	alignment = 64

	maxHeader  = 64 << 20
	maxTensors = 1 << 16
	maxRank    = 8
)

// Sum256 is the SHA-256 of model files and of the weights in them. A program that has a faster
// one than Go's sets it before all else, as the browser's worker does.
var Sum256 = sha256.Sum256

// Tensor is a named tensor of a file. Half stores a float32 tensor as float16.
type Tensor struct {
	Name  string
	Value *tensor.Tensor
	Half  bool
}

type header struct {
	Meta       json.RawMessage `json:"meta"`
	DataBytes  int64           `json:"data_bytes"`
	DataSHA256 string          `json:"data_sha256"`
	Tensors    []entry         `json:"tensors"`
}

type entry struct {
	Name   string `json:"name"`
	DType  string `json:"dtype"`
	Shape  []int  `json:"shape"`
	Offset int64  `json:"offset"`
}

// Encode writes a file. Tensors are stored in the order of their names; meta is
// anything that encoding/json writes.
func Encode(meta any, tensors []Tensor) ([]byte, error) {
	m, err := json.Marshal(meta)
	if err != nil {
		return nil, fmt.Errorf("model file: header: %w", err)
	}
	tensors = slices.Clone(tensors)
	slices.SortStableFunc(tensors, func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
	h := header{Meta: m, Tensors: []entry{}, DataSHA256: strings.Repeat("0", 2*sha256.Size)}
	for i, t := range tensors {
		if i > 0 && tensors[i-1].Name == t.Name {
			return nil, fmt.Errorf("model file: two tensors are named %q", t.Name)
		}
		h.Tensors = append(h.Tensors, entry{t.Name, t.dtype(), append([]int{}, t.Value.Shape()...), h.DataBytes})
		h.DataBytes += t.Bytes()
	}
	// The header is as long with the hash as without it, so that everything is written
	// once into memory of the right size.
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("model file: header: %w", err)
	}
	start := (prefix + len(head) + alignment - 1) / alignment * alignment
	file := make([]byte, start, int64(start)+h.DataBytes)
	for _, t := range tensors {
		file = pad(t.appendTo(file), 0)
	}
	sum := Sum256(file[start:])
	h.DataSHA256 = hex.EncodeToString(sum[:])
	if head, err = json.Marshal(h); err != nil {
		return nil, fmt.Errorf("model file: header: %w", err)
	}
	copy(file, magic)
	binary.LittleEndian.PutUint32(file[len(magic):], version)
	binary.LittleEndian.PutUint32(file[len(magic)+4:], uint32(start-prefix))
	pad(append(file[:prefix], head...), ' ')
	return file, nil
}

// Bytes is the room that a tensor takes in a file.
func (t Tensor) Bytes() int64 {
	n := int64(t.Value.Shape().Size()) * 4
	if t.dtype() == "f16" {
		n /= 2
	}
	return (n + alignment - 1) / alignment * alignment
}

func pad(b []byte, fill byte) []byte {
	for len(b)%alignment != 0 {
		b = append(b, fill)
	}
	return b
}

func (t Tensor) dtype() string {
	if t.Half && t.Value.DType() == tensor.Float32 {
		return "f16"
	}
	return t.Value.DType().String()
}

func (t Tensor) appendTo(b []byte) []byte {
	switch t.dtype() {
	case "f16":
		for _, v := range t.Value.F() {
			b = binary.LittleEndian.AppendUint16(b, tensor.Half(v))
		}
	case "f32":
		for _, v := range t.Value.F() {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	default:
		for _, v := range t.Value.I() {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
	}
	return b
}

// Hash identifies weights: the SHA-256 of their names, shapes and bits in the
// order of the names, hex.
func Hash(state map[string]*tensor.Tensor) string {
	names := make([]string, 0, len(state))
	for n := range state {
		names = append(names, n)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, n := range names {
		fmt.Fprintf(h, "%s %v\n", n, state[n])
		h.Write(Tensor{Value: state[n]}.appendTo(nil))
	}
	return hex.EncodeToString(h.Sum(nil))
}
