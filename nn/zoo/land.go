package zoo

import "wafer/nn/layers"

// LandCNN is a small depthwise-separable network for 64×64 colour pictures, in the
// manner of MobileNet (Howard et al. 2017, arXiv 1704.04861): a strided 3×3
// convolution, then pairs of depthwise 3×3 and 1×1 convolutions with batch
// normalisation, the mean over space and a dense layer.
// Uses Height, Width, Channels (64, 64, 3), Classes (10), Dropout (0.3).
func LandCNN(o Options) *layers.Model {
	first := layers.Conv2D(32, 3, "same", "").Stride(2).NoBias()
	return layers.Sequential("land_cnn", imageSpec(o, 64, 64, 3), slicesOf(
		stack(first, layers.BatchNormalization(), layers.Activation("relu")),
		separable(64, 1),
		separable(128, 2),
		separable(128, 1),
		separable(256, 2),
		separable(256, 1),
		stack(
			layers.GlobalAveragePooling2D(),
			layers.Dropout(or(o.Dropout, 0.3)),
			layers.Dense(or(o.Classes, 10), "softmax"),
		),
	)...)
}

// separable is a depthwise 3×3 and a 1×1 convolution, each with batch
// normalisation and ReLU.
func separable(filters, stride int) []layers.Layer {
	return stack(
		layers.DepthwiseConv2D(3, stride, "same", "").NoBias(), layers.BatchNormalization(), layers.Activation("relu"),
		layers.Conv2D(filters, 1, "same", "").NoBias(), layers.BatchNormalization(), layers.Activation("relu"),
	)
}
