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
	// Rows: element (i, p) of a run is at row i's address + 4·p. Rows are pixels of
	// lines: after width rows the next begins jump bytes further.
	Rows Side = iota
	// Columns: neighbouring rows are neighbours in memory; element (i, p) is at
	// a + 4·i + p·step, A being stored transposed.
	Columns
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
	side := [...]string{"rows", "columns"}[t.Side]
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
	argWidth // Rows: rows in a line; Columns: step
	argPixel // Rows: from row to row in a line
	argJump  // Rows: more at the end of a line
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
	k := &tile{Emitter: &Emitter{Func: f, free: map[wasmbin.ValType][]Local{}}, Tile: t, vectors: t.Panels * ((t.Columns + 3) / 4)}
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
	if k.Side == Columns {
		k.AddTo(k.cur, C(4*k.Height))
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

// startSums sets the accumulators to +0 or to what C holds.
func (k *tile) startSums() {
	k.ifFlag(FirstBlock, func() {
		for _, a := range k.acc {
			k.F4(0)
			k.Set(a)
		}
	}, func() {
		k.eachRow(func(r int, c Local) {
			for v := range k.vectors {
				k.Get(c)
				k.V128Load(uint32(16 * v))
				k.Set(k.acc[r*k.vectors+v])
			}
		})
	})
}

// eachRow emits f for every row of the tile that is there, c being its address in C.
func (k *tile) eachRow(f func(r int, c Local)) {
	c := k.I32()
	k.SetInt(c, L(k.c))
	for r := range k.Height {
		if r > 0 {
			k.Get(k.rest)
			k.I32Const(int32(r))
			k.I32GtS()
			k.If()
			k.AddTo(c, L(k.arg[argLdc]))
		}
		f(r, c)
	}
	for range k.Height - 1 {
		k.End()
	}
	k.FreeI32(c)
}

// sum adds all runs to the accumulators.
func (k *tile) sum() {
	n1, n2, n, b := k.I32(), k.I32(), k.I32(), k.panels()
	a, b0 := k.V128(), k.V128s(min(k.vectors, 2))
	k.SetInt(n1, L(k.arg[argN1]))
	first := k.Loop()
	k.SetInt(n2, L(k.arg[argN2]))
	second := k.Loop()
	// Four at a time, then the rest.
	k.repeat(n, func() {
		k.Get(k.arg[argLen])
		k.I32Const(2)
		k.I32ShrU()
	}, func() { k.elements(4, b, a, b0) })
	k.repeat(n, func() {
		k.Get(k.arg[argLen])
		k.I32Const(3)
		k.I32And()
	}, func() { k.elements(1, b, a, b0) })
	// On to the next run: its address less what the run has moved on.
	k.move(argS2)
	k.again(n2, second)
	k.back(argN2, argS2)
	k.move(argS1)
	k.again(n1, first)
	k.FreeI32(n1, n2, n)
	k.FreeI32(b...)
	k.FreeV128(a)
	k.FreeV128(b0...)
}

// panels are the locals that walk through B.
func (k *tile) panels() []Local {
	b := make([]Local, k.Panels)
	for i := range b {
		b[i] = k.I32()
		if i == 0 {
			k.SetInt(b[i], L(k.arg[argB]))
		} else {
			k.Sum(L(b[i-1]), L(k.arg[argPanel]))
			k.Set(b[i])
		}
	}
	return b
}

// repeat runs body as often as count pushes.
func (k *tile) repeat(n Local, count, body func()) {
	count()
	k.LocalTee(n)
	k.If()
	loop := k.Loop()
	body()
	k.again(n, loop)
	k.End()
}

// again closes a loop that counts n down to 0.
func (k *tile) again(n Local, loop wasmbin.Label) {
	k.Get(n)
	k.I32Const(1)
	k.I32Sub()
	k.LocalTee(n)
	k.BrIf(loop)
	k.End()
}

// addresses are the locals that walk through A.
func (k *tile) addresses() []Local {
	if k.Side == Columns {
		return k.p[:1]
	}
	return k.p
}

// step pushes the bytes from element to element of a run.
func (k *tile) step() {
	if k.Side == Columns {
		k.Get(k.arg[argWidth])
	} else {
		k.I32Const(4)
	}
}

// move adds stride − Len·step to the addresses.
func (k *tile) move(stride int) {
	d := k.I32()
	k.Get(k.arg[stride])
	if stride == argS2 {
		k.Get(k.arg[argLen])
		k.step()
		k.I32Mul()
		k.I32Sub()
	}
	k.Set(d)
	for _, p := range k.addresses() {
		k.AddTo(p, L(d))
	}
	k.FreeI32(d)
}

// back takes N2·S2 from the addresses.
func (k *tile) back(n, stride int) {
	d := k.I32()
	k.I32Const(0)
	k.Get(k.arg[n])
	k.Get(k.arg[stride])
	k.I32Mul()
	k.I32Sub()
	k.Set(d)
	for _, p := range k.addresses() {
		k.AddTo(p, L(d))
	}
	k.FreeI32(d)
}

// elements adds n elements of every row times n rows of the panels. Vectors of a
// single panel are held, those of several are used once.
func (k *tile) elements(n int, b []Local, a Local, bv []Local) {
	per := k.vectors / k.Panels
	load := func(u, v int) {
		k.Get(b[v/per])
		k.V128Load(uint32(4*k.Columns*u + 16*(v%per)))
	}
	for u := range n {
		if k.Height > 1 {
			for v, l := range bv {
				load(u, v)
				k.Set(l)
			}
		}
		for r := range k.Height {
			if k.Side == Columns {
				k.Get(k.p[0])
				k.V128Load32Splat(uint32(4 * r))
			} else {
				k.Get(k.p[r])
				k.V128Load32Splat(uint32(4 * u))
			}
			k.Set(a)
			for v := range k.vectors {
				acc := k.acc[r*k.vectors+v]
				k.Get(acc)
				k.Get(a)
				if k.Height > 1 {
					k.Get(bv[v])
				} else {
					load(u, v)
				}
				k.F32x4Mul()
				k.F32x4Add()
				k.Set(acc)
			}
		}
		if k.Side == Columns {
			k.AddTo(k.p[0], L(k.arg[argWidth]))
		}
	}
	if k.Side == Rows {
		for _, p := range k.p {
			k.AddTo(p, C(4*n))
		}
	}
	for _, l := range b {
		k.AddTo(l, C(4*k.Columns*n))
	}
}

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

// Product is a call of an inner kernel, made of constants and locals of the caller's.
type Product struct {
	A, X, Rows, C, B                 Int
	Panel                            Int
	Flags                            Int
	N1, S1, N2, S2, Len              Int
	Width, Pixel, Jump, Ldc          Int
	ScaleAt, BiasAt, ResidualFromOut Int
}

// Endless is the width of a line that never ends.
const Endless = 1<<31 - 1

// Call emits the call.
func (p Product) Call(k *Emitter, index uint32) {
	for _, v := range []Int{p.A, p.X, p.Rows, p.C, p.B, p.Panel, p.Flags, p.N1, p.S1, p.N2, p.S2, p.Len,
		p.Width, p.Pixel, p.Jump, p.Ldc, p.ScaleAt, p.BiasAt, p.ResidualFromOut} {
		k.Push(v)
	}
	k.Call(index)
}
