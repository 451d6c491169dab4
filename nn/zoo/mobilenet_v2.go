package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// MobileNetV2 is the network of inverted residuals of Sandler et al. (2018, arXiv
// 1801.04381) as in Keras applications, with Keras' names: a strided 3×3 convolution, 17
// blocks, a 1×1 convolution to 1280 channels, the mean over space and the classifier.
// Numbers of filters are multiplied by Alpha and rounded to multiples of 8; the 1280 grow
// with Alpha above 1 only. With NoTop it ends at out_relu, [height/32, width/32, 1280].
// Strided layers pad "same", which is what Keras' correct_pad comes to.
// Uses Height, Width, Channels (224, 224, 3), Alpha (1), Classes (1000), NoTop.
func MobileNetV2(o Options) *layers.Model {
	alpha := or(o.Alpha, 1)
	c := newChain("mobilenet_v2", imageSpec(o, 224, 224, 3))
	channels := byEight(32 * alpha)
	c.normed("Conv1", "bn_Conv1", layers.Conv2D(channels, 3, "same", "").Stride(2).NoBias())
	c.then("Conv1_relu", layers.ReLU(6))
	id := 0
	for _, stage := range invertedResiduals {
		filters := byEight(float32(int(float32(stage.filters) * alpha)))
		for i := range stage.blocks {
			stride := 1
			if i == 0 {
				stride = stage.stride
			}
			c.invertedResidual(id, channels, channels*stage.expansion, filters, stride)
			channels, id = filters, id+1
		}
	}
	c.normed("Conv_1", "Conv_1_bn", layers.Conv2D(byEight(1280*max(alpha, 1)), 1, "valid", "").NoBias())
	c.then("out_relu", layers.ReLU(6))
	if !o.NoTop {
		c.then("global_average_pooling2d", layers.GlobalAveragePooling2D())
		c.then("predictions", layers.Dense(or(o.Classes, 1000), "softmax"))
	}
	return c.Model()
}

// invertedResiduals are the stages of the paper's table 2.
var invertedResiduals = []struct{ expansion, filters, blocks, stride int }{
	{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1},
}

// invertedResidual widens by a 1×1 convolution, filters each channel and narrows again,
// the last without activation; it adds its input where the shape is the same.
func (c *chain) invertedResidual(id, in, wide, out, stride int) {
	before, name := c.at, "expanded_conv_"
	if id > 0 {
		name = fmt.Sprintf("block_%d_", id)
		c.normed(name+"expand", name+"expand_BN", layers.Conv2D(wide, 1, "same", "").NoBias())
		c.then(name+"expand_relu", layers.ReLU(6))
	}
	c.normed(name+"depthwise", name+"depthwise_BN", layers.DepthwiseConv2D(3, stride, "same", "").NoBias())
	c.then(name+"depthwise_relu", layers.ReLU(6))
	c.normed(name+"project", name+"project_BN", layers.Conv2D(out, 1, "same", "").NoBias())
	if in == out && stride == 1 {
		c.add(name+"add", before)
	}
}

func (c *chain) normed(conv, bn string, l layers.Layer) {
	c.then(conv, l)
	c.then(bn, norm(0.999, 1e-3))
}

// byEight is v rounded to the nearest multiple of 8 of at least 8, but never down by
// more than a tenth: Keras' _make_divisible.
func byEight(v float32) int {
	n := max(8, int(v+4)/8*8)
	if float32(n) < 0.9*v {
		n += 8
	}
	return n
}
