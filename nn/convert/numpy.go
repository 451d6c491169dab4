package convert

import (
	"slices"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/format/keras"
	"wafer/nn/format/numpy"
	"wafer/nn/format/statedict"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

var numpyFormat = reader{
	name:      "NumPy",
	recognise: func(files foreign.Files) bool { return files.Find(numpy.Recognise) >= 0 },
	inspect: func(files foreign.Files) (task.Outline, error) {
		f, err := numpy.Open(files[files.Find(numpy.Recognise)].Data)
		if err != nil {
			return task.Outline{}, err
		}
		return f.Outline(), nil
	},
	load: loadNumPy,
}

// loadNumPy makes a network of arrays: of PyTorch's names, of a Keras architecture beside them, or of the zoo.
func loadNumPy(files foreign.Files, o Options) (*foreign.Network, error) {
	f, err := numpy.Open(files[files.Find(numpy.Recognise)].Data)
	if err != nil {
		return nil, err
	}
	ofTorch := func(name string) bool { return strings.HasSuffix(name, ".weight") }
	switch {
	case slices.ContainsFunc(f.Names(), ofTorch):
		return statedict.Load(f, o.As, o.Card.Side)
	case !keras.HasArchitecture(files):
		return statedict.Arrays(f, o.As, o.Card.Side)
	}
	var list []keras.Array
	for _, name := range f.Names() {
		shape, dtype, _ := f.Shape(name)
		list = append(list, keras.Array{Name: name, Shape: shape, DType: dtype,
			Load: func() (*tensor.Tensor, error) { return f.Tensor(name) }})
	}
	return keras.FromArrays(files, list, o.Card.Side)
}
