package wasmbin

import "encoding/binary"

// Vector instructions: loads and stores.
// https://webassembly.github.io/spec/core/binary/instructions.html#vector-instructions

// V128Load is v128.load.
func (f *Func) V128Load(offset uint32) { f.simd(0); f.memory(2, offset) }

// V128Load16x4U is v128.load16x4_u.
func (f *Func) V128Load16x4U(offset uint32) { f.simd(4); f.memory(3, offset) }

// V128Load32Splat is v128.load32_splat.
func (f *Func) V128Load32Splat(offset uint32) { f.simd(9); f.memory(2, offset) }

// V128Store is v128.store.
func (f *Func) V128Store(offset uint32) { f.simd(11); f.memory(2, offset) }

// V128Load32Zero is v128.load32_zero.
func (f *Func) V128Load32Zero(offset uint32) { f.simd(92); f.memory(2, offset) }

// V128Store32Lane is v128.store32_lane.
func (f *Func) V128Store32Lane(offset uint32, lane byte) { f.simd(90); f.memory(2, offset); f.op(lane) }

// V128Store64Lane is v128.store64_lane.
func (f *Func) V128Store64Lane(offset uint32, lane byte) { f.simd(91); f.memory(3, offset); f.op(lane) }

// V128Const pushes four 32-bit lanes.
func (f *Func) V128Const(lanes [4]uint32) {
	f.simd(12)
	for _, l := range lanes {
		f.code = binary.LittleEndian.AppendUint32(f.code, l)
	}
}

// I8x16Shuffle picks bytes 0…31 of two vectors.
func (f *Func) I8x16Shuffle(bytes [16]byte) {
	f.simd(13)
	f.code = append(f.code, bytes[:]...)
}

// Lanes.

// F32x4ExtractLane is f32x4.extract_lane.
func (f *Func) F32x4ExtractLane(lane byte) { f.simd(31); f.op(lane) }

// I32x4Splat is i32x4.splat.
func (f *Func) I32x4Splat() { f.simd(17) }

// I32x4Eq is i32x4.eq.
func (f *Func) I32x4Eq() { f.simd(55) }

// I32x4GtS is i32x4.gt_s.
func (f *Func) I32x4GtS() { f.simd(59) }

// F32x4Eq is f32x4.eq.
func (f *Func) F32x4Eq() { f.simd(65) }

// F32x4Ne is f32x4.ne.
func (f *Func) F32x4Ne() { f.simd(66) }

// F32x4Lt is f32x4.lt.
func (f *Func) F32x4Lt() { f.simd(67) }

// F32x4Gt is f32x4.gt.
func (f *Func) F32x4Gt() { f.simd(68) }

// F32x4Le is f32x4.le.
func (f *Func) F32x4Le() { f.simd(69) }

// F32x4Ge is f32x4.ge.
func (f *Func) F32x4Ge() { f.simd(70) }

// V128And is v128.and.
func (f *Func) V128And() { f.simd(78) }

// V128Andnot is v128.andnot.
func (f *Func) V128Andnot() { f.simd(79) }

// V128Or is v128.or.
func (f *Func) V128Or() { f.simd(80) }

// V128Xor is v128.xor.
func (f *Func) V128Xor() { f.simd(81) }

// V128Bitselect is v128.bitselect.
func (f *Func) V128Bitselect() { f.simd(82) }

// I16x8ExtendLowI8x16S is i16x8.extend_low_i8x16_s.
func (f *Func) I16x8ExtendLowI8x16S() { f.simd(135) }

// I32x4Neg is i32x4.neg.
func (f *Func) I32x4Neg() { f.simd(161) }

// I32x4Bitmask is i32x4.bitmask.
func (f *Func) I32x4Bitmask() { f.simd(164) }

// I32x4ExtendLowI16x8S is i32x4.extend_low_i16x8_s.
func (f *Func) I32x4ExtendLowI16x8S() { f.simd(167) }

// I32x4Shl is i32x4.shl.
func (f *Func) I32x4Shl() { f.simd(171) }

// I32x4ShrS is i32x4.shr_s.
func (f *Func) I32x4ShrS() { f.simd(172) }

// I32x4ShrU is i32x4.shr_u.
func (f *Func) I32x4ShrU() { f.simd(173) }

// I32x4Add is i32x4.add.
func (f *Func) I32x4Add() { f.simd(174) }

// I32x4Sub is i32x4.sub.
func (f *Func) I32x4Sub() { f.simd(177) }

// I32x4Mul is i32x4.mul.
func (f *Func) I32x4Mul() { f.simd(181) }

// F32x4Abs is f32x4.abs.
func (f *Func) F32x4Abs() { f.simd(224) }

// F32x4Neg is f32x4.neg.
func (f *Func) F32x4Neg() { f.simd(225) }

// F32x4Sqrt is f32x4.sqrt.
func (f *Func) F32x4Sqrt() { f.simd(227) }

// F32x4Add is f32x4.add.
func (f *Func) F32x4Add() { f.simd(228) }

// F32x4Sub is f32x4.sub.
func (f *Func) F32x4Sub() { f.simd(229) }

// F32x4Mul is f32x4.mul.
func (f *Func) F32x4Mul() { f.simd(230) }

// F32x4Div is f32x4.div.
func (f *Func) F32x4Div() { f.simd(231) }

// F32x4Pmin is f32x4.pmin.
func (f *Func) F32x4Pmin() { f.simd(234) }

// F32x4Pmax is f32x4.pmax.
func (f *Func) F32x4Pmax() { f.simd(235) }

// F32x4ConvertI32x4S is f32x4.convert_i32x4_s.
func (f *Func) F32x4ConvertI32x4S() { f.simd(250) }
