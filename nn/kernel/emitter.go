// Package kernel emits the SIMD loops of compiled models: sizes are constants of the
// code, addresses are arguments of the emitted functions. Each kernel computes the
// bits of the op of the same name in package eval; it vectorises across results and
// never along a sum, except where the contract has 16 partial sums.
package kernel

import (
	"math"

	"wafer/nn/wasmbin"
)

// Local is a local variable of the function being written.
type Local = wasmbin.Local

// Emitter writes one function that computes units lo ≤ u < hi of one step:
//
//	f(lo, hi, scratch, address of each result…, address of each operand…)
//
// All parameters are i32. scratch is memory of the calling thread's own, 64-byte
// aligned, of at least Scratch bytes.
type Emitter struct {
	*wasmbin.Func
	Lo, Hi, Mem Local   // first unit, end, scratch address
	Out, In     []Local // addresses of results and operands
	Scratch     int     // bytes of scratch needed, raised by Reserve

	free map[wasmbin.ValType][]Local
}

// NewEmitter declares a function for a step with the given numbers of results and operands.
func NewEmitter(m *wasmbin.Module, name string, outs, ins int) *Emitter {
	params := make([]wasmbin.ValType, 3+outs+ins)
	for i := range params {
		params[i] = wasmbin.I32
	}
	f := m.Func(name, params, nil)
	k := &Emitter{Func: f, Lo: f.Param(0), Hi: f.Param(1), Mem: f.Param(2), free: map[wasmbin.ValType][]Local{}}
	for i := range outs {
		k.Out = append(k.Out, f.Param(3+i))
	}
	for i := range ins {
		k.In = append(k.In, f.Param(3+outs+i))
	}
	return k
}

// Reserve asks for bytes of scratch and returns where in it they begin.
func (k *Emitter) Reserve(bytes int) uint32 {
	at := k.Scratch
	k.Scratch += (bytes + 63) / 64 * 64
	return uint32(at)
}

// I32 is a free local of type i32; its value is not defined.
func (k *Emitter) I32() Local { return k.take(wasmbin.I32) }

// V128 is a free local of type v128; its value is not defined.
func (k *Emitter) V128() Local { return k.take(wasmbin.V128) }

// V128s are n free locals.
func (k *Emitter) V128s(n int) []Local {
	l := make([]Local, n)
	for i := range l {
		l[i] = k.V128()
	}
	return l
}

func (k *Emitter) take(t wasmbin.ValType) Local {
	if n := len(k.free[t]); n > 0 {
		l := k.free[t][n-1]
		k.free[t] = k.free[t][:n-1]
		return l
	}
	return k.Local(t)
}

// FreeI32 and FreeV128 give locals back for other uses.
func (k *Emitter) FreeI32(l ...Local) { k.free[wasmbin.I32] = append(k.free[wasmbin.I32], l...) }

// FreeV128 gives locals back for other uses.
func (k *Emitter) FreeV128(l ...Local) { k.free[wasmbin.V128] = append(k.free[wasmbin.V128], l...) }

// Int is an i32 that is known when the code is written, or held by a local.
type Int struct {
	local    Local
	constant int
	isLocal  bool
}

// C is a constant.
func C(v int) Int { return Int{constant: v} }

// L is a local's value at the time of use.
func L(l Local) Int { return Int{local: l, isLocal: true} }

// Push pushes v.
func (k *Emitter) Push(v Int) {
	if v.isLocal {
		k.LocalGet(v.local)
	} else {
		k.I32Const(int32(v.constant))
	}
}

// SetInt is l = v.
func (k *Emitter) SetInt(l Local, v Int) {
	k.Push(v)
	k.LocalSet(l)
}

// AddTo is l += v.
func (k *Emitter) AddTo(l Local, v Int) {
	if !v.isLocal && v.constant == 0 {
		return
	}
	k.LocalGet(l)
	k.Push(v)
	k.I32Add()
	k.LocalSet(l)
}

// Times multiplies the i32 on the stack by a constant.
func (k *Emitter) Times(by int) {
	switch {
	case by == 1:
	case by > 0 && by&(by-1) == 0:
		k.I32Const(int32(log2(by)))
		k.I32Shl()
	default:
		k.I32Const(int32(by))
		k.I32Mul()
	}
}

func log2(v int) int {
	n := 0
	for ; v > 1; v >>= 1 {
		n++
	}
	return n
}

// Address sets l = base + index·size bytes.
func (k *Emitter) Address(l Local, base, index Int, size int) {
	k.Push(index)
	k.Times(size)
	k.Push(base)
	k.I32Add()
	k.LocalSet(l)
}

// Sum pushes a + b.
func (k *Emitter) Sum(a, b Int) {
	k.Push(a)
	k.Push(b)
	k.I32Add()
}

// For runs body with i = from, from+step, … while i < to. i is a local of the caller's.
func (k *Emitter) For(i Local, from, to Int, step int, body func()) {
	if !from.isLocal && !to.isLocal && from.constant >= to.constant {
		return
	}
	k.SetInt(i, from)
	known := !from.isLocal && !to.isLocal
	if !known {
		k.LocalGet(i)
		k.Push(to)
		k.I32LtS()
		k.If()
	}
	loop := k.Loop()
	body()
	k.LocalGet(i)
	k.I32Const(int32(step))
	k.I32Add()
	k.LocalTee(i)
	k.Push(to)
	k.I32LtS()
	k.BrIf(loop)
	k.End()
	if !known {
		k.End()
	}
}

// When runs body if the condition that cond pushes is not 0.
func (k *Emitter) When(cond, body func()) {
	cond()
	k.If()
	body()
	k.End()
}

// Width is how many floats a vector operation reads or writes: 4, or 1 for the rest
// of a row, which is then computed in lane 0 of a vector with the same bits.
type Width int

const (
	One  Width = 1 // what is left of a row
	Four Width = 4 // a vector
)

// Load pushes w floats at the popped address + offset; unused lanes are 0.
func (k *Emitter) Load(w Width, offset uint32) {
	if w == Four {
		k.V128Load(offset)
	} else {
		k.V128Load32Zero(offset)
	}
}

// Store pops a vector and an address below it and writes w floats at address + offset.
func (k *Emitter) Store(w Width, offset uint32) {
	if w == Four {
		k.V128Store(offset)
	} else {
		k.V128Store32Lane(offset, 0)
	}
}

// Vectors walks n floats: body runs with at = the byte offset of each four floats,
// then of each of the rest. n counts floats; at is a local that body must not change.
func (k *Emitter) Vectors(n int, body func(w Width, at Local)) {
	at := k.I32()
	whole := n &^ 3
	k.For(at, C(0), C(4*whole), 16, func() { body(Four, at) })
	k.For(at, C(4*whole), C(4*n), 4, func() { body(One, at) })
	k.FreeI32(at)
}

// VectorsIn is Vectors over floats lo ≤ i < hi of which both are locals or constants.
func (k *Emitter) VectorsIn(lo, hi Int, body func(w Width, at Local)) {
	at, end, whole := k.I32(), k.I32(), k.I32()
	k.Push(hi)
	k.Times(4)
	k.LocalSet(end)
	k.Push(hi)
	k.Push(lo)
	k.I32Sub()
	k.I32Const(-4)
	k.I32And()
	k.Push(lo)
	k.I32Add()
	k.Times(4)
	k.LocalSet(whole)
	k.Push(lo)
	k.Times(4)
	k.LocalSet(at)
	k.For(at, L(at), L(whole), 16, func() { body(Four, at) })
	k.For(at, L(at), L(end), 4, func() { body(One, at) })
	k.FreeI32(at, end, whole)
}

// F4 pushes a vector of four copies of v.
func (k *Emitter) F4(v float32) { k.I4(math.Float32bits(v)) }

// I4 pushes a vector of four copies of a 32-bit pattern.
func (k *Emitter) I4(bits uint32) { k.V128Const([4]uint32{bits, bits, bits, bits}) }

// Set pops the top of the stack into a local.
func (k *Emitter) Set(l Local) { k.LocalSet(l) }

// Get pushes a local.
func (k *Emitter) Get(l Local) { k.LocalGet(l) }

// Constant is v's value when it is known.
func (v Int) Constant() (int, bool) { return v.constant, !v.isLocal }

// While runs body as long as the condition that cond pushes is not 0.
func (k *Emitter) While(cond, body func()) {
	out := k.Block()
	loop := k.Loop()
	cond()
	k.I32Eqz()
	k.BrIf(out)
	body()
	k.Br(loop)
	k.End()
	k.End()
}

// LeastOf is l = min(l, what v pushes).
func (k *Emitter) LeastOf(l Local, v func()) {
	other := k.I32()
	k.Get(l)
	v()
	k.LocalTee(other)
	k.Get(l)
	k.Get(other)
	k.I32LtS()
	k.Select()
	k.Set(l)
	k.FreeI32(other)
}
