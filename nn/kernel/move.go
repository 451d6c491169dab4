package kernel

// Runs of neighbouring floats of known length; bits are moved as they are, so int32 too.

// far is the length from which the engine's own bulk operations are faster than vectors.
const far = 256 // floats

// eachPiece runs body with the offset of pieces of a run of n floats and their number of
// lanes: 4, or 2 or 1 in a run of fewer than 4. The last may lie over the one before it.
func (k *Emitter) eachPiece(n int, body func(at Local, imm uint32, lanes int)) {
	zero := k.I32()
	k.SetInt(zero, C(0))
	switch {
	case n < 4:
		if n >= 2 {
			body(zero, 0, 2)
		}
		if n%2 == 1 {
			body(zero, uint32(4*(n-1)), 1)
		}
	case n <= 64:
		for i := 0; i < n; i += 4 {
			body(zero, uint32(4*min(i, n-4)), 4)
		}
	default:
		k.rowLoop(n, 4, func(at Local, imm uint32, lanes int) {
			if lanes < 4 {
				at, imm = zero, uint32(4*(n-4))
			}
			body(at, imm, 4)
		})
	}
	k.FreeI32(zero)
}

// copyRun copies n floats.
func (k *Emitter) copyRun(to, from Local, n int) {
	if n >= far {
		k.Get(to)
		k.Get(from)
		k.I32Const(int32(4 * n))
		k.MemoryCopy()
		return
	}
	k.eachPiece(n, func(at Local, imm uint32, lanes int) {
		k.Sum(L(to), L(at))
		k.Sum(L(from), L(at))
		switch lanes {
		case 4:
			k.V128Load(imm)
			k.V128Store(imm)
		case 2:
			k.I64Load(imm)
			k.I64Store(imm)
		default:
			k.I32Load(imm)
			k.I32Store(imm)
		}
	})
}

// zeroRun sets n floats from to + offset floats on to 0.
func (k *Emitter) zeroRun(to Local, offset, n int) {
	if n >= far {
		k.Sum(L(to), C(4*offset))
		k.I32Const(0)
		k.I32Const(int32(4 * n))
		k.MemoryFill()
		return
	}
	v := k.V128()
	k.F4(0)
	k.Set(v)
	k.fillRun(to, 4*offset, n, v)
	k.FreeV128(v)
}

// fillRun sets n floats from to + offset bytes on to the lanes of v.
func (k *Emitter) fillRun(to Local, offset, n int, v Local) {
	k.eachPiece(n, func(at Local, imm uint32, lanes int) {
		k.Sum(L(to), L(at))
		k.Get(v)
		switch lanes {
		case 4:
			k.V128Store(imm + uint32(offset))
		case 2:
			k.V128Store64Lane(imm+uint32(offset), 0)
		default:
			k.V128Store32Lane(imm+uint32(offset), 0)
		}
	})
}

// reverseRun copies n floats in the other order; from is the address of the last read.
func (k *Emitter) reverseRun(to, from Local, n int) {
	if n < 4 {
		for i := range n {
			k.Get(to)
			k.Sum(L(from), C(-4*i))
			k.I32Load(0)
			k.I32Store(uint32(4 * i))
		}
		return
	}
	i, at := k.I32(), k.I32()
	k.For(i, C(0), C(4*n), 16, func() {
		k.SetInt(at, L(i))
		k.LeastOf(at, func() { k.I32Const(int32(4*n - 16)) })
		k.Sum(L(to), L(at))
		k.Get(from)
		k.Get(at)
		k.I32Sub()
		k.I32Const(-12)
		k.I32Add()
		k.V128Load(0)
		k.with(func(v Local) {
			k.Get(v)
			k.Get(v)
			k.I8x16Shuffle([16]byte{12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3})
		})
		k.V128Store(0)
	})
	k.FreeI32(i, at)
}

// stridedRun copies n floats that lie stride floats apart.
func (k *Emitter) stridedRun(to, from Local, n, stride int) {
	i, p, q := k.I32(), k.I32(), k.I32()
	unroll := 4
	if stride < 0 {
		unroll = 1
	}
	k.SetInt(p, L(to))
	k.SetInt(q, L(from))
	some := func(n int) {
		for j := range n {
			k.Get(p)
			k.Get(q)
			k.I32Load(uint32(4 * j * max(stride, 0)))
			k.I32Store(uint32(4 * j))
		}
		k.AddTo(p, C(4*n))
		k.AddTo(q, C(4*n*stride))
	}
	k.For(i, C(0), C(n/unroll), 1, func() { some(unroll) })
	some(n % unroll)
	k.FreeI32(i, p, q)
}
