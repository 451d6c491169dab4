package compile

import (
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

// convGradFilter is, for every tap, a product of the image's pixels, transposed, with dy:
// [ci, pixels]·[pixels, co], the sums going on from block to block of pixels. Both are
// packed for each block. Threads share the columns.
func (c *compiler) convGradFilter(s *plan.Step) emission {
	g := c.plan.Conv(s)
	e := c.simple(s, nil)
	if g.IsMatrix() {
		return c.matrix(s, matrices{batch: 1, m: g.CI, k: g.N * g.H * g.W, n: g.CO, transA: true}, e, false)
	}
	e.units, e.grain = panels(g.CO), 1
	e.emit = func(k *kernel.Emitter) {
		p := c.newProduct(k, g.CO, kernel.Epilogue{})
		p.side, p.lo, p.hi = kernel.Tiles, kernel.L(k.Lo), kernel.L(k.Hi)
		(&filterGrad{product: p, g: g, a: forward(g)}).write()
	}
	return e
}

// filterGrad emits the gradient of a kernel.
type filterGrad struct {
	*product
	g             plan.Conv
	a             patches
	images, lines int    // of a block: several whole images, or lines of one
	frameAt       uint32 // frames of the block's images
	frameBytes    int
	x, dy         kernel.Local // addresses of the packed operands
}

// block chooses the pixels of a block: about blockK, fewer where dy is wide, so that
// its panels stay in the second cache.
func (f *filterGrad) block() {
	g, most := f.g, min(max(nearBytes/4/f.g.CO, 64), blockK)
	f.images, f.lines = 1, min(max(most/g.OW, 1), g.OH)
	if f.lines == g.OH {
		f.images = min(max(most/(g.OH*g.OW), 1), g.N)
	}
}

func (f *filterGrad) write() {
	f.block()
	k, g, a := f.k, f.g, f.a
	pixels := f.images * f.lines * g.OW
	if !a.image.Whole() {
		f.frameBytes = 4 * a.image.Wide * g.CI * ((f.lines-1)*a.lineStep + a.reach)
		f.frameAt = k.Reserve(f.images * f.frameBytes)
	}
	f.x = f.at(4 * pixels * (g.CI + 3) / 4 * 4)
	f.dy = f.at(4 * pixels * g.CO)
	image, y, parts, count, flags := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.SetInt(flags, kernel.C(kernel.FirstBlock))
	k.For(image, kernel.C(0), kernel.C(g.N), f.images, func() {
		k.For(y, kernel.C(0), kernel.C(g.OH), f.lines, func() {
			f.rest(parts, image, g.N, f.images)
			f.rest(count, y, g.OH, f.lines)
			f.add(image, y, parts, count, flags)
			k.SetInt(flags, kernel.C(0))
		})
	})
}

// at is the address of bytes of scratch.
func (f *filterGrad) at(bytes int) kernel.Local {
	l := f.k.I32()
	f.k.Sum(kernel.L(f.k.Mem), kernel.C(int(f.k.Reserve(bytes))))
	f.k.Set(l)
	return l
}

// rest sets l to min(n − i, most).
func (f *filterGrad) rest(l, i kernel.Local, n, most int) {
	f.k.SetInt(l, kernel.C(most))
	if n%most != 0 {
		f.k.LeastOf(l, func() {
			f.k.I32Const(int32(n))
			f.k.Get(i)
			f.k.I32Sub()
		})
	}
}

// add adds what count lines from y on of parts images give to every tap.
func (f *filterGrad) add(image, y, parts, count, flags kernel.Local) {
	k, g := f.k, f.g
	pixels := k.I32()
	k.Get(parts)
	k.Get(count)
	k.I32Mul()
	k.Times(g.OW)
	k.Set(pixels)
	f.packGradient(image, y, pixels)
	source := f.frames(image, y, parts, count)
	tap, ky, kx, group, out := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.Get(pixels)
	k.Times(16)
	k.Set(group)
	k.For(tap, kernel.C(0), kernel.C(g.Kernel[0]*g.Kernel[1]), 1, func() {
		k.Get(tap)
		k.I32Const(int32(g.Kernel[1]))
		k.I32DivU()
		k.Set(ky)
		k.Get(tap)
		k.I32Const(int32(g.Kernel[1]))
		k.I32RemU()
		k.Set(kx)
		f.packTap(source, ky, kx, parts, count, group)
		k.Get(tap)
		k.Times(4 * g.CI * g.CO)
		k.Set(out)
		f.multiplyTap(out, pixels, group, flags)
	})
	k.FreeI32(pixels, tap, ky, kx, group, out)
}

// packGradient packs the block's rows of dy: panel after panel of lo … hi.
func (f *filterGrad) packGradient(image, y, pixels kernel.Local) {
	k, g := f.k, f.g
	from := k.I32()
	k.Address(from, kernel.L(k.In[1]), kernel.L(image), 4*g.OH*g.OW*g.CO)
	k.Address(from, kernel.L(from), kernel.L(y), 4*g.OW*g.CO)
	f.eachPanel(func(j kernel.Local, width int) {
		k.Sum(kernel.L(from), kernel.L(j))
		k.I32Const(int32(4 * g.CO))
		k.Get(pixels)
		f.packedAt(j, pixels)
		k.Call(f.packer(width, false))
	})
	k.FreeI32(from)
}

// packedAt pushes where the panel at column j (in bytes) lies: dy + j·pixels.
func (f *filterGrad) packedAt(j, pixels kernel.Local) {
	k := f.k
	k.Get(j)
	k.Get(pixels)
	k.I32Mul()
	k.Get(f.dy)
	k.I32Add()
}

// eachPanel emits f for whole panels of lo … hi and for the last, narrow one; j is the
// column in bytes.
func (f *filterGrad) eachPanel(use func(j kernel.Local, width int)) {
	k, j, end := f.k, f.k.I32(), f.k.I32()
	whole, rest := f.n/kernel.PanelWidth, f.n%kernel.PanelWidth
	k.Push(f.least(f.hi, whole))
	k.Times(4 * kernel.PanelWidth)
	k.Set(end)
	k.Push(f.lo)
	k.Times(4 * kernel.PanelWidth)
	k.Set(j)
	k.For(j, kernel.L(j), kernel.L(end), 4*kernel.PanelWidth, func() { use(j, kernel.PanelWidth) })
	if rest > 0 {
		k.When(func() {
			k.Push(f.hi)
			k.I32Const(int32(whole))
			k.I32GtS()
		}, func() {
			k.SetInt(j, kernel.C(4*kernel.PanelWidth*whole))
			use(j, rest)
		})
	}
	k.FreeI32(j, end)
}

// frames copies the images with their borders, if there are any, and gives the address of
// what the first line sees.
func (f *filterGrad) frames(image, y, parts, count kernel.Local) kernel.Local {
	k, g, a := f.k, f.g, f.a
	source := k.I32()
	k.Address(source, kernel.L(k.In[0]), kernel.L(image), 4*g.H*g.W*g.CI)
	if a.image.Whole() {
		k.Address(source, kernel.L(source), kernel.L(y), 4*a.lineStep*g.W*g.CI)
		return source
	}
	part, from, to := k.I32(), k.I32(), k.I32()
	k.SetInt(from, kernel.L(source))
	k.Sum(kernel.L(k.Mem), kernel.C(int(f.frameAt)))
	k.LocalTee(source)
	k.Set(to)
	k.For(part, kernel.C(0), kernel.L(parts), 1, func() {
		f.frameTo(a, from, y, count, to)
		k.AddTo(from, kernel.C(4*g.H*g.W*g.CI))
		k.AddTo(to, kernel.C(f.frameBytes))
	})
	k.FreeI32(part, from, to)
	return source
}

// packTap packs the pixels that tap (ky, kx) sees.
func (f *filterGrad) packTap(source, ky, kx, parts, count, group kernel.Local) {
	k, g, a := f.k, f.g, f.a
	line, pixel, image := 4*a.image.Wide*g.CI, 4*g.CI, f.frameBytes
	if a.image.Whole() {
		image = 4 * g.H * g.W * g.CI
	}
	part, from, to := k.I32(), k.I32(), k.I32()
	k.Address(from, kernel.L(source), kernel.L(ky), line*g.Dilation[0])
	k.Address(from, kernel.L(from), kernel.L(kx), pixel*g.Dilation[1])
	k.SetInt(to, kernel.L(f.x))
	step := a.pixelStep * pixel
	pack := f.c.shared(kernel.PackPixelsName(g.CI, step), func() uint32 { return kernel.PackPixels(f.c.m, g.CI, step) })
	k.For(part, kernel.C(0), kernel.L(parts), 1, func() {
		k.Get(from)
		k.Get(count)
		k.I32Const(int32(g.OW))
		k.I32Const(int32(a.lineStep * line))
		k.Get(to)
		k.Get(group)
		k.Call(pack)
		k.AddTo(from, kernel.C(image))
		k.Address(to, kernel.L(to), kernel.L(count), 16*g.OW)
	})
	k.FreeI32(part, from, to)
}

// multiplyTap adds the product of the packed operands to the tap at byte out of the result.
func (f *filterGrad) multiplyTap(out, pixels, group, flags kernel.Local) {
	k, g := f.k, f.g
	b, c := k.I32(), k.I32()
	one, none := kernel.C(1), kernel.C(0)
	f.eachPanel(func(j kernel.Local, width int) {
		f.packedAt(j, pixels)
		k.Set(b)
		k.Sum(kernel.L(out), kernel.L(j))
		k.Get(f.out)
		k.I32Add()
		k.Set(c)
		kernel.Product{A: kernel.L(f.x), X: none, Rows: kernel.C(g.CI), C: kernel.L(c), B: kernel.L(b), Panel: none,
			Flags: kernel.L(flags),
			N1:    one, S1: none, N2: one, S2: none, Len: kernel.L(pixels), Width: none, Pixel: kernel.L(group),
			Jump: none,
			Ldc:  kernel.C(4 * g.CO), ScaleAt: none, BiasAt: none, ResidualFromOut: none}.Call(k,
			f.inner(kernel.TileRows, width,
				1))
	})
	k.FreeI32(b, c)
}
