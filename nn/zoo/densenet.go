package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// DenseNet121 is the network of Huang et al. (2016, arXiv 1608.06993) with torchvision's names: every layer takes what
// all before it in its block made. With NoTop it ends at features.norm5.relu, [height/32, width/32, 1024].
// Uses Height, Width, Channels (224, 224, 3), Classes (1000), NoTop.
func DenseNet121(o Options) *layers.Model {
	const growth = 32
	c := newChain("densenet121", imageSpec(o, 224, 224, 3))
	c.conv("features.conv0", 2*growth, 7, 2).NoBias()
	c.normRelu("features.norm0")
	c.then("features.pool0.pad", layers.ZeroPadding2D(1))
	c.then("features.pool0", pool3())
	channels := 2 * growth
	for i, n := range []int{6, 12, 24, 16} {
		if i > 0 {
			at := fmt.Sprintf("features.transition%d.", i)
			c.normRelu(at + "norm")
			channels /= 2
			c.conv(at+"conv", channels, 1, 1).NoBias()
			c.then(at+"pool", layers.AveragePooling2D(2))
		}
		for j := range n {
			at, x := fmt.Sprintf("features.denseblock%d.denselayer%d.", i+1, j+1), c.at
			c.normRelu(at + "norm1")
			c.conv(at+"conv1", 4*growth, 1, 1).NoBias()
			c.normRelu(at + "norm2")
			c.conv(at+"conv2", growth, 3, 1).NoBias()
			c.at = c.Named(at+"cat", layers.Concatenate(), x, c.at)
		}
		channels += n * growth
	}
	c.normRelu("features.norm5")
	if !o.NoTop {
		c.head(o, "avgpool", "classifier", 0)
	}
	return c.Model()
}

func (c *chain) normRelu(name string) {
	c.then(name, norm(0.9, 1e-5))
	c.then(name+".relu", layers.ReLU(0))
}
