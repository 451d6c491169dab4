package zoo

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/layers"
)

// ResNet20 has three blocks in each stage; see resNetCIFAR.
func ResNet20(o Options) *layers.Model { return resNetCIFAR(3, o) }

// ResNet32 has five blocks in each stage; see resNetCIFAR.
func ResNet32(o Options) *layers.Model { return resNetCIFAR(5, o) }

// ResNet44 has seven blocks in each stage; see resNetCIFAR.
func ResNet44(o Options) *layers.Model { return resNetCIFAR(7, o) }

// ResNet56 has nine blocks in each stage; see resNetCIFAR.
func ResNet56(o Options) *layers.Model { return resNetCIFAR(9, o) }

// resNetCIFAR are the networks for pictures of 32×32 of He et al. (2015, arXiv 1512.03385, section 4.2) with 6n + 2
// layers: a 3×3 convolution, then three stages of n basic blocks of 16, 32 and 64 filters, the mean over space and the
// classifier. Shortcuts that change the shape have no weights (option A of the paper): every second pixel, zeros for
// the new channels. Names are those of github.com/akamaster/pytorch_resnet_cifar10. Uses Height, Width, Channels (32,
// 32, 3), Classes (10), NoTop.
func resNetCIFAR(n int, o Options) *layers.Model {
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

// optionA is basicBlock with a shortcut without weights.
func (c *chain) optionA(name string, filters, stride int) {
	in := c.at
	c.twoConvolutions(name, filters, stride)
	body := c.at
	if c.at = in; stride > 1 {
		every := layers.MaxPooling2D(1)
		every.Strides = [2]int{stride, stride}
		c.then(name+"every", every)
		more := []int{0, 0, 0, filters / 4}
		c.then(name+"wider", layers.Op(graph.Pad, graph.Range{Begin: more, End: more}))
	}
	c.add(name+"add", body)
	c.then(name+"relu2", layers.ReLU(0))
}
