package convert

import (
	"wafer/nn/format/foreign"
	"wafer/nn/format/tfjs"
	"wafer/nn/task"
)

var tfjsFormat = reader{
	name:      "TensorFlow.js or Teachable Machine",
	recognise: func(files foreign.Files) bool { return files.Find(tfjs.Recognise) >= 0 },
	inspect: func(files foreign.Files) (task.Outline, error) {
		m, err := tfjs.Inspect(files)
		if err != nil {
			return task.Outline{}, err
		}
		return m.Outline(), nil
	},
	load: func(files foreign.Files, o Options) (*foreign.Network, error) { return tfjs.Load(files, o.Card.Side) },
}
