package kernel

// DropoutMask writes 0 with probability rate, else keep; the operand is the key. Units
// are elements. The hash is that of graph.DropoutMask.
func DropoutMask(k *Emitter, rate, keep float32, salt uint32) {
	const golden = 0x9E3779B9
	count, second := k.V128(), k.V128()
	k.Get(k.Lo) // count = i·golden + key[0] + salt·0x85EBCA6B
	k.I32x4Splat()
	k.V128Const([4]uint32{0, 1, 2, 3})
	k.I32x4Add()
	k.I4(golden)
	k.I32x4Mul()
	k.Get(k.In[0])
	k.V128Load32Splat(0)
	k.I32x4Add()
	k.I4(salt * 0x85EBCA6B)
	k.I32x4Add()
	k.Set(count)
	k.Get(k.In[0])
	k.V128Load32Splat(4)
	k.Set(second)
	k.VectorsIn(L(k.Lo), L(k.Hi), func(w Width, at Local) {
		k.Sum(L(k.Out[0]), L(at))
		k.F4(keep)
		k.Get(count)
		k.mix(16, 0x85EBCA6B)
		k.mix(13, 0xC2B2AE35)
		k.mix(16, 1)
		k.Get(second)
		k.I32x4Add()
		k.mix(16, 0x7FEB352D)
		k.mix(15, 0x846CA68B)
		k.mix(16, 1)
		k.I32Const(8)
		k.I32x4ShrU()
		k.F32x4ConvertI32x4S()
		k.F4(0x1p-24)
		k.F32x4Mul()
		k.F4(rate)
		k.F32x4Lt()
		k.V128Andnot() // keep where not dropped
		k.Store(w, 0)
		k.Get(count)
		k.I4(golden * uint32(w))
		k.I32x4Add()
		k.Set(count)
	})
	k.FreeV128(count, second)
}

// mix pops x and pushes (x ^ x>>shift)·by.
func (k *Emitter) mix(shift int32, by uint32) {
	k.with(func(x Local) {
		k.Get(x)
		k.Get(x)
		k.I32Const(shift)
		k.I32x4ShrU()
		k.V128Xor()
		if by != 1 {
			k.I4(by)
			k.I32x4Mul()
		}
	})
}
