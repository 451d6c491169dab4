package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// ResNet18 is the 18-layer residual network of He et al. (2015, arXiv 1512.03385) with
// basic blocks (convolution, normalisation, ReLU; version 1), padded, initialised and named as
// in torchvision: four stages of two blocks, the mean over space and the classifier.
// With NoTop it ends at layer4.1.relu2, [height/32, width/32, 512].
// Uses Height, Width, Channels (224, 224, 3), Classes (1000), NoTop.
func ResNet18(o Options) *layers.Model { return resNet("resnet18", o, []int{2, 2, 2, 2}, false) }

// ResNet34 is the same paper's network of 34 layers: stages of 3, 4, 6 and 3 basic blocks. See ResNet18.
func ResNet34(o Options) *layers.Model { return resNet("resnet34", o, []int{3, 4, 6, 3}, false) }

// ResNet50 has bottleneck blocks, of 1×1, 3×3 and 1×1 convolutions, in stages of 3, 4, 6 and 3, with the stride at the
// 3×3 convolution as in torchvision ("version 1.5"). With NoTop it ends at layer4.2.relu3, [height/32, width/32, 2048].
// Uses what ResNet18 does.
func ResNet50(o Options) *layers.Model { return resNet("resnet50", o, []int{3, 4, 6, 3}, true) }

func resNet(name string, o Options, blocks []int, bottleneck bool) *layers.Model {
	c := newChain(name, imageSpec(o, 224, 224, 3))
	c.then("pad1", layers.ZeroPadding2D(3))
	c.convNorm("conv1", "bn1", residual(64, 7, 2, "valid"))
	c.then("relu", layers.ReLU(0))
	c.then("pad2", layers.ZeroPadding2D(1)) // no ReLU is below 0, so zeros never win
	c.then("maxpool", pool3())
	filters := 64
	for i, n := range blocks {
		for j := range n {
			at, stride := fmt.Sprintf("layer%d.%d.", i+1, j), 1
			if j == 0 {
				stride = min(i+1, 2)
			}
			if bottleneck {
				c.bottleneck(at, filters, stride, j == 0)
			} else {
				c.basicBlock(at, filters, stride, j == 0 && i > 0)
			}
		}
		filters *= 2
	}
	if !o.NoTop {
		c.head(o, "avgpool", "fc", 0)
	}
	return c.Model()
}

// bottleneck is a 1×1, a 3×3 and a 1×1 convolution to four times as many channels, beside a shortcut.
func (c *chain) bottleneck(name string, filters, stride int, changes bool) {
	in := c.at
	c.convNorm(name+"conv1", name+"bn1", residual(filters, 1, 1, "same"))
	c.then(name+"relu1", layers.ReLU(0))
	c.convNorm(name+"conv2", name+"bn2", residual(filters, 3, stride, c.padding(name+"conv2", 3, stride)))
	c.then(name+"relu2", layers.ReLU(0))
	c.convNorm(name+"conv3", name+"bn3", residual(4*filters, 1, 1, "same"))
	body := c.at
	if c.at = in; changes {
		c.convNorm(name+"downsample.0", name+"downsample.1", residual(4*filters, 1, stride, "valid"))
	}
	c.add(name+"add", body)
	c.then(name+"relu3", layers.ReLU(0))
}

// basicBlock is two 3×3 convolutions beside a shortcut; where it changes the shape,
// the shortcut has a 1×1 convolution (option B of the paper).
func (c *chain) basicBlock(name string, filters, stride int, changes bool) {
	in := c.at
	c.twoConvolutions(name, filters, stride)
	body := c.at
	if c.at = in; changes {
		c.convNorm(name+"downsample.0", name+"downsample.1", residual(filters, 1, stride, "valid"))
	}
	c.add(name+"add", body)
	c.then(name+"relu2", layers.ReLU(0))
}

// twoConvolutions are those of a basic block. PyTorch pads both sides, Keras' "same" the far side only.
func (c *chain) twoConvolutions(name string, filters, stride int) {
	c.convNorm(name+"conv1", name+"bn1", residual(filters, 3, stride, c.padding(name+"conv1", 3, stride)))
	c.then(name+"relu1", layers.ReLU(0))
	c.convNorm(name+"conv2", name+"bn2", residual(filters, 3, 1, "same"))
}

func (c *chain) convNorm(conv, bn string, l layers.Layer) {
	c.then(conv, l)
	c.then(bn, norm(0.9, 1e-5)) // PyTorch's momentum 0.1 is Keras' 0.9
}

// residual is a convolution without bias, its weights normal with variance 2/fan.
func residual(filters, kernel, stride int, padding string) layers.Layer {
	l := layers.Conv2D(filters, kernel, padding, "").Stride(stride).NoBias()
	l.KernelInitializer = "he_normal"
	return l
}

// pool3 is the largest of 3×3, every second.
func pool3() layers.Layer {
	l := layers.MaxPooling2D(3)
	l.Strides = [2]int{2, 2}
	return l
}
