package kernel

// The slow, obvious way: one result after the other, every tap tried. It serves several
// kernels per channel and kernels too wide to be written out.

// anyRow computes the row of results at out.
func (c *depthwise) anyRow(out Local) {
	o, to := c.I32(), c.I32()
	c.SetInt(to, L(out))
	c.For(o, C(0), C(c.X.Results), 1, func() {
		c.anyPixel(o, to)
		c.AddTo(to, C(c.result))
	})
	c.FreeI32(o, to)
}

// anyPixel computes all channels of result o of a row, at address to.
func (c *depthwise) anyPixel(o, to Local) {
	if c.M == 1 {
		c.Vectors(c.C, func(w Width, at Local) { c.anySum(w, o, to, at, at, at) })
		return
	}
	one, many := c.I32(), c.I32() // byte offsets of a channel where it is one, and where it is M
	c.SetInt(many, C(0))
	c.For(one, C(0), C(4*c.C), 4, func() {
		if c.back {
			c.anySum(One, o, to, many, many, one)
		} else {
			c.Vectors(c.M, func(w Width, at Local) {
				each := c.I32()
				c.Sum(L(many), L(at))
				c.Set(each)
				c.anySum(w, o, to, one, each, each)
				c.FreeI32(each)
			})
		}
		c.AddTo(many, C(4*c.M))
	})
	c.FreeI32(one, many)
}

// anySum computes w results at byte offset at of the pixel at to from operands at byte
// offset x of a pixel and taps at byte offset k; of several kernels of a channel, either
// all see one operand or their products are added up.
func (c *depthwise) anySum(w Width, o, to, x, k, at Local) {
	sum, t, i, tap, m := c.V128(), c.I32(), c.I32(), c.I32(), c.I32()
	c.F4(0)
	c.Set(sum)
	add := func(offset func()) {
		c.Get(sum)
		c.Get(i)
		offset()
		if c.M > 1 && !c.back {
			c.V128Load32Splat(0)
		} else {
			c.Load(w, 0)
		}
		c.Get(tap)
		offset()
		c.Load(w, 0)
		c.F32x4Mul()
		c.F32x4Add()
		c.Set(sum)
	}
	c.walkRows(func() { c.Get(x) }, k, func(row, taps Local) {
		c.For(t, C(0), C(c.X.Taps), 1, func() {
			c.When(func() { c.X.pushMeets(c.Emitter, i, o, t) }, func() {
				c.Address(i, L(row), L(i), c.pixel)
				c.Address(tap, L(taps), L(t), c.taps)
				if !c.back {
					add(func() {})
					return
				}
				c.For(m, C(0), C(4*c.M), 4, func() {
					add(func() { c.Get(m); c.I32Add() })
				})
			})
		})
	})
	c.Sum(L(to), L(at))
	c.Set(t)
	c.finish([]Local{sum}, w, at, t)
	c.FreeV128(sum)
	c.FreeI32(t, i, tap, m)
}
