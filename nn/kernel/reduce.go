package kernel

// Term is what a reduction accumulates of each element.
type Term uint8

const (
	Sum         Term = iota // x
	Dot                     // x·y
	SquaredDiff             // (x−mean)²
	Max                     // the larger of m and x
)

// Reduction is Σ term or the largest element over a tensor, seen as two nests of loops:
// Kept walks the results and Over the elements of one. Below both lie Inner neighbours:
// elements of one result for Rows, results for Columns. Operands are x, then y or mean;
// the mean is laid out like the result.
type Reduction struct {
	Term       Term
	Kept, Over []Loop
	Inner      int
}

// ColumnUnits is the number of units of Columns: groups of neighbouring results.
func (r Reduction) ColumnUnits() int { return turns(r.Kept) * ColumnGroups(r.Inner) }

func turns(loops []Loop) int {
	n := 1
	for _, l := range loops {
		n *= l.Length
	}
	return n
}

// reduction is the state of the code of one reduction.
type reduction struct {
	Reduction
	*Emitter
	out, x, y Local // addresses of the current result, element and y
	mean      Local // vector, SquaredDiff only
}

// results walks the units of Kept.
func (r *reduction) results(body func(u Local)) {
	streams := []stream{r.keptStream(r.In[0])}
	if r.Term == Dot {
		streams = append(streams, r.keptStream(r.In[1]))
	}
	r.odometer(r.keptLengths(), streams, func(u Local, at, _ []Local) {
		r.x = at[0]
		if r.Term == Dot {
			r.y = at[1]
		}
		body(u)
	})
}

func (r *reduction) keptLengths() (lengths []int) {
	for _, l := range r.Kept {
		lengths = append(lengths, l.Length)
	}
	return lengths
}

func (r *reduction) keptStream(base Local) stream {
	s := stream{base: base}
	for _, l := range r.Kept {
		s.strides = append(s.strides, 4*l.Stride)
	}
	return s
}

// term pushes the terms of four elements, which lie at + imm from x and y.
func (r *reduction) term(at Local, imm uint32) {
	r.loadAt(r.x, at, imm)
	switch r.Term {
	case Dot:
		r.loadAt(r.y, at, imm)
		r.F32x4Mul()
	case SquaredDiff:
		r.Get(r.mean)
		r.F32x4Sub()
		r.square()
	}
}

// square pops d and pushes d·d.
func (k *Emitter) square() {
	k.with(func(d Local) {
		k.Get(d)
		k.Get(d)
		k.F32x4Mul()
	})
}

// Rows reduces along the innermost axis. Units are results.
func (r Reduction) Rows(k *Emitter) {
	c := &reduction{Reduction: r, Emitter: k, out: k.I32()}
	c.results(func(u Local) {
		k.Address(c.out, L(k.Out[0]), L(u), 4)
		k.Get(c.out)
		c.row(u)
		k.V128Store32Lane(0, 0)
	})
}

// row pushes result u.
func (r *reduction) row(u Local) {
	if r.Term == SquaredDiff {
		p := r.I32()
		r.mean = r.V128()
		r.Address(p, L(r.In[1]), L(u), 4)
		r.Get(p)
		r.V128Load32Splat(0)
		r.Set(r.mean)
		r.FreeI32(p)
		defer r.FreeV128(r.mean)
	}
	switch {
	case r.Inner == 0 || turns(r.Over) == 0:
		r.F4(0)
	case r.Term == Max:
		r.largest()
	case r.Inner%16 == 0 || turns(r.Over) == 1:
		r.stretches()
	default:
		r.oneByOne()
	}
}

// eachTurn runs body for each turn of the loops, with x and y there.
func (r *reduction) eachTurn(loops []Loop, body func()) {
	if len(loops) == 0 {
		body()
		return
	}
	x, y := r.x, r.y
	r.nest(loops, func(offset Local) {
		r.x, r.y = r.I32(), r.I32()
		r.Sum(L(x), L(offset))
		r.Set(r.x)
		if r.Term == Dot {
			r.Sum(L(y), L(offset))
			r.Set(r.y)
		}
		body()
		r.FreeI32(r.x, r.y)
	})
	r.x, r.y = x, y
}

// stretches pushes a sum over stretches whose elements keep their places mod 16.
func (r *reduction) stretches() {
	s := r.newPartials()
	r.eachTurn(r.Over, func() {
		r.rowLoop(r.Inner, 4, func(at Local, imm uint32, lanes int) {
			r.term(at, imm)
			s.add(imm, lanes)
		})
	})
	s.total()
}

// oneByOne pushes a sum whose stretches begin at any partial sum: those lie in scratch
// memory. Slow, and rare.
func (r *reduction) oneByOne() {
	s, next, p, scratch := r.newPartials(), r.I32(), r.I32(), r.Reserve(64)
	for i, v := range s.p {
		r.Get(r.Mem)
		r.Get(v)
		r.V128Store(scratch + uint32(16*i))
	}
	r.SetInt(next, C(0))
	r.eachTurn(r.Over, func() {
		at := r.I32()
		r.For(at, C(0), C(4*r.Inner), 4, func() {
			r.Sum(L(r.Mem), L(next))
			r.LocalTee(p)
			r.term(at, 0)
			r.Get(p)
			r.V128Load32Zero(scratch)
			r.F32x4Add()
			r.V128Store32Lane(scratch, 0)
			r.Sum(L(next), C(4))
			r.I32Const(63)
			r.I32And()
			r.Set(next)
		})
		r.FreeI32(at)
	})
	for i, v := range s.p {
		r.Get(r.Mem)
		r.V128Load(scratch + uint32(16*i))
		r.Set(v)
	}
	s.total()
	r.FreeI32(next, p)
}

// largest pushes the largest element.
func (r *reduction) largest() {
	s, m := r.newMaxima(r.x, r.Inner), r.V128()
	r.eachTurn(r.Over, func() { s.row(r.x, r.Inner) })
	s.largest()
	r.Set(m)
	r.firstZero(m, func(body func(x Local)) {
		r.eachTurn(r.Over, func() { r.eachFloat(r.x, r.Inner, body) })
	})
	r.Get(m)
	r.FreeV128(m)
}

// ArgMax writes, for each row of n floats, the int32 position of its largest element.
// Units are rows.
func ArgMax(k *Emitter, n int) {
	m, best, mask := k.V128(), k.I32(), k.I32()
	k.odometer([]int{1 << 30}, []stream{{k.In[0], 0, []int{4 * n}}, {k.Out[0], 0, []int{4}}},
		func(_ Local, at, _ []Local) {
			k.rowMax(at[0], n)
			k.Set(m)
			k.SetInt(best, C(0)) // where the row begins with a NaN, which equals nothing
			found := k.Block()
			k.rowLoop(n, 1, func(i Local, imm uint32, lanes int) {
				k.loadAt(at[0], i, imm)
				k.Get(m)
				k.F32x4Eq()
				k.keep(lanes)
				k.I32x4Bitmask()
				k.LocalTee(mask)
				k.If()
				k.Get(i)
				k.I32Const(2)
				k.I32ShrU()
				k.Get(mask)
				k.I32Ctz()
				k.I32Add()
				k.Set(best)
				k.Br(found)
				k.End()
			})
			k.End()
			k.Get(at[1])
			k.Get(best)
			k.I32Store(0)
		})
	k.FreeV128(m)
	k.FreeI32(best, mask)
}
