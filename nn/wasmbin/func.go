package wasmbin

import "fmt"

// Func is a function body under construction.
type Func struct {
	name   string
	index  uint32
	typ    uint32
	params int
	locals []ValType // beyond the parameters
	code   []byte
	depth  int // open blocks, the function itself counting as one
	ended  bool
}

// Local is the index of a parameter or local variable.
type Local uint32

// Label is an open block, the target of branches.
type Label int

// Index is the function's number in calls and exports.
func (f *Func) Index() uint32 { return f.index }

// Name is the function's name in the name section.
func (f *Func) Name() string { return f.name }

// Len is the number of bytes of code so far.
func (f *Func) Len() int { return len(f.code) }

// Param is parameter i.
func (f *Func) Param(i int) Local {
	if i >= f.params {
		panic(fmt.Sprintf("wasmbin: %s has %d parameters", f.name, f.params))
	}
	return Local(i)
}

// Local adds a local variable, 0 at first.
func (f *Func) Local(t ValType) Local {
	f.locals = append(f.locals, t)
	return Local(f.params + len(f.locals) - 1)
}

// encode writes the body with its size; runs of locals of one type are one entry.
// https://webassembly.github.io/spec/core/binary/modules.html#code-section
func (f *Func) encode(w []byte) []byte {
	if !f.ended {
		panic("wasmbin: function " + f.name + " has not ended")
	}
	var runs []byte
	n := 0
	for i := 0; i < len(f.locals); n++ {
		k := i
		for k < len(f.locals) && f.locals[k] == f.locals[i] {
			k++
		}
		runs = append(uleb(runs, uint64(k-i)), byte(f.locals[i]))
		i = k
	}
	head := uleb(nil, uint64(n))
	w = uleb(w, uint64(len(head)+len(runs)+len(f.code)))
	return append(append(append(w, head...), runs...), f.code...)
}

// Block, Loop and If open a block without parameters or results.
// https://webassembly.github.io/spec/core/binary/instructions.html#control-instructions
func (f *Func) Block() Label { return f.open(0x02) }

// Loop opens a block whose label is its beginning.
func (f *Func) Loop() Label { return f.open(0x03) }

// If opens a block that runs when the popped i32 is not 0.
func (f *Func) If() Label { return f.open(0x04) }

func (f *Func) open(op byte) Label {
	f.code = append(f.code, op, 0x40)
	f.depth++
	return Label(f.depth)
}

// Else begins the other branch of the innermost If.
func (f *Func) Else() { f.code = append(f.code, 0x05) }

// End closes the innermost block, or the function when none is open.
func (f *Func) End() {
	f.code = append(f.code, 0x0b)
	if f.depth--; f.depth < 0 {
		f.ended = true
	}
}

// Br branches to an open block.
func (f *Func) Br(l Label) { f.branch(0x0c, l) }

// BrIf branches when the popped i32 is not 0.
func (f *Func) BrIf(l Label) { f.branch(0x0d, l) }

func (f *Func) branch(op byte, l Label) {
	if int(l) > f.depth || l < 1 {
		panic("wasmbin: branch out of a closed block in " + f.name)
	}
	f.code = uleb(append(f.code, op), uint64(f.depth-int(l)))
}

// Return leaves the function.
func (f *Func) Return() { f.code = append(f.code, 0x0f) }

// Unreachable traps.
func (f *Func) Unreachable() { f.code = append(f.code, 0x00) }

// Call calls a function by index.
func (f *Func) Call(index uint32) { f.code = uleb(append(f.code, 0x10), uint64(index)) }

// Drop pops a value.
func (f *Func) Drop() { f.code = append(f.code, 0x1a) }

// Select pops a condition and two values and keeps the first when it is not 0.
func (f *Func) Select() { f.code = append(f.code, 0x1b) }

// LocalGet, LocalSet and LocalTee.
// https://webassembly.github.io/spec/core/binary/instructions.html#variable-instructions
func (f *Func) LocalGet(l Local) { f.code = uleb(append(f.code, 0x20), uint64(l)) }

// LocalSet pops into a local.
func (f *Func) LocalSet(l Local) { f.code = uleb(append(f.code, 0x21), uint64(l)) }

// LocalTee is LocalSet that keeps the value on the stack.
func (f *Func) LocalTee(l Local) { f.code = uleb(append(f.code, 0x22), uint64(l)) }

// GlobalGet pushes a global.
func (f *Func) GlobalGet(i uint32) { f.code = uleb(append(f.code, 0x23), uint64(i)) }

// GlobalSet pops into a global.
func (f *Func) GlobalSet(i uint32) { f.code = uleb(append(f.code, 0x24), uint64(i)) }

// I32Const pushes a constant.
func (f *Func) I32Const(v int32) { f.code = sleb(append(f.code, 0x41), int64(v)) }

// I64Const pushes a constant.
func (f *Func) I64Const(v int64) { f.code = sleb(append(f.code, 0x42), v) }

// F32Const pushes a constant.
func (f *Func) F32Const(v float32) { f.code = float32le(append(f.code, 0x43), v) }

// memory writes an access: alignment as a power of two, then the offset.
// https://webassembly.github.io/spec/core/binary/instructions.html#memory-instructions
func (f *Func) memory(align byte, offset uint32) {
	f.code = uleb(append(f.code, align), uint64(offset))
}

// op writes an instruction of one byte.
func (f *Func) op(code byte) { f.code = append(f.code, code) }

// bulk writes an instruction behind the prefix 0xfc.
func (f *Func) bulk(code byte, rest ...byte) { f.code = append(append(f.code, 0xfc, code), rest...) }

// simd writes a vector instruction, behind the prefix 0xfd.
// https://webassembly.github.io/spec/core/binary/instructions.html#vector-instructions
func (f *Func) simd(code uint32) { f.code = uleb(append(f.code, 0xfd), uint64(code)) }

// atomic writes an atomic instruction, behind the prefix 0xfe.
// https://webassembly.github.io/threads/core/binary/instructions.html#atomic-memory-instructions
func (f *Func) atomic(code, align byte, offset uint32) {
	f.code = append(f.code, 0xfe, code)
	f.memory(align, offset)
}

// Locals is the number of parameters and local variables so far.
func (f *Func) Locals() int { return f.params + len(f.locals) }
