package compile

import (
	"fmt"

	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() { kernels[graph.MatMul] = (*compiler).matmul }

// manyRows is the number of rows from which threads share them; below, they share columns.
const manyRows = 64

// matrices are the sizes of a product, or of each product of a batch.
type matrices struct {
	batch, m, k, n int
	transA, transB bool
}

func (c *compiler) matrices(s *plan.Step) matrices {
	attr, a, b := s.Attr.(graph.MatMulAttr), c.shape(s.In[0]), c.shape(s.In[1])
	r := len(a)
	d := matrices{batch: a[:r-2].Size(), m: a[r-2], k: a[r-1], n: b[r-1], transA: attr.TransA, transB: attr.TransB}
	if d.transA {
		d.m, d.k = d.k, d.m
	}
	if d.transB {
		d.n = b[r-2]
	}
	return d
}

// matmul shares rows, or columns of few rows, or the matrices of a batch.
func (c *compiler) matmul(s *plan.Step) emission {
	d, packed := c.matrices(s), c.isPacked(s.In[1])
	e := emission{key: fmt.Sprintf("matmul_%dx%dx%dx%d ta%t tb%t packed%t", d.batch, d.m, d.k, d.n, d.transA,
		d.transB, packed),
		outs: s.Out, ins: s.In, work: s.Work}
	return c.matrix(s, d, e, packed)
}

// matrix completes the emission of a product of matrices.
func (c *compiler) matrix(s *plan.Step, d matrices, e emission, packed bool) emission {
	switch {
	case d.batch > 1:
		e.units, e.grain = d.batch, 1
	case d.m >= manyRows:
		e.units, e.grain = d.m, kernel.TileRows
	default:
		e.units, e.grain = panels(d.n), 1
	}
	e, ep := c.withEpilogue(s, e)
	e.emit = func(k *kernel.Emitter) {
		p := c.newProduct(k, d.n, ep)
		if d.transA {
			p.side = kernel.Columns
		}
		p.packed, p.kTotal = packed, d.k
		p.reserve(blockOf(d.k, blockK))
		p.panel = func(j kernel.Local, width int, blk block, to kernel.Local) { p.packMatrix(d, j, width, blk, to) }
		switch {
		case d.k == 0:
			panic("compile: a product over an empty axis") // plan leaves none
		case d.batch > 1:
			p.eachMatrix(d)
		case d.m >= manyRows:
			p.matrixRows(d, k.In[0], kernel.L(k.Lo), kernel.L(k.Hi))
		default:
			p.lo, p.hi = kernel.L(k.Lo), kernel.L(k.Hi)
			p.matrixRows(d, k.In[0], kernel.C(0), kernel.C(d.m))
		}
	}
	return e
}

// packMatrix emits the packing of rows k0… of columns j… of B.
func (p *product) packMatrix(d matrices, j kernel.Local, width int, blk block, to kernel.Local) {
	k := p.k
	k.Get(p.b)
	k.Get(j)
	k.Times(4 * pick(d.transB, d.k, 1))
	k.I32Add()
	k.Push(blk.k0)
	k.Times(4 * pick(d.transB, 1, d.n))
	k.I32Add()
	k.I32Const(int32(4 * pick(d.transB, d.k, d.n)))
	k.Push(blk.count)
	k.Get(to)
	k.Call(p.packer(width, d.transB))
}

func pick(cond bool, yes, no int) int {
	if cond {
		return yes
	}
	return no
}

// eachMatrix emits the products of a batch, one after the other.
func (p *product) eachMatrix(d matrices) {
	k := p.k
	i, a := k.I32(), k.I32()
	b, out := k.I32(), k.I32()
	base, result := p.b, p.out
	p.b, p.out = b, out
	k.For(i, kernel.L(k.Lo), kernel.L(k.Hi), 1, func() {
		k.Address(a, kernel.L(k.In[0]), kernel.L(i), 4*d.m*d.k)
		k.Address(b, kernel.L(base), kernel.L(i), 4*d.k*d.n)
		k.Address(out, kernel.L(result), kernel.L(i), 4*d.m*d.n)
		if p.residual != 0 { // from an element of C to that of the residual, which is as long
			saved := k.In[p.residual-1]
			moved := k.I32()
			k.Address(moved, kernel.L(saved), kernel.L(i), 4*d.m*d.n)
			k.In[p.residual-1] = moved
			defer func() { k.In[p.residual-1] = saved }()
		}
		p.matrixRows(d, a, kernel.C(0), kernel.C(d.m))
	})
}

// matrixRows emits rows lo ≤ i < hi of A·B in blocks that stay in the second cache.
func (p *product) matrixRows(d matrices, a kernel.Local, lo, hi kernel.Int) {
	k := p.k
	size := max(nearBytes/(4*blockOf(d.k, blockK))/kernel.TileRows*kernel.TileRows, kernel.TileRows)
	if n, ok := hi.Constant(); ok && n <= size {
		p.matrixBlock(d, a, lo, hi)
		return
	}
	i, count := k.I32(), k.I32()
	k.For(i, lo, hi, size, func() {
		k.Push(hi)
		k.Get(i)
		k.I32Sub()
		k.Set(count)
		k.SetInt(count, p.least(kernel.L(count), size))
		p.matrixBlock(d, a, kernel.L(i), kernel.L(count))
	})
	k.FreeI32(i, count)
}

// matrixBlock emits count rows from row first on. A single row of a packed B takes
// several panels at once.
func (p *product) matrixBlock(d matrices, a kernel.Local, first, count kernel.Int) {
	k := p.k
	r := rows{x: kernel.C(0), count: count, width: kernel.C(0), pixel: kernel.C(4 * d.k), jump: kernel.C(0)}
	step, along := 4*d.k, 4
	if d.transA {
		step, along = 4, 4*d.m
		r.width, r.pixel = kernel.C(4*d.m), kernel.C(0)
	}
	at, c := k.I32(), k.I32()
	k.Address(at, kernel.L(a), first, step)
	k.Push(first)
	k.Times(4 * d.n)
	k.Set(c)
	r.a, r.c = kernel.L(at), kernel.L(c)
	if d.m < kernel.TileRows && p.packed && !d.transA {
		p.fewRows(d, r)
	} else {
		eachBlock(k, d.k, along, func(blk block) { p.add(r, blk) })
	}
	k.FreeI32(at, c)
}

// atOnce is the number of panels that a single row is multiplied with at a time.
const atOnce = 4

// fewRows emits products of one to three rows: what is bound by reading B.
func (p *product) fewRows(d matrices, r rows) {
	k := p.k
	q, j := k.I32(), k.I32()
	all := block{k0: kernel.C(0), count: kernel.C(d.k), offset: kernel.C(0), n1: kernel.C(1), s1: kernel.C(0),
		n2: kernel.C(1), s2: kernel.C(0),
		ln: kernel.C(d.k), flags: kernel.C(kernel.FirstBlock | kernel.LastBlock)}
	end := p.least(p.hi, d.n/kernel.PanelWidth)
	last := k.I32()
	k.Push(end)
	k.I32Const(atOnce - 1)
	k.I32Sub()
	k.Set(last)
	k.SetInt(q, p.lo)
	k.For(q, kernel.L(q), kernel.L(last), atOnce, func() {
		k.Get(q)
		k.Times(kernel.PanelWidth)
		k.Set(j)
		p.one(r, all, j, kernel.PanelWidth, p.inner(1, kernel.PanelWidth, atOnce), func(one func()) { one() })
	})
	p.lo = kernel.L(q)
	p.add(r, all)
	k.FreeI32(q, j, last)
}
