package layers

import "wafer/nn/graph"

// Pooling1DLayer takes the largest element or the mean of each window of time: [b,t,c].
type Pooling1DLayer struct {
	class    string
	PoolSize int    `json:"pool_size"`
	Strides  int    `json:"strides"` // 0: as PoolSize
	Padding  string `json:"padding"`
}

// MaxPooling1D is Keras', with a stride as wide as the window and padding "valid".
func MaxPooling1D(size int) *Pooling1DLayer { return &Pooling1DLayer{"MaxPooling1D", size, 0, "valid"} }

// AveragePooling1D is Keras', as MaxPooling1D.
func AveragePooling1D(size int) *Pooling1DLayer {
	return &Pooling1DLayer{"AveragePooling1D", size, 0, "valid"}
}

func (l *Pooling1DLayer) Class() string { return l.class }

// Call maps [batch, time, channels] to [batch, positions, channels], as pooling of an image one row high. Positions are
// those of graph.Window.Out.
func (l *Pooling1DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 3, "[batch time channels]")
	b, t, ch := x.Shape[0], x.Shape[1], x.Shape[2]
	image := c.G.Reshape(x, b, 1, t, ch)
	args := poolArgs{PoolSize: [2]int{1, l.PoolSize}, Padding: l.Padding}
	if l.Strides != 0 {
		args.Strides = [2]int{1, l.Strides}
	}
	var y *graph.Node
	if l.class == "MaxPooling1D" {
		y = c.G.MaxPool(image, args.window(c, image))
	} else {
		y = c.G.AvgPool(image, args.window(c, image))
	}
	return c.G.Reshape(y, b, y.Shape[2], ch)
}

// UpSampling2DLayer repeats rows and columns: [b,h,w,c] → [b,h·size,w·size,c].
type UpSampling2DLayer struct {
	Size          [2]int `json:"size"`
	Interpolation string `json:"interpolation"` // "nearest"
}

// UpSampling2D is Keras', nearest neighbours.
func UpSampling2D(size int) *UpSampling2DLayer {
	return &UpSampling2DLayer{[2]int{size, size}, "nearest"}
}

func (l *UpSampling2DLayer) Class() string { return "UpSampling2D" }

// Call fails on another interpolation than nearest, and on a size that is not from 1 to 1024.
func (l *UpSampling2DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x, s := c.needRank(in, 4, "[batch height width channels]"), l.Size
	if l.Interpolation != "nearest" {
		c.fail("has interpolation %q, must be nearest", l.Interpolation)
	}
	c.need("size", float32(min(s[0], s[1])), 1, 1<<10)
	c.need("size", float32(max(s[0], s[1])), 1, 1<<10)
	b, h, w, ch := x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]
	y := c.G.Broadcast(c.G.Reshape(x, b, h, 1, w, 1, ch), b, h, s[0], w, s[1], ch)
	return c.G.Reshape(y, b, h*s[0], w*s[1], ch)
}

// UpSampling1DLayer repeats steps: [b,t,c] → [b,t·size,c].
type UpSampling1DLayer struct {
	Size int `json:"size"`
}

func UpSampling1D(size int) *UpSampling1DLayer { return &UpSampling1DLayer{size} } // Keras' UpSampling1D

func (l *UpSampling1DLayer) Class() string { return "UpSampling1D" }

// Call fails on a size that is not from 1 to 1024.
func (l *UpSampling1DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 3, "[batch time channels]")
	c.need("size", float32(l.Size), 1, 1<<10)
	b, t, ch := x.Shape[0], x.Shape[1], x.Shape[2]
	return c.G.Reshape(c.G.Broadcast(c.G.Reshape(x, b, t, 1, ch), b, t, l.Size, ch), b, t*l.Size, ch)
}

// Cropping2DLayer cuts rows and columns off an image.
type Cropping2DLayer struct {
	Cropping [2][2]int `json:"cropping"` // ((top, bottom), (left, right))
}

// Cropping2D cuts n rows and columns off every side.
func Cropping2D(n int) *Cropping2DLayer { return &Cropping2DLayer{[2][2]int{{n, n}, {n, n}}} }

func (l *Cropping2DLayer) Class() string { return "Cropping2D" }

// Call maps [batch, h, w, c] to [batch, h−top−bottom, w−left−right, c]; it fails where a crop is negative or leaves
// nothing.
func (l *Cropping2DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 4, "[batch height width channels]")
	for i, cut := range l.Cropping {
		n := x.Shape[1+i]
		if cut[0] < 0 || cut[1] < 0 || cut[0] >= n-cut[1] {
			c.fail("cropping %v leaves nothing of %d × %d", l.Cropping, in[0].Shape[1], in[0].Shape[2])
		}
		x = c.G.Narrow(x, 1+i, cut[0], n-cut[1])
	}
	return x
}

// ZeroPadding1DLayer adds steps of zeros to a sequence: [b,t,c].
type ZeroPadding1DLayer struct {
	Padding [2]int `json:"padding"` // (before, after)
}

func ZeroPadding1D(n int) *ZeroPadding1DLayer { return &ZeroPadding1DLayer{[2]int{n, n}} } // on both sides

func (l *ZeroPadding1DLayer) Class() string { return "ZeroPadding1D" }

// Call maps [batch, time, channels] to [batch, before+time+after, channels].
func (l *ZeroPadding1DLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 3, "[batch time channels]")
	return c.G.Pad(x, []int{0, l.Padding[0], 0}, []int{0, l.Padding[1], 0})
}

// PermuteLayer puts the axes of each sample into another order.
type PermuteLayer struct {
	Dims []int `json:"dims"` // from 1, as the batch is axis 0: axis i of the result is axis Dims[i−1]
}

func Permute(dims ...int) *PermuteLayer { return &PermuteLayer{dims} } // Keras' Permute

func (l *PermuteLayer) Class() string { return "Permute" }

// Call takes [batch, …] with as many further axes as Dims has. The batch axis stays in front.
func (l *PermuteLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	return c.G.Transpose(c.one(in), append([]int{0}, l.Dims...)...)
}

// RepeatVectorLayer makes a sequence of one vector: [b,c] → [b,n,c].
type RepeatVectorLayer struct {
	N int `json:"n"`
}

func RepeatVector(n int) *RepeatVectorLayer { return &RepeatVectorLayer{n} } // Keras' RepeatVector

func (l *RepeatVectorLayer) Class() string { return "RepeatVector" }

// Call fails on an n that is not from 1 to 65,536.
func (l *RepeatVectorLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x := c.needRank(in, 2, "[batch features]")
	c.need("n", float32(l.N), 1, 1<<16)
	return c.G.Broadcast(c.G.Reshape(x, x.Shape[0], 1, x.Shape[1]), x.Shape[0], l.N, x.Shape[1])
}

// Conv2DTransposeLayer is the transpose of a convolution: it makes images larger by its strides.
type Conv2DTransposeLayer struct {
	Filters int `json:"filters"`
	convArgs
}

// Conv2DTranspose is Keras' with a square kernel and stride.
func Conv2DTranspose(filters, kernel, stride int, padding, activation string) *Conv2DTransposeLayer {
	l := &Conv2DTransposeLayer{filters, newConvArgs()}
	l.KernelSize, l.Strides = [2]int{kernel, kernel}, [2]int{stride, stride}
	l.Padding, l.Activation = padding, activation
	return l
}

func (l *Conv2DTransposeLayer) Class() string { return "Conv2DTranspose" }

// Call convolves the image, with zeros between its elements, by the kernel turned around. The kernel is
// [height, width, filters, channels].
func (l *Conv2DTransposeLayer) Call(c *Context, in ...*graph.Node) *graph.Node {
	x, g := c.needRank(in, 4, "[batch height width channels]"), c.G
	if l.DilationRate != [2]int{1, 1} {
		c.fail("has dilation %v, which is not supported", l.DilationRate)
	}
	l.window(c, x) // checks
	k := c.Weight("kernel", l.initializer(), true, l.KernelSize[0], l.KernelSize[1], l.Filters, x.Shape[3])
	turned := g.Transpose(g.Reverse(g.Reverse(k, 0), 1), 0, 1, 3, 2)
	w := graph.Window{Kernel: l.KernelSize, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}}
	for i := range 2 {
		n, s, k := x.Shape[1+i], l.Strides[i], l.KernelSize[i]
		out, cut := n*s+max(k-s, 0), 0
		if l.Padding == "same" {
			out, cut = n*s, max(k-s, 0)/2
		}
		w.Pad[2*i], w.Pad[2*i+1] = k-1-cut, out-((n-1)*s+1)+cut
	}
	return l.finish(c, g.Conv2D(l.spread(g, x), turned, w))
}

// spread has strides − 1 zeros between the elements of an image.
func (l *Conv2DTransposeLayer) spread(g *graph.Graph, x *graph.Node) *graph.Node {
	b, h, w, ch, s := x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], l.Strides
	if s == [2]int{1, 1} {
		return x
	}
	y := g.Pad(g.Reshape(x, b, h, 1, w, 1, ch), make([]int, 6), []int{0, 0, s[0] - 1, 0, s[1] - 1, 0})
	y = g.Reshape(y, b, h*s[0], w*s[1], ch)
	return g.Slice(y, make([]int, 4), []int{b, (h-1)*s[0] + 1, (w-1)*s[1] + 1, ch})
}
