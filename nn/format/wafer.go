// Package format reads and writes model files. A .wafer file is one header with
// everything that is known about a model, and its tensors:
//
//	offset 0   magic: 0x89 "WAFER" CR LF (shows a text-mode copy at once)
//	       8   uint32 version, little endian: 1
//	      12   uint32 length of the header in bytes
//	      16   the header, JSON, padded with spaces to a multiple of 64 from offset 0
//	           the tensors, little endian, each at a multiple of 64, zeros between
//
// The header is {"header_sha256": "…", "meta": …, "data_bytes": n, "data_sha256": "…", "tensors": [{"name",
// "dtype": "f32" | "f16" | "i8" | "i32", "shape", "offset"}…]}; offsets count from the end of
// the header. Its hash is that of all before the tensors with zeros in its own place, which is always the same; files
// of before there was one have none. A tensor of i8 has "scales", their number n, and "run", r: first stand n scales
// (f32), then a signed byte per element, and element i is that byte as a float32 times scale (i / r) mod n. The same
// content gives the same bytes. Checkpoints use the same file.
package format

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"

	"wafer/nn/digest"
	"wafer/nn/json"
	"wafer/nn/order"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

const (
	magic     = task.Magic
	version   = 1
	prefix    = len(magic) + 8
	alignment = 64

	maxHeader  = 64 << 20
	maxTensors = 1 << 16
	maxRank    = 8
)

// Sum computes SHA-256, for programs that have a faster one than Go's, as a browser has; nil is Go's. Encode and
// Decode are those of nil.
type Sum func([]byte) [digest.Size]byte

// Of is the hash of b.
func (s Sum) Of(b []byte) [digest.Size]byte {
	if s == nil {
		return digest.Sum256(b)
	}
	return s(b)
}

// Tensor is a named tensor of a file. Half stores a float32 tensor as float16; Int8, where it is given,
// stands in the file in place of the floats.
type Tensor struct {
	Name  string
	Value *tensor.Tensor
	Half  bool
	Int8  *tensor.Int8
}

// Smallest stores a tensor in the fewest bytes that lose nothing: as float16, in 8 bits or as it is.
func Smallest(name string, v *tensor.Tensor) Tensor {
	t := Tensor{Name: name, Value: v}
	if v.DType() != tensor.Float32 {
		return t
	}
	if t.Half = tensor.IsHalf(v.F()); !t.Half {
		if q, ok := tensor.ExactInt8(v.F(), v.Shape()); ok {
			t.Int8 = &q
		}
	}
	return t
}

// noHash stands where a hash will be.
var noHash = strings.Repeat("0", 2*digest.Size)

// hashBefore is how a header with a hash begins; the hash follows.
const (
	hashBefore = `{"header_sha256":"`
	hashAt     = prefix + len(hashBefore)
)

type header struct {
	SHA256     string          `json:"header_sha256,omitempty"`
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
	Scales int    `json:"scales,omitempty"` // of i8
	Run    int    `json:"run,omitempty"`    // of i8: elements in a row of one scale
}

// Encode writes a file. Tensors are stored in the order of their names; meta is
// anything that encoding/json writes.
func Encode(meta any, tensors []Tensor) ([]byte, error) { return Sum(nil).Encode(meta, tensors) }

// Encode writes a file.
func (s Sum) Encode(meta any, tensors []Tensor) ([]byte, error) {
	list := make([]stored, len(tensors))
	for i, t := range tensors {
		list[i] = stored{t.entry(), t.appendTo}
	}
	return s.encode(meta, list)
}

// stored is a tensor on its way into a file.
type stored struct {
	entry
	appendTo func(b []byte) []byte
}

// encode writes a file of tensors in any order.
func (s Sum) encode(meta any, tensors []stored) ([]byte, error) {
	m, err := json.Marshal(meta)
	if err != nil {
		return nil, fmt.Errorf("model file: header: %w", err)
	}
	order.Stable(tensors, func(a, b stored) int { return strings.Compare(a.Name, b.Name) })
	h := header{Meta: m, Tensors: []entry{}, DataSHA256: noHash, SHA256: noHash}
	for i, t := range tensors {
		if i > 0 && tensors[i-1].Name == t.Name {
			return nil, fmt.Errorf("model file: two tensors are named %q", t.Name)
		}
		t.Offset = h.DataBytes
		h.Tensors = append(h.Tensors, t.entry)
		h.DataBytes += padded(t.bytes())
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
	sum := s.Of(file[start:])
	h.DataSHA256 = hex.EncodeToString(sum[:])
	if head, err = json.Marshal(h); err != nil {
		return nil, fmt.Errorf("model file: header: %w", err)
	}
	s.finish(file[:start], head)
	return file, nil
}

// Join is a file with the tensors of another and, of a base, those that it lacks and that are wanted. Their bytes are
// copied as they stand.
func (s Sum) Join(file, base []byte, meta any, wanted func(name string) bool) ([]byte, error) {
	var list []stored
	own := map[string]bool{}
	for i, f := range [][]byte{file, base} {
		h, data, err := s.readChecked(f)
		if err != nil {
			return nil, err
		}
		if err := h.each(data, func(e entry, b []byte) {
			if i == 0 || !own[e.Name] && wanted(e.Name) {
				own[e.Name] = true
				list = append(list, stored{e, func(to []byte) []byte { return append(to, b...) }})
			}
		}); err != nil {
			return nil, err
		}
	}
	return s.encode(meta, list)
}

// WithMeta is a file with another meta and the same tensors. Their bytes are not looked at.
func (s Sum) WithMeta(file []byte, meta any) ([]byte, error) {
	h, data, err := s.readHeader(file)
	if err != nil {
		return nil, err
	}
	if h.Meta, err = json.Marshal(meta); err != nil {
		return nil, fmt.Errorf("model file: header: %w", err)
	}
	h.SHA256 = noHash
	head, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("model file: header: %w", err)
	}
	start := (prefix + len(head) + alignment - 1) / alignment * alignment
	out := make([]byte, start, start+len(data))
	s.finish(out, head)
	return append(out, data...), nil
}

// finish writes a header into start, all of a file before its tensors.
func (s Sum) finish(start, head []byte) {
	copy(start, magic)
	binary.LittleEndian.PutUint32(start[len(magic):], version)
	binary.LittleEndian.PutUint32(start[len(magic)+4:], uint32(len(start)-prefix))
	pad(append(start[:prefix], head...), ' ')
	own := s.Of(start)
	hex.Encode(start[hashAt:], own[:])
}

// Bytes is the room that a tensor takes in a file.
func (t Tensor) Bytes() int64 { return padded(t.entry().bytes()) }

func padded(n int64) int64 { return (n + alignment - 1) / alignment * alignment }

func (t Tensor) entry() entry {
	e := entry{Name: t.Name, DType: t.dtype(), Shape: append([]int{}, t.Value.Shape()...)}
	if t.Int8 != nil {
		e.Scales, e.Run = len(t.Int8.Scales), t.Int8.Run
	}
	return e
}

func pad(b []byte, fill byte) []byte {
	for len(b)%alignment != 0 {
		b = append(b, fill)
	}
	return b
}

func (t Tensor) dtype() string {
	switch {
	case t.Int8 != nil:
		return "i8"
	case t.Half && t.Value.DType() == tensor.Float32:
		return "f16"
	}
	return t.Value.DType().String()
}

func (t Tensor) appendTo(b []byte) []byte {
	switch t.dtype() {
	case "i8":
		for _, v := range t.Int8.Scales {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		for _, q := range t.Int8.Q {
			b = append(b, byte(q))
		}
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
func Hash(state map[string]*tensor.Tensor) string { return Sum(nil).Hash(state) }

// Hash identifies weights. A faster SHA-256 than Go's takes all of them at once.
func (s Sum) Hash(state map[string]*tensor.Tensor) string {
	names := make([]string, 0, len(state))
	for n := range state {
		names = append(names, n)
	}
	order.Sort(names)
	h := digest.New()
	var b []byte
	for _, n := range names {
		b = fmt.Appendf(b, "%s %v\n", n, state[n])
		b = Tensor{Value: state[n]}.appendTo(slices.Grow(b, 4*state[n].Size()))
		if s == nil {
			h.Write(b)
			b = b[:0]
		}
	}
	if s == nil {
		return hex.EncodeToString(h.Sum(nil))
	}
	sum := s.Of(b)
	return hex.EncodeToString(sum[:])
}
