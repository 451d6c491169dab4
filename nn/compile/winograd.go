package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	kernels[graph.WinogradFilter] = (*compiler).winogradFilter
	kernels[graph.WinogradConv2D] = (*compiler).winograd
}

var winogradConstants = kernel.WinogradConstants{P: graph.WinogradP, P2: graph.WinogradP2, P3: graph.WinogradP3,
	Q: graph.WinogradQ, Q2: graph.WinogradQ2, Q3: graph.WinogradQ3, R: graph.WinogradR,
	S0: graph.WinogradS0, S1: graph.WinogradS1, S2: graph.WinogradS2, T0: graph.WinogradT0, T1: graph.WinogradT1,
	T2: graph.WinogradT2}

// Winograd convolutions transform a block of tiles: V [t·t, tiles, ci]; then one
// product for each of the t·t positions: M [t·t, tiles, co]; then M to results. A block
// has as many tiles as keep V and M within winogradBytes, but at least winogradTiles,
// since it reads all of the transformed kernel.
const (
	winogradBytes = 1 << 20
	winogradTiles = 48
)

// winogradFilter transforms input channels lo ≤ c < hi, to panels where only
// Winograd convolutions read them.
func (c *compiler) winogradFilter(s *plan.Step) emission {
	attr, shape := s.Attr.(graph.Winograd), c.shape(s.In[0])
	ci, co, t := shape[2], shape[3], attr.Side()
	e := c.simple(s, nil)
	packed := c.isPanels(s.Out[0])
	if packed {
		e.key += " packed"
	}
	e.units, e.grain = ci, 1
	e.emit = func(k *kernel.Emitter) {
		g := kernel.WinogradFilter(attr.Tile, winogradConstants)
		half, channel, from, to := k.I32(), k.I32(), k.I32(), k.I32()
		k.Sum(kernel.L(k.Mem), kernel.C(int(k.Reserve(16*t*3))))
		k.Set(half)
		k.For(channel, kernel.L(k.Lo), kernel.L(k.Hi), 1, func() {
			k.Vectors(co, func(w kernel.Width, at kernel.Local) {
				k.Address(from, kernel.L(k.In[0]), kernel.L(channel), 4*co)
				k.AddTo(from, kernel.L(at))
				in := kernel.Grid{Base: from, Line: kernel.C(4 * 3 * ci * co), Pixel: kernel.C(4 * ci * co)}
				g.Columns(k, w, in, 3, half)
				if packed {
					winogradPanel(k, to, channel, at, ci, co)
				} else {
					k.Address(to, kernel.L(k.Out[0]), kernel.L(channel), 4*co)
					k.AddTo(to, kernel.L(at))
				}
				g.Rows(k, 3, kernel.C(t), half, func(_ kernel.Local, line func(func(int, func()))) {
					line(func(i int, push func()) {
						k.Get(to)
						push()
						k.Store(w, uint32(4*ci*co*i))
					})
					k.AddTo(to, kernel.C(4*ci*co*t))
				})
			})
		})
	}
	return e
}

// winogradPanel sets to to where element (channel, column) lies in panels, at being
// the column in bytes: out + (column/8·8·ci + channel·width + column mod 8)·4.
func winogradPanel(k *kernel.Emitter, to, channel, at kernel.Local, ci, co int) {
	first := k.I32()
	k.Get(at)
	k.I32Const(-4 * kernel.PanelWidth)
	k.I32And()
	k.Set(first)
	k.Get(first)
	k.Times(ci)
	k.Get(k.Out[0])
	k.I32Add()
	k.Get(at)
	k.Get(first)
	k.I32Sub()
	k.I32Add()
	k.Get(channel)
	k.Times(4) // · width
	k.I32Const(kernel.PanelWidth)
	k.I32Const(int32(co % kernel.PanelWidth))
	k.Get(first)
	k.I32Const(int32(4 * (co &^ (kernel.PanelWidth - 1))))
	k.I32LtS()
	k.Select()
	k.I32Mul()
	k.I32Add()
	k.Set(to)
	k.FreeI32(first)
}

// tiling is a Winograd convolution under emission.
type tiling struct {
	*product
	g             plan.Conv
	m, t          int // results and pixels along each side of a tile
	tall, wide    int // tiles that cover the result
	most          int // tiles of a block
	byTiles       bool
	image, result kernel.WinogradTransform
	v, sums       kernel.Local // addresses of V and M
	half, patch   kernel.Local
	top, left     kernel.Local // of a tile, in results
	picture       kernel.Local // number of its image
}

// winograd shares tiles, or panels of many channels.
func (c *compiler) winograd(s *plan.Step) emission {
	attr := s.Attr.(graph.Winograd)
	g := c.plan.Conv(s)
	d := tiling{g: g, m: attr.Tile, t: attr.Side(), tall: attr.Tiles(g.OH), wide: attr.Tiles(g.OW)}
	all, t2 := g.N*d.tall*d.wide, d.t*d.t
	d.most = min(max(winogradBytes/(4*t2*(g.CI+g.CO)), winogradTiles), all)
	d.byTiles = g.CO < 256 && all >= 8
	e := c.simple(s, nil)
	packed := c.isPanels(s.In[1])
	if packed {
		e.key += " packed"
	}
	e.units, e.grain = panels(g.CO), 1
	if d.byTiles {
		e.units = all
	}
	e, ep := c.withEpilogue(s, e)
	e.emit = func(k *kernel.Emitter) {
		d := d
		d.image, d.result = kernel.WinogradImage(d.m, winogradConstants), kernel.WinogradResult(d.m, winogradConstants)
		d.product = c.newProduct(k, g.CO, kernel.Epilogue{})
		d.packed, d.kTotal = packed, g.CI
		d.reserve(blockOf(g.CI, blockK))
		d.panel = func(j kernel.Local, width int, blk block, to kernel.Local) {
			d.packMatrix(matrices{k: g.CI, n: g.CO}, j, width, blk, to)
		}
		d.write(ep)
	}
	return e
}

// scratch is the address of bytes of this thread's own.
func (d *tiling) scratchAt(bytes int) kernel.Local {
	l := d.k.I32()
	d.k.Sum(kernel.L(d.k.Mem), kernel.C(int(d.k.Reserve(bytes))))
	d.k.Set(l)
	return l
}

func (d *tiling) write(ep kernel.Epilogue) {
	k, g, t2 := d.k, d.g, d.t*d.t
	d.half, d.patch = d.scratchAt(16*t2), d.scratchAt(4*t2*g.CI)
	d.v, d.sums = d.scratchAt(4*t2*d.most*g.CI), d.scratchAt(4*t2*d.most*g.CO)
	d.top, d.left, d.picture = k.I32(), k.I32(), k.I32()
	from, to := kernel.C(0), kernel.C(g.N*d.tall*d.wide)
	if d.byTiles {
		from, to = kernel.L(k.Lo), kernel.L(k.Hi)
	} else {
		d.lo, d.hi = kernel.L(k.Lo), kernel.L(k.Hi)
	}
	first, count, i := k.I32(), k.I32(), k.I32()
	k.For(first, from, to, d.most, func() {
		k.Push(to)
		k.Get(first)
		k.I32Sub()
		k.Set(count)
		k.LeastOf(count, func() { k.I32Const(int32(d.most)) })
		k.For(i, kernel.C(0), kernel.L(count), 1, func() {
			d.place(first, i)
			d.transformImage(i, count)
		})
		d.multiply(count)
		k.For(i, kernel.C(0), kernel.L(count), 1, func() {
			d.place(first, i)
			d.transformSums(ep, i, count)
		})
	})
}

// place sets picture, top and left to those of tile first + i.
func (d *tiling) place(first, i kernel.Local) {
	k, tile := d.k, d.k.I32()
	k.Sum(kernel.L(first), kernel.L(i))
	k.LocalTee(tile)
	k.I32Const(int32(d.wide))
	k.I32RemU()
	k.Times(d.m)
	k.Set(d.left)
	k.Get(tile)
	k.I32Const(int32(d.wide))
	k.I32DivU()
	k.LocalTee(tile)
	k.I32Const(int32(d.tall))
	k.I32RemU()
	k.Times(d.m)
	k.Set(d.top)
	k.Get(tile)
	k.I32Const(int32(d.tall))
	k.I32DivU()
	k.Set(d.picture)
	k.FreeI32(tile)
}

// transformImage makes V of tile i of count. A tile over the border of the image goes
// through a patch with zeros around.
func (d *tiling) transformImage(i, count kernel.Local) {
	k, g := d.k, d.g
	base, line, y, x := k.I32(), k.I32(), k.I32(), k.I32()
	k.Sum(kernel.L(d.top), kernel.C(-g.Pad[0]))
	k.Set(y)
	k.Sum(kernel.L(d.left), kernel.C(-g.Pad[2]))
	k.Set(x)
	k.Get(d.picture) // x + ((picture·h + y)·w + x)·ci·4
	k.Times(g.H)
	k.Get(y)
	k.I32Add()
	k.Times(g.W)
	k.Get(x)
	k.I32Add()
	k.Times(4 * g.CI)
	k.Get(k.In[0])
	k.I32Add()
	k.Set(base)
	k.SetInt(line, kernel.C(4*g.W*g.CI))
	k.When(func() { // y or x outside 0 … h−t, w−t
		d.outside(y, g.H)
		d.outside(x, g.W)
		k.I32Or()
	}, func() {
		d.fillPatch(base, y, x)
		k.SetInt(base, kernel.L(d.patch))
		k.SetInt(line, kernel.C(4*d.t*g.CI))
	})
	plane, to, from := k.I32(), k.I32(), k.I32()
	k.Get(count)
	k.Times(4 * g.CI)
	k.Set(plane)
	k.Vectors(g.CI, func(w kernel.Width, at kernel.Local) {
		k.Sum(kernel.L(base), kernel.L(at))
		k.Set(from)
		d.image.Columns(k, w, kernel.Grid{Base: from, Line: kernel.L(line), Pixel: kernel.C(4 * g.CI)}, d.t, d.half)
		k.Address(to, kernel.L(d.v), kernel.L(i), 4*g.CI)
		k.AddTo(to, kernel.L(at))
		d.image.Rows(k, d.t, kernel.C(d.t), d.half, func(_ kernel.Local, row func(func(int, func()))) {
			d.inOrder(row, d.t, func(v kernel.Local) {
				k.Get(to)
				k.Get(v)
				k.Store(w, 0)
				k.AddTo(to, kernel.L(plane))
			})
		})
	})
	k.FreeI32(base, line, y, x, plane, to, from)
}

// inOrder computes the n results of a transform and hands them out one after the other.
func (d *tiling) inOrder(row func(func(int, func())), n int, use func(v kernel.Local)) {
	results := d.k.V128s(n)
	row(func(i int, push func()) {
		push()
		d.k.Set(results[i])
	})
	for _, v := range results {
		use(v)
	}
	d.k.FreeV128(results...)
}

// outside pushes whether a tile from p on sees anything before 0 or from n on.
func (d *tiling) outside(p kernel.Local, n int) {
	if n < d.t {
		d.k.I32Const(1)
		return
	}
	d.k.Get(p)
	d.k.I32Const(int32(n - d.t))
	d.k.I32GtU() // negative numbers are large
}

// fillPatch copies the pixels of a tile that are in the image and zeros the rest.
func (d *tiling) fillPatch(base, y, x kernel.Local) {
	k, g := d.k, d.g
	i, from, to, lo, hi := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.Get(d.patch)
	k.I32Const(0)
	k.I32Const(int32(4 * d.t * d.t * g.CI))
	k.MemoryFill()
	k.I32Const(0) // columns lo … hi of the patch: max(0, −x), min(t, w − x)
	k.Get(x)
	k.I32Sub()
	k.I32Const(0)
	k.Get(x)
	k.I32Const(0)
	k.I32LtS()
	k.Select()
	k.Set(lo)
	k.SetInt(hi, kernel.C(d.t))
	k.LeastOf(hi, func() {
		k.I32Const(int32(g.W))
		k.Get(x)
		k.I32Sub()
	})
	k.When(func() {
		k.Get(lo)
		k.Get(hi)
		k.I32LtS()
	}, func() {
		k.For(i, kernel.C(0), kernel.C(d.t), 1, func() {
			k.When(func() {
				k.Sum(kernel.L(y), kernel.L(i))
				k.I32Const(int32(g.H))
				k.I32LtU()
			}, func() {
				k.Address(from, kernel.L(base), kernel.L(i), 4*g.W*g.CI)
				k.Address(from, kernel.L(from), kernel.L(lo), 4*g.CI)
				k.Address(to, kernel.L(d.patch), kernel.L(i), 4*d.t*g.CI)
				k.Address(to, kernel.L(to), kernel.L(lo), 4*g.CI)
				k.Get(to)
				k.Get(from)
				k.Get(hi)
				k.Get(lo)
				k.I32Sub()
				k.Times(4 * g.CI)
				k.MemoryCopy()
			})
		})
	})
	k.FreeI32(i, from, to, lo, hi)
}

// multiply emits the products of all positions.
func (d *tiling) multiply(count kernel.Local) {
	k, g := d.k, d.g
	position, a, out, b := k.I32(), k.I32(), k.I32(), k.I32()
	k.SetInt(a, kernel.L(d.v))
	k.SetInt(out, kernel.L(d.sums))
	k.SetInt(b, kernel.L(k.In[1]))
	d.b, d.out = b, out
	k.For(position, kernel.C(0), kernel.C(d.t*d.t), 1, func() {
		r := rows{a: kernel.L(a), x: kernel.C(0), count: kernel.L(count), c: kernel.C(0), width: kernel.C(0),
			pixel: kernel.C(4 * g.CI), jump: kernel.C(0)}
		eachBlock(k, g.CI, 4, func(blk block) { d.add(r, blk) })
		k.AddTo(b, kernel.C(4*g.CI*g.CO))
		k.Address(a, kernel.L(a), kernel.L(count), 4*g.CI)
		k.Address(out, kernel.L(out), kernel.L(count), 4*g.CO)
	})
	k.FreeI32(position, a, out, b)
}

// transformSums makes the results of tile i of count for the columns of panels lo … hi.
func (d *tiling) transformSums(ep kernel.Epilogue, i, count kernel.Local) {
	k, g := d.k, d.g
	plane, from, result, tall, wide := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.Get(count)
	k.Times(4 * g.CO)
	k.Set(plane)
	d.remaining(tall, d.top, g.OH)
	d.remaining(wide, d.left, g.OW)
	k.Get(d.picture) // ((picture·oh + top)·ow + left)·co·4
	k.Times(g.OH)
	k.Get(d.top)
	k.I32Add()
	k.Times(g.OW)
	k.Get(d.left)
	k.I32Add()
	k.Times(4 * g.CO)
	k.Set(result)
	line := k.I32()
	k.Get(plane)
	k.Times(d.t)
	k.Set(line)
	lo, hi := d.columns()
	k.VectorsIn(lo, hi, func(w kernel.Width, at kernel.Local) {
		k.Address(from, kernel.L(d.sums), kernel.L(i), 4*g.CO)
		k.AddTo(from, kernel.L(at))
		d.result.Columns(k, w, kernel.Grid{Base: from, Line: kernel.L(line), Pixel: kernel.L(plane)}, d.t, d.half)
		k.Sum(kernel.L(result), kernel.L(at))
		k.Set(from)
		d.result.Rows(k, d.t, kernel.L(tall), d.half, func(_ kernel.Local, row func(func(int, func()))) {
			x, to := 0, k.I32()
			k.SetInt(to, kernel.L(from))
			d.inOrder(row, d.m, func(v kernel.Local) {
				if x > 0 {
					k.Get(wide)
					k.I32Const(int32(x))
					k.I32GtS()
					k.If()
				}
				k.Sum(kernel.L(k.Out[0]), kernel.L(to))
				k.Get(v)
				ep.Apply(k, w, at, to)
				k.Store(w, 0)
				k.AddTo(to, kernel.C(4*g.CO))
				x++
			})
			for range d.m - 1 {
				k.End()
			}
			k.AddTo(from, kernel.C(4*g.OW*g.CO))
			k.FreeI32(to)
		})
	})
	k.FreeI32(plane, from, result, tall, wide, line)
}

// remaining sets l to the results of a tile from p on that are there: min(m, n − p).
func (d *tiling) remaining(l, p kernel.Local, n int) {
	d.k.SetInt(l, kernel.C(d.m))
	d.k.LeastOf(l, func() {
		d.k.I32Const(int32(n))
		d.k.Get(p)
		d.k.I32Sub()
	})
}

// columns are those of panels lo … hi.
func (d *tiling) columns() (lo, hi kernel.Int) {
	if d.byTiles {
		return kernel.C(0), kernel.C(d.g.CO)
	}
	k, from, to := d.k, d.k.I32(), d.k.I32()
	k.Push(d.lo)
	k.Times(kernel.PanelWidth)
	k.Set(from)
	k.Push(d.hi)
	k.Times(kernel.PanelWidth)
	k.Set(to)
	k.LeastOf(to, func() { k.I32Const(int32(d.g.CO)) })
	return kernel.L(from), kernel.L(to)
}
