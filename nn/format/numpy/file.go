// Package numpy reads NumPy's arrays: a file.npy, or the named ones of a file.npz.
package numpy

import (
	"bytes"
	"slices"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// fixed is what a small file may unpack to, in bytes, beside four times its size.
const fixed = 1 << 20

// File is an open file.
type File struct {
	names  []string // without .npy
	arrays map[string]*array
}

// Recognise tells an array, or a zip archive that begins with one.
func Recognise(file []byte) bool {
	if foreign.IsZip(file) && len(file) > 30 {
		name := file[30:min(len(file), 30+int(file[26])+int(file[27])<<8)]
		return bytes.HasSuffix(name, []byte(".npy"))
	}
	return bytes.HasPrefix(file, []byte(magic))
}

// Open reads the headers of all arrays. Packed ones may become four times as large as the file.
func Open(file []byte) (*File, error) {
	f, err := open(file)
	if err != nil {
		return nil, say.Errorf("NumPy file: %w", err)
	}
	return f, nil
}

func open(file []byte) (*File, error) {
	files := foreign.Files{{Name: "array.npy", Data: file}}
	if foreign.IsZip(file) {
		var err error
		if files, err = foreign.Unzip(file, int64(4*len(file)+fixed)); err != nil {
			return nil, err
		}
	}
	f := &File{arrays: map[string]*array{}}
	for _, part := range files {
		name, isArray := strings.CutSuffix(part.Name, ".npy")
		if !isArray {
			return nil, say.Errorf("part %.80q: %w", part.Name, say.New("is no NumPy array"))
		}
		a, err := parse(part.Data)
		if err != nil {
			return nil, say.Errorf("part %.80q: %w", part.Name, err)
		}
		f.names, f.arrays[name] = append(f.names, name), a
	}
	return f, nil
}

// Names are those of the arrays, in the order of the file.
func (f *File) Names() []string { return f.names }

// Shape is that of an array, with its type as foreign.Width has it; ok is false where there is none of the name.
func (f *File) Shape(name string) (shape tensor.Shape, dtype string, ok bool) {
	a, ok := f.arrays[name]
	if !ok {
		return nil, "", false
	}
	return slices.Clone(a.shape), a.dtype, true
}

// Tensor loads an array: floats of any width as float32, whole numbers as int32.
func (f *File) Tensor(name string) (*tensor.Tensor, error) {
	a, ok := f.arrays[name]
	if !ok {
		return nil, say.Errorf("NumPy file: has no array %q", name)
	}
	t, err := a.load()
	if err != nil {
		return nil, say.Errorf("NumPy file: array %q: %w", name, err)
	}
	return t, nil
}

// Outline is the file in the words that all formats share: weights alone, since it holds no network.
func (f *File) Outline() task.Outline {
	o := task.Outline{Format: "NumPy", Producer: "NumPy"}
	for _, name := range f.names {
		a := f.arrays[name]
		o.Weights = append(o.Weights, task.Value{Name: name, DType: a.dtype, Shape: a.shape, Bytes: len(a.data)})
	}
	return o
}
