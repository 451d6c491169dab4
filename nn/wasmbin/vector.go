package wasmbin

import "encoding/binary"

// Vector instructions: loads and stores.
// https://webassembly.github.io/spec/core/binary/instructions.html#vector-instructions

// V128Load is v128.load.
func (f *Func) V128Load(offset uint32) { f.simd(0); f.memory(2, offset) }

// V128Load8x8S is v128.load8x8_s.
func (f *Func) V128Load8x8S(offset uint32) { f.simd(1); f.memory(3, offset) }

// V128Load8x8U is v128.load8x8_u.
func (f *Func) V128Load8x8U(offset uint32) { f.simd(2); f.memory(3, offset) }

// V128Load16x4S is v128.load16x4_s.
func (f *Func) V128Load16x4S(offset uint32) { f.simd(3); f.memory(3, offset) }

// V128Load16x4U is v128.load16x4_u.
func (f *Func) V128Load16x4U(offset uint32) { f.simd(4); f.memory(3, offset) }

// V128Load8Splat is v128.load8_splat.
func (f *Func) V128Load8Splat(offset uint32) { f.simd(7); f.memory(0, offset) }

// V128Load16Splat is v128.load16_splat.
func (f *Func) V128Load16Splat(offset uint32) { f.simd(8); f.memory(1, offset) }

// V128Load32Splat is v128.load32_splat.
func (f *Func) V128Load32Splat(offset uint32) { f.simd(9); f.memory(2, offset) }

// V128Load64Splat is v128.load64_splat.
func (f *Func) V128Load64Splat(offset uint32) { f.simd(10); f.memory(3, offset) }

// V128Store is v128.store.
func (f *Func) V128Store(offset uint32) { f.simd(11); f.memory(2, offset) }

// V128Load32Zero is v128.load32_zero.
func (f *Func) V128Load32Zero(offset uint32) { f.simd(92); f.memory(2, offset) }

// V128Load64Zero is v128.load64_zero.
func (f *Func) V128Load64Zero(offset uint32) { f.simd(93); f.memory(3, offset) }

// V128Load32Lane is v128.load32_lane.
func (f *Func) V128Load32Lane(offset uint32, lane byte) { f.simd(86); f.memory(2, offset); f.op(lane) }

// V128Load64Lane is v128.load64_lane.
func (f *Func) V128Load64Lane(offset uint32, lane byte) { f.simd(87); f.memory(3, offset); f.op(lane) }

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

// I32x4ExtractLane is i32x4.extract_lane.
func (f *Func) I32x4ExtractLane(lane byte) { f.simd(27); f.op(lane) }

// I32x4ReplaceLane is i32x4.replace_lane.
func (f *Func) I32x4ReplaceLane(lane byte) { f.simd(28); f.op(lane) }

// F32x4ExtractLane is f32x4.extract_lane.
func (f *Func) F32x4ExtractLane(lane byte) { f.simd(31); f.op(lane) }

// F32x4ReplaceLane is f32x4.replace_lane.
func (f *Func) F32x4ReplaceLane(lane byte) { f.simd(32); f.op(lane) }

// I8x16Splat is i8x16.splat.
func (f *Func) I8x16Splat() { f.simd(15) }

// I16x8Splat is i16x8.splat.
func (f *Func) I16x8Splat() { f.simd(16) }

// I32x4Splat is i32x4.splat.
func (f *Func) I32x4Splat() { f.simd(17) }

// F32x4Splat is f32x4.splat.
func (f *Func) F32x4Splat() { f.simd(19) }

// I32x4Eq is i32x4.eq.
func (f *Func) I32x4Eq() { f.simd(55) }

// I32x4Ne is i32x4.ne.
func (f *Func) I32x4Ne() { f.simd(56) }

// I32x4LtS is i32x4.lt_s.
func (f *Func) I32x4LtS() { f.simd(57) }

// I32x4LtU is i32x4.lt_u.
func (f *Func) I32x4LtU() { f.simd(58) }

// I32x4GtS is i32x4.gt_s.
func (f *Func) I32x4GtS() { f.simd(59) }

// I32x4GtU is i32x4.gt_u.
func (f *Func) I32x4GtU() { f.simd(60) }

// I32x4LeS is i32x4.le_s.
func (f *Func) I32x4LeS() { f.simd(61) }

// I32x4GeS is i32x4.ge_s.
func (f *Func) I32x4GeS() { f.simd(63) }

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

// V128Not is v128.not.
func (f *Func) V128Not() { f.simd(77) }

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

// V128AnyTrue is v128.any_true.
func (f *Func) V128AnyTrue() { f.simd(83) }

// I16x8ExtendLowI8x16S is i16x8.extend_low_i8x16_s.
func (f *Func) I16x8ExtendLowI8x16S() { f.simd(135) }

// I16x8ExtendHighI8x16S is i16x8.extend_high_i8x16_s.
func (f *Func) I16x8ExtendHighI8x16S() { f.simd(136) }

// I32x4Abs is i32x4.abs.
func (f *Func) I32x4Abs() { f.simd(160) }

// I32x4Neg is i32x4.neg.
func (f *Func) I32x4Neg() { f.simd(161) }

// I32x4AllTrue is i32x4.all_true.
func (f *Func) I32x4AllTrue() { f.simd(163) }

// I32x4Bitmask is i32x4.bitmask.
func (f *Func) I32x4Bitmask() { f.simd(164) }

// I32x4ExtendLowI16x8S is i32x4.extend_low_i16x8_s.
func (f *Func) I32x4ExtendLowI16x8S() { f.simd(167) }

// I32x4ExtendHighI16x8S is i32x4.extend_high_i16x8_s.
func (f *Func) I32x4ExtendHighI16x8S() { f.simd(168) }

// I32x4ExtendLowI16x8U is i32x4.extend_low_i16x8_u.
func (f *Func) I32x4ExtendLowI16x8U() { f.simd(169) }

// I32x4ExtendHighI16x8U is i32x4.extend_high_i16x8_u.
func (f *Func) I32x4ExtendHighI16x8U() { f.simd(170) }

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

// I32x4MinS is i32x4.min_s.
func (f *Func) I32x4MinS() { f.simd(182) }

// I32x4MaxS is i32x4.max_s.
func (f *Func) I32x4MaxS() { f.simd(184) }

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

// F32x4Min is f32x4.min.
func (f *Func) F32x4Min() { f.simd(232) }

// F32x4Max is f32x4.max.
func (f *Func) F32x4Max() { f.simd(233) }

// F32x4Pmin is f32x4.pmin.
func (f *Func) F32x4Pmin() { f.simd(234) }

// F32x4Pmax is f32x4.pmax.
func (f *Func) F32x4Pmax() { f.simd(235) }

// I32x4TruncSatF32x4S is i32x4.trunc_sat_f32x4_s.
func (f *Func) I32x4TruncSatF32x4S() { f.simd(248) }

// F32x4ConvertI32x4S is f32x4.convert_i32x4_s.
func (f *Func) F32x4ConvertI32x4S() { f.simd(250) }

// F32x4ConvertI32x4U is f32x4.convert_i32x4_u.
func (f *Func) F32x4ConvertI32x4U() { f.simd(251) }
