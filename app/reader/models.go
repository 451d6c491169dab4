package reader

import (
	"wafer/app/bridge"
	"wafer/nn/convert"
	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/task"
)

// filesOf are the buffers under their names.
func filesOf(names []string, buffers [][]byte) (foreign.Files, error) {
	if len(names) != len(buffers) || len(names) == 0 {
		return nil, say.Errorf("There are %d names for %d files.", len(names), len(buffers))
	}
	files := make(foreign.Files, len(names))
	for i := range files {
		files[i] = foreign.File{Name: names[i], Data: buffers[i]}
	}
	return files, nil
}

func turn(a bridge.Asked[bridge.None], q bridge.ConvertRequest) (bridge.None, [][]byte, error) {
	files, err := filesOf(q.Names, a.Buffers)
	if err != nil {
		return bridge.None{}, nil, err
	}
	o := convert.Options{Name: q.Title}
	for i, name := range q.ImageNet {
		l := convert.Label{Name: name}
		if len(q.ImageNetZH) == len(q.ImageNet) {
			l.NameZH = q.ImageNetZH[i]
		}
		o.ImageNet = append(o.ImageNet, l)
	}
	file, err := convert.Model(files, o)
	return bridge.None{}, [][]byte{file}, err
}

func inspect(a bridge.Asked[bridge.None], q bridge.ConvertRequest) (task.Outline, [][]byte, error) {
	files, err := filesOf(q.Names, a.Buffers)
	if err != nil {
		return task.Outline{}, nil, err
	}
	o, err := convert.Inspect(files)
	return o, nil, err
}

func weigh(a bridge.Asked[bridge.None], q bridge.WeighRequest) (task.Spread, [][]byte, error) {
	if len(a.Buffers) != 1 {
		return task.Spread{}, nil, say.Errorf("There are %d names for %d files.", 1, len(a.Buffers))
	}
	s, err := convert.Spread(a.Buffers[0], q.Weight)
	return s, nil, err
}
