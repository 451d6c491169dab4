package format

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"wafer/nn/json"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Is tells a model file by its beginning.
func Is(file []byte) bool { return bytes.HasPrefix(file, []byte(magic)) }

// Meta reads the header's meta into a value without looking at the tensors.
func Meta(file []byte, meta any) error {
	h, _, err := Sum(nil).readHeader(file)
	if err != nil {
		return err
	}
	return h.readMeta(meta)
}

// Stored is a tensor as the header of a file describes it.
type Stored struct {
	Name  string
	DType string // "f32", "f16", "i8" or "i32"
	Shape []int
	Bytes int64
}

// List reads the header alone: meta is filled, and the tensors are described in the order of the file.
func List(file []byte, meta any) ([]Stored, error) {
	h, data, err := Sum(nil).readHeader(file)
	if err != nil {
		return nil, err
	}
	list := make([]Stored, len(h.Tensors))
	for i, e := range h.Tensors {
		if err := e.check(int64(len(data))); err != nil {
			return nil, say.Errorf("model file: tensor %q: %w", e.Name, err)
		}
		list[i] = Stored{e.Name, e.DType, e.Shape, e.bytes()}
	}
	return list, h.readMeta(meta)
}

// Decode reads a file: meta is filled from the header, and the tensors are returned
// by name, float16 and 8 bits widened to float32. Every length, offset and hash is checked.
func Decode(file []byte, meta any) (map[string]*tensor.Tensor, error) {
	return Sum(nil).Decode(file, meta)
}

// Decode reads a file.
func (s Sum) Decode(file []byte, meta any) (map[string]*tensor.Tensor, error) {
	return s.DecodeIf(file, meta, func(int64) error { return nil })
}

// DecodeIf is Decode, but when meta is filled and before memory is taken for tensors, it asks whether these may take
// so many bytes; an error ends it.
func (s Sum) DecodeIf(file []byte, meta any, may func(bytes int64) error) (map[string]*tensor.Tensor, error) {
	h, data, err := s.readChecked(file)
	if err != nil {
		return nil, err
	}
	bytes, err := h.widened(int64(len(data)))
	if err != nil {
		return nil, err
	}
	if err := h.readMeta(meta); err != nil {
		return nil, err
	}
	if err := may(bytes); err != nil {
		return nil, err
	}
	return h.tensors(data)
}

// readChecked is readHeader, and compares the tensors with their hash.
func (s Sum) readChecked(file []byte) (*header, []byte, error) {
	h, data, err := s.readHeader(file)
	if err != nil {
		return nil, nil, err
	}
	if int64(len(data)) != h.DataBytes {
		return nil, nil, say.Errorf("model file: should end with %d bytes of weights, but has %d: %w", h.DataBytes,
			len(data), cutOrLonger(int64(len(data)) < h.DataBytes))
	}
	if sum := s.Of(data); hex.EncodeToString(sum[:]) != h.DataSHA256 {
		return nil, nil, say.New("model file: the weights do not match their hash: the file was damaged")
	}
	return h, data, nil
}

// widened is what the tensors take in memory, in bytes, when data of so many are read.
func (h *header) widened(data int64) (sum int64, err error) {
	for _, e := range h.Tensors {
		if err := e.check(data); err != nil {
			return 0, say.Errorf("model file: tensor %q: %w", e.Name, err)
		}
		sum += (e.bytes() - 4*int64(e.Scales)) / e.width() * 4
	}
	return sum, nil
}

func cutOrLonger(cut bool) error {
	if cut {
		return say.New("the file was cut short")
	}
	return say.New("something was added to the file")
}

func (s Sum) readHeader(file []byte) (*header, []byte, error) {
	if !Is(file) {
		return nil, nil, notOurs(file)
	}
	if len(file) < prefix {
		return nil, nil, say.Errorf("model file: is only %d bytes long: the file was cut short", len(file))
	}
	if v := binary.LittleEndian.Uint32(file[len(magic):]); v != version {
		return nil, nil, say.Errorf("model file: has version %d, this program reads version %d", v, version)
	}
	n := int64(binary.LittleEndian.Uint32(file[len(magic)+4:]))
	if n > maxHeader {
		return nil, nil, say.Errorf("model file: claims a header of %d bytes, at most %d are read", n, maxHeader)
	}
	if int64(len(file)-prefix) < n {
		return nil, nil, say.Errorf("model file: its header should have %d bytes, but only %d are there: "+
			"the file was cut short", n, len(file)-prefix)
	}
	hashed, err := s.checkHeader(file[:prefix+int(n)])
	if err != nil {
		return nil, nil, err
	}
	h := new(header)
	d := json.NewDecoder(bytes.NewReader(file[prefix : prefix+int(n)]))
	d.DisallowUnknownFields()
	if err := d.Decode(h); err != nil {
		return nil, nil, say.Errorf("model file: its header cannot be read: %w", err)
	}
	if h.SHA256 != "" && !hashed { // package json takes keys in any case
		return nil, nil, errHeader
	}
	if len(h.Tensors) > maxTensors {
		return nil, nil, say.Errorf("model file: claims %d tensors, at most %d are read", len(h.Tensors), maxTensors)
	}
	return h, file[prefix+int(n):], nil
}

func (h *header) readMeta(meta any) error {
	if len(h.Meta) == 0 {
		return say.New("model file: its header says nothing about the model")
	}
	if err := json.Unmarshal(h.Meta, meta); err != nil {
		return say.Errorf("model file: its header cannot be read: %w", err)
	}
	return nil
}

var errHeader = say.New("model file: its header does not match its hash: the file was damaged")

// checkHeader compares all before the tensors with the hash that stands in it, and reports whether there is one.
func (s Sum) checkHeader(head []byte) (hashed bool, err error) {
	if len(head) < hashAt+len(noHash) || string(head[prefix:hashAt]) != hashBefore {
		return false, nil
	}
	blank := slices.Concat(head[:hashAt], []byte(noHash), head[hashAt+len(noHash):])
	if sum := s.Of(blank); hex.EncodeToString(sum[:]) != string(head[hashAt:hashAt+len(noHash)]) {
		return true, errHeader
	}
	return true, nil
}

func (h *header) tensors(data []byte) (map[string]*tensor.Tensor, error) {
	state := map[string]*tensor.Tensor{}
	err := h.each(data, func(e entry, b []byte) { state[e.Name] = e.values(b) })
	return state, err
}

// each hands on every tensor with its bytes, which were checked against the data: whoever copies them all takes no more
// memory than the file.
func (h *header) each(data []byte, do func(e entry, b []byte)) error {
	total, seen := int64(0), map[string]bool{}
	for _, e := range h.Tensors {
		if seen[e.Name] {
			return say.Errorf("model file: two tensors are named %q", e.Name)
		}
		seen[e.Name] = true
		b, err := e.in(data)
		if err != nil {
			return say.Errorf("model file: tensor %q: %w", e.Name, err)
		}
		if total += int64(len(b)); total > int64(len(data)) {
			return say.Errorf("model file: tensor %q overlaps another", e.Name)
		}
		do(e, b)
	}
	return nil
}

// in are the bytes of the tensor in the data.
func (e entry) in(data []byte) ([]byte, error) {
	if err := e.check(int64(len(data))); err != nil {
		return nil, err
	}
	bytes := e.bytes()
	if e.Offset < 0 || e.Offset%alignment != 0 || e.Offset > int64(len(data))-bytes {
		return nil, say.Errorf("should stand at %d with %d bytes, the data has %d", e.Offset, bytes, len(data))
	}
	return data[e.Offset : e.Offset+bytes], nil
}

// width is the bytes of an element, 0 of a type that is not known.
func (e entry) width() int64 {
	switch e.DType {
	case "f32", "i32":
		return 4
	case "f16":
		return 2
	case "i8":
		return 1
	}
	return 0
}

// check compares type, shape and scales with each other and with the size of all data.
func (e entry) check(data int64) error {
	if e.width() == 0 {
		return say.Errorf("has type %q, must be f32, f16, i8 or i32", e.DType)
	}
	if len(e.Shape) > maxRank {
		return say.Errorf("has %d axes, at most %d are read", len(e.Shape), maxRank)
	}
	bytes := e.width()
	for _, d := range e.Shape {
		if d < 0 || d > math.MaxInt32 {
			return say.Errorf("has shape %v", e.Shape)
		}
		if bytes *= int64(d); bytes > data {
			return say.Errorf("of shape %v is larger than the file", e.Shape)
		}
	}
	if e.DType != "i8" {
		if e.Scales != 0 || e.Run != 0 {
			return say.Errorf("has scales, which go with type i8 only, not with %s", e.DType)
		}
		return nil
	}
	if e.Scales < 1 || e.Run < 1 || int64(e.Scales) > bytes || int64(e.Run) > bytes ||
		bytes%(int64(e.Scales)*int64(e.Run)) != 0 {
		return say.Errorf("has %d scales in runs of %d, which do not divide its %d elements", e.Scales, e.Run, bytes)
	}
	return nil
}

// bytes is the room of the values, scales included.
func (e entry) bytes() int64 {
	n := e.width()
	for _, d := range e.Shape {
		n *= int64(d)
	}
	return n + 4*int64(e.Scales)
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
	switch e.DType {
	case "f16":
		tensor.Widen(t.F(), b)
	case "i8":
		e.int8(b).Widen(t.F())
	default:
		floats(t.F(), b)
	}
	return t
}

func floats(to []float32, b []byte) {
	for i := range to {
		to[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

func (e entry) int8(b []byte) tensor.Int8 {
	v := tensor.Int8{Scales: make([]float32, e.Scales), Run: e.Run}
	floats(v.Scales, b)
	b = b[4*e.Scales:]
	v.Q = make([]int8, len(b))
	for i, q := range b {
		v.Q[i] = int8(q)
	}
	return v
}
