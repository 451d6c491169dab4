package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// MobileNetV1 is the depthwise-separable network of Howard et al. (2017, arXiv
// 1704.04861) as in Keras applications, with Keras' names: a strided 3×3 convolution, 13
// pairs of a depthwise 3×3 and a 1×1 convolution, the mean over space and the classifier.
// Every number of filters is multiplied by Alpha and rounded down. With NoTop it ends at
// conv_pw_13_relu, [height/32, width/32, 1024·Alpha].
//
// Two differences from Keras: the classifier is Dense where Keras has a 1×1 convolution
// with the same weights, and strided layers pad "same", as the paper's own program does.
// On an even length that is what Keras pads; on an odd one Keras pads one zero less.
// Uses Height, Width, Channels (224, 224, 3), Alpha (1), Classes (1000), Dropout (0.001), NoTop.
func MobileNetV1(o Options) *layers.Model {
	filters := func(n int) int { return int(float32(n) * or(o.Alpha, 1)) }
	c := newChain("mobilenet_v1", imageSpec(o, 224, 224, 3))
	c.convNorm6("conv1", layers.Conv2D(filters(32), 3, "same", "").Stride(2).NoBias())
	for i, pair := range []struct{ filters, stride int }{
		{64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2},
		{512, 1}, {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1},
	} {
		c.convNorm6(fmt.Sprintf("conv_dw_%d", i+1), layers.DepthwiseConv2D(3, pair.stride, "same", "").NoBias())
		c.convNorm6(fmt.Sprintf("conv_pw_%d", i+1), layers.Conv2D(filters(pair.filters), 1, "same", "").NoBias())
	}
	if !o.NoTop {
		c.then("global_average_pooling2d", layers.GlobalAveragePooling2D())
		c.then("dropout", layers.Dropout(or(o.Dropout, 1e-3)))
		c.then("conv_preds", layers.Dense(or(o.Classes, 1000), "softmax"))
	}
	return c.Model()
}

// convNorm6 is a convolution, its normalisation and ReLU6.
func (c *chain) convNorm6(name string, l layers.Layer) {
	c.then(name, l)
	c.then(name+"_bn", layers.BatchNormalization())
	c.then(name+"_relu", layers.ReLU(6))
}
