package convert

import (
	"wafer/nn/format/foreign"
	"wafer/nn/format/onnx"
	"wafer/nn/task"
)

var onnxFormat = reader{
	name:      "ONNX",
	recognise: func(files foreign.Files) bool { return files.Find(onnx.Recognise) >= 0 },
	inspect: func(files foreign.Files) (task.Outline, error) {
		m, err := onnx.Inspect(files[files.Find(onnx.Recognise)].Data)
		if err != nil {
			return task.Outline{}, err
		}
		return m.Outline(), nil
	},
	load: func(files foreign.Files, o Options) (*foreign.Network, error) {
		return onnx.Load(files, o.Card.Side)
	},
}
