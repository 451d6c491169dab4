package compile

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	kernels[graph.Conv2D] = (*compiler).conv
	kernels[graph.Conv2DGradInput] = (*compiler).convGradInput
	kernels[graph.Conv2DGradFilter] = (*compiler).convGradFilter
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
	g := c.plan.Conv(s)
	packed := c.isPacked(s.In[1])
	e := emission{key: fmt.Sprintf("conv2d_%dx%dx%dx%d_%d %v packed%t", g.N, g.H, g.W, g.CI, g.CO, g.Window, packed),
		outs: s.Out, ins: s.In, work: s.Work}
	if g.IsMatrix() {
		return c.convMatrix(s, g, e, packed)
	}
	a := forward(g)
	how, units := a.share(g.N)
	e.units, e.grain = units(g.CO), 1
	e, ep := c.withEpilogue(s, e)
	e.emit = func(k *kernel.Emitter) {
		p := c.newProduct(k, g.CO, ep)
		p.side = kernel.Pixels
		p.packed, p.kTotal = packed, g.Kernel[0]*g.Kernel[1]*g.CI
		p.reserve(a.longest())
		d := matrices{k: p.kTotal, n: g.CO}
		p.panel = func(j kernel.Local, width int, blk block, to kernel.Local) { p.packMatrix(d, j, width, blk, to) }
		p.convolve(a, g.N, how)
	}
	return e
}

// manyImages and manyLines are the numbers from which threads share images, or lines of
// the result; below, they share columns.
const (
	manyImages = 8
	manyLines  = 16
)

func (c *compiler) convMatrix(s *plan.Step, g plan.Conv, e emission, packed bool) emission {
	d := matrices{batch: 1, m: g.N * g.OH * g.OW, k: g.CI, n: g.CO}
	return c.matrix(s, d, e, packed)
}

// frameOf is the plan's frame in the words of the kernels, whose offsets count from the frame.
func frameOf(f plan.Frame) kernel.Frame {
	return kernel.Frame{H: f.H, W: f.W, C: f.C, StepY: f.Apart[0], StepX: f.Apart[1],
		OffY: -f.Top, OffX: -f.Left, Lines: f.Tall, Wide: f.Wide}
}

// forward reads the image for the result.
func forward(g plan.Conv) patches {
	a := patches{lines: g.OH, width: g.OW, lineStep: g.Stride[0], pixelStep: g.Stride[1], reach: g.Reach(0)}
	a.image = frameOf(g.Forward())
	pixel, line := 4*g.CI, 4*g.CI*a.image.Wide
	taps := g.Kernel[1]
	n2, ln, s2 := taps, g.CI, pixel*g.Dilation[1]
	if g.Dilation[1] == 1 || taps == 1 { // the taps of a line are neighbours
		n2, ln, s2 = 1, taps*g.CI, 0
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

// sharing says what threads share of a convolution.
type sharing uint8

const (
	byPanels sharing = iota // columns of the result
	byLines
	byImages
)

// share chooses: images of a batch, lines of large images, else columns.
func (a *patches) share(n int) (how sharing, units func(columns int) int) {
	switch {
	case n >= manyImages:
		return byImages, func(int) int { return n }
	case n*a.lines >= manyLines:
		return byLines, func(int) int { return n * a.lines }
	}
	return byPanels, panels
}

// convolve emits the units Lo … Hi of a convolution of n images.
func (p *product) convolve(a patches, n int, how sharing) {
	k := p.k
	switch {
	case how == byImages && a.imagesAtOnce() > 1:
		p.groups(a, min(a.imagesAtOnce(), n))
		return
	case how == byImages:
		p.lines(a, func(l kernel.Local) { k.Address(l, kernel.C(0), kernel.L(k.Lo), a.lines) },
			func(l kernel.Local) { k.Address(l, kernel.C(0), kernel.L(k.Hi), a.lines) })
	case how == byLines:
		p.lines(a, func(l kernel.Local) { k.SetInt(l, kernel.L(k.Lo)) },
			func(l kernel.Local) { k.SetInt(l, kernel.L(k.Hi)) })
	default:
		p.lo, p.hi = kernel.L(k.Lo), kernel.L(k.Hi)
		p.lines(a, func(l kernel.Local) { k.SetInt(l, kernel.C(0)) },
			func(l kernel.Local) { k.SetInt(l, kernel.C(n*a.lines)) })
	}
}

// lines emits lines from … to of the batch.
func (p *product) lines(a patches, from, to func(l kernel.Local)) {
	k := p.k
	most := a.linesAtOnce()
	var frame kernel.Local
	if !a.image.Whole() {
		frame = k.I32()
		k.Sum(kernel.L(k.Mem), kernel.C(int(k.Reserve(a.frameBytes(most)))))
		k.Set(frame)
	}
	line, end, image, y, count, at := k.I32(), k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	from(line)
	to(end)
	k.While(func() {
		k.Get(line)
		k.Get(end)
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
		k.Get(end) // count = min(end − line, lines − y, most)
		k.Get(line)
		k.I32Sub()
		k.Set(count)
		k.LeastOf(count, func() {
			k.I32Const(int32(a.lines))
			k.Get(y)
			k.I32Sub()
		})
		k.LeastOf(count, func() { k.I32Const(int32(most)) })
		k.Address(at, kernel.L(k.In[0]), kernel.L(image), a.imageBytes())
		if a.image.Whole() {
			k.Address(at, kernel.L(at), kernel.L(y), 4*a.lineStep*a.image.Wide*a.image.C)
		} else {
			p.frameTo(a, at, y, count, frame)
			k.SetInt(at, kernel.L(frame))
		}
		p.patchRows(a, at, line, count, nil)
		k.AddTo(line, kernel.L(count))
	})
	k.FreeI32(line, end, image, y, count, at)
}

// groups emits images Lo … Hi, most whole ones at a time, so that a packed panel
// serves all of them.
func (p *product) groups(a patches, most int) {
	k := p.k
	pitch, frame := a.imageBytes(), kernel.Local(0)
	if !a.image.Whole() {
		pitch, frame = a.frameBytes(a.lines), k.I32()
		k.Sum(kernel.L(k.Mem), kernel.C(int(k.Reserve(most*pitch))))
		k.Set(frame)
	}
	image, count, at, line, lines, y := k.I32(), k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.SetInt(lines, kernel.C(a.lines))
	k.SetInt(y, kernel.C(0))
	k.For(image, kernel.L(k.Lo), kernel.L(k.Hi), most, func() {
		k.Get(k.Hi)
		k.Get(image)
		k.I32Sub()
		k.Set(count)
		k.LeastOf(count, func() { k.I32Const(int32(most)) })
		k.Address(at, kernel.L(k.In[0]), kernel.L(image), a.imageBytes())
		if !a.image.Whole() {
			i, to := k.I32(), k.I32()
			k.SetInt(to, kernel.L(frame))
			k.For(i, kernel.C(0), kernel.L(count), 1, func() {
				p.frameTo(a, at, y, lines, to)
				k.AddTo(at, kernel.C(a.imageBytes()))
				k.AddTo(to, kernel.C(pitch))
			})
			k.SetInt(at, kernel.L(frame))
			k.FreeI32(i, to)
		}
		k.Address(line, kernel.C(0), kernel.L(image), a.lines)
		p.patchRows(a, at, line, lines, &several{count, pitch})
	})
	k.FreeI32(image, count, at, line, lines, y)
}

// several are images that lie pitch bytes apart.
type several struct {
	count kernel.Local
	pitch int
}

func (a *patches) imageBytes() int { return 4 * a.image.H * a.image.W * a.image.C }

// frameBytes is the size of a frame that lines lines of the result see.
func (a *patches) frameBytes(lines int) int {
	return 4 * a.image.Wide * a.image.C * ((lines-1)*a.lineStep + a.reach)
}

// imagesAtOnce is how many whole images stay in the second cache.
func (a *patches) imagesAtOnce() int { return nearBytes / a.frameBytes(a.lines) }

// frameTo emits the copy of the image lines that count lines of the result from y on see.
func (p *product) frameTo(a patches, image, y, count, to kernel.Local) {
	k := p.k
	k.Get(image)
	k.Get(y)
	k.Times(a.lineStep)
	k.Get(count)
	k.Times(a.lineStep)
	k.I32Const(int32(a.reach - a.lineStep))
	k.I32Add()
	k.Get(to)
	k.Call(p.c.shared(a.image.String(), func() uint32 { return a.image.Write(p.c.m) }))
}

// patchRows emits the products of count lines of the result, the first of which is number
// line of the batch and reads from address at on; of several images if there are more.
func (p *product) patchRows(a patches, at, line, count kernel.Local, more *several) {
	k := p.k
	n, c := k.I32(), k.I32()
	k.Get(count)
	k.Times(a.width)
	k.Set(n)
	k.Get(line)
	k.Times(4 * a.width * p.n)
	k.Set(c)
	pixel := 4 * a.pixelStep * a.image.C
	r := rows{a: kernel.L(at), x: kernel.C(0), count: kernel.L(n), c: kernel.L(c), width: kernel.C(a.width),
		pixel: kernel.C(pixel),
		jump:  kernel.C(4*a.lineStep*a.image.Wide*a.image.C - a.width*pixel)}
	use := func(one func()) { one() }
	if more != nil {
		i, from, to := k.I32(), k.I32(), k.I32()
		r.a, r.c = kernel.L(from), kernel.L(to)
		use = func(one func()) {
			k.SetInt(from, kernel.L(at))
			k.SetInt(to, kernel.L(c))
			k.For(i, kernel.C(0), kernel.L(more.count), 1, func() {
				one()
				k.AddTo(from, kernel.C(more.pitch))
				k.AddTo(to, kernel.C(4*a.lines*a.width*p.n))
			})
		}
		defer k.FreeI32(i, from, to)
	}
	for i, b := range a.blocks {
		flags := 0
		if i == 0 {
			flags |= kernel.FirstBlock
		}
		if i == len(a.blocks)-1 {
			flags |= kernel.LastBlock
		}
		p.each(b.block(flags), use, r)
	}
	k.FreeI32(n, c)
}

func (b stretch) block(flags int) block {
	return block{k0: kernel.C(b.k0), count: kernel.C(b.count), offset: kernel.C(b.offset), n1: kernel.C(b.n1),
		s1: kernel.C(b.s1),
		n2: kernel.C(b.n2), s2: kernel.C(b.s2), ln: kernel.C(b.ln), flags: kernel.C(flags)}
}

// convGradInput is a convolution of dy, spread by the stride, with the kernel's taps
// from the last to the first place: dx at (h, w) sees dy at h+pad−kh·dilation.
func (c *compiler) convGradInput(s *plan.Step) emission {
	g := c.plan.Conv(s)
	e := c.simple(s, nil)
	if g.IsMatrix() {
		return c.matrix(s, matrices{batch: 1, m: g.N * g.H * g.W, k: g.CO, n: g.CI, transB: true}, e, false)
	}
	a := backward(g)
	how, units := a.share(g.N)
	e.units, e.grain = units(g.CI), 1
	e.emit = func(k *kernel.Emitter) {
		p := c.newProduct(k, g.CI, kernel.Epilogue{})
		p.side = kernel.Pixels
		p.kTotal = g.Kernel[0] * g.Kernel[1] * g.CO
		p.reserve(a.longest())
		p.panel = func(j kernel.Local, width int, blk block, to kernel.Local) { p.packTaps(g, j, width, blk, to) }
		p.convolve(a, g.N, how)
	}
	return e
}

// backward reads dy for the gradient of the image: the frame's line f is dy's line
// f/stride where that is whole.
func backward(g plan.Conv) patches {
	spanY, spanX := g.Reach(0)-1, g.Reach(1)-1
	a := patches{lines: g.H, width: g.W, lineStep: 1, pixelStep: 1, reach: spanY + 1}
	a.image = frameOf(g.Backward())
	pixel, line := 4*g.CO, 4*g.CO*a.image.Wide
	a.cut(g.Kernel[0], -line*g.Dilation[0], g.Kernel[1], -pixel*g.Dilation[1], g.CO)
	for i := range a.blocks { // taps ascend from the far corner
		a.blocks[i].offset += spanY*line + spanX*pixel
	}
	return a
}

// packTaps emits the packing of rows (tap, output channel) k0… of columns j… (input
// channels) of the kernel, which holds [ci,co] for each tap: columns are contiguous.
func (p *product) packTaps(g plan.Conv, j kernel.Local, width int, blk block, to kernel.Local) {
	k := p.k
	k0, _ := blk.k0.Constant()
	taps, _ := blk.count.Constant()
	at := k.I32()
	k.SetInt(at, kernel.L(to))
	for part := k0; part < k0+taps; {
		tap, q := part/g.CO, part%g.CO
		n := min(g.CO-q, k0+taps-part)
		k.Get(p.b) // (tap·ci + j)·co + q
		k.Get(j)
		k.Times(4 * g.CO)
		k.I32Add()
		k.I32Const(int32(4 * (tap*g.CI*g.CO + q)))
		k.I32Add()
		k.I32Const(int32(4 * g.CO))
		k.I32Const(int32(n))
		k.Get(at)
		k.Call(p.packer(width, true))
		k.AddTo(at, kernel.C(4*width*n))
		part += n
	}
	k.FreeI32(at)
}
