// Package torch reads what PyTorch saves (.pt, .pth, .th, .bin): the zip form (since 1.6) and the older one of pickles
// with storages behind them (torch/serialization.py). Its unpickler runs nothing: it has a closed list of what makes
// tensors and containers, and takes objects of other classes for records of their states.
package torch

import (
	"bytes"
	"encoding/binary"
	"slices"

	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

const (
	maxTensors = 1 << 16
	// fixed is what the pickle of a small file may take in memory, beside four times the file's size.
	fixed = 1 << 20
)

// magic are the first bytes of the older form: a pickle of a long number.
const magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."

// File is an open file.
type File struct {
	form     string
	root     any
	names    []string
	views    map[string]*view
	storages map[string][]byte
	notes    []string
}

// Recognise tells a file by its content.
func Recognise(file []byte) bool {
	if bytes.HasPrefix(file, []byte(magic)) {
		return true
	}
	_, ok := pickleIn(file)
	return ok
}

// Open reads the pickle of a file and checks every tensor against its storage; it makes no tensor.
func Open(file []byte) (*File, error) {
	f := &File{views: map[string]*view{}, storages: map[string][]byte{}}
	open := f.zipped
	if bytes.HasPrefix(file, []byte(magic)) {
		open = f.old
	}
	err := open(file)
	if err == nil {
		err = f.collect(len(file))
	}
	if err != nil {
		return nil, say.Errorf("PyTorch file: %w", err)
	}
	return f, nil
}

// old opens the older form: magic number, protocol and sizes of types, the object, the keys of the storages, each a
// pickle; then each storage, its number of elements and these.
func (f *File) old(file []byte) error {
	f.form = "PyTorch before 1.6"
	rest, budget := file, 4*len(file)+fixed
	next := func() (any, *unpickler, error) {
		v, p, err := unpickle(rest, budget)
		if err == nil {
			rest, budget = rest[p.at:], p.budget
		}
		return v, p, err
	}
	var p *unpickler
	for i := range 5 {
		v, q, err := next()
		if err != nil {
			return err
		}
		switch i {
		case 1:
			if v != int64(1001) {
				return say.New("is of a version of the format that is not read")
			}
		case 2:
			if about, ok := v.(*dict); ok && about.get("little_endian") == false {
				return errBigEndian
			}
		case 3:
			f.root, p = v, q
		case 4:
			keys, ok := v.(*list)
			if !ok {
				return say.New("lacks the list of its storages")
			}
			return f.take(keys.items, p.storages, rest)
		}
	}
	return nil
}

var errBigEndian = say.New("has its numbers in the order of big-endian machines, which is not read")

// take finds the storages behind the pickles.
func (f *File) take(keys []any, told map[string]storage, rest []byte) error {
	for _, k := range keys {
		key, _ := k.(string)
		s, ok := told[key]
		if !ok {
			return say.Errorf("has a storage %.40q that no tensor refers to", key)
		}
		if _, twice := f.storages[key]; twice || len(rest) < 8 {
			return say.Errorf("has its storage %.40q twice or not at all", key)
		}
		n := binary.LittleEndian.Uint64(rest)
		rest = rest[8:]
		if n != uint64(s.size) || s.bytes() > int64(len(rest)) {
			return say.Errorf("has a storage of %d elements, its tensors need %d in the %d bytes that follow",
				n, s.size, len(rest))
		}
		f.storages[key], rest = rest[:s.bytes()], rest[s.bytes():]
	}
	for _, key := range sorted(told) {
		if f.storages[key] == nil {
			return say.Errorf("has its storage %.40q twice or not at all", key)
		}
	}
	return nil
}

// bytes are those of a whole storage.
func (s storage) bytes() int64 { return s.size * int64(max(1, foreign.Width(s.dtype))) }

func sorted(told map[string]storage) []string {
	keys := make([]string, 0, len(told))
	for k := range told {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Names are those of the tensors, as state_dict has them, in the order of the file.
func (f *File) Names() []string { return f.names }

// Shape is that of a tensor, with its type as foreign.Width has it; ok is false where there is none of the name.
func (f *File) Shape(name string) (shape tensor.Shape, dtype string, ok bool) {
	v, ok := f.views[name]
	if !ok {
		return nil, "", false
	}
	return slices.Clone(v.shape), v.of.dtype, true
}

// Tensor loads a tensor: floats of any width as float32, whole numbers as int32.
func (f *File) Tensor(name string) (*tensor.Tensor, error) {
	v, ok := f.views[name]
	if !ok {
		return nil, say.Errorf("PyTorch file: has no tensor %q", name)
	}
	t, err := v.load(f.storages[v.of.key])
	if err != nil {
		return nil, say.Errorf("PyTorch file: tensor %q: %w", name, err)
	}
	return t, nil
}

// Outline is the file in the words that all formats share: weights alone, since it holds no network.
func (f *File) Outline() task.Outline {
	o := task.Outline{Format: f.form, Producer: "PyTorch", Notes: f.notes}
	for _, name := range f.names {
		v := f.views[name]
		o.Weights = append(o.Weights, task.Value{Name: name, DType: v.of.dtype, Shape: v.shape,
			Bytes: tensor.Shape(v.shape).Size() * foreign.Width(v.of.dtype)})
	}
	return o
}
