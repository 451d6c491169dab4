package wasmbin

// Memory instructions; offset is added to the popped address.
// https://webassembly.github.io/spec/core/binary/instructions.html#memory-instructions

// I32Load is i32.load.
func (f *Func) I32Load(offset uint32) { f.op(0x28); f.memory(2, offset) }

// I64Load is i64.load.
func (f *Func) I64Load(offset uint32) { f.op(0x29); f.memory(3, offset) }

// F32Load is f32.load.
func (f *Func) F32Load(offset uint32) { f.op(0x2a); f.memory(2, offset) }

// I32Load8S is i32.load8_s.
func (f *Func) I32Load8S(offset uint32) { f.op(0x2c); f.memory(0, offset) }

// I32Load16U is i32.load16_u.
func (f *Func) I32Load16U(offset uint32) { f.op(0x2f); f.memory(1, offset) }

// I32Store is i32.store.
func (f *Func) I32Store(offset uint32) { f.op(0x36); f.memory(2, offset) }

// I64Store is i64.store.
func (f *Func) I64Store(offset uint32) { f.op(0x37); f.memory(3, offset) }

// F32Store is f32.store.
func (f *Func) F32Store(offset uint32) { f.op(0x38); f.memory(2, offset) }

// MemoryFill pops n, a byte and an address and fills n bytes.
func (f *Func) MemoryFill() { f.bulk(11, 0) }

// MemoryCopy pops n, source and destination and copies n bytes, as memmove.
func (f *Func) MemoryCopy() { f.bulk(10, 0, 0) }

// MemoryInit pops n, a position in a passive data segment and an address and copies n bytes.
func (f *Func) MemoryInit(data uint32) {
	f.bulk(8)
	f.code = append(uleb(f.code, uint64(data)), 0)
}

// DataDrop gives a passive data segment back to the host.
func (f *Func) DataDrop(data uint32) { f.bulk(9); f.code = uleb(f.code, uint64(data)) }

// MemorySize pushes the size of the memory in pages.
func (f *Func) MemorySize() { f.op(0x3f); f.op(0) }

// MemoryGrow pops a number of pages to add and pushes the size before, -1 when there is no room.
func (f *Func) MemoryGrow() { f.op(0x40); f.op(0) }

// Numeric instructions.
// https://webassembly.github.io/spec/core/binary/instructions.html#numeric-instructions

// I32Eqz is i32.eqz.
func (f *Func) I32Eqz() { f.op(0x45) }

// I32Eq is i32.eq.
func (f *Func) I32Eq() { f.op(0x46) }

// I32Ne is i32.ne.
func (f *Func) I32Ne() { f.op(0x47) }

// I32LtS is i32.lt_s.
func (f *Func) I32LtS() { f.op(0x48) }

// I32LtU is i32.lt_u.
func (f *Func) I32LtU() { f.op(0x49) }

// I32GtS is i32.gt_s.
func (f *Func) I32GtS() { f.op(0x4a) }

// I32GtU is i32.gt_u.
func (f *Func) I32GtU() { f.op(0x4b) }

// I32GeS is i32.ge_s.
func (f *Func) I32GeS() { f.op(0x4e) }

// I32GeU is i32.ge_u.
func (f *Func) I32GeU() { f.op(0x4f) }

// F32Eq is f32.eq.
func (f *Func) F32Eq() { f.op(0x5b) }

// I32Ctz is i32.ctz.
func (f *Func) I32Ctz() { f.op(0x68) }

// I32Add is i32.add.
func (f *Func) I32Add() { f.op(0x6a) }

// I32Sub is i32.sub.
func (f *Func) I32Sub() { f.op(0x6b) }

// I32Mul is i32.mul.
func (f *Func) I32Mul() { f.op(0x6c) }

// I32DivS is i32.div_s.
func (f *Func) I32DivS() { f.op(0x6d) }

// I32DivU is i32.div_u.
func (f *Func) I32DivU() { f.op(0x6e) }

// I32RemU is i32.rem_u.
func (f *Func) I32RemU() { f.op(0x70) }

// I32And is i32.and.
func (f *Func) I32And() { f.op(0x71) }

// I32Or is i32.or.
func (f *Func) I32Or() { f.op(0x72) }

// I32Shl is i32.shl.
func (f *Func) I32Shl() { f.op(0x74) }

// I32ShrU is i32.shr_u.
func (f *Func) I32ShrU() { f.op(0x76) }

// Atomic instructions.
// https://webassembly.github.io/threads/core/binary/instructions.html#atomic-memory-instructions

// MemoryAtomicNotify is memory.atomic.notify.
func (f *Func) MemoryAtomicNotify(offset uint32) { f.atomic(0x00, 2, offset) }

// MemoryAtomicWait32 is memory.atomic.wait32.
func (f *Func) MemoryAtomicWait32(offset uint32) { f.atomic(0x01, 2, offset) }

// I32AtomicLoad is i32.atomic.load.
func (f *Func) I32AtomicLoad(offset uint32) { f.atomic(0x10, 2, offset) }

// I32AtomicStore is i32.atomic.store.
func (f *Func) I32AtomicStore(offset uint32) { f.atomic(0x17, 2, offset) }

// I32AtomicRmwAdd is i32.atomic.rmw.add.
func (f *Func) I32AtomicRmwAdd(offset uint32) { f.atomic(0x1e, 2, offset) }
