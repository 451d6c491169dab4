package nn

import (
	"slices"

	"wafer/nn/task"
)

// Prepared is a sample as the model sees it: a picture at the size and with the channels of the
// model's input, a text as it is. The model and all that is taught from it compute the same bits of it as of
// the sample, and it no longer depends on whose decoder reads it.
func (m *Model) Prepared(in task.Input) (task.Input, error) {
	e, ok := m.encode.(*imageEncoder)
	if !ok {
		return in, nil
	}
	p, err := e.picture(in)
	if err != nil {
		return in, err
	}
	rgba := make([]byte, 0, 4*p.Width*p.Height)
	for v := range slices.Chunk(p.Pix, p.Channels) {
		rgba = append(rgba, v[0], v[len(v)/2], v[len(v)-1], 255)
	}
	return task.Input{Name: in.Name, Pixels: &task.Pixels{Width: p.Width, Height: p.Height, RGBA: rgba}}, nil
}
