package nn

import (
	"errors"
	"fmt"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
	"wafer/nn/vision"
)

// imageEncoder gives rows [height, width, channels] of float32.
type imageEncoder struct {
	in      vision.Input
	augment *vision.Augment
	keras   *vision.ImageDataGenerator
}

func newImageEncoder(i *recipe.Image) (encoder, error) {
	e := &imageEncoder{in: vision.Input{Height: i.Height, Width: i.Width, Channels: i.Channels, Filter: vision.Filter(i.Resize),
		Mode: vision.Mode(i.Mode), Normalisation: vision.Normalisation(i.Normalisation)}}
	if i.Background == "black" {
		e.in.Border = vision.Black
	}
	e.augment, e.keras = (*vision.Augment)(i.Augment), (*vision.ImageDataGenerator)(i.Generator)
	return e, nil
}

// augments reports whether training pictures differ from epoch to epoch.
func augments(i *recipe.Image) bool {
	return i != nil && (i.Augment != nil && *i.Augment != recipe.Augment{} || i.Generator != nil && i.Generator.Changes())
}

func (e *imageEncoder) shape() tensor.Shape { return e.in.Shape() }
func (e *imageEncoder) dtype() tensor.DType { return tensor.Float32 }

// picture decodes an input and brings it to size.
func (e *imageEncoder) picture(in task.Input) (*vision.Image, error) {
	var m *vision.Image
	var err error
	switch {
	case in.Pixels != nil && in.Pixels.Grey != nil:
		m, err = vision.FromGrey(in.Pixels.Width, in.Pixels.Height, in.Pixels.Grey)
	case in.Pixels != nil:
		m, err = vision.FromRGBA(in.Pixels.Width, in.Pixels.Height, in.Pixels.RGBA, e.in.Border)
	case in.File != nil:
		m, err = vision.Decode(in.File, e.in.Border)
	default:
		err = errors.New("expected a picture, found a text")
	}
	if err != nil {
		return nil, err
	}
	return e.in.Prepare(m), nil
}

func (e *imageEncoder) fill(in task.Input, row *tensor.Tensor) (string, error) {
	m, err := e.picture(in)
	if err != nil {
		return "", err
	}
	e.in.Write(row.F(), m)
	return "", nil
}

func (e *imageEncoder) source(samples []data.Sample, seed uint64, augmented bool) (train.Source, error) {
	s := &imageSource{imageEncoder: e, seed: seed, augmented: augmented && (e.augment != nil || e.keras != nil)}
	for i, sample := range samples {
		m, err := e.picture(sample.Input)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be used: %w", sampleName(sample.Input, i), err)
		}
		s.pictures = append(s.pictures, m)
		s.labels = append(s.labels, sample.Label)
	}
	return s, nil
}

// imageSource keeps its pictures as bytes in their final size.
type imageSource struct {
	*imageEncoder
	seed      uint64
	augmented bool
	pictures  []*vision.Image
	labels    []int
}

func (s *imageSource) Len() int            { return len(s.labels) }
func (s *imageSource) Shape() tensor.Shape { return s.shape() }
func (s *imageSource) DType() tensor.DType { return s.dtype() }
func (s *imageSource) Label(i int) int     { return s.labels[i] }

// Fill augments sample i of an epoch from the stream (seed, "augment", epoch, i).
func (s *imageSource) Fill(row *tensor.Tensor, i, epoch int) error {
	switch {
	case !s.augmented || epoch < 0:
		s.in.Write(row.F(), s.pictures[i])
	case s.keras != nil:
		s.in.WriteGenerated(row.F(), s.pictures[i], s.keras, data.Rand(s.seed, "augment", epoch, i))
	default:
		s.in.WriteAugmented(row.F(), s.pictures[i], s.augment, data.Rand(s.seed, "augment", epoch, i))
	}
	return nil
}
