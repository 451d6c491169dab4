package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// DarknetTiny is Tiny Darknet (pjreddie.com/darknet/tiny-darknet): 3×3 convolutions and 1×1 convolutions that squeeze,
// each with a normalisation and a ReLU of slope 0.1 below 0, the mean over space and the classifier. With NoTop it ends
// behind convolution 15, [height/16, width/16, 128].
// Uses Height, Width, Channels (224, 224, 3), Classes (1000), NoTop.
func DarknetTiny(o Options) *layers.Model {
	c := newChain("darknet_tiny", imageSpec(o, 224, 224, 3))
	n := 0
	for i, stage := range [][]int{{16}, {32}, {16, 128, 16, 128}, {32, 256, 32, 256}, {64, 512, 64, 512, 128}} {
		if i > 0 {
			pool := layers.MaxPooling2D(2)
			pool.Padding = "same"
			c.then(fmt.Sprint("pool", i), pool)
		}
		for j, filters := range stage {
			n++
			kernel := 3
			if i > 1 && j%2 == 0 {
				kernel = 1
			}
			at := fmt.Sprint("conv", n)
			c.then(at, layers.Conv2D(filters, kernel, "same", "").NoBias())
			c.then(at+"_bn", norm(0.99, 1e-3))
			c.then(at+"_leaky", &layers.ReLULayer{NegativeSlope: 0.1})
		}
	}
	if !o.NoTop {
		c.head(o, "avgpool", "predictions", 0)
	}
	return c.Model()
}
