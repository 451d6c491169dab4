package kernel

// Depthwise is a convolution of every channel with kernels of its own: operand [N,
// Y.Operands, X.Operands, C], kernel [Y.Taps, X.Taps, C·M], result [N, Y.Results,
// X.Results, C·M].
type Depthwise struct {
	N, C, M int // images, channels, kernels per channel
	Y, X    Axis
}

// Forward computes rows Lo ≤ u < Hi of the N·Y.Results rows of Out[0] from the image
// In[0] and the kernel In[1].
func (d Depthwise) Forward(k *Emitter, ep Epilogue) {
	d.rows(k, depthwise{ep: ep, pixel: 4 * d.C, result: 4 * d.C * d.M, taps: 4 * d.C * d.M})
}

// GradInput computes rows Lo ≤ u < Hi of the gradient Out[0] for the image, which has
// N·Y.Operands rows, from that for the result, In[0], and the kernel In[1].
func (d Depthwise) GradInput(k *Emitter) {
	d.Y, d.X = d.Y.Back(), d.X.Back()
	d.rows(k, depthwise{back: true, pixel: 4 * d.C * d.M, result: 4 * d.C, taps: 4 * d.C * d.M})
}

// depthwise is the code of a row of results under construction.
type depthwise struct {
	*Emitter
	Depthwise
	back                bool // sums over the kernels of a channel
	ep                  Epilogue
	later               bool // the activation is long: it is applied to whole rows, written once
	pixel, result, taps int  // bytes of a pixel of operand and result, and of one tap of all kernels

	// Of the rows that the row of results meets: the address of the first, of its taps,
	// and one more than that of the last one's taps, 0 for none.
	row, first, end Local
}

// mostActivation is how many bytes of code of an activation are repeated for every pixel.
const mostActivation = 64

// mostMeetings is how many products may be written out one by one, 12 bytes of code each.
const mostMeetings = 1024

func (d Depthwise) rows(k *Emitter, c depthwise) {
	c.Emitter, c.Depthwise = k, d
	c.later = c.ep.Act != nil && (&tile{Tile: Tile{Epilogue: c.ep}}).actSize() > mostActivation
	var stretches []stretch
	if d.M == 1 && d.X.Taps <= 32 {
		stretches = d.X.stretches(8) // with three taps and an operand they fit 15 registers
	}
	u, out := k.I32(), k.I32()
	c.row, c.first, c.end = k.I32(), k.I32(), k.I32()
	k.For(u, L(k.Lo), L(k.Hi), 1, func() {
		c.meetRows(u)
		k.Address(out, L(k.Out[0]), L(u), d.X.Results*c.result)
		if meetings(stretches) == 0 || meetings(stretches) > mostMeetings {
			c.anyRow(out)
		} else {
			for _, s := range stretches {
				c.stretch(s, out)
			}
		}
		if c.later {
			c.activateRow(out)
		}
	})
}

// meetRows finds the rows that row u of the result meets. They and their taps are evenly
// spaced; those in between, which a stride leaves out, are skipped by steps.
func (c *depthwise) meetRows(u Local) {
	y, image, t, i := c.I32(), c.I32(), c.I32(), c.I32()
	c.divide(u, c.Y.Results, image, y)
	c.Address(image, L(c.In[0]), L(image), c.Y.Operands*c.X.Operands*c.pixel)
	c.SetInt(c.end, C(0))
	c.For(t, C(0), C(c.Y.Taps), 1, func() {
		c.When(func() { c.Y.pushMeets(c.Emitter, i, y, t) }, func() {
			c.Get(c.end)
			c.I32Eqz()
			c.If()
			c.Address(c.row, L(image), L(i), c.X.Operands*c.pixel)
			c.Address(c.first, L(c.In[1]), L(t), c.X.Taps*c.taps)
			c.End()
			c.Address(c.end, L(c.In[1]), L(t), c.X.Taps*c.taps)
			c.AddTo(c.end, C(1))
		})
	})
	c.FreeI32(y, image, t, i)
}

// steps are the bytes from one row that a result meets to the next, and between their taps.
func (c *depthwise) steps() (row, taps int) {
	g := gcd(max(c.Y.Reach, -c.Y.Reach), c.Y.Every)
	return c.Y.Reach / g * c.X.Operands * c.pixel, c.Y.Every / g * c.X.Taps * c.taps
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// walkRows runs body for each row that the results meet, with the addresses of byte
// offset from in the row and of byte offset at in its taps.
func (c *depthwise) walkRows(from func(), at Local, body func(row, taps Local)) {
	row, taps, end := c.I32(), c.I32(), c.I32()
	rowStep, tapStep := c.steps()
	c.Get(c.row)
	from()
	c.I32Add()
	c.Set(row)
	c.Sum(L(c.first), L(at))
	c.Set(taps)
	c.Sum(L(c.end), L(at))
	c.Set(end)
	c.For(taps, L(taps), L(end), tapStep, func() {
		body(row, taps)
		c.AddTo(row, C(rowStep))
	})
	c.FreeI32(row, taps, end)
}

// stretch computes a stretch of results of the row at out, channels innermost.
func (c *depthwise) stretch(s stretch, out Local) {
	from, to, i := c.I32(), c.I32(), c.I32()
	c.SetInt(from, C(s.operand*c.pixel))
	c.Sum(L(out), C(s.result*c.result))
	c.Set(to)
	c.For(i, C(0), C(s.times), 1, func() {
		c.Vectors(c.C, func(w Width, at Local) { c.vector(s, w, at, from, to) })
		c.AddTo(from, C(s.step*c.pixel))
		c.AddTo(to, C(s.n*c.result))
	})
	c.FreeI32(from, to, i)
}

// vector computes the channels at byte offset at of s.n pixels. Every operand of a row
// is loaded once and serves up to X.Taps sums.
func (c *depthwise) vector(s stretch, w Width, at, from, to Local) {
	sums, taps, x := c.V128s(s.n), c.V128s(c.X.Taps), c.V128()
	for _, sum := range sums {
		c.F4(0)
		c.Set(sum)
	}
	c.walkRows(func() { c.Sum(L(from), L(at)) }, at, func(row, tap Local) {
		for t, l := range taps {
			c.Get(tap)
			c.Load(w, uint32(t*c.taps))
			c.Set(l)
		}
		for i, m := range s.meetings {
			if i == 0 || s.meetings[i-1].operand != m.operand {
				c.Get(row)
				c.Load(w, uint32(m.operand*c.pixel))
				c.Set(x)
			}
			c.Get(sums[m.result])
			c.Get(x)
			c.Get(taps[m.tap])
			c.F32x4Mul()
			c.F32x4Add()
			c.Set(sums[m.result])
		}
	})
	c.FreeV128(taps...)
	c.FreeV128(x)
	address := c.I32()
	c.Sum(L(to), L(at))
	c.Set(address)
	c.finish(sums, w, at, address)
	c.FreeI32(address)
	c.FreeV128(sums...)
}

// finish applies the epilogue to the sums of neighbouring pixels, channels at byte
// offset at, and stores them from address to on. Unlike Epilogue.Apply it loads the
// factors of a channel once for all pixels.
func (c *depthwise) finish(sums []Local, w Width, at, to Local) {
	scale, bias, residual := c.V128(), c.V128(), c.I32()
	for _, column := range []struct {
		operand int
		to      Local
	}{{c.ep.Scale, scale}, {c.ep.Bias, bias}} {
		if column.operand != 0 {
			c.Sum(L(c.In[column.operand-1]), L(at))
			c.Load(w, 0)
			c.Set(column.to)
		}
	}
	if c.ep.Residual != 0 {
		c.Sum(L(c.In[c.ep.Residual-1]), L(to))
		c.Get(c.Out[0])
		c.I32Sub()
		c.Set(residual)
	}
	for i, sum := range sums {
		c.Get(to)
		c.Get(sum)
		if c.ep.Scale != 0 {
			c.Get(scale)
			c.F32x4Mul()
		}
		if c.ep.Bias != 0 {
			c.Get(bias)
			c.F32x4Add()
		}
		if c.ep.Residual != 0 {
			c.Get(residual)
			c.Load(w, uint32(i*c.result))
			c.F32x4Add()
		}
		if c.ep.Act != nil && !c.later {
			c.onStack(func(x Vec) Vec { return c.ep.Act(c.Emitter, x) })
		}
		c.Store(w, uint32(i*c.result))
	}
	c.FreeV128(scale, bias)
	c.FreeI32(residual)
}

// activateRow applies the activation to the row of results at out.
func (c *depthwise) activateRow(out Local) {
	n := c.X.Results * c.result / 4
	c.blocks(C(0), C(n), n, 4, func(w Width, n int, at Local) {
		to, v := c.I32(), c.V128s(n)
		c.Sum(L(out), L(at))
		c.Set(to)
		for i, l := range v {
			c.Get(to)
			c.Load(w, uint32(16*i))
			c.Set(l)
		}
		r := c.temporary(func() Vec { return c.ep.Act(c.Emitter, VecOf(v...)) })
		for i, l := range r.Locals() {
			c.Get(to)
			c.Get(l)
			c.Store(w, uint32(16*i))
		}
		c.FreeI32(to)
		c.FreeV128(v...)
		c.FreeV128(r.Locals()...)
	})
}
