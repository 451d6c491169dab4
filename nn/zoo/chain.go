package zoo

import "wafer/nn/layers"

// chain builds a functional model whose layers mostly follow one another.
type chain struct {
	*layers.Functional
	at string // the entry that the next layer follows
}

func newChain(name string, in layers.Spec) *chain {
	return &chain{layers.NewFunctional(name, in), layers.InputName}
}

// then puts a layer behind the last one, under its published name.
func (c *chain) then(name string, l layers.Layer) { c.at = c.Named(name, l, c.at) }

// add sums the last entry and an earlier one.
func (c *chain) add(name, earlier string) { c.at = c.Named(name, layers.Add(), earlier, c.at) }

// norm is a batch normalisation with its momentum and epsilon.
func norm(momentum, epsilon float32) layers.Layer {
	l := layers.BatchNormalization()
	l.Momentum, l.Epsilon = momentum, epsilon
	return l
}

// conv is a convolution with PyTorch's padding: (kernel − 1)/2 on all sides, where Keras' "same" pads a strided one on
// the far side only.
func (c *chain) conv(name string, filters, kernel, stride int) *layers.Conv2DLayer {
	l := layers.Conv2D(filters, kernel, c.padding(name, kernel, stride), "").Stride(stride)
	c.then(name, l)
	return l
}

// depthwise is conv on each channel for itself.
func (c *chain) depthwise(name string, kernel, stride int) {
	c.then(name, layers.DepthwiseConv2D(kernel, stride, c.padding(name, kernel, stride), "").NoBias())
}

// padding is the word for a layer's padding; a strided layer gets its zeros before.
func (c *chain) padding(name string, kernel, stride int) string {
	if stride == 1 || kernel == 1 {
		return "same"
	}
	c.then(name+".pad", layers.ZeroPadding2D(kernel/2))
	return "valid"
}

// squeeze weighs channels by a small network of their means (Hu et al. 2017, arXiv 1709.01507).
func (c *chain) squeeze(name, down, up string, channels, few int, activation, gate string) {
	x := c.at
	c.then(name+"mean", layers.GlobalAveragePooling2D())
	c.then(down, layers.Dense(few, activation))
	c.then(up, layers.Dense(channels, gate))
	c.then(name+"gate", layers.Reshape(1, 1, channels))
	c.at = c.Named(name+"scale", layers.Multiply(), x, c.at)
}

// head is the mean over space and the classifier.
func (c *chain) head(o Options, pool, classifier string, dropout float32) {
	c.then(pool, layers.GlobalAveragePooling2D())
	if dropout > 0 {
		c.then(classifier+".dropout", layers.Dropout(or(o.Dropout, dropout)))
	}
	c.then(classifier, layers.Dense(or(o.Classes, 1000), "softmax"))
}
