package kernel

import "wafer/nn/wasmbin"

// Panels is the storage of the right operand [k,n] of a product: columns in groups of
// PanelWidth side by side, each group row by row. The last group is as wide as columns
// are left, so that a matrix takes as much memory as before. Element (p, j) lies at
// (j/8)·8·k + p·w + j mod 8, where w is the width of its group.
const PanelWidth = 8

// Pack writes the function name(row, rows, from, to, k, n) that copies rows of a matrix
// [k,n] stored row by row at from to panels at to; from holds row number row first. A
// transposed matrix is stored [n,k], its rows being columns of the result.
func Pack(m *wasmbin.Module, name string, transposed bool) uint32 {
	params := make([]wasmbin.ValType, 6)
	for i := range params {
		params[i] = wasmbin.I32
	}
	f := m.Func(name, params, nil)
	k := &Emitter{Func: f, free: map[wasmbin.ValType][]Local{}}
	row, rows, from, to, kk, n := f.Param(0), f.Param(1), f.Param(2), f.Param(3), f.Param(4), f.Param(5)
	if transposed {
		packTransposed(k, row, rows, from, to, kk, n)
	} else {
		packRows(k, row, rows, from, to, kk, n)
	}
	k.End()
	return f.Index()
}

// group sets width to that of the panel at column j, min(8, n−j), and base to its
// address: to + j·k·4.
func group(k *Emitter, width, base, j, to, kk, n Local) {
	k.I32Const(PanelWidth)
	k.Get(n)
	k.Get(j)
	k.I32Sub()
	k.I32Const(PanelWidth)
	k.Get(n)
	k.Get(j)
	k.I32Sub()
	k.I32LtS()
	k.Select()
	k.Set(width)
	k.Get(j)
	k.Get(kk)
	k.I32Mul()
	k.Scale(4)
	k.Get(to)
	k.I32Add()
	k.Set(base)
}

func packRows(k *Emitter, row, rows, from, to, kk, n Local) {
	r, j, width, base, c := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.For(r, C(0), L(rows), 1, func() {
		k.For(j, C(0), L(n), PanelWidth, func() {
			group(k, width, base, j, to, kk, n)
			// base += (row+r)·width·4
			k.Get(row)
			k.Get(r)
			k.I32Add()
			k.Get(width)
			k.I32Mul()
			k.Scale(4)
			k.Get(base)
			k.I32Add()
			k.Set(base)
			k.Get(width)
			k.I32Const(PanelWidth)
			k.I32Eq()
			k.If()
			for half := range uint32(2) {
				k.Get(base)
				k.Get(from)
				k.V128Load(16 * half)
				k.V128Store(16 * half)
			}
			k.AddTo(from, C(32))
			k.Else()
			k.For(c, C(0), L(width), 1, func() {
				k.Get(base)
				k.Get(from)
				k.F32Load(0)
				k.F32Store(0)
				k.AddTo(base, C(4))
				k.AddTo(from, C(4))
			})
			k.End()
		})
	})
}

func packTransposed(k *Emitter, row, rows, from, to, kk, n Local) {
	r, j, width, base, p := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.For(r, C(0), L(rows), 1, func() {
		k.Get(row)
		k.Get(r)
		k.I32Add()
		k.LocalTee(p)
		k.I32Const(-PanelWidth)
		k.I32And()
		k.Set(j)
		group(k, width, base, j, to, kk, n)
		k.Get(base) // + (column − j)·4
		k.Get(p)
		k.Get(j)
		k.I32Sub()
		k.Scale(4)
		k.I32Add()
		k.Set(base)
		k.Get(width)
		k.Scale(4)
		k.Set(width)
		k.For(p, C(0), L(kk), 1, func() {
			k.Get(base)
			k.Get(from)
			k.F32Load(0)
			k.F32Store(0)
			k.AddTo(from, C(4))
			k.AddTo(base, L(width))
		})
	})
}
