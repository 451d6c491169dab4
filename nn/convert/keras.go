package convert

import (
	"wafer/nn/format/foreign"
	"wafer/nn/format/keras"
	"wafer/nn/task"
)

var kerasFormat = reader{
	name:      "Keras",
	recognise: keras.Recognise,
	inspect: func(files foreign.Files) (task.Outline, error) {
		f, err := keras.Inspect(files)
		if err != nil {
			return task.Outline{}, err
		}
		return f.Outline(), nil
	},
	load: func(files foreign.Files, o Options) (*foreign.Network, error) {
		f, err := keras.Inspect(files)
		if err != nil {
			return nil, err
		}
		n, err := f.Load(o.Card.Side)
		if err == nil && n.Text != nil && o.Card.Pad != nil {
			n.Text.Pad.Padding, n.Text.Pad.Truncating = o.Card.Pad.Padding, o.Card.Pad.Truncating
		}
		return n, err
	},
}
