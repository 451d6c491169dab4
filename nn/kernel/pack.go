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
	k.Times(4)
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
			k.Times(4)
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
		k.Times(4)
		k.I32Add()
		k.Set(base)
		k.Get(width)
		k.Times(4)
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

// PackPanel writes the function name(from, stride, count, to) that copies count rows of
// one panel of the given width: rows stride bytes apart or, transposed, the panel's columns
// stride bytes apart, each contiguous.
func PackPanel(m *wasmbin.Module, name string, width int, transposed bool) uint32 {
	params := []wasmbin.ValType{wasmbin.I32, wasmbin.I32, wasmbin.I32, wasmbin.I32}
	f := m.Func(name, params, nil)
	k := &Emitter{Func: f, free: map[wasmbin.ValType][]Local{}}
	from, stride, count, to := f.Param(0), f.Param(1), f.Param(2), f.Param(3)
	if transposed {
		panelColumns(k, from, stride, count, to, width)
	} else {
		panelRows(k, from, stride, count, to, width)
	}
	k.End()
	return f.Index()
}

func panelRows(k *Emitter, from, stride, count, to Local, width int) {
	p := k.I32()
	k.For(p, C(0), L(count), 1, func() {
		for j := 0; j < width; {
			k.Get(to)
			k.Get(from)
			if j+4 <= width {
				k.V128Load(uint32(4 * j))
				k.V128Store(uint32(4 * j))
				j += 4
				continue
			}
			k.F32Load(uint32(4 * j))
			k.F32Store(uint32(4 * j))
			j++
		}
		k.AddTo(from, L(stride))
		k.AddTo(to, C(4*width))
	})
}

// panelColumns takes blocks of 4 × 4 through registers where the panel is whole.
func panelColumns(k *Emitter, from, stride, count, to Local, width int) {
	p, at := k.I32(), k.I32()
	k.SetInt(p, C(0))
	if width == PanelWidth {
		whole := k.I32()
		k.Get(count)
		k.I32Const(-4)
		k.I32And()
		k.Set(whole)
		k.For(p, C(0), L(whole), 4, func() {
			k.SetInt(at, L(from))
			for half := range uint32(2) {
				rows := k.V128s(4)
				for _, r := range rows {
					k.Get(at)
					k.V128Load(0)
					k.Set(r)
					k.AddTo(at, L(stride))
				}
				k.Transpose4(rows)
				for i, r := range rows {
					k.Get(to)
					k.Get(r)
					k.V128Store(uint32(4*PanelWidth*i) + 16*half)
				}
				k.FreeV128(rows...)
			}
			k.AddTo(from, C(16))
			k.AddTo(to, C(4*4*PanelWidth))
		})
		k.FreeI32(whole)
	}
	k.For(p, L(p), L(count), 1, func() {
		k.SetInt(at, L(from))
		for j := range width {
			k.Get(to)
			k.Get(at)
			k.F32Load(0)
			k.F32Store(uint32(4 * j))
			k.AddTo(at, L(stride))
		}
		k.AddTo(from, C(4))
		k.AddTo(to, C(4*width))
	})
}

// Transpose4 exchanges rows and columns of four vectors.
func (k *Emitter) Transpose4(r []Local) {
	t := k.V128s(4)
	low := [16]byte{0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23}
	high := [16]byte{8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31}
	mix := func(to, a, b Local, order [16]byte) {
		k.Get(a)
		k.Get(b)
		k.I8x16Shuffle(order)
		k.Set(to)
	}
	mix(t[0], r[0], r[1], low)  // a0 b0 a1 b1
	mix(t[1], r[0], r[1], high) // a2 b2 a3 b3
	mix(t[2], r[2], r[3], low)
	mix(t[3], r[2], r[3], high)
	first := [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23}
	second := [16]byte{8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31}
	mix(r[0], t[0], t[2], first)
	mix(r[1], t[0], t[2], second)
	mix(r[2], t[1], t[3], first)
	mix(r[3], t[1], t[3], second)
	k.FreeV128(t...)
}
