package layers

import (
	"slices"

	"wafer/nn/graph"
)

// FlattenLayer joins all axes but the batch: [batch, …] → [batch, n].
type FlattenLayer struct{}

func Flatten() *FlattenLayer { return &FlattenLayer{} } // Keras' Flatten

func (l *FlattenLayer) Class() string { return "Flatten" }

// Call fails on an input without a batch axis. Elements keep their order, so nothing is copied.
func (l *FlattenLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) < 2 {
		c.fail("needs one input [batch …], got %v", shapesOf(in))
	}
	return c.G.Reshape(in[0], in[0].Shape[0], in[0].Shape[1:].Size())
}

// ReshapeLayer keeps the elements of each sample in another shape; one axis may be −1.
type ReshapeLayer struct {
	TargetShape []int `json:"target_shape"`
}

func Reshape(shape ...int) *ReshapeLayer { return &ReshapeLayer{shape} } // Keras' Reshape

func (l *ReshapeLayer) Class() string { return "Reshape" }

// Call maps [batch, …] to [batch, target_shape…]; an axis of −1 takes what the others leave. A target of another size
// is refused by the graph's reshape.
func (l *ReshapeLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 || len(in[0].Shape) < 1 {
		c.fail("needs one input, got %v", shapesOf(in))
	}
	shape, known := slices.Clone(l.TargetShape), 1
	for _, d := range shape {
		if d != -1 {
			known *= d
		}
	}
	if i := slices.Index(shape, -1); i >= 0 && known > 0 {
		shape[i] = in[0].Shape[1:].Size() / known
	}
	return c.G.Reshape(in[0], append([]int{in[0].Shape[0]}, shape...)...)
}

// ZeroPadding2DLayer adds zeros around an image.
type ZeroPadding2DLayer struct {
	Padding [2][2]int `json:"padding"` // ((top, bottom), (left, right))
}

// ZeroPadding2D adds n rows and columns on every side.
func ZeroPadding2D(n int) *ZeroPadding2DLayer {
	return &ZeroPadding2DLayer{[2][2]int{{n, n}, {n, n}}}
}

func (l *ZeroPadding2DLayer) Class() string { return "ZeroPadding2D" }

// Call maps [batch, h, w, c] to [batch, top+h+bottom, left+w+right, c].
func (l *ZeroPadding2DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x, p := c.needRank(in, 4, "[batch height width channels]"), l.Padding
	return c.G.Pad(x, []int{0, p[0][0], p[1][0], 0}, []int{0, p[0][1], p[1][1], 0})
}

// Cropping1DLayer cuts steps off both ends of a sequence: [b,t,c] → [b,t−head−tail,c].
type Cropping1DLayer struct {
	Cropping [2]int `json:"cropping"` // (head, tail)
}

// Cropping1D is Keras' Cropping1D.
func Cropping1D(head, tail int) *Cropping1DLayer { return &Cropping1DLayer{[2]int{head, tail}} }

func (l *Cropping1DLayer) Class() string { return "Cropping1D" }

// Call fails where a crop is negative or leaves no step.
func (l *Cropping1DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 3, "[batch time channels]")
	lo, hi := l.Cropping[0], x.Shape[1]-l.Cropping[1]
	if lo < 0 || l.Cropping[1] < 0 || lo >= hi {
		c.fail("cropping %v leaves nothing of %d steps", l.Cropping, x.Shape[1])
	}
	return c.G.Narrow(x, 1, lo, hi)
}

// AddLayer sums its inputs, all of one shape.
type AddLayer struct{}

func Add() *AddLayer { return &AddLayer{} } // Keras' Add

func (l *AddLayer) Class() string { return "Add" }

// Call takes two inputs or more of one shape and adds them from left to right, which fixes the rounding. A step counts
// where it counts in one of them.
func (l *AddLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) < 2 {
		c.fail("needs two inputs or more, got %d", len(in))
	}
	y, mask := in[0], c.masks[in[0]]
	for _, x := range in[1:] {
		if !x.Shape.Equal(y.Shape) {
			c.fail("needs inputs of one shape, got %v", shapesOf(in))
		}
		y, mask = c.G.Add(y, x), either(c.G, mask, c.masks[x])
	}
	if mask != nil {
		c.masks[y] = mask
	}
	return y
}

// either is the mask of a step that counts in one of two, as Keras merges masks.
func either(g *graph.Graph, a, b *graph.Node) *graph.Node {
	switch {
	case a == nil:
		return b
	case b == nil || a == b:
		return a
	}
	return g.Max(a, b)
}

// ConcatenateLayer joins its inputs along an axis, counted from the batch axis 0;
// −1 is the innermost.
type ConcatenateLayer struct {
	Axis int `json:"axis"`
}

func Concatenate() *ConcatenateLayer { return &ConcatenateLayer{-1} } // Keras' Concatenate

func (l *ConcatenateLayer) Class() string { return "Concatenate" }

// Call takes inputs that are alike but for the length of the axis. The result has no mask.
func (l *ConcatenateLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) < 1 {
		c.fail("needs inputs")
	}
	axis := l.Axis
	if axis < 0 {
		axis += len(in[0].Shape)
	}
	return c.G.Concat(axis, in...)
}

// RescalingLayer is x·scale + offset.
type RescalingLayer struct {
	Scale  float32 `json:"scale"`
	Offset float32 `json:"offset"`
}

func Rescaling(scale, offset float32) *RescalingLayer { return &RescalingLayer{scale, offset} } // Keras' Rescaling

func (l *RescalingLayer) Class() string { return "Rescaling" }

// Call keeps the shape; the product is rounded before the offset is added.
func (l *RescalingLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	if len(in) != 1 {
		c.fail("needs one input, got %d", len(in))
	}
	return c.G.Add(c.G.Mul(in[0], c.G.Scalar(l.Scale)), c.G.Scalar(l.Offset))
}
