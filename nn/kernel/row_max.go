package kernel

// maxima follow the largest of elements in several vectors: lanes see every element
// but for one in front that is NaN, after which nothing counts. Which of several zeros
// they find is open.
type maxima struct {
	k *Emitter
	m []Local
}

// newMaxima begins with the element at address first and, for n floats a row, uses as
// many vectors as pay.
func (k *Emitter) newMaxima(first Local, n int) maxima {
	s := maxima{k, k.V128s(min(4, (n+3)/4))}
	for _, m := range s.m {
		k.Get(first)
		k.V128Load32Splat(0)
		k.Set(m)
	}
	return s
}

// row takes in the n floats at base. The last vector begins early enough to end with the row.
func (s maxima) row(base Local, n int) {
	k := s.k
	larger := func(m Local) {
		k.F32x4Pmax() // m < x ? x : m
		k.Set(m)
	}
	if n < 4 {
		for i := range n {
			k.Get(s.m[0])
			k.Get(base)
			k.V128Load32Splat(uint32(4 * i))
			larger(s.m[0])
		}
		return
	}
	k.rowLoop(n, len(s.m), func(at Local, imm uint32, lanes int) {
		m := s.m[int(imm/16)%len(s.m)]
		k.Get(m)
		if lanes == 4 {
			k.loadAt(base, at, imm)
		} else {
			k.Get(base)
			k.V128Load(uint32(4 * (n - 4)))
		}
		larger(m)
	})
}

// largest pushes the result in every lane, and frees the vectors.
func (s maxima) largest() {
	k := s.k
	k.Get(s.m[0])
	for _, m := range s.m[1:] {
		k.Get(m)
		k.F32x4Pmax()
	}
	k.with(func(v Local) {
		k.Get(v)
		k.swap2(v)
		k.F32x4Pmax()
	})
	k.with(func(v Local) {
		k.Get(v)
		k.swap1(v)
		k.F32x4Pmax()
	})
	k.FreeV128(s.m...)
}

// rowMax pushes the largest of the n floats at base in every lane; see maxima.
func (k *Emitter) rowMax(base Local, n int) {
	s := k.newMaxima(base, n)
	s.row(base, n)
	s.largest()
}

// firstZero gives m, if it is a zero, the sign of the first zero that walk comes upon:
// the one that a search for the largest element keeps. walk runs body for element after
// element, x being its address.
func (k *Emitter) firstZero(m Local, walk func(body func(x Local))) {
	isZero := func(push func()) {
		push()
		k.F32Const(0)
		k.F32Eq()
	}
	k.When(func() { isZero(func() { k.Get(m); k.F32x4ExtractLane(0) }) }, func() {
		found := k.Block()
		walk(func(x Local) {
			k.Get(x)
			k.V128Load32Splat(0)
			k.Set(m)
			isZero(func() { k.Get(m); k.F32x4ExtractLane(0) })
			k.BrIf(found)
		})
		k.End()
	})
}

// eachFloat runs body with the address of each of the n floats at base.
func (k *Emitter) eachFloat(base Local, n int, body func(x Local)) {
	x, end := k.I32(), k.I32()
	k.Sum(L(base), C(4*n))
	k.Set(end)
	k.For(x, L(base), L(end), 4, func() { body(x) })
	k.FreeI32(x, end)
}
