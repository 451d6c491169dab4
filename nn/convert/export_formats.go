package convert

import (
	"wafer/nn/layers"
	"wafer/nn/recipe"
)

// rescalingOnly is fromBytes where that is a Rescaling; else the network takes what its normalisation makes.
func rescalingOnly(i *recipe.Image) layers.Layer {
	if i.Normalisation == "0..1" || i.Normalisation == "-1..1" {
		return fromBytes(i)
	}
	return nil
}

// fromBytes makes of the bytes 0…255 of pictures what a network takes; nil where it takes these.
func fromBytes(i *recipe.Image) layers.Layer {
	switch i.Normalisation {
	case "0..1":
		return layers.Rescaling(1.0/255, 0)
	case "-1..1":
		return layers.Rescaling(1/127.5, -1)
	case "imagenet":
		return imagenetPixels(i.Channels)
	}
	return nil
}

// imagenetPixels takes off ImageNet's means and divides by its standard deviations, of the bytes of three channels or
// of grey.
func imagenetPixels(channels int) layers.Layer {
	mean, deviation := []float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225}
	if channels == 1 {
		mean, deviation = []float64{0.449}, []float64{0.226}
	}
	l := &layers.NormalizationLayer{}
	for c := range mean {
		l.Mean = append(l.Mean, float32(255*mean[c]))
		l.Variance = append(l.Variance, float32(255*deviation[c]*255*deviation[c]))
	}
	return l
}
