package zoo

import (
	"fmt"

	"wafer/nn/layers"
)

// mobile is an inverted residual block (Sandler et al. 2018, arXiv 1801.04381): a 1×1 convolution widens, a depthwise
// one filters each channel, some blocks weigh the channels, a 1×1 convolution narrows.
type mobile struct {
	kernel, wide, out, stride int
	few                       int    // units of the squeeze; 0: none
	activation                string // behind the first two convolutions
}

// style is how a family of networks is built and what it calls its parts.
type style struct {
	timm              bool // names of github.com/huggingface/pytorch-image-models, else of torchvision
	momentum, epsilon float32
	squeezed, gate    string // activations of the squeeze
	inner             string // torchvision's name of what a block holds
}

// convNormed is a convolution, its normalisation and activation, by torchvision's names NAME.0 and NAME.1, or others.
func (s style) convNormed(c *chain, conv, bn string, filters, kernel, stride int, activation string) {
	c.conv(conv, filters, kernel, stride).NoBias()
	s.normed(c, bn, activation)
}

func (s style) normed(c *chain, bn, activation string) {
	c.then(bn, norm(s.momentum, s.epsilon))
	if activation != "" {
		c.then(bn+"."+activation, layers.Activation(activation))
	}
}

// block adds a block to channels and returns how many there are behind it.
func (s style) block(c *chain, name string, b mobile, channels int) int {
	before, n := c.at, 0
	part := func(timm, timmNorm string) (conv, bn string) {
		if s.timm {
			return name + timm, name + timmNorm
		}
		n++
		return fmt.Sprintf("%s%s%d.0", name, s.inner, n-1), fmt.Sprintf("%s%s%d.1", name, s.inner, n-1)
	}
	expands := b.wide != channels
	depthwise, depthwiseNorm, project, projectNorm := "conv_dw", "bn2", "conv_pwl", "bn3"
	if expands {
		conv, bn := part("conv_pw", "bn1")
		s.convNormed(c, conv, bn, b.wide, 1, 1, b.activation)
	} else {
		depthwiseNorm, project, projectNorm = "bn1", "conv_pw", "bn2"
	}
	conv, bn := part(depthwise, depthwiseNorm)
	c.depthwise(conv, b.kernel, b.stride)
	s.normed(c, bn, b.activation)
	if b.few > 0 {
		at := fmt.Sprintf("%s%s%d.", name, s.inner, n)
		n++
		c.squeeze(at, at+"fc1", at+"fc2", b.wide, b.few, s.squeezed, s.gate)
	}
	if s.inner == "conv." { // torchvision's MobileNetV2 has these two in the list itself
		conv, bn = fmt.Sprintf("%sconv.%d", name, n), fmt.Sprintf("%sconv.%d", name, n+1)
	} else {
		conv, bn = part(project, projectNorm)
	}
	s.convNormed(c, conv, bn, b.out, 1, 1, "")
	if channels == b.out && b.stride == 1 {
		c.add(name+"add", before)
	}
	return b.out
}
