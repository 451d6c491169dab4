package kernel

import "wafer/nn/wasmbin"

// Parameters that a file holds in fewer bits are expanded where they come to lie: their
// bytes are put at the upper end of the memory that the float32 take, and the floats are
// written from the lower end on. Element i is read before byte 4i+15 is written, so no
// byte is overwritten before it was read.

// ExpandHalf writes the function name(to, n): n binary16 at to + 2n become n float32 at to.
// Every value is exact, subnormals and infinities too.
func ExpandHalf(m *wasmbin.Module, name string) uint32 {
	k := expander(m, name, 2)
	to, n, from, at := k.Param(0), k.Param(1), k.I32(), k.V128()
	k.Address(from, L(to), L(n), 2)
	k.VectorsIn(C(0), L(n), func(w Width, i Local) {
		k.Sum(L(to), L(i))
		k.Get(from)
		k.Get(i)
		k.I32Const(1)
		k.I32ShrU()
		k.I32Add()
		if w == Four {
			k.V128Load16x4U(0)
		} else {
			k.I32Load16U(0)
			k.I32x4Splat()
		}
		k.half(at)
		k.Store(w, 0)
	})
	k.End()
	return k.Index()
}

// half turns the binary16 in the low half of each lane into float32. Exponent and fraction,
// moved into place, are a float32 that is 2^112 times too small; an exponent of ones stays one.
func (k *Emitter) half(h Local) {
	k.Set(h)
	k.Get(h)
	k.I4(0x7fff)
	k.V128And()
	k.I32Const(13)
	k.I32x4Shl()
	k.I4((127 + 112) << 23)
	k.F32x4Mul()
	k.Get(h)
	k.I4(0x8000)
	k.V128And()
	k.I32Const(16)
	k.I32x4Shl()
	k.V128Or()
	k.Get(h)
	k.I4(0x7fff)
	k.V128And()
	k.I4(0x7bff)
	k.I32x4GtS()
	k.I4(0xff << 23)
	k.V128And()
	k.V128Or()
}

// ExpandInt8 writes the function name(to, rows, n, scales): rows of n int8 behind to +
// 3·rows·n become float32 at to, column j times the float32 at scales + 4j.
func ExpandInt8(m *wasmbin.Module, name string) uint32 {
	k := expander(m, name, 4)
	to, rows, n, scales, from, r := k.Param(0), k.Param(1), k.Param(2), k.Param(3), k.I32(), k.I32()
	k.Get(rows)
	k.Get(n)
	k.I32Mul()
	k.Times(3)
	k.Get(to)
	k.I32Add()
	k.Set(from)
	k.For(r, C(0), L(rows), 1, func() {
		k.VectorsIn(C(0), L(n), func(w Width, i Local) {
			k.Sum(L(to), L(i))
			k.Get(from)
			k.Get(i)
			k.I32Const(2)
			k.I32ShrU()
			k.I32Add()
			if w == Four {
				k.V128Load32Zero(0)
				k.I16x8ExtendLowI8x16S()
				k.I32x4ExtendLowI16x8S()
			} else {
				k.I32Load8S(0)
				k.I32x4Splat()
			}
			k.F32x4ConvertI32x4S()
			k.Sum(L(scales), L(i))
			k.Load(w, 0)
			k.F32x4Mul()
			k.Store(w, 0)
		})
		k.AddTo(from, L(n))
		k.Address(to, L(to), L(n), 4)
	})
	k.End()
	return k.Index()
}

// expander begins a function of n addresses and numbers.
func expander(m *wasmbin.Module, name string, n int) *Emitter {
	params := make([]wasmbin.ValType, n)
	for i := range params {
		params[i] = wasmbin.I32
	}
	return &Emitter{Func: m.Func(name, params, nil), free: map[wasmbin.ValType][]Local{}}
}
