package kernel

import "wafer/nn/wasmbin"

// The end of a product: epilogue and stores.

// finish applies the epilogue after the last block and stores the sums.
func (k *tile) finish() {
	if k.Epilogue.Empty() {
		k.eachRow(k.storeRow)
		return
	}
	k.ifFlag(LastBlock, k.finishLast, func() { k.eachRow(k.storeRow) })
}

// finishLast applies the epilogue to the tile in registers; an activation of many
// instructions runs in a loop over the stored tile, two rows at a time.
func (k *tile) finishLast() {
	light := k.Act == nil || k.actSize() < 40
	k.eachRow(func(r int, c Local) {
		k.affine(r, c)
		if light && k.Act != nil {
			k.activate(k.acc[r*k.vectors : (r+1)*k.vectors])
		}
		k.storeRow(r, c)
	})
	if light {
		return
	}
	c, next, n := k.I32(), k.I32(), k.I32()
	k.SetInt(c, L(k.c))
	k.SetInt(n, L(k.rest))
	k.LeastOf(n, func() { k.I32Const(int32(k.Height)) })
	loop := k.Loop()
	if k.Height == 1 {
		k.activateRows(c)
	} else {
		k.Get(c) // the next row, or this one again
		k.Get(k.arg[argLdc])
		k.I32Add()
		k.Get(c)
		k.Get(n)
		k.I32Const(1)
		k.I32GtS()
		k.Select()
		k.Set(next)
		k.activateRows(c, next)
		k.Get(next)
		k.Set(c)
		k.AddTo(n, C(-1))
	}
	k.AddTo(c, L(k.arg[argLdc]))
	k.Get(n)
	k.I32Const(1)
	k.I32Sub()
	k.LocalTee(n)
	k.I32Const(0)
	k.I32GtS()
	k.BrIf(loop)
	k.End()
	k.FreeI32(c, next, n)
}

// activate replaces vectors by their activation.
func (k *tile) activate(l []Local) {
	r := k.Act(k.Emitter, VecOf(l...))
	for i, v := range r.Locals() {
		k.Get(v)
		k.Set(l[i])
	}
	k.FreeV128(r.Locals()...)
}

// activateRows does that to stored rows, in groups of at most four vectors.
func (k *tile) activateRows(c ...Local) {
	per := k.vectors * len(c)
	for first := 0; first < per; first += 4 {
		group := k.acc[first:min(first+4, per)]
		for i, l := range group {
			k.Get(c[(first+i)/k.vectors])
			k.V128Load(uint32(16 * ((first + i) % k.vectors)))
			k.Set(l)
		}
		k.activate(group)
	}
	for r, l := range c {
		k.storeRow(r, l)
	}
}

// actSize is the code of one activation in bytes.
func (k *tile) actSize() int {
	trial := &Emitter{Func: wasmbin.NewModule().Func("", nil, nil), free: map[wasmbin.ValType][]Local{}}
	k.Act(trial, VecOf(trial.V128()))
	return trial.Len()
}

// affine applies scale, bias and residual to row r.
func (k *tile) affine(r int, c Local) {
	for v := range k.vectors {
		acc := k.acc[r*k.vectors+v]
		k.Get(acc)
		if k.Scale != 0 {
			k.Get(k.arg[argScale])
			k.V128Load(uint32(16 * v))
			k.F32x4Mul()
		}
		if k.Bias != 0 {
			k.Get(k.arg[argBias])
			k.V128Load(uint32(16 * v))
			k.F32x4Add()
		}
		if k.Residual != 0 {
			k.Sum(L(c), L(k.arg[argResidual]))
			k.V128Load(uint32(16 * v))
			k.F32x4Add()
		}
		k.Set(acc)
	}
}

// storeRow stores the columns of row r that are there.
func (k *tile) storeRow(r int, c Local) {
	for v := range k.vectors {
		k.storeLanes(c, k.acc[r*k.vectors+v], uint32(16*v), min(k.Panels*k.Columns-4*v, 4))
	}
}

// storeLanes stores the first n lanes of a vector.
func (k *Emitter) storeLanes(address, v Local, offset uint32, n int) {
	if n == 4 {
		k.Get(address)
		k.Get(v)
		k.V128Store(offset)
		return
	}
	if n >= 2 {
		k.Get(address)
		k.Get(v)
		k.V128Store64Lane(offset, 0)
	}
	if n%2 == 1 {
		k.Get(address)
		k.Get(v)
		k.V128Store32Lane(offset+uint32(4*(n-1)), byte(n-1))
	}
}
