package kernel

// Norm is a layer norm of rows of N floats. Units are rows, but for GradScale.
type Norm struct {
	N       int
	Epsilon float32
}

// moments sets mean and r = 1/sqrt(variance + epsilon) of the row at x, in every lane.
func (n Norm) moments(k *Emitter, x, mean, r Local) {
	k.rowSum(n.N, func(at Local, imm uint32) { k.loadAt(x, at, imm) })
	k.F4(float32(n.N))
	k.F32x4Div()
	k.Set(mean)
	k.F4(1)
	k.rowSum(n.N, func(at Local, imm uint32) {
		k.loadAt(x, at, imm)
		k.Get(mean)
		k.F32x4Sub()
		k.square()
	})
	k.F4(float32(n.N))
	k.F32x4Div()
	k.F4(n.Epsilon)
	k.F32x4Add()
	k.F32x4Sqrt()
	k.F32x4Div()
	k.Set(r)
}

// hat pushes (x−mean)·r of the vector at x + at + imm.
func (k *Emitter) hat(x, at Local, imm uint32, mean, r Local) {
	k.loadAt(x, at, imm)
	k.Get(mean)
	k.F32x4Sub()
	k.Get(r)
	k.F32x4Mul()
}

// LayerNorm is hat·gamma + beta of operands x, gamma, beta.
func (n Norm) LayerNorm(k *Emitter) {
	mean, r := k.V128(), k.V128()
	k.eachRow(n.N, []Local{k.In[0], k.Out[0]}, func(row []Local) {
		x, y := row[0], row[1]
		n.moments(k, x, mean, r)
		k.rowLoop(n.N, 4, func(at Local, imm uint32, lanes int) {
			k.hat(x, at, imm, mean, r)
			k.loadAt(k.In[1], at, imm)
			k.F32x4Mul()
			k.loadAt(k.In[2], at, imm)
			k.F32x4Add()
			k.storeAt(y, at, imm, lanes)
		})
	})
	k.FreeV128(mean, r)
}

// GradInput is ((d − a) − hat·b)·r of operands x, gamma, dy, with d = dy·gamma, a = Σd/n
// and b = Σ(d·hat)/n.
func (n Norm) GradInput(k *Emitter) {
	mean, r, a, b, d := k.V128(), k.V128(), k.V128(), k.V128(), k.V128()
	k.eachRow(n.N, []Local{k.In[0], k.In[2], k.Out[0]}, func(row []Local) {
		x, dy, dx := row[0], row[1], row[2]
		n.moments(k, x, mean, r)
		pushD := func(at Local, imm uint32) {
			k.loadAt(dy, at, imm)
			k.loadAt(k.In[1], at, imm)
			k.F32x4Mul()
		}
		sumD, sumDH := k.newPartials(), k.newPartials()
		k.rowLoop(n.N, 4, func(at Local, imm uint32, lanes int) {
			pushD(at, imm)
			k.Set(d)
			k.Get(d)
			sumD.add(imm, lanes)
			k.Get(d)
			k.hat(x, at, imm, mean, r)
			k.F32x4Mul()
			sumDH.add(imm, lanes)
		})
		for i, sum := range []partials{sumD, sumDH} {
			sum.total()
			k.F4(float32(n.N))
			k.F32x4Div()
			k.Set([]Local{a, b}[i])
		}
		k.rowLoop(n.N, 4, func(at Local, imm uint32, lanes int) {
			pushD(at, imm)
			k.Get(a)
			k.F32x4Sub()
			k.hat(x, at, imm, mean, r)
			k.Get(b)
			k.F32x4Mul()
			k.F32x4Sub()
			k.Get(r)
			k.F32x4Mul()
			k.storeAt(dx, at, imm, lanes)
		})
	})
	k.FreeV128(mean, r, a, b, d)
}

// GradScaleUnits is the number of units of GradScale: groups of columns.
func (n Norm) GradScaleUnits() int { return ColumnGroups(n.N) }

// normRows is how many rows GradScale adds up at a time.
const normRows = 4

// GradScale is Σ dy·hat over the rows, ascending, of operands x, dy.
func (n Norm) GradScale(k *Emitter, rows int) {
	from, to, x, dy, i := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.columnShare(from, to, n.N)
	k.columnLoop(from, to, n.N, 1, func(at Local, imm uint32, lanes int) {
		k.F4(0)
		k.storeAt(k.Out[0], at, imm, lanes)
	})
	k.SetInt(x, L(k.In[0]))
	k.SetInt(dy, L(k.In[1]))
	scratch := k.Reserve(32 * normRows)
	block := func(rows int) {
		n.scaleRows(k, rows, scratch, from, to, x, dy)
		k.AddTo(x, C(4*n.N*rows))
		k.AddTo(dy, C(4*n.N*rows))
	}
	k.For(i, C(0), C(rows/normRows), 1, func() { block(normRows) })
	if rest := rows % normRows; rest > 0 {
		block(rest)
	}
	k.FreeI32(from, to, x, dy, i)
}

// scaleRows adds some rows to the columns from ≤ c < to of the result.
func (n Norm) scaleRows(k *Emitter, rows int, scratch uint32, from, to, x, dy Local) {
	means, rs := k.V128s(rows), k.V128s(rows)
	row, save, i := k.I32(), k.I32(), k.I32()
	k.SetInt(row, L(x))
	k.SetInt(save, L(k.Mem))
	k.For(i, C(0), C(rows), 1, func() {
		n.moments(k, row, means[0], rs[0])
		k.Get(save)
		k.Get(means[0])
		k.V128Store(scratch)
		k.Get(save)
		k.Get(rs[0])
		k.V128Store(scratch + 16)
		k.AddTo(row, C(4*n.N))
		k.AddTo(save, C(32))
	})
	for i := range rows {
		k.Get(k.Mem)
		k.V128Load(scratch + uint32(32*i))
		k.Set(means[i])
		k.Get(k.Mem)
		k.V128Load(scratch + uint32(32*i+16))
		k.Set(rs[i])
	}
	k.columnLoop(from, to, n.N, 1, func(at Local, imm uint32, lanes int) {
		k.loadAt(k.Out[0], at, imm)
		for i := range rows {
			below := imm + uint32(4*n.N*i)
			k.loadAt(dy, at, below)
			k.hat(x, at, below, means[i], rs[i])
			k.F32x4Mul()
			k.F32x4Add()
		}
		k.storeAt(k.Out[0], at, imm, lanes)
	})
	k.FreeV128(means...)
	k.FreeV128(rs...)
	k.FreeI32(row, save, i)
}
