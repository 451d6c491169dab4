package zoo

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/layers"
)

// resNetCIFAR are the networks for pictures of 32×32 of He et al. (2015, arXiv 1512.03385, section 4.2) with 6n + 2
// layers: a 3×3 convolution, then three stages of n basic blocks of 16, 32 and 64 filters, the mean over space and the
// classifier. Shortcuts that change the shape have no weights (option A of the paper): every second pixel, zeros for the new
// channels. Names are those of github.com/akamaster/pytorch_resnet_cifar10.
// Uses Height, Width, Channels (32, 32, 3), Classes (10), NoTop.
func resNetCIFAR(n int) func(o Options) *layers.Model {
	return func(o Options) *layers.Model {
		c := newChain(fmt.Sprint("resnet", 6*n+2), imageSpec(o, 32, 32, 3))
		c.convNorm("conv1", "bn1", residual(16, 3, 1, "same"))
		c.then("relu", layers.ReLU(0))
		filters := 16
		for stage := 1; stage <= 3; stage++ {
			for block := range n {
				at, stride := fmt.Sprintf("layer%d.%d.", stage, block), 1
				if block == 0 && stage > 1 {
					stride = 2
				}
				c.optionA(at, filters, stride)
			}
			filters *= 2
		}
		if !o.NoTop {
			c.then("avgpool", layers.GlobalAveragePooling2D())
			c.then("linear", layers.Dense(or(o.Classes, 10), "softmax"))
		}
		return c.Model()
	}
}

// optionA is basicBlock with a shortcut without weights.
func (c *chain) optionA(name string, filters, stride int) {
	in := c.at
	c.convNorm(name+"conv1", name+"bn1", residual(filters, 3, stride, c.padding(name+"conv1", 3, stride)))
	c.then(name+"relu1", layers.ReLU(0))
	c.convNorm(name+"conv2", name+"bn2", residual(filters, 3, 1, "same"))
	body := c.at
	if c.at = in; stride > 1 {
		every := layers.MaxPooling2D(1)
		every.Strides = [2]int{stride, stride}
		c.then(name+"every", every)
		c.then(name+"wider", layers.Op(graph.Pad, graph.Range{Begin: []int{0, 0, 0, filters / 4}, End: []int{0, 0, 0, filters / 4}}))
	}
	c.add(name+"add", body)
	c.then(name+"relu2", layers.ReLU(0))
}
