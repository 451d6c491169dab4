package compile

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.Conv2D] = (*compiler).conv
	kernels[graph.Conv2DGradInput] = (*compiler).convGradInput
	kernels[graph.Conv2DGradFilter] = (*compiler).convGradFilter
}

// geometry is a convolution's: x [n,h,w,ci], kernel [kh,kw,ci,co], y [n,oh,ow,co].
type geometry struct {
	n, h, w, ci, oh, ow, co int
	graph.Window
}

func convGeometry(x, k tensor.Shape, w graph.Window) geometry {
	return geometry{n: x[0], h: x[1], w: x[2], ci: x[3], oh: w.Out(0, x[1]), ow: w.Out(1, x[2]), co: k[3], Window: w}
}

// patches says how the rows of a product are read from an image: row (line, pixel) at
// line·lineStep + pixel·pixelStep of a frame, the image with its border.
type patches struct {
	image               kernel.Frame
	lines, width        int // rows of the product: lines of the result and pixels in each
	lineStep, pixelStep int // frame lines, frame pixels
	reach               int // frame lines that a line of the result sees
	blocks              []stretch
}

// stretch is a block of taps: see block. Offsets and steps are bytes.
type stretch struct{ k0, count, offset, n1, s1, n2, s2, ln int }

// conv is a product of the patches of the image with the kernel seen as [kh·kw·ci, co].
func (c *compiler) conv(s *plan.Step) emission {
	g := convGeometry(c.shape(s.In[0]), c.shape(s.In[1]), s.Attr.(graph.Window))
	packed := c.isPacked(s.In[1])
	e := emission{key: fmt.Sprintf("conv2d_%dx%dx%dx%d_%d %v packed%t", g.n, g.h, g.w, g.ci, g.co, g.Window, packed), outs: s.Out, ins: s.In, work: s.Work}
	if g.isMatrix() {
		return c.convMatrix(s, g, e, packed)
	}
	byLines := g.n*g.oh >= manyLines
	e.units, e.grain = panels(g.co), 1
	if byLines {
		e.units = g.n * g.oh
	}
	e, ep := c.withEpilogue(s, e)
	e.emit = func(k *kernel.Emitter) {
		p := c.newProduct(k, g.co, ep)
		p.side = kernel.Pixels
		p.packed, p.kTotal = packed, g.Kernel[0]*g.Kernel[1]*g.ci
		a := g.forward()
		p.reserve(a.longest())
		d := matrices{k: p.kTotal, n: g.co}
		p.panel = func(j kernel.Local, width int, blk block, to kernel.Local) { p.packMatrix(d, j, width, blk, to) }
		p.convolve(a, g.n, byLines)
	}
	return e
}

// manyLines is the number of lines of the result from which threads share them; below,
// they share columns.
const manyLines = 16

// isMatrix reports whether every pixel is a row of a plain product.
func (g geometry) isMatrix() bool {
	return g.Kernel == [2]int{1, 1} && g.Stride == [2]int{1, 1} && g.Pad == [4]int{}
}

func (c *compiler) convMatrix(s *plan.Step, g geometry, e emission, packed bool) emission {
	d := matrices{batch: 1, m: g.n * g.oh * g.ow, k: g.ci, n: g.co}
	return c.matrix(s, d, e, packed)
}

// forward reads the image for the result.
func (g geometry) forward() patches {
	a := patches{lines: g.oh, width: g.ow, lineStep: g.Stride[0], pixelStep: g.Stride[1], reach: (g.Kernel[0]-1)*g.Dilation[0] + 1}
	a.image = kernel.Frame{H: g.h, W: g.w, C: g.ci, StepY: 1, StepX: 1, OffY: -g.Pad[0], OffX: -g.Pad[2],
		Lines: (g.oh-1)*g.Stride[0] + a.reach, Wide: (g.ow-1)*g.Stride[1] + (g.Kernel[1]-1)*g.Dilation[1] + 1}
	if g.Pad == [4]int{} {
		a.image.Lines, a.image.Wide = g.h, g.w
	}
	pixel, line := 4*g.ci, 4*g.ci*a.image.Wide
	taps := g.Kernel[1]
	n2, ln, s2 := taps, g.ci, pixel*g.Dilation[1]
	if g.Dilation[1] == 1 || taps == 1 { // the taps of a line are neighbours
		n2, ln, s2 = 1, taps*g.ci, 0
	}
	a.cut(g.Kernel[0], line*g.Dilation[0], n2, s2, ln)
	return a
}

// cut makes the blocks: all taps at once where they are few, else line by line, tap by
// tap, or parts of a tap.
func (a *patches) cut(n1, s1, n2, s2, ln int) {
	if n1*n2*ln <= blockK {
		a.blocks = []stretch{{0, n1 * n2 * ln, 0, n1, s1, n2, s2, ln}}
		return
	}
	k0 := 0
	add := func(offset, n2, s2, ln int) {
		a.blocks = append(a.blocks, stretch{k0, n2 * ln, offset, 1, 0, n2, s2, ln})
		k0 += n2 * ln
	}
	for y := range n1 {
		if n2 > 1 && n2*ln <= blockK {
			add(y*s1, n2, s2, ln)
			continue
		}
		for x := range n2 {
			size := blockOf(ln, blockK)
			for at := 0; at < ln; at += size {
				add(y*s1+x*s2+4*at, 1, 0, min(size, ln-at))
			}
		}
	}
}

func (a *patches) longest() int {
	n := 0
	for _, b := range a.blocks {
		n = max(n, b.count)
	}
	return n
}

// linesAtOnce is how many lines of the result are worked on at a time, so that their
// part of the image stays in the second cache.
func (a *patches) linesAtOnce() int {
	line := 4 * a.image.Wide * a.image.C
	n := max((nearBytes/line-a.reach)/a.lineStep+1, 1)
	return min(max(n, (32+a.width-1)/a.width), a.lines)
}

// convolve emits all lines of n images for panels lo…hi, or lines Lo…Hi of all panels.
func (p *product) convolve(a patches, n int, byLines bool) {
	k := p.k
	from, to := kernel.C(0), kernel.C(n*a.lines)
	if byLines {
		from, to = kernel.L(k.Lo), kernel.L(k.Hi)
	} else {
		p.lo, p.hi = kernel.L(k.Lo), kernel.L(k.Hi)
	}
	most := a.linesAtOnce()
	framed := !a.image.Whole()
	var frame uint32
	if framed {
		frame = k.Reserve(4 * a.image.Wide * a.image.C * ((most-1)*a.lineStep + a.reach))
	}
	line, image, y, count, at := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.SetInt(line, from)
	k.While(func() {
		k.Get(line)
		k.Push(to)
		k.I32LtS()
	}, func() {
		k.Get(line) // image, y = line / lines, line mod lines
		k.I32Const(int32(a.lines))
		k.I32DivU()
		k.Set(image)
		k.Get(line)
		k.I32Const(int32(a.lines))
		k.I32RemU()
		k.Set(y)
		k.Push(to) // count = min(to − line, lines − y, most)
		k.Get(line)
		k.I32Sub()
		k.Set(count)
		k.LeastOf(count, func() {
			k.I32Const(int32(a.lines))
			k.Get(y)
			k.I32Sub()
		})
		k.LeastOf(count, func() { k.I32Const(int32(most)) })
		k.Address(at, kernel.L(k.In[0]), kernel.L(image), 4*a.image.H*a.image.W*a.image.C)
		if framed {
			p.frame(a, at, y, count, frame)
			k.Sum(kernel.L(k.Mem), kernel.C(int(frame)))
			k.Set(at)
		} else {
			k.Address(at, kernel.L(at), kernel.L(y), 4*a.lineStep*a.image.Wide*a.image.C)
		}
		p.patchRows(a, at, line, count)
		k.AddTo(line, kernel.L(count))
	})
	k.FreeI32(line, image, y, count, at)
}

// frame emits the copy of the image lines that count lines of the result from y on see.
func (p *product) frame(a patches, image, y, count kernel.Local, to uint32) {
	k := p.k
	k.Get(image)
	k.Get(y)
	k.Times(a.lineStep)
	k.Get(count)
	k.Times(a.lineStep)
	k.I32Const(int32(a.reach - a.lineStep))
	k.I32Add()
	k.Sum(kernel.L(k.Mem), kernel.C(int(to)))
	k.Call(p.c.shared(a.image.String(), func() uint32 { return a.image.Write(p.c.m) }))
}

// patchRows emits the products of count lines of the result, the first of which is number
// line of the batch and reads from address at on.
func (p *product) patchRows(a patches, at, line, count kernel.Local) {
	k := p.k
	n, c := k.I32(), k.I32()
	k.Get(count)
	k.Times(a.width)
	k.Set(n)
	k.Get(line)
	k.Times(4 * a.width * p.n)
	k.Set(c)
	pixel := 4 * a.pixelStep * a.image.C
	r := rows{a: kernel.L(at), x: kernel.C(0), count: kernel.L(n), c: kernel.L(c), width: kernel.C(a.width), pixel: kernel.C(pixel),
		jump: kernel.C(4*a.lineStep*a.image.Wide*a.image.C - a.width*pixel)}
	for i, b := range a.blocks {
		flags := 0
		if i == 0 {
			flags |= kernel.FirstBlock
		}
		if i == len(a.blocks)-1 {
			flags |= kernel.LastBlock
		}
		p.add(r, b.block(flags))
	}
	k.FreeI32(n, c)
}

func (b stretch) block(flags int) block {
	return block{k0: kernel.C(b.k0), count: kernel.C(b.count), offset: kernel.C(b.offset), n1: kernel.C(b.n1), s1: kernel.C(b.s1),
		n2: kernel.C(b.n2), s2: kernel.C(b.s2), ln: kernel.C(b.ln), flags: kernel.C(flags)}
}

// convGradInput is a convolution of dy, spread by the stride, with the kernel's taps
// from the last to the first place: dx at (h, w) sees dy at h+pad−kh·dilation.
func (c *compiler) convGradInput(s *plan.Step) emission {
	attr := s.Attr.(graph.ConvGrad)
	g := convGeometry(attr.Shape, c.shape(s.In[1]), attr.Window)
	e := c.simple(s, nil)
	byLines := g.n*g.h >= manyLines
	e.units, e.grain = panels(g.ci), 1
	if byLines {
		e.units = g.n * g.h
	}
	e.emit = func(k *kernel.Emitter) {
		p := c.newProduct(k, g.ci, kernel.Epilogue{})
		p.side = kernel.Pixels
		a := g.backward()
		p.kTotal = g.Kernel[0] * g.Kernel[1] * g.co
		p.reserve(a.longest())
		p.panel = func(j kernel.Local, width int, blk block, to kernel.Local) { p.packTaps(g, j, width, blk, to) }
		p.convolve(a, g.n, byLines)
	}
	return e
}

// backward reads dy for the gradient of the image: the frame's line f is dy's line
// f/stride where that is whole.
func (g geometry) backward() patches {
	spanY, spanX := (g.Kernel[0]-1)*g.Dilation[0], (g.Kernel[1]-1)*g.Dilation[1]
	a := patches{lines: g.h, width: g.w, lineStep: 1, pixelStep: 1, reach: spanY + 1}
	a.image = kernel.Frame{H: g.oh, W: g.ow, C: g.co, StepY: g.Stride[0], StepX: g.Stride[1],
		OffY: g.Pad[0] - spanY, OffX: g.Pad[2] - spanX, Lines: g.h + spanY, Wide: g.w + spanX}
	pixel, line := 4*g.co, 4*g.co*a.image.Wide
	a.cut(g.Kernel[0], -line*g.Dilation[0], g.Kernel[1], -pixel*g.Dilation[1], g.co)
	for i := range a.blocks { // taps ascend from the far corner
		a.blocks[i].offset += spanY*line + spanX*pixel
	}
	return a
}

// packTaps emits the packing of rows (tap, output channel) k0… of columns j… (input
// channels) of the kernel, which holds [ci,co] for each tap: columns are contiguous.
func (p *product) packTaps(g geometry, j kernel.Local, width int, blk block, to kernel.Local) {
	k := p.k
	k0, _ := blk.k0.Constant()
	taps, _ := blk.count.Constant()
	at := k.I32()
	k.SetInt(at, kernel.L(to))
	for part := k0; part < k0+taps; {
		tap, q := part/g.co, part%g.co
		n := min(g.co-q, k0+taps-part)
		k.Get(p.b) // (tap·ci + j)·co + q
		k.Get(j)
		k.Times(4 * g.co)
		k.I32Add()
		k.I32Const(int32(4 * (tap*g.ci*g.co + q)))
		k.I32Add()
		k.I32Const(int32(4 * g.co))
		k.I32Const(int32(n))
		k.Get(at)
		k.Call(p.packer(width, true))
		k.AddTo(at, kernel.C(4*width*n))
		part += n
	}
	k.FreeI32(at)
}
