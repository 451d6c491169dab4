package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// stageV3 is a block of MobileNetV3 as tables 1 and 2 of the paper have it.
type stageV3 struct {
	kernel, wide, out int
	squeezed, hard    bool // weighs its channels; hard swish in place of ReLU
	stride            int
}

// MobileNetV3Large is the network of Howard et al. (2019, arXiv 1905.02244) with torchvision's names, padding and
// normalisation. With NoTop it ends at features.16.1.hard_silu, [height/32, width/32, 960].
// Uses Height, Width, Channels (224, 224, 3), Classes (1000), Units (1280), Dropout (0.2), NoTop.
func MobileNetV3Large(o Options) *layers.Model {
	return mobileNetV3("mobilenet_v3_large", o, 1280, []stageV3{
		{3, 16, 16, false, false, 1}, {3, 64, 24, false, false, 2}, {3, 72, 24, false, false, 1},
		{5, 72, 40, true, false, 2}, {5, 120, 40, true, false, 1}, {5, 120, 40, true, false, 1},
		{3, 240, 80, false, true, 2}, {3, 200, 80, false, true, 1}, {3, 184, 80, false, true, 1},
		{3, 184, 80, false, true, 1}, {3, 480, 112, true, true, 1}, {3, 672, 112, true, true, 1},
		{5, 672, 160, true, true, 2}, {5, 960, 160, true, true, 1}, {5, 960, 160, true, true, 1},
	})
}

// MobileNetV3Small is the smaller one of the same paper. With NoTop it ends at features.12.1.hard_silu,
// [height/32, width/32, 576]. Uses what MobileNetV3Large does, with Units 1024.
func MobileNetV3Small(o Options) *layers.Model {
	return mobileNetV3("mobilenet_v3_small", o, 1024, []stageV3{
		{3, 16, 16, true, false, 2}, {3, 72, 24, false, false, 2}, {3, 88, 24, false, false, 1},
		{5, 96, 40, true, true, 2}, {5, 240, 40, true, true, 1}, {5, 240, 40, true, true, 1},
		{5, 120, 48, true, true, 1}, {5, 144, 48, true, true, 1}, {5, 288, 96, true, true, 2},
		{5, 576, 96, true, true, 1}, {5, 576, 96, true, true, 1},
	})
}

func mobileNetV3(name string, o Options, units int, stages []stageV3) *layers.Model {
	c := newChain(name, imageSpec(o, 224, 224, 3))
	s := style{momentum: 0.99, epsilon: 1e-3, squeezed: "relu", gate: "hard_sigmoid", inner: "block."}
	channels := 16
	s.convNormed(c, "features.0.0", "features.0.1", channels, 3, 2, "hard_silu")
	for i, t := range stages {
		b := mobile{t.kernel, t.wide, t.out, t.stride, 0, "relu"}
		if t.squeezed {
			b.few = byEight(float32(t.wide / 4))
		}
		if t.hard {
			b.activation = "hard_silu"
		}
		channels = s.block(c, fmt.Sprintf("features.%d.", i+1), b, channels)
	}
	last := fmt.Sprintf("features.%d.", len(stages)+1)
	s.convNormed(c, last+"0", last+"1", 6*channels, 1, 1, "hard_silu")
	if !o.NoTop {
		c.then("avgpool", layers.GlobalAveragePooling2D())
		c.then("classifier.0", layers.Dense(or(o.Units, units), "hard_silu"))
		c.then("classifier.2", layers.Dropout(or(o.Dropout, 0.2)))
		c.then("classifier.3", layers.Dense(or(o.Classes, 1000), "softmax"))
	}
	return c.Model()
}
