package convert

import (
	"wafer/nn/format/foreign"
	"wafer/nn/format/statedict"
	"wafer/nn/format/torch"
	"wafer/nn/task"
)

var torchFormat = reader{
	name:      "PyTorch",
	recognise: func(files foreign.Files) bool { return files.Find(torch.Recognise) >= 0 },
	inspect: func(files foreign.Files) (task.Outline, error) {
		f, err := torch.Open(files[files.Find(torch.Recognise)].Data)
		if err != nil {
			return task.Outline{}, err
		}
		return f.Outline(), nil
	},
	load: func(files foreign.Files, o Options) (*foreign.Network, error) {
		f, err := torch.Open(files[files.Find(torch.Recognise)].Data)
		if err != nil {
			return nil, err
		}
		if steps := f.Steps(); steps != nil && o.As == "" {
			return statedict.Steps(f, steps, o.Card.Side)
		}
		return statedict.Load(f, o.As, o.Card.Side)
	},
}

// Architectures are the names that Options.As may have.
func Architectures() []string { return statedict.Names() }
