package kernel

import (
	"fmt"

	"wafer/nn/wasmbin"
)

// A product C = A·B is computed in tiles of TileRows rows and one panel of B's columns.
// The inner kernels take everything but the tile's shape as arguments, so that a few
// functions serve all products of a model: they are compiled once and hot at once.

// TileRows is the usual height of the register tile: with PanelWidth columns it has 8
// accumulators of 4, and 3 of the 15 registers that V8 has hold operands. A single row
// takes four panels at once instead.
const TileRows = 4

// Side says how the rows of A lie in memory.
type Side uint8

const (
	// Rows: element (i, p) of a run is at row i's address + 4·p; rows are pixel bytes apart.
	Rows Side = iota
	// Pixels: as Rows, but after width rows the next begins jump bytes further.
	Pixels
	// Columns: neighbouring rows are neighbours in memory; element (i, p) is at
	// a + 4·i + p·step, A being stored transposed.
	Columns
	// Tiles: groups of four rows, packed: element (i, p) is at a + (i/4)·pixel + 16·p + 4·(i mod 4).
	Tiles
)

// Tile chooses an inner kernel: its rows, the width of a panel (PanelWidth or what is
// left), how many panels it takes at once (several only of PanelWidth), the side of A
// and the epilogue, whose numbers only say what there is.
type Tile struct {
	Height  int
	Columns int
	Panels  int
	Side    Side
	Epilogue
}

// String is the kernel's name, which tells it from all others: f32_gemm_4x8_rows_bias_relu.
func (t Tile) String() string {
	side := [...]string{"rows", "pixels", "columns", "tiles"}[t.Side]
	name := fmt.Sprintf("f32_gemm_%dx%d_%s", t.Height, t.Panels*t.Columns, side)
	for _, part := range []struct {
		there bool
		name  string
	}{{t.Scale != 0, "scale"}, {t.Bias != 0, "bias"}, {t.Residual != 0, "residual"}, {t.Act != nil, t.ActName}} {
		if part.there {
			name += "_" + part.name
		}
	}
	return name
}

// Arguments of an inner kernel, all i32, addresses and strides in bytes.
const (
	argA     = iota // of the first row's first element
	argX            // number of the first row in its line
	argRows         // how many rows, ≥ 1
	argC            // address of the first row of C, at the panel's first column
	argB            // address of the (first) panel at the first p
	argPanel        // from panel to panel
	argFlags        // FirstBlock, LastBlock
	argN1           // runs: N1·N2 stretches of Len elements of A; between them
	argS1           // from the first of N2 runs to the first of the next N2
	argN2
	argS2 // from run to run
	argLen
	argWidth // Pixels: rows in a line; Columns: step
	argPixel // Rows, Pixels: from row to row in a line; Tiles: from group to group
	argJump  // Pixels: more at the end of a line
	argLdc   // from row to row of C
	argScale // of the panel's columns
	argBias
	argResidual // from an element of C to that of the residual
	numArgs
)

// The sums of a product over a long K continue over blocks.
const (
	FirstBlock = 1 // sums start at +0, else at C
	LastBlock  = 2 // the epilogue is applied
)

// tile is the inner kernel under construction.
type tile struct {
	*Emitter
	Tile
	arg     [numArgs]Local
	vectors int // per row
	acc     []Local
	p       []Local // address of each row's next element
	cur, x  Local   // the next tile's first row
	rest    Local   // rows left, this tile's included
	c       Local
}

// Gemm writes an inner kernel and returns its function.
func Gemm(m *wasmbin.Module, t Tile) uint32 {
	params := make([]wasmbin.ValType, numArgs)
	for i := range params {
		params[i] = wasmbin.I32
	}
	f := m.Func(t.String(), params, nil)
	k := &tile{Emitter: &Emitter{Func: f, free: map[wasmbin.ValType][]Local{}}, Tile: t,
		vectors: t.Panels * ((t.Columns + 3) / 4)}
	for i := range k.arg {
		k.arg[i] = f.Param(i)
	}
	k.write()
	f.End()
	return f.Index()
}

func (k *tile) write() {
	k.acc = k.V128s(k.Height * k.vectors)
	k.p = make([]Local, k.Height)
	for r := range k.p {
		k.p[r] = k.I32()
	}
	k.cur, k.x, k.rest, k.c = k.arg[argA], k.arg[argX], k.arg[argRows], k.arg[argC]
	loop := k.Loop()
	k.rowAddresses()
	k.startSums()
	k.sum()
	k.finish()
	k.Get(k.c)
	k.Get(k.arg[argLdc])
	k.Times(k.Height)
	k.I32Add()
	k.Set(k.c)
	k.Get(k.rest)
	k.I32Const(int32(k.Height))
	k.I32Sub()
	k.LocalTee(k.rest)
	k.I32Const(0)
	k.I32GtS()
	k.BrIf(loop)
	k.End()
}

// rowAddresses sets p and moves cur on to the next tile. Rows beyond the last are
// copies of it, whose sums nobody stores.
func (k *tile) rowAddresses() {
	k.SetInt(k.p[0], L(k.cur))
	switch k.Side {
	case Columns:
		k.AddTo(k.cur, C(4*k.Height))
		return
	case Tiles:
		k.AddTo(k.cur, L(k.arg[argPixel]))
		return
	}
	end := k.I32()
	for r := range k.Height {
		if r > 0 {
			k.Get(k.cur)
			k.Get(k.p[r-1])
			k.Get(k.rest)
			k.I32Const(int32(r))
			k.I32GtS()
			k.Select()
			k.Set(k.p[r])
		}
		if k.Side == Rows {
			k.AddTo(k.cur, L(k.arg[argPixel]))
			continue
		}
		k.Get(k.x) // end = ++x == width
		k.I32Const(1)
		k.I32Add()
		k.LocalTee(k.x)
		k.Get(k.arg[argWidth])
		k.I32Eq()
		k.Set(end)
		k.Get(k.cur) // cur += pixel + (end ? jump : 0)
		k.Get(k.arg[argPixel])
		k.I32Add()
		k.Get(k.arg[argJump])
		k.I32Const(0)
		k.Get(end)
		k.Select()
		k.I32Add()
		k.Set(k.cur)
		k.I32Const(0) // x = end ? 0 : x
		k.Get(k.x)
		k.Get(end)
		k.Select()
		k.Set(k.x)
	}
	k.FreeI32(end)
}

// ifFlag runs yes where a flag is set, else no.
func (k *tile) ifFlag(flag int32, yes, no func()) {
	k.Get(k.arg[argFlags])
	k.I32Const(flag)
	k.I32And()
	k.If()
	yes()
	if no != nil {
		k.Else()
		no()
	}
	k.End()
}

// Product is a call of an inner kernel, made of constants and locals of the caller's.
type Product struct {
	A, X, Rows, C, B                 Int
	Panel                            Int
	Flags                            Int
	N1, S1, N2, S2, Len              Int
	Width, Pixel, Jump, Ldc          Int
	ScaleAt, BiasAt, ResidualFromOut Int
}

// Call emits the call.
func (p Product) Call(k *Emitter, index uint32) {
	for _, v := range []Int{p.A, p.X, p.Rows, p.C, p.B, p.Panel, p.Flags, p.N1, p.S1, p.N2, p.S2, p.Len,
		p.Width, p.Pixel, p.Jump, p.Ldc, p.ScaleAt, p.BiasAt, p.ResidualFromOut} {
		k.Push(v)
	}
	k.Call(index)
}
