package kernel

// Pool slides a window over images [N, Y.Operands, X.Operands, C]; positions outside the
// image take no part. Results are [N, Y.Results, X.Results, C].
type Pool struct {
	N, C int
	Y, X Axis
}

// Max computes rows Lo ≤ u < Hi of the N·Y.Results rows of Out[0]: the largest of each
// window of In[0], the first if they cannot be told apart.
func (p Pool) Max(k *Emitter) {
	c := newPool(k, p)
	c.windows(k.Lo, k.Hi, k.In[0], k.Out[0], nil, func() {
		k.blocks(C(0), C(p.C), p.C, 4, func(w Width, n int, at Local) {
			best := k.V128s(n)
			c.load(best, w, c.first, at) // compared with itself below
			c.taps(at, func(x Local) {
				for v, b := range best {
					k.Get(b)
					k.Get(x)
					k.Load(w, uint32(16*v))
					k.F32x4Pmax() // b < x ? x : b
					k.Set(b)
				}
			})
			c.store(best, w, at)
			k.FreeV128(best...)
		})
	})
}

// Avg computes rows Lo ≤ u < Hi of the N·Y.Results rows of Out[0]: the mean of each window.
func (p Pool) Avg(k *Emitter) {
	c := newPool(k, p)
	c.windows(k.Lo, k.Hi, k.In[0], k.Out[0], nil, func() {
		count := c.count()
		k.blocks(C(0), C(p.C), p.C, 4, func(w Width, n int, at Local) {
			sums := k.V128s(n)
			for _, sum := range sums {
				k.F4(0)
				k.Set(sum)
			}
			c.taps(at, func(x Local) {
				for v, sum := range sums {
					k.Get(sum)
					k.Get(x)
					k.Load(w, uint32(16*v))
					k.F32x4Add()
					k.Set(sum)
				}
			})
			for _, sum := range sums {
				k.Get(sum)
				k.Get(count)
				k.F32x4Div()
				k.Set(sum)
			}
			c.store(sums, w, at)
			k.FreeV128(sums...)
		})
		k.FreeV128(count)
	})
}

// MaxGrad computes images Lo ≤ n < Hi of Out[0], the gradient for In[0], from In[1], that
// for the result.
func (p Pool) MaxGrad(k *Emitter) {
	c := newPool(k, p)
	lo, hi, shift := c.images()
	k.Get(k.In[0])
	k.Get(k.Out[0])
	k.I32Sub()
	k.Set(shift)
	c.windows(lo, hi, k.Out[0], k.In[1], c.clear, func() {
		k.blocks(C(0), C(p.C), p.C, 2, func(w Width, n int, at Local) { c.addAtMax(w, n, at, shift) })
	})
}

// addAtMax adds the gradient of n vectors of results to the elements that were the
// largest of the image, which lies shift bytes from its gradient.
func (c *pool) addAtMax(w Width, n int, at, shift Local) {
	which := c.V128s(n)
	c.findMax(w, which, at, shift)
	c.addTo(w, which, at)
	c.FreeV128(which...)
}

// counted emits the taps of a window, with their number in a vector, counted from 0.
func (c *pool) counted(at Local, use func(d, number Local)) {
	number := c.V128()
	c.I4(0)
	c.Set(number)
	c.taps(at, func(d Local) {
		use(d, number)
		c.Get(number)
		c.I4(1)
		c.I32x4Add()
		c.Set(number)
	})
	c.FreeV128(number)
}

// findMax sets which to the numbers of the first taps whose elements are the largest.
func (c *pool) findMax(w Width, which []Local, at, shift Local) {
	n := len(which)
	best, seen, x := c.V128s(n), c.V128s(n), c.I32()
	c.Sum(L(c.first), L(shift))
	c.Set(x)
	c.load(best, w, x, at) // compared with itself below
	for _, l := range which {
		c.I4(0)
		c.Set(l)
	}
	c.counted(at, func(d, number Local) {
		c.Sum(L(d), L(shift))
		c.Set(x)
		for v := range n {
			c.Get(x)
			c.Load(w, uint32(16*v))
			c.Set(seen[v])
			c.Get(number) // best < seen ? number : which
			c.Get(which[v])
			c.choose(func() {
				c.Get(best[v])
				c.Get(seen[v])
				c.F32x4Lt()
			})
			c.Set(which[v])
			c.Get(best[v])
			c.Get(seen[v])
			c.F32x4Pmax()
			c.Set(best[v])
		}
	})
	c.FreeV128(append(best, seen...)...)
	c.FreeI32(x)
}

// addTo adds the gradient of the results to the elements of the taps numbered which.
func (c *pool) addTo(w Width, which []Local, at Local) {
	dy := c.V128s(len(which))
	c.load(dy, w, c.result, at)
	c.counted(at, func(d, number Local) {
		for v := range dy {
			// Elsewhere +0 is added, which changes nothing: no sum from +0 is -0.
			c.Get(d)
			c.Get(d)
			c.Load(w, uint32(16*v))
			c.Get(dy[v])
			c.Get(which[v])
			c.Get(number)
			c.I32x4Eq()
			c.V128And()
			c.F32x4Add()
			c.Store(w, uint32(16*v))
		}
	})
	c.FreeV128(dy...)
}

// AvgGrad computes images Lo ≤ n < Hi of Out[0], the gradient for the image, from In[0],
// that for the result.
func (p Pool) AvgGrad(k *Emitter) {
	c := newPool(k, p)
	lo, hi, _ := c.images()
	c.windows(lo, hi, k.Out[0], k.In[0], c.clear, func() {
		count := c.count()
		k.blocks(C(0), C(p.C), p.C, 4, func(w Width, n int, at Local) {
			shares := k.V128s(n)
			c.load(shares, w, c.result, at)
			for _, share := range shares {
				k.Get(share)
				k.Get(count)
				k.F32x4Div()
				k.Set(share)
			}
			c.taps(at, func(x Local) {
				for v, share := range shares {
					k.Get(x)
					k.Get(x)
					k.Load(w, uint32(16*v))
					k.Get(share)
					k.F32x4Add()
					k.Store(w, uint32(16*v))
				}
			})
			k.FreeV128(shares...)
		})
		k.FreeV128(count)
	})
}

// pool is the code of a pooling under construction, with what it knows of a window.
type pool struct {
	*Emitter
	Pool
	pixel         int   // bytes
	first, result Local // addresses of the window's first pixel inside the image and of its result
	rows, columns Local // how many of each lie inside
	clean         Local // address up to which a gradient is zeroed
}

func newPool(k *Emitter, p Pool) *pool {
	return &pool{k, p, 4 * p.C, k.I32(), k.I32(), k.I32(), k.I32(), k.I32()}
}

// images gives the rows of results that belong to images Lo ≤ n < Hi, and a free local.
// Nothing of these images' gradient is zeroed yet.
func (c *pool) images() (lo, hi, free Local) {
	lo, hi, free = c.I32(), c.I32(), c.I32()
	c.Address(lo, C(0), L(c.Lo), c.Y.Results)
	c.Address(hi, C(0), L(c.Hi), c.Y.Results)
	c.Address(c.clean, L(c.Out[0]), L(c.Lo), c.Y.Operands*c.X.Operands*c.pixel)
	return lo, hi, free
}

// windows runs body for each window of the rows lo ≤ u < hi of the results at results;
// the images are at base. Before each row it runs before, if any, with the address of
// the image, the number of the row in it and the end of the image's rows that it sees.
func (c *pool) windows(lo, hi, base, results Local, before func(image, y, end Local), body func()) {
	u, image, y, row, x, i := c.I32(), c.I32(), c.I32(), c.I32(), c.I32(), c.I32()
	c.For(u, L(lo), L(hi), 1, func() {
		c.divide(u, c.Y.Results, image, y)
		c.Address(image, L(base), L(image), c.Y.Operands*c.X.Operands*c.pixel)
		c.inside(c.Y, y, i, c.rows) // from row i on; rows is the end for a while
		if before != nil {
			before(image, y, c.rows)
		}
		c.Address(row, L(image), L(i), c.X.Operands*c.pixel)
		c.Get(c.rows)
		c.Get(i)
		c.I32Sub()
		c.Set(c.rows)
		c.Address(c.result, L(results), L(u), c.X.Results*c.pixel)
		c.For(x, C(0), C(c.X.Results), 1, func() {
			c.inside(c.X, x, i, c.columns)
			c.Address(c.first, L(row), L(i), c.pixel)
			c.Get(c.columns)
			c.Get(i)
			c.I32Sub()
			c.Set(c.columns)
			body()
			c.AddTo(c.result, C(c.pixel))
		})
	})
	c.FreeI32(u, image, y, row, x, i)
}

// inside sets from ≤ i < to to the operands that result o sees.
func (c *pool) inside(a Axis, o, from, to Local) {
	c.Address(from, C(a.From), L(o), a.Step)
	c.Sum(L(from), C(a.Taps))
	c.Set(to)
	c.least(L(to), C(a.Operands))
	c.Set(to)
	c.most(L(from), C(0))
	c.Set(from)
}

// least pushes the smaller of two.
func (c *pool) least(a, b Int) {
	for range 2 {
		c.Push(a)
		c.Push(b)
	}
	c.I32LtS()
	c.Select()
}

// most pushes the larger of two.
func (c *pool) most(a, b Int) {
	for range 2 {
		c.Push(a)
		c.Push(b)
	}
	c.I32GtS()
	c.Select()
}

// clear zeroes the rows of a gradient up to row end of the image, which no result before
// row y has met, and after the last the rest of the image: while they are in the cache.
func (c *pool) clear(image, y, end Local) {
	to := c.I32()
	c.I32Const(int32(c.Y.Operands))
	c.Get(end)
	c.Get(y)
	c.I32Const(int32(c.Y.Results - 1))
	c.I32Eq()
	c.Select()
	c.Set(to)
	c.Address(to, L(image), L(to), c.X.Operands*c.pixel)
	c.most(L(to), L(c.clean))
	c.Set(to)
	c.Get(c.clean)
	c.I32Const(0)
	c.Get(to)
	c.Get(c.clean)
	c.I32Sub()
	c.MemoryFill()
	c.SetInt(c.clean, L(to))
	c.FreeI32(to)
}

// count is a vector of the number of pixels of the window.
func (c *pool) count() Local {
	v := c.V128()
	c.Get(c.rows)
	c.Get(c.columns)
	c.I32Mul()
	c.I32x4Splat()
	c.F32x4ConvertI32x4S()
	c.Set(v)
	return v
}

// taps runs body with the address of byte offset at of each pixel of the window.
func (c *pool) taps(at Local, body func(x Local)) {
	x, end, row, last := c.I32(), c.I32(), c.I32(), c.I32()
	line := c.X.Operands * c.pixel
	c.Sum(L(c.first), L(at))
	c.Set(row)
	c.Address(last, L(row), L(c.rows), line)
	c.For(row, L(row), L(last), line, func() {
		c.Address(end, L(row), L(c.columns), c.pixel)
		c.For(x, L(row), L(end), c.pixel, func() { body(x) })
	})
	c.FreeI32(x, end, row, last)
}

// load sets vectors to the floats at byte offset at of a pixel.
func (c *pool) load(to []Local, w Width, pixel, at Local) {
	from := c.I32()
	c.Sum(L(pixel), L(at))
	c.Set(from)
	for v, l := range to {
		c.Get(from)
		c.Load(w, uint32(16*v))
		c.Set(l)
	}
	c.FreeI32(from)
}

// store writes vectors of the result at byte offset at.
func (c *pool) store(from []Local, w Width, at Local) {
	to := c.I32()
	c.Sum(L(c.result), L(at))
	c.Set(to)
	for v, l := range from {
		c.Get(to)
		c.Get(l)
		c.Store(w, uint32(16*v))
	}
	c.FreeI32(to)
}
