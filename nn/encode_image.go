package nn

import (
	"fmt"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// imageEncoder gives rows [height, width, channels] of float32.
type imageEncoder struct {
	*recipe.Image
	scale, shift []float32 // per channel: value = byte·scale + shift
}

func newImageEncoder(i *recipe.Image) (encoder, error) {
	e := &imageEncoder{Image: i, scale: make([]float32, i.Channels), shift: make([]float32, i.Channels)}
	for c := range i.Channels {
		mean, deviation := 0.0, 1.0
		switch i.Normalisation {
		case "-1..1":
			mean, deviation = 0.5, 0.5
		case "imagenet":
			mean = []float64{0.485, 0.456, 0.406}[c]
			deviation = []float64{0.229, 0.224, 0.225}[c]
		case "none":
			deviation = 1.0 / 255
		}
		e.scale[c], e.shift[c] = float32(1/(255*deviation)), float32(-mean/deviation)
	}
	return e, nil
}

func (e *imageEncoder) shape() tensor.Shape { return tensor.Shape{e.Height, e.Width, e.Channels} }
func (e *imageEncoder) dtype() tensor.DType { return tensor.Float32 }

func (e *imageEncoder) fill(in task.Input, row *tensor.Tensor) (string, error) {
	pixels, note, err := e.pixels(in)
	if err != nil {
		return "", err
	}
	for i, p := range pixels {
		row.F()[i] = float32(p)
	}
	e.normalise(row.F())
	return note, nil
}

func (e *imageEncoder) normalise(v []float32) {
	for i := range v {
		c := i % e.Channels
		v[i] = float32(v[i]*e.scale[c]) + e.shift[c]
	}
}

func (e *imageEncoder) source(samples []Sample, seed uint64, augmented bool) (train.Source, error) {
	s := &imageSource{imageEncoder: e, seed: seed, augmented: augmented && e.Augment != nil, bytes: make([]byte, 0, len(samples)*e.shape().Size())}
	for i, sample := range samples {
		pixels, _, err := e.pixels(sample.Input)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be used: %w", sampleName(sample.Input, i), err)
		}
		s.bytes = append(s.bytes, pixels...)
		s.labels = append(s.labels, sample.Label)
	}
	return s, nil
}

// imageSource keeps its pictures as bytes in their final size.
type imageSource struct {
	*imageEncoder
	seed      uint64
	augmented bool
	bytes     []byte
	labels    []int
}

func (s *imageSource) Len() int            { return len(s.labels) }
func (s *imageSource) Shape() tensor.Shape { return s.shape() }
func (s *imageSource) DType() tensor.DType { return s.dtype() }
func (s *imageSource) Label(i int) int     { return s.labels[i] }

// Fill augments sample i of an epoch from the stream (seed, "augment", epoch, i).
func (s *imageSource) Fill(row *tensor.Tensor, i, epoch int) error {
	size := s.shape().Size()
	pixels := s.bytes[i*size : (i+1)*size]
	if s.augmented && epoch >= 0 {
		augment(row.F(), pixels, s.Height, s.Width, s.Channels, s.Augment, data.Rand(s.seed, "augment", epoch, i))
	} else {
		for k, p := range pixels {
			row.F()[k] = float32(p)
		}
	}
	s.normalise(row.F())
	return nil
}
