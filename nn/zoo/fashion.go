package zoo

import "wafer/nn/layers"

// FashionCNN is a convolutional network for 28×28 grey pictures with batch
// normalisation: 32 filters at 28×28, twice 64 at 14×14, 128 at 7×7, then the
// mean over space and a dense layer.
// Uses Height, Width, Channels (28, 28, 1), Classes (10), Units (128), Dropout (0.3).
func FashionCNN(o Options) *layers.Model {
	return layers.Sequential("fashion_cnn", imageSpec(o, 28, 28, 1), slicesOf(
		convNorm(32),
		stack(layers.MaxPooling2D(2)),
		convNorm(64),
		convNorm(64),
		stack(layers.MaxPooling2D(2)),
		convNorm(128),
		stack(
			layers.MaxPooling2D(2),
			layers.Flatten(),
			layers.Dropout(or(o.Dropout, 0.3)),
			layers.Dense(or(o.Units, 128), "relu"),
			layers.Dropout(or(o.Dropout, 0.3)),
			layers.Dense(or(o.Classes, 10), "softmax"),
		),
	)...)
}

// convNorm is a 3×3 convolution without bias, batch normalisation and ReLU.
func convNorm(filters int) []layers.Layer {
	return stack(layers.Conv2D(filters, 3, "same", "").NoBias(), layers.BatchNormalization(), layers.Activation("relu"))
}

func stack(l ...layers.Layer) []layers.Layer { return l }

func slicesOf(parts ...[]layers.Layer) []layers.Layer {
	var all []layers.Layer
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
