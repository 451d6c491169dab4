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
func VGG16(o Options) *layers.Model { return vgg("vgg16", o, []int{2, 2, 3, 3, 3}, false) }

// VGG19 is configuration E of the same paper: 16 convolutions. See VGG16.
func VGG19(o Options) *layers.Model { return vgg("vgg19", o, []int{2, 2, 4, 4, 4}, false) }

// VGG16BN is VGG16 with a batch normalisation behind every convolution, as torchvision has it.
func VGG16BN(o Options) *layers.Model { return vgg("vgg16_bn", o, []int{2, 2, 3, 3, 3}, true) }

// VGG19BN is VGG19 with a batch normalisation behind every convolution, as torchvision has it.
func VGG19BN(o Options) *layers.Model { return vgg("vgg19_bn", o, []int{2, 2, 4, 4, 4}, true) }

func vgg(name string, o Options, convolutions []int, normed bool) *layers.Model {
	c := newChain(name, imageSpec(o, 224, 224, 3))
	for i, n := range convolutions {
		filters := min(64<<i, 512)
		for j := range n {
			at := fmt.Sprintf("block%d_conv%d", i+1, j+1)
			if normed {
				c.then(at, layers.Conv2D(filters, 3, "same", ""))
				c.then(at+"_bn", norm(0.9, 1e-5))
				c.then(at+"_relu", layers.ReLU(0))
			} else {
				c.then(at, layers.Conv2D(filters, 3, "same", "relu"))
			}
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
