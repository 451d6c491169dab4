package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// SqueezeNet11 is SqueezeNet 1.1 of Iandola et al. (2016, arXiv 1602.07360; github.com/forresti/SqueezeNet) with
// torchvision's names: a 1×1 convolution squeezes, a 1×1 and a 3×3 one expand, side by side. Its poolings count windows
// that reach over the edge, and its classifier is a convolution. With NoTop it ends at features.12.cat, 512 channels.
// Uses Height, Width, Channels (224, 224, 3), Classes (1000), Dropout (0.5), NoTop.
func SqueezeNet11(o Options) *layers.Model {
	c := newChain("squeezenet1_1", imageSpec(o, 224, 224, 3))
	size := [2]int{or(o.Height, 224), or(o.Width, 224)}
	c.then("features.0", layers.Conv2D(64, 3, "valid", "relu").Stride(2))
	for i := range size {
		size[i] = (size[i]-3)/2 + 1
	}
	for i, squeeze := range []int{0, 16, 16, 0, 32, 32, 0, 48, 48, 64, 64} {
		if at := fmt.Sprintf("features.%d", i+2); squeeze == 0 {
			c.ceilPool(at, &size)
		} else {
			c.fire(at, squeeze)
		}
	}
	if !o.NoTop {
		c.then("classifier.0", layers.Dropout(or(o.Dropout, 0.5)))
		c.then("classifier.1", layers.Conv2D(or(o.Classes, 1000), 1, "valid", "relu"))
		c.then("classifier.3", layers.GlobalAveragePooling2D())
		c.then("softmax", layers.Activation("softmax"))
	}
	return c.Model()
}

func (c *chain) fire(name string, squeeze int) {
	c.then(name+".squeeze", layers.Conv2D(squeeze, 1, "valid", "relu"))
	x := c.at
	one := c.Named(name+".expand1x1", layers.Conv2D(4*squeeze, 1, "valid", "relu"), x)
	three := c.Named(name+".expand3x3", layers.Conv2D(4*squeeze, 3, "same", "relu"), x)
	c.at = c.Named(name+".cat", layers.Concatenate(), one, three)
}

// ceilPool is pool3 with a last window that may reach over the edge, where zeros never win: what it takes is no less.
func (c *chain) ceilPool(name string, size *[2]int) {
	pad := layers.ZeroPadding2D(0)
	for i, n := range size {
		size[i] = (n-3+1)/2 + 1
		pad.Padding[i][1] = max(0, 2*size[i]+1-n)
	}
	if pad.Padding != [2][2]int{} {
		c.then(name+".pad", pad)
	}
	c.then(name, pool3())
}
