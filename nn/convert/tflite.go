package convert

import (
	"wafer/nn/format/foreign"
	"wafer/nn/format/tflite"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

var tfliteFormat = reader{
	name:      "TFLite",
	recognise: func(files foreign.Files) bool { return files.Find(tflite.Recognise) >= 0 },
	inspect: func(files foreign.Files) (task.Outline, error) {
		m, err := tflite.Inspect(files[files.Find(tflite.Recognise)].Data)
		if err != nil {
			return task.Outline{}, err
		}
		return m.Outline(), nil
	},
	load: loadTFLite,
}

// loadTFLite makes a classifier of pictures; bytes go into a quantised network as they are.
func loadTFLite(files foreign.Files, o Options) (*foreign.Network, error) {
	file := files[files.Find(tflite.Recognise)]
	n, err := tflite.Load(file.Data)
	if err != nil {
		return nil, err
	}
	out := &foreign.Network{Layers: n.Layers, State: n.State}
	if n.Extra != nil {
		if n.Pixels {
			foreign.NamePixels(n.Layers)
		}
		n.Extra.Apply(out)
		return out, nil
	}
	if len(n.Input.Scales) != 1 {
		return out, nil
	}
	image := o.Card.Image
	if image == nil {
		in := n.Layers.Input().Shape
		if len(in) != 3 {
			return out, nil
		}
		image = &recipe.Image{Height: in[0], Width: in[1], Channels: in[2], Resize: "bilinear", Mode: "centre",
			Background: "white", Normalisation: "none"}
	}
	out.Image = image
	if image.Normalisation == "none" {
		scale := n.Input.Scales[0]
		rescaled(out.Layers, scale, -float32(float32(n.Input.Zeros[0])*scale))
	}
	return out, nil
}

// rescaled puts a Rescaling layer before all others.
func rescaled(net *layers.Model, scale, offset float32) {
	const name = "rescaling"
	for _, e := range net.Entries {
		for i, in := range e.Inputs {
			if in == layers.InputName {
				e.Inputs[i] = name
			}
		}
	}
	first := layers.Entry{Name: name, Layer: layers.Rescaling(scale, offset), Inputs: []string{layers.InputName}}
	net.Entries = append([]layers.Entry{first}, net.Entries...)
}
