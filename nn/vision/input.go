package vision

import (
	"fmt"

	"wafer/nn/tensor"
)

// Normalisation names what becomes of the bytes 0…255.
type Normalisation string

const (
	Unit      Normalisation = "0..1"     // v/255, Keras' Rescaling(1/255)
	PlusMinus Normalisation = "-1..1"    // v/127.5 − 1, Keras' preprocess_input of mode "tf"
	ImageNet  Normalisation = "imagenet" // v/255 less the channel's mean, over its standard deviation: mode "torch"
	Caffe     Normalisation = "caffe"    // v less the channel's mean, blue first: mode "caffe"
	None      Normalisation = "none"     // v
)

// affine is v·scale + offset for each channel.
type affine struct{ scale, offset [3]float32 }

var (
	imagenetMean = [3]float64{0.485, 0.456, 0.406}
	imagenetStd  = [3]float64{0.229, 0.224, 0.225}
	caffeMean    = [3]float32{123.68, 116.779, 103.939} // of red, green and blue
	greyMean     = 0.449                                // for one channel: the means of the three
	greyStd      = 0.226
)

func (n Normalisation) affine(channels int) affine {
	all := func(v float32) [3]float32 { return [3]float32{v, v, v} }
	switch n {
	case Unit, "":
		return affine{scale: all(1.0 / 255)}
	case PlusMinus:
		return affine{all(1 / 127.5), all(-1)}
	case None:
		return affine{scale: all(1)}
	case Caffe:
		a := affine{scale: all(1)}
		for c, mean := range caffeMean {
			a.offset[c] = -mean
		}
		return a
	case ImageNet:
		var a affine
		for c := range 3 {
			mean, std := imagenetMean[c], imagenetStd[c]
			if channels == 1 {
				mean, std = greyMean, greyStd
			}
			a.scale[c], a.offset[c] = float32(1/(255*std)), float32(-mean/std)
		}
		return a
	}
	panic(fmt.Sprintf("vision: %v", n.Check()))
}

// Check says whether the name is known.
func (n Normalisation) Check() error {
	switch n {
	case Unit, PlusMinus, ImageNet, Caffe, None, "":
		return nil
	}
	return fmt.Errorf("normalisation must be %q, %q, %q, %q or %q, found %q", Unit, PlusMinus, ImageNet, Caffe, None, n)
}

// Input is how a picture becomes a row [Height, Width, Channels] of float32.
type Input struct {
	Height, Width, Channels int           // Channels: 1 grey, 3 RGB
	Filter                  Filter        // "" is Bilinear
	Mode                    Mode          // "" is Stretch
	Normalisation           Normalisation // "" is Unit
	Border                  Background    // of mode Fit and of FillConstant
	Fill                    Fill          // beyond the edge when augmenting; "" is FillNearest
}

// Shape is that of one row.
func (in Input) Shape() tensor.Shape { return tensor.Shape{in.Height, in.Width, in.Channels} }

// Prepare does what is the same in every epoch: channels first, then the size, as
// Keras' load_img does. The result takes a quarter of the memory of a row.
func (in Input) Prepare(m *Image) *Image {
	return m.Convert(in.Channels).ResizeMode(in.Width, in.Height, in.Filter, in.Mode, in.Border)
}

// Write normalises a prepared picture into row.
func (in Input) Write(row []float32, m *Image) {
	a := in.Normalisation.affine(in.Channels)
	if in.Channels == 1 {
		scale, offset := a.scale[0], a.offset[0]
		for i, v := range m.Pix {
			row[i] = float32(float32(v)*scale) + offset
		}
		return
	}
	for i := 0; i+2 < len(m.Pix); i += 3 {
		p, q := m.Pix[i:i+3:i+3], row[i:i+3:i+3]
		q[0] = float32(float32(p[0])*a.scale[0]) + a.offset[0]
		q[1] = float32(float32(p[1])*a.scale[1]) + a.offset[1]
		q[2] = float32(float32(p[2])*a.scale[2]) + a.offset[2]
	}
	in.arrange(row)
}

// arrange puts blue first where the normalisation says so.
func (in Input) arrange(row []float32) {
	if in.Normalisation == Caffe && in.Channels == 3 {
		for i := 0; i+2 < len(row); i += 3 {
			row[i], row[i+2] = row[i+2], row[i]
		}
	}
}

// ToTensor prepares and normalises pictures of any size: f32 [len(list), Height, Width,
// Channels].
func ToTensor(list []*Image, in Input) *tensor.Tensor {
	t := tensor.New(tensor.Float32, append([]int{len(list)}, in.Shape()...)...)
	for i, m := range list {
		in.Write(t.Rows(i, i+1).F(), in.Prepare(m))
	}
	return t
}
