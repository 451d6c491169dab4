package zoo

import (
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// DigitsCNN is a small convolutional network for 28×28 grey pictures: three
// 3×3 convolutions of 32, 64 and 128 filters, each pooled, and a dense layer.
// Uses Height, Width, Channels (28, 28, 1), Classes (10), Units (128), Dropout (0.4).
func DigitsCNN(o Options) *layers.Model {
	return layers.Sequential("digits_cnn", imageSpec(o, 28, 28, 1),
		layers.Conv2D(32, 3, "same", "relu"),
		layers.MaxPooling2D(2),
		layers.Conv2D(64, 3, "same", "relu"),
		layers.MaxPooling2D(2),
		layers.Conv2D(128, 3, "same", "relu"),
		layers.MaxPooling2D(2),
		layers.Flatten(),
		layers.Dense(or(o.Units, 128), "relu"),
		layers.Dropout(or(o.Dropout, 0.4)),
		layers.Dense(or(o.Classes, 10), "softmax"),
	)
}

func imageSpec(o Options, height, width, channels int) layers.Spec {
	return layers.Spec{Shape: tensor.Shape{or(o.Height, height), or(o.Width, width), or(o.Channels, channels)}}
}
