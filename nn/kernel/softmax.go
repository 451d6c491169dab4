package kernel

// Softmax is e / Σe with e = exp(x − m), m the largest element of each row of n floats.
// Units are rows.
func Softmax(k *Emitter, n int) {
	m, s := k.V128(), k.V128()
	k.eachRow(n, []Local{k.In[0], k.Out[0]}, func(row []Local) {
		x, y := row[0], row[1]
		k.rowMax(x, n)
		k.Set(m) // the sign of a zero does not change exp(x − m)
		k.exponentials(x, y, m, n)
		k.rowSum(n, func(at Local, imm uint32) { k.loadAt(y, at, imm) })
		k.Set(s)
		k.rowLoop(n, 4, func(at Local, imm uint32, lanes int) {
			k.loadAt(y, at, imm)
			k.Get(s)
			k.F32x4Div()
			k.storeAt(y, at, imm, lanes)
		})
	})
	k.FreeV128(m, s)
}

// LogSoftmax is (x − m) − log(Σ exp(x − m)). Units are rows.
func LogSoftmax(k *Emitter, n int) {
	m, s := k.V128(), k.V128()
	k.eachRow(n, []Local{k.In[0], k.Out[0]}, func(row []Local) {
		x, y := row[0], row[1]
		k.rowMax(x, n)
		k.Set(m)
		k.firstZero(m, func(body func(x Local)) { k.eachFloat(x, n, body) })
		k.exponentials(x, y, m, n)
		k.rowSum(n, func(at Local, imm uint32) { k.loadAt(y, at, imm) })
		k.Log()
		k.Set(s)
		k.rowLoop(n, 4, func(at Local, imm uint32, lanes int) {
			k.loadAt(x, at, imm)
			k.Get(m)
			k.F32x4Sub()
			k.Get(s)
			k.F32x4Sub()
			k.storeAt(y, at, imm, lanes)
		})
	})
	k.FreeV128(m, s)
}

// exponentials writes exp(x − m) of a row at x to y. The last vector begins early enough
// to end with the row, so that the code of exp is there once.
func (k *Emitter) exponentials(x, y, m Local, n int) {
	i, at := k.I32(), k.I32()
	k.For(i, C(0), C(4*n), 16, func() {
		k.SetInt(at, L(i))
		if n > 4 && n%4 != 0 {
			k.LeastOf(at, func() { k.I32Const(int32(4*n - 16)) })
		}
		k.loadAt(x, at, 0)
		k.Get(m)
		k.F32x4Sub()
		k.Exp()
		k.storeAt(y, at, 0, min(n, 4))
	})
	k.FreeI32(i, at)
}
