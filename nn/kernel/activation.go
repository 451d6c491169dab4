package kernel

// Activations and other element-wise functions on vectors side by side, as package
// graph defines them.

// ReluV is x < 0 ? 0 : x.
func (k *Emitter) ReluV(x Vec) Vec { return k.apply(k.F32x4Pmax, x, konst(0)) }

// Relu6V is relu, then 6 < x ? 6 : x.
func (k *Emitter) Relu6V(x Vec) Vec {
	return k.temporary(func() Vec { return k.apply(k.F32x4Pmin, k.ReluV(x), konst(6)) })
}

// CopyV is x in locals of its own.
func (k *Emitter) CopyV(x Vec) Vec { return k.apply(func() {}, x) }

// NegV, AbsV and SqrtV change every element on its own.
func (k *Emitter) NegV(x Vec) Vec { return k.neg(x) }

// AbsV clears the sign.
func (k *Emitter) AbsV(x Vec) Vec { return k.abs(x) }

// SqrtV is the square root.
func (k *Emitter) SqrtV(x Vec) Vec { return k.apply(k.F32x4Sqrt, x) }

// Binary applies an instruction of two operands to vectors side by side.
func (k *Emitter) Binary(instruction func(), a, b Vec) Vec { return k.apply(instruction, a, b) }

// WhereV is a where cond is not 0, else b.
func (k *Emitter) WhereV(cond, a, b Vec) Vec {
	return k.temporary(func() Vec { return k.pick(a, b, k.apply(k.F32x4Ne, cond, konst(0))) })
}

// MaskV is 1 where the comparison holds, else 0.
func (k *Emitter) MaskV(comparison func(), a, b Vec) Vec {
	return k.apply(func() { comparison(); k.F4(1); k.V128And() }, a, b)
}
