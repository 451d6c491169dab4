package zoo

import "wafer/nn/layers"

// LeNet is LeNet-5 (LeCun et al. 1998, Gradient-based learning applied to document recognition) in the form that is
// taught today: two 5×5 convolutions with ReLU and max-pooling, then layers of 120 and 84 units and the classifier.
// Names are those of PyTorch's tutorial. Uses Height, Width, Channels (32, 32, 1), Classes (10), NoTop.
func LeNet(o Options) *layers.Model {
	c := newChain("lenet", imageSpec(o, 32, 32, 1))
	c.then("conv1", layers.Conv2D(6, 5, "valid", "relu"))
	c.then("pool1", layers.MaxPooling2D(2))
	c.then("conv2", layers.Conv2D(16, 5, "valid", "relu"))
	c.then("pool2", layers.MaxPooling2D(2))
	if !o.NoTop {
		c.then("flatten", layers.Flatten())
		c.then("fc1", layers.Dense(120, "relu"))
		c.then("fc2", layers.Dense(84, "relu"))
		c.then("fc3", layers.Dense(or(o.Classes, 10), "softmax"))
	}
	return c.Model()
}
