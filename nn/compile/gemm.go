package compile

import (
	"wafer/nn/kernel"
)

// blockK is the longest stretch of the summed axis that is worked on at a time, so that
// a panel of the right operand and a tile's rows of the left stay in the nearest cache;
// nearBytes is what a block of the left operand may take of the second. Sums continue
// from block to block, so these numbers change no bit.
const (
	blockK    = 384
	nearBytes = 192 << 10
)

// product emits one matrix product inside a step's function. Sizes are elements.
type product struct {
	c        *compiler
	k        *kernel.Emitter
	ep       kernel.Epilogue // its numbers are positions among k.In
	side     kernel.Side
	n        int          // columns of B and C
	out, b   kernel.Local // addresses of C and of B
	packed   bool         // B is a packed parameter of length kTotal
	kTotal   int          //
	panel    packPanel    // else: packs part of a panel
	scratch  uint32       // where, from k.Mem
	lo, hi   kernel.Int   // panels to compute
	residual int          // position of the residual among k.In, 0: none
}

// packPanel emits code that packs rows k0… of the panel that begins at column j (a
// local) and is width wide to the address to.
type packPanel func(j kernel.Local, width int, blk block, to kernel.Local)

// block is a stretch of the summed axis and how it lies in A (see kernel.Product).
type block struct {
	k0, count          kernel.Int // elements
	offset             kernel.Int // bytes from a row's first element
	n1, s1, n2, s2, ln kernel.Int
	flags              kernel.Int
}

// rows are consecutive rows of A with their places, in bytes.
type rows struct {
	a, x, count, c     kernel.Int // address of the first element, number in its line, number of rows, byte offset in C
	width, pixel, jump kernel.Int
}

// newProduct begins a product whose B is operand 1 and whose C is result 0.
func (c *compiler) newProduct(k *kernel.Emitter, n int, ep kernel.Epilogue) *product {
	return &product{c: c, k: k, ep: ep, n: n, out: k.Out[0], b: k.In[1], residual: ep.Residual,
		lo: kernel.C(0), hi: kernel.C(panels(n))}
}

// panels is the number of panels of n columns.
func panels(n int) int { return (n + kernel.PanelWidth - 1) / kernel.PanelWidth }

// inner is the function for a panel of the given width.
func (p *product) inner(height, width, several int) uint32 {
	t := kernel.Tile{Height: height, Columns: width, Panels: several, Side: p.side, Epilogue: p.ep}
	return p.c.shared(t.String(), func() uint32 { return kernel.Gemm(p.c.m, t) })
}

// add emits the products of rows with panels lo ≤ q < hi over one block.
func (p *product) add(r rows, blk block) { p.each(blk, func(one func()) { one() }, r) }

// each is add with code around every product: a panel is packed once, then use says
// how often it is multiplied.
func (p *product) each(blk block, use func(one func()), r rows) {
	k := p.k
	q, j := k.I32(), k.I32()
	whole := p.n / kernel.PanelWidth
	rest := p.n % kernel.PanelWidth
	end := p.hi
	if rest > 0 {
		end = p.least(p.hi, whole)
	}
	k.For(q, p.lo, end, 1, func() {
		k.Get(q)
		k.Times(kernel.PanelWidth)
		k.Set(j)
		p.one(r, blk, j, kernel.PanelWidth, p.inner(kernel.TileRows, kernel.PanelWidth, 1), use)
	})
	if rest > 0 {
		k.When(func() {
			k.Push(p.hi)
			k.I32Const(int32(whole))
			k.I32GtS()
		}, func() {
			k.SetInt(j, kernel.C(whole*kernel.PanelWidth))
			p.one(r, blk, j, rest, p.inner(kernel.TileRows, rest, 1), use)
		})
	}
	k.FreeI32(q, j)
}

// least is min(v, limit).
func (p *product) least(v kernel.Int, limit int) kernel.Int {
	if n, ok := v.Constant(); ok {
		return kernel.C(min(n, limit))
	}
	l := p.k.I32()
	p.k.Push(v)
	p.k.I32Const(int32(limit))
	p.k.Push(v)
	p.k.I32Const(int32(limit))
	p.k.I32LtS()
	p.k.Select()
	p.k.Set(l)
	return kernel.L(l)
}

// one emits the products of rows with the panel at column j.
func (p *product) one(r rows, blk block, j kernel.Local, width int, inner uint32, use func(one func())) {
	k := p.k
	b := k.I32()
	if p.packed { // b + (j·k + k0·width)·4
		k.Get(j)
		k.Times(4 * p.kTotal)
		k.Push(blk.k0)
		k.Times(4 * width)
		k.I32Add()
		k.Get(p.b)
		k.I32Add()
		k.Set(b)
	} else {
		k.Sum(kernel.L(k.Mem), kernel.C(int(p.scratch)))
		k.Set(b)
		p.panel(j, width, blk, b)
	}
	use(func() { p.call(r, blk, j, b, inner) })
	k.FreeI32(b)
}

// call emits the call of an inner kernel for the panel at address b, column j.
func (p *product) call(r rows, blk block, j, b kernel.Local, inner uint32) {
	k := p.k
	a, at, out := k.I32(), k.I32(), k.I32()
	k.Sum(r.a, blk.offset)
	k.Set(a)
	k.Get(j) // the panel's columns in a row, in bytes
	k.Times(4)
	k.Set(at)
	k.Push(r.c)
	k.Get(at)
	k.I32Add()
	k.Get(p.out)
	k.I32Add()
	k.Set(out)
	call := kernel.Product{A: kernel.L(a), X: r.x, Rows: r.count, C: kernel.L(out), B: kernel.L(b),
		Panel: kernel.C(4 * kernel.PanelWidth * p.kTotal),
		Flags: blk.flags, N1: blk.n1, S1: blk.s1, N2: blk.n2, S2: blk.s2, Len: blk.ln,
		Width: r.width, Pixel: r.pixel, Jump: r.jump, Ldc: kernel.C(4 * p.n)}
	call.ScaleAt, call.BiasAt, call.ResidualFromOut = p.vector(p.ep.Scale, at), p.vector(p.ep.Bias, at), kernel.C(0)
	if p.residual != 0 {
		d := k.I32()
		k.Get(k.In[p.residual-1])
		k.Get(p.out)
		k.I32Sub()
		k.Set(d)
		call.ResidualFromOut = kernel.L(d)
		defer k.FreeI32(d)
	}
	call.Call(k, inner)
	k.FreeI32(a, at, out)
}

// vector is the address of an operand of one element per column, at byte offset at.
func (p *product) vector(operand int, at kernel.Local) kernel.Int {
	if operand == 0 {
		return kernel.C(0)
	}
	l := p.k.I32()
	p.k.Sum(kernel.L(p.k.In[operand-1]), kernel.L(at))
	p.k.Set(l)
	return kernel.L(l)
}

// reserve makes room for one packed panel of the longest block.
func (p *product) reserve(longest int) {
	if !p.packed {
		p.scratch = p.k.Reserve(4 * kernel.PanelWidth * longest)
	}
}

// blockOf is the length of the equal blocks, of at most limit, into which n is cut.
func blockOf(n, limit int) int {
	blocks := max((n+limit-1)/limit, 1)
	return max((n+blocks-1)/blocks, 1)
}

// packer is the function that packs part of a panel.
func (p *product) packer(width int, transposed bool) uint32 {
	name := "pack_panel_" + string(rune('0'+width))
	if transposed {
		name += "_transposed"
	}
	return p.c.shared(name, func() uint32 { return kernel.PackPanel(p.c.m, name, width, transposed) })
}

// eachBlock emits f for stretches of a contiguous summed axis of length n, step bytes
// from element to element of A: in a loop when there are several.
func eachBlock(k *kernel.Emitter, n, step int, f func(blk block)) {
	size := blockOf(n, blockK)
	one := kernel.C(1)
	blk := block{n1: one, s1: kernel.C(0), n2: one, s2: kernel.C(0)}
	if size >= n {
		blk.k0, blk.count, blk.ln, blk.offset, blk.flags = kernel.C(0), kernel.C(n), kernel.C(n), kernel.C(0),
			kernel.C(kernel.FirstBlock|kernel.LastBlock)
		f(blk)
		return
	}
	k0, count, offset, flags := k.I32(), k.I32(), k.I32(), k.I32()
	blk.k0, blk.count, blk.ln, blk.offset, blk.flags = kernel.L(k0), kernel.L(count), kernel.L(count), kernel.L(offset),
		kernel.L(flags)
	k.For(k0, kernel.C(0), kernel.C(n), size, func() {
		k.I32Const(int32(size)) // count = min(size, n − k0)
		k.I32Const(int32(n))
		k.Get(k0)
		k.I32Sub()
		k.I32Const(int32(n - size))
		k.Get(k0)
		k.I32GeS()
		k.Select()
		k.Set(count)
		k.Get(k0)
		k.Times(step)
		k.Set(offset)
		k.Get(k0) // FirstBlock | LastBlock where they are
		k.I32Eqz()
		k.Get(k0)
		k.I32Const(int32(n - size))
		k.I32GeS()
		k.I32Const(1)
		k.I32Shl()
		k.I32Or()
		k.Set(flags)
		f(blk)
	})
	k.FreeI32(k0, count, offset, flags)
}

// packer is the function pack(row, rows, from, to, k, n), one for either storage.
func (c *compiler) packer(transposed bool) uint32 {
	name := "pack"
	if transposed {
		name = "pack_transposed"
	}
	return c.shared(name, func() uint32 { return kernel.Pack(c.m, name, transposed) })
}

// shared is a function that several steps call, made when first asked for.
func (c *compiler) shared(name string, make func() uint32) uint32 {
	i, ok := c.micro[name]
	if !ok {
		i = make()
		c.micro[name] = i
	}
	return i
}
