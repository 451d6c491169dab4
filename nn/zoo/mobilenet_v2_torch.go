package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// MobileNetV2Torch is MobileNetV2 as PyTorch has it, with torchvision's names, padding and normalisation.
// Uses what MobileNetV2 does.
func MobileNetV2Torch(o Options) *layers.Model {
	c := newChain("mobilenet_v2_torch", imageSpec(o, 224, 224, 3))
	s := style{momentum: 0.9, epsilon: 1e-5, inner: "conv."}
	alpha := or(o.Alpha, 1)
	channels, id := byEight(32*alpha), 0
	s.convNormed(c, "features.0.0", "features.0.1", channels, 3, 2, "relu6")
	for _, stage := range invertedResiduals {
		filters := byEight(float32(stage.filters) * alpha)
		for i := range stage.blocks {
			id++
			stride := 1
			if i == 0 {
				stride = stage.stride
			}
			channels = s.block(c, fmt.Sprintf("features.%d.", id),
				mobile{3, channels * stage.expansion, filters, stride, 0, "relu6"}, channels)
		}
	}
	s.convNormed(c, "features.18.0", "features.18.1", byEight(1280*max(alpha, 1)), 1, 1, "relu6")
	if !o.NoTop {
		c.head(o, "avgpool", "classifier.1", 0.2)
	}
	return c.Model()
}
