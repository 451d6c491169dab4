package kernel

// What kernels that work along rows (the innermost axis) share. Rows are read four
// floats at a time even where fewer are left; the lanes beyond the end are dropped.

// rowLoop walks the n floats of a row: body runs for each vector, which lies at + imm
// bytes from the start and of which the first lanes floats belong to the row: 4, or fewer
// in the last. unroll vectors make one turn of the loop.
func (k *Emitter) rowLoop(n, unroll int, body func(at Local, imm uint32, lanes int)) {
	at := k.I32()
	turn := 4 * unroll
	whole := n / turn * turn
	k.For(at, C(0), C(4*whole), 4*turn, func() {
		for i := range unroll {
			body(at, uint32(16*i), 4)
		}
	})
	k.SetInt(at, C(4*whole))
	for i := whole; i < n; i += 4 {
		body(at, uint32(4*(i-whole)), min(4, n-i))
	}
	k.FreeI32(at)
}

// columnGroup is how many neighbouring columns are a unit of kernels that share columns.
const columnGroup = 16

// ColumnGroups is the number of those units in a row of n floats.
func ColumnGroups(n int) int { return (n + columnGroup - 1) / columnGroup }

// columnShare sets from and to to the bytes of units Lo ≤ u < Hi in a row of n floats.
func (k *Emitter) columnShare(from, to Local, n int) {
	k.Address(from, C(0), L(k.Lo), 4*columnGroup)
	k.Address(to, C(0), L(k.Hi), 4*columnGroup)
	k.LeastOf(to, func() { k.I32Const(int32(4 * n)) })
}

// columnLoop is rowLoop over a share of a row: bytes from ≤ at < to, both multiples of
// 64 but for the end of the row of n floats. It unrolls by 1 where n is no multiple of 16.
func (k *Emitter) columnLoop(from, to Local, n, unroll int, body func(at Local, imm uint32, lanes int)) {
	at := k.I32()
	if n%16 != 0 {
		unroll = 1
	}
	end, whole := L(to), 4*(n&^3)
	if n%4 != 0 {
		least := k.I32()
		k.SetInt(least, L(to))
		k.LeastOf(least, func() { k.I32Const(int32(whole)) })
		end = L(least)
		defer k.FreeI32(least)
	}
	k.For(at, L(from), end, 16*unroll, func() {
		for i := range unroll {
			body(at, uint32(16*i), 4)
		}
	})
	if n%4 != 0 {
		k.When(func() { k.Get(to); k.I32Const(int32(4 * n)); k.I32Eq() }, func() {
			k.SetInt(at, C(whole))
			body(at, 0, n%4)
		})
	}
	k.FreeI32(at)
}

// loadAt pushes the four floats at base + at + imm.
func (k *Emitter) loadAt(base, at Local, imm uint32) {
	k.Sum(L(base), L(at))
	k.V128Load(imm)
}

// storeAt pops a vector and stores its first lanes floats at base + at + imm.
func (k *Emitter) storeAt(base, at Local, imm uint32, lanes int) {
	k.with(func(v Local) {
		p := k.I32()
		k.Sum(L(base), L(at))
		k.Set(p)
		k.storeLanes(p, v, imm, lanes)
		k.FreeI32(p)
	})
}

// keep pops a vector and pushes its first lanes, +0 in the others.
func (k *Emitter) keep(lanes int) {
	if lanes == 4 {
		return
	}
	var mask [4]uint32
	for i := range lanes {
		mask[i] = 1<<32 - 1
	}
	k.V128Const(mask)
	k.V128And()
}

// swap2 and swap1 push v with lanes two apart, or neighbouring lanes, exchanged.
func (k *Emitter) swap2(v Local) {
	k.Get(v)
	k.Get(v)
	k.I8x16Shuffle([16]byte{8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7})
}

func (k *Emitter) swap1(v Local) {
	k.Get(v)
	k.Get(v)
	k.I8x16Shuffle([16]byte{4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11})
}

// partials are the 16 partial sums of a sum along a row, element i in partial i mod 16.
// Having begun at +0 none is ever −0, so that adding +0 changes nothing.
type partials struct {
	k *Emitter
	p []Local
}

func (k *Emitter) newPartials() partials {
	s := partials{k, k.V128s(4)}
	s.clear()
	return s
}

func (s partials) clear() {
	for _, p := range s.p {
		s.k.F4(0)
		s.k.Set(p)
	}
}

// add pops the terms of the vector imm bytes from a multiple of 16 floats on.
func (s partials) add(imm uint32, lanes int) {
	p := s.p[imm/16%4]
	s.k.keep(lanes)
	s.k.Get(p)
	s.k.F32x4Add()
	s.k.Set(p)
}

// total pushes fmath.Tree16 in every lane, and frees the partials.
func (s partials) total() {
	k := s.k
	for i := range 2 {
		k.Get(s.p[i])
		k.Get(s.p[i+2])
		k.F32x4Add()
	}
	k.F32x4Add()
	k.with(func(v Local) {
		k.Get(v)
		k.swap2(v)
		k.F32x4Add()
	})
	k.with(func(v Local) {
		k.Get(v)
		k.swap1(v)
		k.F32x4Add()
	})
	k.FreeV128(s.p...)
}

// rowSum pushes, in every lane, the sum of n terms; term pushes those of one vector.
func (k *Emitter) rowSum(n int, term func(at Local, imm uint32)) {
	s := k.newPartials()
	k.rowLoop(n, 4, func(at Local, imm uint32, lanes int) {
		term(at, imm)
		s.add(imm, lanes)
	})
	s.total()
}
