package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// MobileNetV4Small is MobileNetV4-Conv-S of Qin et al. (2024, arXiv 2404.10518) with timm's names: plain convolutions,
// then universal inverted bottlenecks, which may filter each channel before they widen, after it, or both. With NoTop
// it ends at blocks.4.0.bn1.relu, [height/32, width/32, 960]. Uses Height, Width, Channels (224, 224, 3), Classes
// (1000), Units (1280), Dropout (0.2), NoTop.
func MobileNetV4Small(o Options) *layers.Model {
	c := newChain("mobilenet_v4_small", imageSpec(o, 224, 224, 3))
	s := style{timm: true, momentum: 0.9, epsilon: 1e-5}
	s.convNormed(c, "conv_stem", "bn1", 32, 3, 2, "relu")
	for i, stage := range [][][3]int{{{32, 3, 2}, {32, 1, 1}}, {{96, 3, 2}, {64, 1, 1}}} {
		for j, conv := range stage {
			at := fmt.Sprintf("blocks.%d.%d.", i, j)
			s.convNormed(c, at+"conv", at+"bn1", conv[0], conv[1], conv[2], "relu")
		}
	}
	channels := 64
	for i, stage := range [][]universal{
		{{5, 5, 3, 96, 2}, {0, 3, 2, 96, 1}, {0, 3, 2, 96, 1}, {0, 3, 2, 96, 1}, {0, 3, 2, 96, 1}, {3, 0, 4, 96, 1}},
		{{3, 3, 6, 128, 2}, {5, 5, 4, 128, 1}, {0, 5, 4, 128, 1}, {0, 5, 3, 128, 1}, {0, 3, 4, 128, 1},
			{0, 3, 4, 128, 1}},
	} {
		for j, u := range stage {
			c.universal(s, fmt.Sprintf("blocks.%d.%d.", i+2, j), u, channels)
			channels = u.out
		}
	}
	s.convNormed(c, "blocks.4.0.conv", "blocks.4.0.bn1", 960, 1, 1, "relu")
	if !o.NoTop {
		c.then("global_pool", layers.GlobalAveragePooling2D())
		head := layers.Dense(or(o.Units, 1280), "")
		head.UseBias = false
		c.then("conv_head", head)
		s.normed(c, "norm_head", "relu")
		c.then("dropout", layers.Dropout(or(o.Dropout, 0.2)))
		c.then("classifier", layers.Dense(or(o.Classes, 1000), "softmax"))
	}
	return c.Model()
}

// universal is a universal inverted bottleneck: kernels of the two depthwise convolutions (0: none), how much wider it
// is inside, channels behind it, stride.
type universal struct{ start, middle, expansion, out, stride int }

func (c *chain) universal(s style, name string, u universal, channels int) {
	before, stride := c.at, u.stride
	if u.start > 0 {
		first := stride
		if u.middle > 0 {
			first = 1
		}
		c.depthwise(name+"dw_start.conv", u.start, first)
		s.normed(c, name+"dw_start.bn", "")
	}
	wide := byEight(float32(channels * u.expansion))
	s.convNormed(c, name+"pw_exp.conv", name+"pw_exp.bn", wide, 1, 1, "relu")
	if u.middle > 0 {
		c.depthwise(name+"dw_mid.conv", u.middle, stride)
		s.normed(c, name+"dw_mid.bn", "relu")
	}
	s.convNormed(c, name+"pw_proj.conv", name+"pw_proj.bn", u.out, 1, 1, "")
	if channels == u.out && stride == 1 {
		c.add(name+"add", before)
	}
}
