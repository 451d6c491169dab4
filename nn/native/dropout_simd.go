//go:build goexperiment.simd && go1.27

package native

import "simd"

// dropoutVectors writes the mask from element lo on, whole registers only, and
// returns how many elements that were.
func dropoutVectors(out []float32, lo int, first, second uint32, rate, keep float32) int {
	w, n, i := lanes(), len(out), 0
	var start [16]uint32
	for l := range start {
		start[l] = uint32(lo+l)*0x9E3779B9 + first
	}
	at := simd.LoadUint32s(start[:])
	step := simd.BroadcastUint32s(uint32(w) * 0x9E3779B9)
	key := simd.BroadcastUint32s(second)
	m1, m2 := simd.BroadcastUint32s(0x85EBCA6B), simd.BroadcastUint32s(0xC2B2AE35)
	m3, m4 := simd.BroadcastUint32s(0x7FEB352D), simd.BroadcastUint32s(0x846CA68B)
	scale, limit, zero, kept := f32v(0x1p-24), f32v(rate), zeroV(), f32v(keep)
	for ; i+w <= n; i += w {
		x := at
		at = at.Add(step)
		x = x.Xor(x.ShiftAllRight(16)).Mul(m1)
		x = x.Xor(x.ShiftAllRight(13)).Mul(m2)
		x = x.Xor(x.ShiftAllRight(16)).Add(key)
		x = x.Xor(x.ShiftAllRight(16)).Mul(m3)
		x = x.Xor(x.ShiftAllRight(15)).Mul(m4)
		x = x.Xor(x.ShiftAllRight(16)).ShiftAllRight(8)
		u := x.BitsToInt32().ConvertToFloat32().Mul(scale)
		zero.IfElse(u.Less(limit), kept).Store(out[i:])
	}
	return i
}
