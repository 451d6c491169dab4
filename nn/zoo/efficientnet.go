package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// efficientStages are those of EfficientNet-B0: table 1 of Tan and Le (2019, arXiv 1905.11946).
var efficientStages = []struct{ expansion, kernel, stride, filters, blocks int }{
	{1, 3, 1, 16, 1}, {6, 3, 2, 24, 2}, {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3}, {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4},
	{6, 3, 1, 320, 1},
}

// EfficientNetB0 is the smallest network of that paper with torchvision's names, padding and normalisation: inverted
// residuals that weigh their channels, with SiLU. With NoTop it ends at features.8.1.silu, [height/32, width/32, 1280].
// Uses Height, Width, Channels (224, 224, 3), Classes (1000), Dropout (0.2), NoTop.
func EfficientNetB0(o Options) *layers.Model {
	c := newChain("efficientnet_b0", imageSpec(o, 224, 224, 3))
	s := style{momentum: 0.9, epsilon: 1e-5, squeezed: "silu", gate: "sigmoid", inner: "block."}
	s.convNormed(c, "features.0.0", "features.0.1", 32, 3, 2, "silu")
	s.stages(c, "silu", 4, func(stage, block int) string { return fmt.Sprintf("features.%d.%d.", stage+1, block) })
	s.convNormed(c, "features.8.0", "features.8.1", 1280, 1, 1, "silu")
	if !o.NoTop {
		c.head(o, "avgpool", "classifier.1", 0.2)
	}
	return c.Model()
}

// EfficientNetLite0 is EfficientNet-B0 without the weighing of channels and with ReLU6 (github.com/tensorflow/tpu,
// efficientnet/lite), with timm's names, PyTorch's padding and normalisation. With NoTop it ends at bn2.relu6,
// [height/32, width/32, 1280]. Uses what EfficientNetB0 does.
func EfficientNetLite0(o Options) *layers.Model {
	c := newChain("efficientnet_lite0", imageSpec(o, 224, 224, 3))
	s := style{timm: true, momentum: 0.9, epsilon: 1e-5}
	s.convNormed(c, "conv_stem", "bn1", 32, 3, 2, "relu6")
	s.stages(c, "relu6", 0, func(stage, block int) string { return fmt.Sprintf("blocks.%d.%d.", stage, block) })
	s.convNormed(c, "conv_head", "bn2", 1280, 1, 1, "relu6")
	if !o.NoTop {
		c.head(o, "global_pool", "classifier", 0.2)
	}
	return c.Model()
}

// stages are all blocks; the squeeze has a few-th of the channels in front of the block, 0: none.
func (s style) stages(c *chain, activation string, few int, name func(stage, block int) string) {
	channels := 32
	for i, stage := range efficientStages {
		for j := range stage.blocks {
			b := mobile{stage.kernel, channels * stage.expansion, stage.filters, 1, 0, activation}
			if j == 0 {
				b.stride = stage.stride
			}
			if few > 0 {
				b.few = channels / few
			}
			channels = s.block(c, name(i, j), b, channels)
		}
	}
}
