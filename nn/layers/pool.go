package layers

import "wafer/nn/graph"

type poolArgs struct {
	PoolSize [2]int `json:"pool_size"`
	Strides  [2]int `json:"strides"` // 0 0: as PoolSize
	Padding  string `json:"padding"`
}

func (a poolArgs) window(c *Context, x *graph.Node) graph.Window {
	if a.Strides == [2]int{} {
		a.Strides = a.PoolSize
	}
	w := graph.Window{Kernel: a.PoolSize, Stride: a.Strides, Dilation: [2]int{1, 1}}
	return padded(c, w, a.Padding, x)
}

// MaxPooling2DLayer takes the largest element of each window.
type MaxPooling2DLayer struct{ poolArgs }

// MaxPooling2D is Keras' MaxPooling2D with a square window, stride as wide and padding "valid".
func MaxPooling2D(size int) *MaxPooling2DLayer {
	return &MaxPooling2DLayer{poolArgs{PoolSize: [2]int{size, size}, Padding: "valid"}}
}

func (l *MaxPooling2DLayer) Class() string { return "MaxPooling2D" }

// Call maps [batch, h, w, c] to [batch, positions down, positions across, c], see graph.Window.Out.
func (l *MaxPooling2DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 4, "[batch height width channels]")
	return c.G.MaxPool(x, l.window(c, x))
}

// AveragePooling2DLayer takes the mean of each window, padding not counted.
type AveragePooling2DLayer struct{ poolArgs }

// AveragePooling2D is Keras' AveragePooling2D, as MaxPooling2D.
func AveragePooling2D(size int) *AveragePooling2DLayer {
	return &AveragePooling2DLayer{poolArgs{PoolSize: [2]int{size, size}, Padding: "valid"}}
}

func (l *AveragePooling2DLayer) Class() string { return "AveragePooling2D" }

// Call gives the shape that MaxPooling2D gives.
func (l *AveragePooling2DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 4, "[batch height width channels]")
	return c.G.AvgPool(x, l.window(c, x))
}

// GlobalPoolLayer reduces time ([b,t,c] → [b,c]) or space ([b,h,w,c] → [b,c]).
type GlobalPoolLayer struct{ class string }

// mean over time, of the steps that the mask keeps
func GlobalAveragePooling1D() *GlobalPoolLayer { return &GlobalPoolLayer{"GlobalAveragePooling1D"} }

// mean over height and width
func GlobalAveragePooling2D() *GlobalPoolLayer { return &GlobalPoolLayer{"GlobalAveragePooling2D"} }

// largest over time
func GlobalMaxPooling1D() *GlobalPoolLayer { return &GlobalPoolLayer{"GlobalMaxPooling1D"} }

// largest over height and width
func GlobalMaxPooling2D() *GlobalPoolLayer { return &GlobalPoolLayer{"GlobalMaxPooling2D"} }

func (l *GlobalPoolLayer) Class() string { return l.class }

// Call heeds a mask in the mean over time only.
func (l *GlobalPoolLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	switch l.class {
	case "GlobalAveragePooling1D":
		x := c.needRank(in, 3, "[batch time channels]")
		if m := c.masks[x]; m != nil {
			return maskedMean(c.G, x, m)
		}
		return c.G.ReduceMean(x, 1)
	case "GlobalMaxPooling1D":
		return c.G.ReduceMax(c.needRank(in, 3, "[batch time channels]"), 1)
	case "GlobalAveragePooling2D":
		return c.G.ReduceMean(c.needRank(in, 4, "[batch height width channels]"), 1, 2)
	}
	return c.G.ReduceMax(c.needRank(in, 4, "[batch height width channels]"), 1, 2)
}

// maskedMean is Σ x·m / Σ m over time; an entirely masked sequence gives 0
// instead of Keras' NaN.
func maskedMean(g *graph.Graph, x, m *graph.Node) *graph.Node {
	b, t := m.Shape[0], m.Shape[1]
	sum := g.ReduceSum(g.Mul(x, g.Reshape(m, b, t, 1)), 1)
	count := g.Max(g.ReduceSum(m, 1), g.Scalar(1))
	return g.Div(sum, g.Reshape(count, b, 1))
}
