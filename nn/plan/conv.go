package plan

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Conv is the geometry of a convolution or pooling, or of its gradients: image [N,H,W,CI],
// result [N,OH,OW,CO], kernel [kh,kw,CI,CO] or, depthwise, [kh,kw,CI,Mult] with CO = CI·Mult.
type Conv struct {
	N, H, W, CI  int
	OH, OW, CO   int
	Mult         int // depthwise only
	graph.Window     // Kernel, Stride, Dilation, Pad; a pad below 0 leaves lines or pixels of the image out
}

// Conv is the geometry of a step that is a convolution, a pooling or the gradient of one.
func (p *Plan) Conv(s *Step) Conv {
	return convOf(s.Op, s.Attr, func(i int) tensor.Shape { return p.Values[s.In[i]].Shape }, p.Values[s.Out[0]].Shape)
}

// convOf is the geometry of an op on operands of shapes in that gives the result out.
func convOf(op graph.Op, attr graph.Attr, in func(i int) tensor.Shape, out tensor.Shape) Conv {
	image, result, window := in(0), out, graph.Window{}
	switch a := attr.(type) {
	case graph.Window:
		window = a
	case graph.Winograd:
		window = a.Window()
	case graph.ConvGrad:
		window, image, result = a.Window, a.Shape, in(0)
		switch op {
		case graph.Conv2DGradFilter, graph.DepthwiseConv2DGradFilter:
			image, result = in(0), in(1)
		case graph.MaxPoolGrad:
			result = in(1)
		}
	}
	c := Conv{N: image[0], H: image[1], W: image[2], CI: image[3], OH: result[1], OW: result[2], CO: result[3],
		Window: window}
	c.Mult = c.CO / max(c.CI, 1)
	return c
}

// IsMatrix reports whether every pixel is a row of a plain product.
func (c Conv) IsMatrix() bool {
	return c.Kernel == [2]int{1, 1} && c.Stride == [2]int{1, 1} && c.Pad == [4]int{}
}

// Reach is how many lines (axis 0) or pixels (axis 1) of its operand a window spans.
func (c Conv) Reach(axis int) int { return (c.Kernel[axis]-1)*c.Dilation[axis] + 1 }

// Frame is an image [H,W,C] laid out in zeros [Tall,Wide,C], so that every window lies
// inside: pixel (y, x) at row Top+y·Apart[0], column Left+x·Apart[1]. What would lie outside is
// left out.
type Frame struct {
	H, W, C    int
	Tall, Wide int
	Top, Left  int
	Apart      [2]int
}

// Forward is the image with the padding that windows see for the result.
func (c Conv) Forward() Frame {
	f := Frame{H: c.H, W: c.W, C: c.CI, Top: c.Pad[0], Left: c.Pad[2], Apart: [2]int{1, 1}}
	f.Tall = (c.OH-1)*c.Stride[0] + c.Reach(0)
	f.Wide = (c.OW-1)*c.Stride[1] + c.Reach(1)
	if c.Pad == [4]int{} {
		f.Tall, f.Wide = c.H, c.W
	}
	return f
}

// Backward is the result's gradient laid out so that the tap at (ky, kx) met position
// (y, x) of the image at row y+(kh-1-ky)·dilation and column x+(kw-1-kx)·dilation.
func (c Conv) Backward() Frame {
	return Frame{
		H: c.OH, W: c.OW, C: c.CO, Tall: c.H + c.Reach(0) - 1, Wide: c.W + c.Reach(1) - 1,
		Top: c.Reach(0) - 1 - c.Pad[0], Left: c.Reach(1) - 1 - c.Pad[2], Apart: c.Stride,
	}
}

// Size is the number of elements of a frame.
func (f Frame) Size() int { return f.Tall * f.Wide * f.C }

// Own says that an image is its own frame.
func (f Frame) Own() bool {
	return f.Tall == f.H && f.Wide == f.W && f.Top == 0 && f.Left == 0 && f.Apart == [2]int{1, 1}
}
