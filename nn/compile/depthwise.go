package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	kernels[graph.DepthwiseConv2D] = depthwiseConv
	kernels[graph.DepthwiseConv2DGradInput] = depthwiseGradInput
	kernels[graph.DepthwiseConv2DGradFilter] = depthwiseGradFilter
}

// axes are those of a window over an image.
func axes(g plan.Conv) (y, x kernel.Axis) {
	return kernel.Along(g.H, g.OH, g.Kernel[0], g.Stride[0], g.Dilation[0], g.Pad[0]),
		kernel.Along(g.W, g.OW, g.Kernel[1], g.Stride[1], g.Dilation[1], g.Pad[2])
}

// depthwise describes the convolution that a step does or undoes.
func (c *compiler) depthwise(s *plan.Step) kernel.Depthwise {
	g := c.plan.Conv(s)
	d := kernel.Depthwise{N: g.N, C: g.CI, M: g.Mult}
	d.Y, d.X = axes(g)
	return d
}

func depthwiseConv(c *compiler, s *plan.Step) emission {
	d := c.depthwise(s)
	e, ep := c.withEpilogue(s, c.simple(s, nil))
	e.emit = func(k *kernel.Emitter) { d.Forward(k, ep) }
	return e
}

func depthwiseGradInput(c *compiler, s *plan.Step) emission {
	return c.simple(s, c.depthwise(s).GradInput)
}

func depthwiseGradFilter(c *compiler, s *plan.Step) emission {
	return c.simple(s, c.depthwise(s).GradFilter)
}
