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

// I32Load8U is i32.load8_u.
func (f *Func) I32Load8U(offset uint32) { f.op(0x2d); f.memory(0, offset) }

// I32Load16S is i32.load16_s.
func (f *Func) I32Load16S(offset uint32) { f.op(0x2e); f.memory(1, offset) }

// I32Load16U is i32.load16_u.
func (f *Func) I32Load16U(offset uint32) { f.op(0x2f); f.memory(1, offset) }

// I32Store is i32.store.
func (f *Func) I32Store(offset uint32) { f.op(0x36); f.memory(2, offset) }

// I64Store is i64.store.
func (f *Func) I64Store(offset uint32) { f.op(0x37); f.memory(3, offset) }

// F32Store is f32.store.
func (f *Func) F32Store(offset uint32) { f.op(0x38); f.memory(2, offset) }

// I32Store8 is i32.store8.
func (f *Func) I32Store8(offset uint32) { f.op(0x3a); f.memory(0, offset) }

// I32Store16 is i32.store16.
func (f *Func) I32Store16(offset uint32) { f.op(0x3b); f.memory(1, offset) }

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

// I32LeS is i32.le_s.
func (f *Func) I32LeS() { f.op(0x4c) }

// I32LeU is i32.le_u.
func (f *Func) I32LeU() { f.op(0x4d) }

// I32GeS is i32.ge_s.
func (f *Func) I32GeS() { f.op(0x4e) }

// I32GeU is i32.ge_u.
func (f *Func) I32GeU() { f.op(0x4f) }

// F32Eq is f32.eq.
func (f *Func) F32Eq() { f.op(0x5b) }

// F32Ne is f32.ne.
func (f *Func) F32Ne() { f.op(0x5c) }

// F32Lt is f32.lt.
func (f *Func) F32Lt() { f.op(0x5d) }

// F32Gt is f32.gt.
func (f *Func) F32Gt() { f.op(0x5e) }

// F32Le is f32.le.
func (f *Func) F32Le() { f.op(0x5f) }

// F32Ge is f32.ge.
func (f *Func) F32Ge() { f.op(0x60) }

// I32Clz is i32.clz.
func (f *Func) I32Clz() { f.op(0x67) }

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

// I32RemS is i32.rem_s.
func (f *Func) I32RemS() { f.op(0x6f) }

// I32RemU is i32.rem_u.
func (f *Func) I32RemU() { f.op(0x70) }

// I32And is i32.and.
func (f *Func) I32And() { f.op(0x71) }

// I32Or is i32.or.
func (f *Func) I32Or() { f.op(0x72) }

// I32Xor is i32.xor.
func (f *Func) I32Xor() { f.op(0x73) }

// I32Shl is i32.shl.
func (f *Func) I32Shl() { f.op(0x74) }

// I32ShrS is i32.shr_s.
func (f *Func) I32ShrS() { f.op(0x75) }

// I32ShrU is i32.shr_u.
func (f *Func) I32ShrU() { f.op(0x76) }

// I64Add is i64.add.
func (f *Func) I64Add() { f.op(0x7c) }

// I64Mul is i64.mul.
func (f *Func) I64Mul() { f.op(0x7e) }

// I64DivU is i64.div_u.
func (f *Func) I64DivU() { f.op(0x80) }

// F32Abs is f32.abs.
func (f *Func) F32Abs() { f.op(0x8b) }

// F32Neg is f32.neg.
func (f *Func) F32Neg() { f.op(0x8c) }

// F32Sqrt is f32.sqrt.
func (f *Func) F32Sqrt() { f.op(0x91) }

// F32Add is f32.add.
func (f *Func) F32Add() { f.op(0x92) }

// F32Sub is f32.sub.
func (f *Func) F32Sub() { f.op(0x93) }

// F32Mul is f32.mul.
func (f *Func) F32Mul() { f.op(0x94) }

// F32Div is f32.div.
func (f *Func) F32Div() { f.op(0x95) }

// F32Min is f32.min.
func (f *Func) F32Min() { f.op(0x96) }

// F32Max is f32.max.
func (f *Func) F32Max() { f.op(0x97) }

// I32WrapI64 is i32.wrap_i64.
func (f *Func) I32WrapI64() { f.op(0xa7) }

// I64ExtendI32U is i64.extend_i32_u.
func (f *Func) I64ExtendI32U() { f.op(0xad) }

// F32ConvertI32S is f32.convert_i32_s.
func (f *Func) F32ConvertI32S() { f.op(0xb2) }

// F32ConvertI32U is f32.convert_i32_u.
func (f *Func) F32ConvertI32U() { f.op(0xb3) }

// I32ReinterpretF32 is i32.reinterpret_f32.
func (f *Func) I32ReinterpretF32() { f.op(0xbc) }

// F32ReinterpretI32 is f32.reinterpret_i32.
func (f *Func) F32ReinterpretI32() { f.op(0xbe) }

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

// I32AtomicRmwSub is i32.atomic.rmw.sub.
func (f *Func) I32AtomicRmwSub(offset uint32) { f.atomic(0x25, 2, offset) }

// I32AtomicRmwXchg is i32.atomic.rmw.xchg.
func (f *Func) I32AtomicRmwXchg(offset uint32) { f.atomic(0x41, 2, offset) }

// I32AtomicRmwCmpxchg is i32.atomic.rmw.cmpxchg.
func (f *Func) I32AtomicRmwCmpxchg(offset uint32) { f.atomic(0x48, 2, offset) }
