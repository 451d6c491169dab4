package safetensors

import "wafer/nn/format/foreign"

// Outline is the file in the words that all formats share: weights alone, since it holds no network.
func (f *File) Outline() foreign.Outline {
	o := foreign.Outline{Format: "safetensors", Producer: f.Metadata["format"]}
	for _, name := range f.Names {
		e := f.entries[name]
		o.Weights = append(o.Weights, foreign.Value{Name: name, DType: e.DType, Shape: e.Shape,
			Bytes: e.Offsets[1] - e.Offsets[0]})
	}
	return o
}
