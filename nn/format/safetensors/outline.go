package safetensors

import "wafer/nn/task"

// Outline is the file in the words that all formats share: weights alone, since it holds no network.
func (f *File) Outline() task.Outline {
	o := task.Outline{Format: "safetensors", Producer: f.Metadata["format"]}
	for _, name := range f.names {
		e := f.entries[name]
		o.Weights = append(o.Weights, task.Value{Name: name, DType: e.DType, Shape: e.Shape,
			Bytes: e.Offsets[1] - e.Offsets[0]})
	}
	return o
}
