package kernel

// GradFilter computes channels Lo ≤ c < Hi of the gradient Out[0] for the kernels, from
// the image In[0] and the gradient In[1] for the result. Lo is a multiple of 8.
func (d Depthwise) GradFilter(k *Emitter) {
	c := &filterGrad{Emitter: k, Depthwise: d, pixel: 4 * d.C}
	if d.M == 1 && d.X.Taps <= 32 {
		c.stretches = d.X.stretches(2)
	}
	if n := meetings(c.stretches); n == 0 || 2*n > mostMeetings {
		c.anyTaps()
		return
	}
	c.clear()
	c.rows()
}

// filterGrad is the code under construction.
type filterGrad struct {
	*Emitter
	Depthwise
	pixel     int // bytes of a pixel of the image
	stretches []stretch
}

// clear zeroes the channels of all taps.
func (c *filterGrad) clear() {
	t, to := c.I32(), c.I32()
	c.SetInt(to, L(c.Out[0]))
	c.For(t, C(0), C(c.Y.Taps*c.X.Taps), 1, func() {
		c.VectorsIn(L(c.Lo), L(c.Hi), func(w Width, at Local) {
			c.Sum(L(to), L(at))
			c.F4(0)
			c.Store(w, 0)
		})
		c.AddTo(to, C(c.pixel))
	})
	c.FreeI32(t, to)
}

// rows goes through the rows of the result; each adds to the taps of those rows of the
// kernel that met one of the image.
func (c *filterGrad) rows() {
	u, y, image, t, x, dy, dk := c.I32(), c.I32(), c.I32(), c.I32(), c.I32(), c.I32(), c.I32()
	c.For(u, C(0), C(c.N*c.Y.Results), 1, func() {
		c.divide(u, c.Y.Results, image, y)
		c.Address(image, L(c.In[0]), L(image), c.Y.Operands*c.X.Operands*c.pixel)
		c.Address(dy, L(c.In[1]), L(u), c.X.Results*c.pixel)
		c.For(t, C(0), C(c.Y.Taps), 1, func() {
			c.When(func() { c.Y.pushMeets(c.Emitter, x, y, t) }, func() {
				c.Address(x, L(image), L(x), c.X.Operands*c.pixel)
				c.Address(dk, L(c.Out[0]), L(t), c.X.Taps*c.pixel)
				// Two vectors at once: the additions to three sums would wait for each other.
				c.blocks(L(c.Lo), L(c.Hi), c.C, 2, func(w Width, n int, at Local) { c.row(w, n, at, x, dy, dk) })
			})
		})
	})
	c.FreeI32(u, y, image, t, x, dy, dk)
}

// row adds the products of a row of the image at x and one of the gradient at dy to a
// row of taps at dk, for n vectors of channels from byte offset at on.
func (c *filterGrad) row(w Width, n int, at, x, dy, dk Local) {
	image, grad, taps, i := c.I32(), c.I32(), c.I32(), c.I32()
	c.Sum(L(dk), L(at))
	c.Set(taps)
	sums := c.V128s(n * c.X.Taps)
	for j, sum := range sums {
		c.Get(taps)
		c.Load(w, uint32(j/n*c.pixel+16*(j%n)))
		c.Set(sum)
	}
	for _, s := range c.stretches {
		c.Sum(L(x), L(at))
		c.I32Const(int32(s.operand * c.pixel))
		c.I32Add()
		c.Set(image)
		c.Sum(L(dy), L(at))
		c.I32Const(int32(s.result * c.pixel))
		c.I32Add()
		c.Set(grad)
		c.For(i, C(0), C(s.times), 1, func() {
			for v := range n {
				c.stretch(s, w, 16*v, image, grad, func(tap int) Local { return sums[tap*n+v] })
			}
			c.AddTo(image, C(s.step*c.pixel))
			c.AddTo(grad, C(s.n*c.pixel))
		})
	}
	for j, sum := range sums {
		c.Get(taps)
		c.Get(sum)
		c.Store(w, uint32(j/n*c.pixel+16*(j%n)))
	}
	c.FreeV128(sums...)
	c.FreeI32(image, grad, taps, i)
}

// stretch adds the products of a stretch; what it loads is kept while it is needed.
func (c *filterGrad) stretch(s stretch, w Width, offset int, image, grad Local, sum func(tap int) Local) {
	x, dy, left := c.V128(), map[int]Local{}, map[int]int{}
	for _, m := range s.meetings {
		left[m.result]++
	}
	for i, m := range s.meetings {
		if i == 0 || s.meetings[i-1].operand != m.operand {
			c.Get(image)
			c.Load(w, uint32(m.operand*c.pixel+offset))
			c.Set(x)
		}
		if _, ok := dy[m.result]; !ok {
			dy[m.result] = c.V128()
			c.Get(grad)
			c.Load(w, uint32(m.result*c.pixel+offset))
			c.Set(dy[m.result])
		}
		c.Get(sum(m.tap))
		c.Get(x)
		c.Get(dy[m.result])
		c.F32x4Mul()
		c.F32x4Add()
		c.Set(sum(m.tap))
		if left[m.result]--; left[m.result] == 0 {
			c.FreeV128(dy[m.result])
		}
	}
	c.FreeV128(x)
}

// anyTaps is the slow, obvious way: one sum after the other.
func (c *filterGrad) anyTaps() {
	ty, tx, to := c.I32(), c.I32(), c.I32()
	c.SetInt(to, L(c.Out[0]))
	c.For(ty, C(0), C(c.Y.Taps), 1, func() {
		c.For(tx, C(0), C(c.X.Taps), 1, func() {
			if c.M == 1 {
				c.VectorsIn(L(c.Lo), L(c.Hi), func(w Width, at Local) { c.anySum(w, ty, tx, to, at, at) })
			} else {
				ch, x, at := c.I32(), c.I32(), c.I32()
				c.For(ch, L(c.Lo), L(c.Hi), 1, func() {
					c.Address(x, C(0), L(ch), 4)
					c.Vectors(c.M, func(w Width, each Local) {
						c.Address(at, L(each), L(ch), 4*c.M)
						c.anySum(w, ty, tx, to, x, at)
					})
				})
				c.FreeI32(ch, x, at)
			}
			c.AddTo(to, C(c.pixel*c.M))
		})
	})
	c.FreeI32(ty, tx, to)
}

// anySum computes w sums of tap (ty, tx), which lies at address to: of the channel at
// byte offset x of the image and the channels at byte offset at of the gradient.
func (c *filterGrad) anySum(w Width, ty, tx, to, x, at Local) {
	sum, u, y, image, o, i, dy := c.V128(), c.I32(), c.I32(), c.I32(), c.I32(), c.I32(), c.I32()
	c.F4(0)
	c.Set(sum)
	c.Sum(L(c.In[1]), L(at))
	c.Set(dy)
	c.For(u, C(0), C(c.N*c.Y.Results), 1, func() {
		c.divide(u, c.Y.Results, image, y)
		c.Y.pushMeets(c.Emitter, i, y, ty)
		c.If()
		c.Address(image, L(i), L(image), c.Y.Operands)
		c.Address(image, L(x), L(image), c.X.Operands*c.pixel)
		c.For(o, C(0), C(c.X.Results), 1, func() {
			c.When(func() { c.X.pushMeets(c.Emitter, i, o, tx) }, func() {
				c.Address(i, L(image), L(i), c.pixel)
				c.AddTo(i, L(c.In[0]))
				c.Get(sum)
				c.Get(i)
				if c.M > 1 {
					c.V128Load32Splat(0)
				} else {
					c.Load(w, 0)
				}
				c.Get(dy)
				c.Load(w, 0)
				c.F32x4Mul()
				c.F32x4Add()
				c.Set(sum)
			})
			c.AddTo(dy, C(c.pixel*c.M))
		})
		c.Else()
		c.AddTo(dy, C(c.X.Results*c.pixel*c.M))
		c.End()
	})
	c.Sum(L(to), L(at))
	c.Get(sum)
	c.Store(w, 0)
	c.FreeV128(sum)
	c.FreeI32(u, y, image, o, i, dy)
}
