package preprocess

import (
	"slices"

	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/say"
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

// newImageEncoder takes a checked recipe.
func newImageEncoder(i *recipe.Image) (Encoder, error) {
	e := &imageEncoder{in: vision.Input{Height: i.Height, Width: i.Width, Channels: i.Channels,
		Filter: vision.Filter(i.Resize),
		Mode:   vision.Mode(i.Mode), Normalisation: vision.Normalisation(i.Normalisation)}}
	if i.Background == "black" {
		e.in.Border = vision.Black
	}
	e.augment, e.keras = (*vision.Augment)(i.Augment), (*vision.ImageDataGenerator)(i.Generator)
	return e, nil
}

// Augments reports whether training pictures differ from epoch to epoch.
func Augments(i *recipe.Image) bool {
	return i != nil && (i.Augment != nil && *i.Augment != recipe.Augment{} || i.Generator != nil &&
		i.Generator.Changes())
}

func (e *imageEncoder) Shape() tensor.Shape { return e.in.Shape() }
func (e *imageEncoder) DType() tensor.DType { return tensor.Float32 }

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
		err = say.New("expected a picture, found a text")
	}
	if err != nil {
		return nil, err
	}
	return e.in.Prepare(m), nil
}

// Fill writes a picture, scaled as the recipe's normalisation says. There is never a note.
func (e *imageEncoder) Fill(in task.Input, row *tensor.Tensor) (note, err error) {
	m, err := e.picture(in)
	if err != nil {
		return nil, err
	}
	e.in.Write(row.F(), m)
	return nil, nil
}

// Source decodes every picture now and keeps it as bytes at its final size, a quarter of its tensor. The error names
// the first that cannot be read.
func (e *imageEncoder) Source(samples []data.Sample, seed uint64, augmented bool) (train.Source, error) {
	s := &imageSource{imageEncoder: e, seed: seed, augmented: augmented && (e.augment != nil || e.keras != nil)}
	for i, sample := range samples {
		s.small = append(s.small, sample.Input)
		var m *vision.Image
		if !e.prepared(sample.Input.Pixels) {
			var err error
			if m, err = e.picture(sample.Input); err != nil {
				return nil, say.Errorf("%s cannot be used: %w", sampleName(sample.Input, i), err)
			}
			s.small[i].File, s.small[i].Pixels = nil, nil
		}
		s.pictures = append(s.pictures, m)
		s.labels = append(s.labels, sample.Label)
	}
	return s, nil
}

// prepared tells pixels that need nothing but to be read, which takes less than keeping them in another form: a run
// that has their features never does.
func (e *imageEncoder) prepared(p *task.Pixels) bool {
	return p != nil && p.Grey == nil && p.Width == e.in.Width && p.Height == e.in.Height &&
		len(p.RGBA) == 4*p.Width*p.Height
}

// Prepared is the picture as opaque RGBA; grey pictures have three equal channels.
func (e *imageEncoder) Prepared(in task.Input) (task.Input, error) {
	p, err := e.picture(in)
	if err != nil {
		return in, err
	}
	rgba := make([]byte, 0, 4*p.Width*p.Height)
	for v := range slices.Chunk(p.Pix, p.Channels) {
		rgba = append(rgba, v[0], v[len(v)/2], v[len(v)-1], 255)
	}
	return task.Input{Name: in.Name, Group: in.Group,
		Pixels: &task.Pixels{Width: p.Width, Height: p.Height, RGBA: rgba}}, nil
}

func (e *imageEncoder) Vocabulary() ([]byte, error)             { return nil, nil }
func (e *imageEncoder) Trim(rows *tensor.Tensor) *tensor.Tensor { return rows }

// imageSource keeps its pictures as bytes in their final size.
type imageSource struct {
	*imageEncoder
	seed      uint64
	augmented bool
	pictures  []*vision.Image // nil: small has its pixels
	small     []task.Input
	labels    []int
}

func (s *imageSource) Len() int            { return len(s.labels) }
func (s *imageSource) Shape() tensor.Shape { return s.imageEncoder.Shape() }
func (s *imageSource) DType() tensor.DType { return s.imageEncoder.DType() }
func (s *imageSource) Label(i int) int     { return s.labels[i] }

// picture is sample i at its final size, decoded before or read from pixels that are prepared.
func (s *imageSource) picture(i int) (*vision.Image, error) {
	if m := s.pictures[i]; m != nil {
		return m, nil
	}
	return s.imageEncoder.picture(s.small[i])
}

// Generated are the same pictures, changed at random by g.
func (s *imageSource) Generated(g *vision.ImageDataGenerator) train.Source {
	own, e := *s, *s.imageEncoder
	e.augment, e.keras = nil, g
	own.imageEncoder, own.augmented = &e, true
	return &own
}

// Fill augments sample i of an epoch from the stream (seed, "augment", epoch, i).
func (s *imageSource) Fill(row *tensor.Tensor, i, epoch int) error {
	m, err := s.picture(i)
	switch {
	case err != nil:
		return err
	case !s.augmented || epoch < 0:
		s.in.Write(row.F(), m)
	case s.keras != nil:
		s.in.WriteGenerated(row.F(), m, s.keras, data.Rand(s.seed, "augment", epoch, i))
	default:
		s.in.WriteAugmented(row.F(), m, s.augment, data.Rand(s.seed, "augment", epoch, i))
	}
	return nil
}
