// Package safetensors reads files of named tensors (github.com/huggingface/safetensors): Inspect tells
// what is in one, Tensor loads one of them. Everything that the header claims is checked first.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"wafer/nn/format/foreign"
	"wafer/nn/json"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Limits of a file.
const (
	maxHeader  = 100_000_000 // bytes, the format's own
	maxTensors = 1 << 14
	maxRank    = 8
	maxName    = 1 << 12
)

// File is an open file.
type File struct {
	Metadata map[string]string
	names    []string // in the order of their data
	entries  map[string]entry
	data     []byte
}

type entry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets []int  `json:"data_offsets"`
}

// Recognise tells a file by its content: a plausible length, then a JSON object.
func Recognise(file []byte) bool {
	if len(file) < 10 {
		return false
	}
	n := binary.LittleEndian.Uint64(file)
	return n >= 2 && n <= uint64(len(file)-8) && file[8] == '{'
}

// Inspect reads the header and checks it against the file; it makes no tensor.
func Inspect(file []byte) (*File, error) {
	f, err := inspect(file)
	if err != nil {
		return nil, fmt.Errorf("safetensors file: %w", err)
	}
	return f, nil
}

func inspect(file []byte) (*File, error) {
	if len(file) < 8 {
		return nil, fmt.Errorf("has %d bytes, must begin with the length of its header in 8", len(file))
	}
	n := binary.LittleEndian.Uint64(file)
	switch {
	case n > maxHeader:
		return nil, fmt.Errorf("claims a header of %d bytes, at most %d are read", n, maxHeader)
	case n > uint64(len(file)-8):
		return nil, fmt.Errorf("claims a header of %d bytes, but %d follow", n, len(file)-8)
	case n == 0 || file[8] != '{':
		return nil, errors.New("has a header that is no JSON object")
	}
	f := &File{entries: map[string]entry{}, data: file[8+n:]}
	if err := f.header(file[8 : 8+n]); err != nil {
		return nil, err
	}
	return f, f.cover()
}

// header reads key after key, so that names that come twice and too many of them are seen.
func (f *File) header(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("has a header that is no JSON object: %w", err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fmt.Errorf("has a header that cannot be read: %w", err)
		}
		name, _ := key.(string)
		if err := f.entry(d, name); err != nil {
			return fmt.Errorf("tensor %.80q: %w", name, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("has a header that cannot be read: %w", err)
	}
	if rest := bytes.TrimRight(b[d.InputOffset():], " "); len(rest) > 0 {
		return fmt.Errorf("has %d bytes behind the JSON of its header", len(rest))
	}
	return nil
}

func (f *File) entry(d *json.Decoder, name string) error {
	if name == "__metadata__" {
		if f.Metadata != nil {
			return errors.New("comes twice")
		}
		return d.Decode(&f.Metadata)
	}
	_, twice := f.entries[name]
	switch {
	case twice:
		return errors.New("comes twice")
	case len(f.names) == maxTensors:
		return fmt.Errorf("is one more than the %d that are read", maxTensors)
	case len(name) > maxName:
		return fmt.Errorf("has a name of %d bytes, at most %d are read", len(name), maxName)
	}
	var e entry
	if err := d.Decode(&e); err != nil {
		return err
	}
	f.names, f.entries[name] = append(f.names, name), e
	return e.check(len(f.data))
}

// check compares type, shape and place of one tensor.
func (e entry) check(data int) error {
	size := foreign.Width(e.DType)
	if size == 0 {
		return fmt.Errorf("has type %q, which is not read", e.DType)
	}
	if len(e.Shape) > maxRank {
		return fmt.Errorf("has %d axes, at most %d are read", len(e.Shape), maxRank)
	}
	if len(e.Offsets) != 2 || e.Offsets[0] < 0 || e.Offsets[1] < e.Offsets[0] || e.Offsets[1] > data {
		return fmt.Errorf("should stand at %v, the data has %d bytes", e.Offsets, data)
	}
	for _, n := range e.Shape {
		if n < 0 || n > math.MaxInt32 {
			return fmt.Errorf("has shape %v", e.Shape)
		}
		if size *= n; size > data {
			return fmt.Errorf("of shape %v is larger than the file", e.Shape)
		}
	}
	if place := e.Offsets[1] - e.Offsets[0]; size != place {
		return fmt.Errorf("of type %s and shape %v needs %d bytes, has %d", e.DType, e.Shape, size, place)
	}
	return nil
}

// cover sees that the tensors fill the data without holes and overlaps, and orders their names.
func (f *File) cover() error {
	sort.SliceStable(f.names, func(i, j int) bool {
		a, b := f.entries[f.names[i]].Offsets, f.entries[f.names[j]].Offsets
		return a[0] < b[0] || a[0] == b[0] && a[1] < b[1]
	})
	at := 0
	for _, name := range f.names {
		o := f.entries[name].Offsets
		if o[0] != at {
			return fmt.Errorf("tensor %.80q stands at %d, expected %d: there is a hole or an overlap", name, o[0], at)
		}
		at = o[1]
	}
	if at != len(f.data) {
		return fmt.Errorf("has %d bytes of data, its tensors take %d", len(f.data), at)
	}
	return nil
}

// Names are those of the tensors, in the order of their data.
func (f *File) Names() []string { return f.names }

// Shape is that of a tensor, with its type in the file; ok is false where there is none of the name.
func (f *File) Shape(name string) (shape tensor.Shape, dtype string, ok bool) {
	e, ok := f.entries[name]
	return slices.Clone(e.Shape), e.DType, ok
}

// Tensor loads a tensor: floats of any width as float32, whole numbers as int32.
func (f *File) Tensor(name string) (*tensor.Tensor, error) {
	e, ok := f.entries[name]
	if !ok {
		return nil, fmt.Errorf("safetensors file: has no tensor %q", name)
	}
	t, err := foreign.Decode(f.data[e.Offsets[0]:e.Offsets[1]], e.DType, e.Shape)
	if err != nil {
		return nil, say.Errorf("safetensors file: tensor %q: %w", name, err)
	}
	return t, nil
}
