package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

// convGradFilter is, for every tap, a product of the image's pixels, transposed, with dy:
// [ci, pixels]·[pixels, co], the sums going on from block to block of lines. Threads
// share the columns.
func (c *compiler) convGradFilter(s *plan.Step) emission {
	attr := s.Attr.(graph.ConvGrad)
	g := convGeometry(c.shape(s.In[0]), attr.Shape, attr.Window)
	e := c.simple(s, nil)
	e.units, e.grain = panels(g.co), 1
	e.emit = func(k *kernel.Emitter) {
		p := c.newProduct(k, g.co, kernel.Epilogue{})
		p.side, p.lo, p.hi = kernel.Columns, kernel.L(k.Lo), kernel.L(k.Hi)
		f := &filterGrad{product: p, g: g, a: g.forward(), most: min(max(blockK/g.ow, 1), g.oh)}
		p.reserve(f.most * g.ow)
		f.write()
	}
	return e
}

// filterGrad emits the gradient of a kernel.
type filterGrad struct {
	*product
	g     geometry
	a     patches
	most  int // lines at once
	frame uint32
}

func (f *filterGrad) write() {
	k, g, a := f.k, f.g, f.a
	framed := !a.image.Whole()
	if framed {
		f.frame = k.Reserve(4 * a.image.Wide * a.image.C * ((f.most-1)*a.lineStep + a.reach))
	}
	image, y, count, at, flags, dy := k.I32(), k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.SetInt(flags, kernel.C(kernel.FirstBlock))
	k.For(image, kernel.C(0), kernel.C(g.n), 1, func() {
		k.For(y, kernel.C(0), kernel.C(g.oh), f.most, func() {
			k.I32Const(int32(g.oh))
			k.Get(y)
			k.I32Sub()
			k.Set(count)
			k.LeastOf(count, func() { k.I32Const(int32(f.most)) })
			k.Address(dy, kernel.L(k.In[1]), kernel.L(image), 4*g.oh*g.ow*g.co)
			k.Address(dy, kernel.L(dy), kernel.L(y), 4*g.ow*g.co)
			k.Address(at, kernel.L(k.In[0]), kernel.L(image), 4*g.h*g.w*g.ci)
			if framed {
				f.product.frame(a, at, y, count, f.frame)
				k.Sum(kernel.L(k.Mem), kernel.C(int(f.frame)))
				k.Set(at)
			} else {
				k.Address(at, kernel.L(at), kernel.L(y), 4*a.lineStep*g.w*g.ci)
			}
			f.lines(at, dy, count, flags)
			k.SetInt(flags, kernel.C(0))
		})
	})
}

// lines adds what count lines give to every tap.
func (f *filterGrad) lines(at, dy, count, flags kernel.Local) {
	k, g, a := f.k, f.g, f.a
	line, pixel := 4*a.image.Wide*g.ci, 4*g.ci
	f.panel = func(j kernel.Local, width int, blk block, to kernel.Local) {
		k.Get(dy)
		k.Get(j)
		k.Times(4)
		k.I32Add()
		k.I32Const(int32(4 * g.co))
		k.Push(blk.count)
		k.Get(to)
		k.Call(f.packer(width, false))
	}
	n, tap, offset, out := k.I32(), k.I32(), k.I32(), k.I32()
	k.Get(count)
	k.Times(g.ow)
	k.Set(n)
	blk := block{k0: kernel.C(0), count: kernel.L(n), offset: kernel.L(offset), n1: kernel.L(count), s1: kernel.C(a.lineStep * line),
		n2: kernel.C(1), s2: kernel.C(0), ln: kernel.C(g.ow), flags: kernel.L(flags)}
	r := rows{a: kernel.L(at), x: kernel.C(0), count: kernel.C(g.ci), c: kernel.L(out), width: kernel.C(a.pixelStep * pixel), pixel: kernel.C(0), jump: kernel.C(0)}
	f.each(blk, func(one func()) {
		k.For(tap, kernel.C(0), kernel.C(g.Kernel[0]*g.Kernel[1]), 1, func() {
			k.Get(tap) // (tap / kw)·line + (tap mod kw)·pixel, each dilated
			k.I32Const(int32(g.Kernel[1]))
			k.I32DivU()
			k.Times(line * g.Dilation[0])
			k.Get(tap)
			k.I32Const(int32(g.Kernel[1]))
			k.I32RemU()
			k.Times(pixel * g.Dilation[1])
			k.I32Add()
			k.Set(offset)
			k.Get(tap)
			k.Times(4 * g.ci * g.co)
			k.Set(out)
			one()
		})
	}, r)
	k.FreeI32(n, tap, offset, out)
}
