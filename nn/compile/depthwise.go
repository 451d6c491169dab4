package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.DepthwiseConv2D] = depthwiseConv
	kernels[graph.DepthwiseConv2DGradInput] = depthwiseGradInput
	kernels[graph.DepthwiseConv2DGradFilter] = depthwiseGradFilter
}

// axes are those of a window over an image that gives results out.
func axes(w graph.Window, image, out tensor.Shape) (y, x kernel.Axis) {
	along := func(i int) kernel.Axis {
		return kernel.Along(image[1+i], out[1+i], w.Kernel[i], w.Stride[i], w.Dilation[i], w.Pad[2*i])
	}
	return along(0), along(1)
}

// depthwise describes the convolution of an image with kernels that gives results out.
func depthwise(w graph.Window, image, kernels, out tensor.Shape) kernel.Depthwise {
	d := kernel.Depthwise{N: image[0], C: image[3], M: kernels[3]}
	d.Y, d.X = axes(w, image, out)
	return d
}

func depthwiseConv(c *compiler, s *plan.Step) emission {
	d := depthwise(s.Attr.(graph.Window), c.shape(s.In[0]), c.shape(s.In[1]), c.shape(s.Out[0]))
	e, ep := c.withEpilogue(s, c.simple(s, nil))
	e.emit = func(k *kernel.Emitter) { d.Forward(k, ep) }
	return e
}

func depthwiseGradInput(c *compiler, s *plan.Step) emission {
	a := s.Attr.(graph.ConvGrad)
	return c.simple(s, depthwise(a.Window, a.Shape, c.shape(s.In[1]), c.shape(s.In[0])).GradInput)
}

func depthwiseGradFilter(c *compiler, s *plan.Step) emission {
	a := s.Attr.(graph.ConvGrad)
	return c.simple(s, depthwise(a.Window, c.shape(s.In[0]), a.Shape, c.shape(s.In[1])).GradFilter)
}
