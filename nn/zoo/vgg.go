package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// VGG16 is configuration D of Simonyan and Zisserman (2014, arXiv 1409.1556) as in
// Keras applications, with Keras' names: five blocks of 3×3 convolutions, each pooled,
// then two dense layers and the classifier. With NoTop it ends at block5_pool,
// [height/32, width/32, 512].
// Uses Height, Width, Channels (224, 224, 3), Classes (1000), Units (4096), NoTop.
func VGG16(o Options) *layers.Model {
	c := newChain("vgg16", imageSpec(o, 224, 224, 3))
	for i, block := range []struct{ convolutions, filters int }{{2, 64}, {2, 128}, {3, 256}, {3, 512}, {3, 512}} {
		for j := range block.convolutions {
			c.then(fmt.Sprintf("block%d_conv%d", i+1, j+1), layers.Conv2D(block.filters, 3, "same", "relu"))
		}
		c.then(fmt.Sprintf("block%d_pool", i+1), layers.MaxPooling2D(2))
	}
	if !o.NoTop {
		c.then("flatten", layers.Flatten())
		c.then("fc1", layers.Dense(or(o.Units, 4096), "relu"))
		c.then("fc2", layers.Dense(or(o.Units, 4096), "relu"))
		c.then("predictions", layers.Dense(or(o.Classes, 1000), "softmax"))
	}
	return c.Model()
}
