package kernel

import "wafer/nn/wasmbin"

// The transforms of Winograd convolutions on vectors of channels, in the order of
// operations that graph.WinogradFilter and graph.WinogradConv2D state. Each is given
// its operands as locals and hands every result to emit: push leaves it on the stack.

// WinogradTransform is one of G, Bᵀ and Aᵀ for one tile size: from In vectors to Out.
type WinogradTransform struct {
	In, Out int
	Line    func(k *Emitter, in []Local, emit func(i int, push func()))
}

// WinogradConstants are graph's constants, rounded to float32.
type WinogradConstants struct {
	P, P2, P3, Q, Q2, Q3, R, S0, S1, S2, T0, T1, T2 float32
}

// code writes expressions on vectors.
type code struct{ *Emitter }

// term is something that leaves a vector on the stack.
type term func()

func (c code) of(l Local) term { return func() { c.Get(l) } }

func (c code) times(f float32, x term) term {
	return func() {
		c.F4(f)
		x()
		c.F32x4Mul()
	}
}

func (c code) plus(a, b term) term  { return func() { a(); b(); c.F32x4Add() } }
func (c code) minus(a, b term) term { return func() { a(); b(); c.F32x4Sub() } }

// let computes a term once.
func (c code) let(x term) term {
	l := c.V128()
	x()
	c.Set(l)
	return c.of(l)
}

// terms sees locals as terms.
func (c code) terms(in []Local) []term {
	t := make([]term, len(in))
	for i, l := range in {
		t[i] = c.of(l)
	}
	return t
}

// scope gives the locals that f takes back afterwards.
func scope(k *Emitter, f func(c code)) {
	before, n := append([]Local{}, k.free[wasmbin.V128]...), k.Locals()
	f(code{k})
	k.free[wasmbin.V128] = before
	for l := n; l < k.Locals(); l++ { // all of them vectors
		k.FreeV128(Local(l))
	}
}

// WinogradFilter is G.
func WinogradFilter(tile int, w WinogradConstants) WinogradTransform {
	return WinogradTransform{3, tile + 2, func(k *Emitter, in []Local, emit func(int, func())) {
		scope(k, func(c code) {
			g := c.terms(in)
			emit(0, g[0])
			emit(tile+1, g[2])
			if tile == 2 {
				s := c.let(c.plus(g[0], g[2]))
				emit(1, c.times(0.5, c.plus(s, g[1])))
				emit(2, c.times(0.5, c.minus(s, g[1])))
				return
			}
			s := c.let(c.plus(c.times(w.S0, g[0]), c.times(w.S2, g[2])))
			r := c.let(c.times(w.S1, g[1]))
			emit(1, c.plus(s, r))
			emit(2, c.minus(s, r))
			v := c.let(c.plus(c.times(w.T0, g[0]), c.times(w.T2, g[2])))
			u := c.let(c.times(w.T1, g[1]))
			emit(3, c.plus(v, u))
			emit(4, c.minus(v, u))
		})
	}}
}

// WinogradImage is Bᵀ.
func WinogradImage(tile int, w WinogradConstants) WinogradTransform {
	return WinogradTransform{tile + 2, tile + 2, func(k *Emitter, in []Local, emit func(int, func())) {
		scope(k, func(c code) {
			d := c.terms(in)
			if tile == 2 {
				emit(0, c.minus(d[0], d[2]))
				emit(1, c.plus(d[1], d[2]))
				emit(2, c.minus(d[2], d[1]))
				emit(3, c.minus(d[1], d[3]))
				return
			}
			emit(0, c.minus(c.plus(d[0], d[4]), c.times(w.R, d[2])))
			a := c.let(c.minus(c.times(w.Q2, d[2]), d[4]))
			b := c.let(c.minus(c.times(w.Q, d[1]), c.times(w.P, d[3])))
			emit(1, c.plus(a, b))
			emit(2, c.minus(a, b))
			f := c.let(c.minus(d[4], c.times(w.P2, d[2])))
			e := c.let(c.minus(c.times(w.Q, d[3]), c.times(w.P, d[1])))
			emit(3, c.plus(f, e))
			emit(4, c.minus(f, e))
			emit(5, c.minus(c.plus(d[1], d[5]), c.times(w.R, d[3])))
		})
	}}
}

// WinogradResult is Aᵀ.
func WinogradResult(tile int, w WinogradConstants) WinogradTransform {
	return WinogradTransform{tile + 2, tile, func(k *Emitter, in []Local, emit func(int, func())) {
		scope(k, func(c code) {
			m := c.terms(in)
			if tile == 2 {
				emit(0, c.plus(m[0], c.plus(m[1], m[2])))
				emit(1, c.minus(c.minus(m[1], m[2]), m[3]))
				return
			}
			a, b := c.let(c.plus(m[1], m[2])), c.let(c.minus(m[1], m[2]))
			f, e := c.let(c.plus(m[3], m[4])), c.let(c.minus(m[3], m[4]))
			emit(0, c.plus(m[0], c.plus(a, f)))
			emit(1, c.plus(c.times(w.P, b), c.times(w.Q, e)))
			emit(2, c.plus(c.times(w.P2, a), c.times(w.Q2, f)))
			emit(3, c.plus(c.plus(c.times(w.P3, b), c.times(w.Q3, e)), m[5]))
		})
	}}
}

// Grid is a square of vectors in memory: vector (y, x) is at base + y·Line + x·Pixel.
type Grid struct {
	Base        Local
	Line, Pixel Int
}

// Columns emits the first half of a two-sided transform: every column of in, n columns
// wide, to scratch at half, where vector (y, x) lies at (y·n + x)·16.
func (t WinogradTransform) Columns(k *Emitter, w Width, in Grid, n int, half Local) {
	v := k.V128s(t.In)
	column, from, to, at := k.I32(), k.I32(), k.I32(), k.I32()
	k.SetInt(from, L(in.Base))
	k.SetInt(to, L(half))
	k.For(column, C(0), C(n), 1, func() {
		k.SetInt(at, L(from))
		for i, l := range v {
			k.Get(at)
			k.Load(w, 0)
			k.Set(l)
			if i < len(v)-1 {
				k.AddTo(at, in.Line)
			}
		}
		t.Line(k, v, func(i int, push func()) {
			k.Get(to)
			push()
			k.V128Store(uint32(16 * n * i))
		})
		k.AddTo(from, in.Pixel)
		k.AddTo(to, C(16))
	})
	k.FreeV128(v...)
	k.FreeI32(column, from, to, at)
}

// Rows emits the second half: rows first … of the half, n vectors each. For every row
// body gets the row's number and a transform to emit.
func (t WinogradTransform) Rows(k *Emitter, n int, rows Int, half Local,
	body func(row Local, line func(emit func(i int, push func())))) {
	v := k.V128s(t.In)
	row, from := k.I32(), k.I32()
	k.SetInt(from, L(half))
	k.For(row, C(0), rows, 1, func() {
		for i, l := range v {
			k.Get(from)
			k.V128Load(uint32(16 * i))
			k.Set(l)
		}
		body(row, func(emit func(int, func())) { t.Line(k, v, emit) })
		k.AddTo(from, C(16*n))
	})
	k.FreeV128(v...)
	k.FreeI32(row, from)
}
