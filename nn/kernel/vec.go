package kernel

import (
	"math"

	"wafer/nn/wasmbin"
)

// Vec is one or several vectors that are computed side by side, so that the processor
// has independent work while one waits for its operands; or a constant.
type Vec struct {
	locals   []Local
	constant uint32
}

// VecOf sees locals as a Vec.
func VecOf(l ...Local) Vec { return Vec{locals: l} }

// Locals are the locals that hold the vectors.
func (v Vec) Locals() []Local { return v.locals }

// konst is a constant in all lanes.
func konst(f float32) Vec { return Vec{constant: math.Float32bits(f)} }

func bitsOf(b uint32) Vec { return Vec{constant: b} }

// push pushes vector i.
func (k *Emitter) push(v Vec, i int) {
	if v.locals == nil {
		k.I4(v.constant)
	} else {
		k.Get(v.locals[i])
	}
}

// apply emits an instruction for each of the vectors and gives the results.
func (k *Emitter) apply(instruction func(), operands ...Vec) Vec {
	n := 0
	for _, o := range operands {
		n = max(n, len(o.locals))
	}
	r := Vec{locals: k.V128s(n)}
	for i, l := range r.locals {
		for _, o := range operands {
			k.push(o, i)
		}
		instruction()
		k.Set(l)
	}
	return r
}

func (k *Emitter) add(a, b Vec) Vec { return k.apply(k.F32x4Add, a, b) }
func (k *Emitter) sub(a, b Vec) Vec { return k.apply(k.F32x4Sub, a, b) }
func (k *Emitter) mul(a, b Vec) Vec { return k.apply(k.F32x4Mul, a, b) }
func (k *Emitter) div(a, b Vec) Vec { return k.apply(k.F32x4Div, a, b) }
func (k *Emitter) abs(a Vec) Vec    { return k.apply(k.F32x4Abs, a) }
func (k *Emitter) neg(a Vec) Vec    { return k.apply(k.F32x4Neg, a) }

// pick is yes where the mask is set, else no.
func (k *Emitter) pick(yes, no, mask Vec) Vec { return k.apply(k.V128Bitselect, yes, no, mask) }

// polynomial is (((c0·x + c1)·x + c2)·x …).
func (k *Emitter) polynomial(x Vec, cs ...float32) Vec {
	p := konst(cs[0])
	for _, c := range cs[1:] {
		p = k.add(k.mul(p, x), konst(c))
	}
	return p
}

// temporary gives back every vector local that f takes, but its result.
func (k *Emitter) temporary(f func() Vec) Vec {
	before, n := append([]Local{}, k.free[wasmbin.V128]...), k.Locals()
	r := f()
	kept := map[Local]bool{}
	for _, l := range r.locals {
		kept[l] = true
	}
	k.free[wasmbin.V128] = k.free[wasmbin.V128][:0]
	for _, l := range before {
		if !kept[l] {
			k.FreeV128(l)
		}
	}
	for l := n; l < k.Locals(); l++ { // all of them vectors
		if !kept[Local(l)] {
			k.FreeV128(Local(l))
		}
	}
	return r
}

// onStack lets a function of Vecs take its operand from the stack and leave its result there.
func (k *Emitter) onStack(f func(x Vec) Vec) {
	x := k.V128()
	k.Set(x)
	r := k.temporary(func() Vec { return f(VecOf(x)) })
	k.Get(r.locals[0])
	k.FreeV128(x)
	if r.locals[0] != x {
		k.FreeV128(r.locals...)
	}
}

// with binds the top of the stack to a local for the time of f.
func (k *Emitter) with(f func(x Local)) {
	x := k.V128()
	k.Set(x)
	f(x)
	k.FreeV128(x)
}

// choose pops yes, no (yes below) and keeps yes where the mask that cond pushes is set.
func (k *Emitter) choose(cond func()) {
	cond()
	k.V128Bitselect()
}
