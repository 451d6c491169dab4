package kernel

import "wafer/nn/wasmbin"

// The inner loops of a product: what takes nearly all of a convolutional network's time.

// startSums sets the accumulators to +0 or to what C holds.
func (k *tile) startSums() {
	k.ifFlag(FirstBlock, func() {
		for _, a := range k.acc {
			k.F4(0)
			k.Set(a)
		}
	}, func() {
		k.eachRow(func(r int, c Local) {
			for v := range k.vectors {
				k.Get(c)
				k.V128Load(uint32(16 * v))
				k.Set(k.acc[r*k.vectors+v])
			}
		})
	})
}

// eachRow emits f for every row of the tile that is there, c being its address in C.
func (k *tile) eachRow(f func(r int, c Local)) {
	c := k.I32()
	k.SetInt(c, L(k.c))
	for r := range k.Height {
		if r > 0 {
			k.Get(k.rest)
			k.I32Const(int32(r))
			k.I32GtS()
			k.If()
			k.AddTo(c, L(k.arg[argLdc]))
		}
		f(r, c)
	}
	for range k.Height - 1 {
		k.End()
	}
	k.FreeI32(c)
}

// sum adds all runs to the accumulators.
func (k *tile) sum() {
	n1, n2, n, b := k.I32(), k.I32(), k.I32(), k.panels()
	a, b0 := k.V128(), k.V128s(min(k.vectors, 2))
	k.SetInt(n1, L(k.arg[argN1]))
	first := k.Loop()
	k.SetInt(n2, L(k.arg[argN2]))
	second := k.Loop()
	// Four at a time, then the rest.
	k.repeat(n, func() {
		k.Get(k.arg[argLen])
		k.I32Const(2)
		k.I32ShrU()
	}, func() { k.elements(4, b, a, b0) })
	k.repeat(n, func() {
		k.Get(k.arg[argLen])
		k.I32Const(3)
		k.I32And()
	}, func() { k.elements(1, b, a, b0) })
	// On to the next run: its address less what the run has moved on.
	k.move(argS2)
	k.again(n2, second)
	k.back(argN2, argS2)
	k.move(argS1)
	k.again(n1, first)
	k.FreeI32(n1, n2, n)
	k.FreeI32(b...)
	k.FreeV128(a)
	k.FreeV128(b0...)
}

// panels are the locals that walk through B.
func (k *tile) panels() []Local {
	b := make([]Local, k.Panels)
	for i := range b {
		b[i] = k.I32()
		if i == 0 {
			k.SetInt(b[i], L(k.arg[argB]))
		} else {
			k.Sum(L(b[i-1]), L(k.arg[argPanel]))
			k.Set(b[i])
		}
	}
	return b
}

// repeat runs body as often as count pushes.
func (k *tile) repeat(n Local, count, body func()) {
	count()
	k.LocalTee(n)
	k.If()
	loop := k.Loop()
	body()
	k.again(n, loop)
	k.End()
}

// again closes a loop that counts n down to 0.
func (k *tile) again(n Local, loop wasmbin.Label) {
	k.Get(n)
	k.I32Const(1)
	k.I32Sub()
	k.LocalTee(n)
	k.BrIf(loop)
	k.End()
}

// addresses are the locals that walk through A.
func (k *tile) addresses() []Local {
	if k.Side == Columns || k.Side == Tiles {
		return k.p[:1]
	}
	return k.p
}

// step pushes the bytes from element to element of a run.
func (k *tile) step() {
	switch k.Side {
	case Columns:
		k.Get(k.arg[argWidth])
	case Tiles:
		k.I32Const(4 * TileRows)
	default:
		k.I32Const(4)
	}
}

// move adds stride − Len·step to the addresses.
func (k *tile) move(stride int) {
	d := k.I32()
	k.Get(k.arg[stride])
	if stride == argS2 {
		k.Get(k.arg[argLen])
		k.step()
		k.I32Mul()
		k.I32Sub()
	}
	k.Set(d)
	for _, p := range k.addresses() {
		k.AddTo(p, L(d))
	}
	k.FreeI32(d)
}

// back takes N2·S2 from the addresses.
func (k *tile) back(n, stride int) {
	d := k.I32()
	k.I32Const(0)
	k.Get(k.arg[n])
	k.Get(k.arg[stride])
	k.I32Mul()
	k.I32Sub()
	k.Set(d)
	for _, p := range k.addresses() {
		k.AddTo(p, L(d))
	}
	k.FreeI32(d)
}

// elements adds n elements of every row times n rows of the panels. Vectors of a
// single panel are held, those of several are used once.
func (k *tile) elements(n int, b []Local, a Local, bv []Local) {
	per := k.vectors / k.Panels
	load := func(u, v int) {
		k.Get(b[v/per])
		k.V128Load(uint32(4*k.Columns*u + 16*(v%per)))
	}
	for u := range n {
		if k.Height > 1 {
			for v, l := range bv {
				load(u, v)
				k.Set(l)
			}
		}
		for r := range k.Height {
			switch k.Side {
			case Columns:
				k.Get(k.p[0])
				k.V128Load32Splat(uint32(4 * r))
			case Tiles:
				k.Get(k.p[0])
				k.V128Load32Splat(uint32(4*TileRows*u + 4*r))
			default:
				k.Get(k.p[r])
				k.V128Load32Splat(uint32(4 * u))
			}
			k.Set(a)
			for v := range k.vectors {
				acc := k.acc[r*k.vectors+v]
				k.Get(acc)
				k.Get(a)
				if k.Height > 1 {
					k.Get(bv[v])
				} else {
					load(u, v)
				}
				k.F32x4Mul()
				k.F32x4Add()
				k.Set(acc)
			}
		}
		if k.Side == Columns {
			k.AddTo(k.p[0], L(k.arg[argWidth]))
		}
	}
	switch k.Side {
	case Columns: // has moved on
	case Tiles:
		k.AddTo(k.p[0], C(4*TileRows*n))
	default:
		for _, p := range k.p {
			k.AddTo(p, C(4*n))
		}
	}
	for _, l := range b {
		k.AddTo(l, C(4*k.Columns*n))
	}
}
