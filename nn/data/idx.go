package data

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"wafer/nn/task"
	"wafer/nn/vision"
)

// idx reads MNIST's form, gzipped or not: a file of pictures [n, h, w] or [n, h, w, c] and
// one of labels [n], all bytes. Label k means the k-th of the given classes; without
// classes its name is the number.
func (r *reader) idx() ([]sample, task.Kind, error) {
	pixels, shape, err := r.idxFile(r.Path, "pictures", 3, 4)
	if err != nil {
		return nil, "", err
	}
	channels := 1
	if len(shape) == 4 {
		channels = shape[3]
	}
	if (channels != 1 && channels != 3) || shape[1] < 1 || shape[2] < 1 || shape[1] > vision.MaxSide ||
		shape[2] > vision.MaxSide {
		return nil, "", fmt.Errorf("%s: expected grey or RGB pictures, found the shape %v", r.Path, shape)
	}
	labels, count, err := r.idxFile(r.LabelsPath, "labels", 1, 1)
	if err != nil {
		return nil, "", err
	}
	if shape[0] != count[0] {
		return nil, "", fmt.Errorf("%s: expected as many labels as pictures (%d), found %d", r.LabelsPath, shape[0],
			count[0])
	}
	if err := r.meter.take(int64(shape[0]) * (each + int64(wider(channels)*shape[1]*shape[2]))); err != nil {
		return nil, "", err
	}
	list, all := make([]sample, shape[0]), make([]task.Pixels, shape[0])
	size := shape[1] * shape[2] * channels
	for i := range list {
		name := strconv.Itoa(int(labels[i]))
		if r.labels != nil && r.Map == nil {
			if int(labels[i]) >= len(r.labels) {
				return nil, "", fmt.Errorf("%s: expected labels from 0 to %d, found %s for picture %d", r.LabelsPath,
					len(r.labels)-1, name, i)
			}
			name = Label(r.labels[labels[i]])
		}
		all[i] = pixelsOf(shape[2], shape[1], pixels[i*size:(i+1)*size:(i+1)*size])
		where := fmt.Sprintf("%s, picture %d", r.Path, i)
		list[i] = sample{input: task.Input{Name: where, Pixels: &all[i]}, labels: []string{name}, where: where}
	}
	return list, task.Image, nil
}

// wider is what a pixel takes beside the file.
func wider(channels int) int {
	if channels == 1 {
		return 0
	}
	return 4
}

// pixelsOf takes grey levels as they are and widens RGB to RGBA.
func pixelsOf(width, height int, levels []byte) task.Pixels {
	p := task.Pixels{Width: width, Height: height}
	if len(levels) == width*height {
		p.Grey = levels
		return p
	}
	p.RGBA = make([]byte, 0, 4*width*height)
	for i := 0; i < len(levels); i += 3 {
		p.RGBA = append(p.RGBA, levels[i], levels[i+1], levels[i+2], 255)
	}
	return p
}

// idxFile reads a file: 0, 0, the type (8 is unsigned byte), the number of axes, the
// length of every axis as a big-endian uint32, then the elements.
func (r *reader) idxFile(path, what string, minAxes, maxAxes int) (data []byte, shape []int, err error) {
	b, err := r.file(path)
	if err != nil {
		return nil, nil, err
	}
	if len(b) < 4 || b[0] != 0 || b[1] != 0 || b[2] != 8 {
		return nil, nil, fmt.Errorf("%s: expected an IDX file of %s (bytes 00 00 08 …), found % x", path, what,
			b[:min(4, len(b))])
	}
	axes := int(b[3])
	if axes < minAxes || axes > maxAxes || len(b) < 4+4*axes {
		return nil, nil, fmt.Errorf("%s: expected %s with %d axes, found %d axes in %d bytes", path, what, minAxes,
			axes, len(b))
	}
	size := uint64(1)
	for i := range axes {
		n := binary.BigEndian.Uint32(b[4+4*i:])
		shape = append(shape, int(n))
		if size *= uint64(n); size > MaxFile {
			return nil, nil, fmt.Errorf("%s: expected at most %d bytes of %s, found the shape %v …", path, MaxFile,
				what, shape)
		}
	}
	data = b[4+4*axes:]
	if uint64(len(data)) != size {
		return nil, nil, fmt.Errorf("%s: expected %d bytes for the shape %v, found %d", path, size, shape, len(data))
	}
	return data, shape, nil
}
