package main

import (
	"fmt"

	"wafer/nn/kernel"
	"wafer/nn/wasmbin"
)

// product is a shape of C [m,n] = A [m,k] · B [k,n].
type product struct{ m, k, n int }

func (p product) String() string { return fmt.Sprintf("%d×%d×%d", p.m, p.k, p.n) }
func (p product) flops() float64 { return 2 * float64(p.m*p.k*p.n) }

// blockK is as in package compile.
const blockK = 384

// tileList are the inner kernels to compare; 120 rows are a whole number of each.
var tileList = []kernel.Tile{
	{Height: 1, Columns: 8, Panels: 1},
	{Height: 1, Columns: 8, Panels: 4},
	{Height: 2, Columns: 8, Panels: 1},
	{Height: 3, Columns: 8, Panels: 1},
	{Height: 4, Columns: 8, Panels: 1},
	{Height: 5, Columns: 8, Panels: 1},
	{Height: 6, Columns: 8, Panels: 1},
	{Height: 4, Columns: 8, Panels: 1, Side: kernel.Pixels},
	{Height: 4, Columns: 8, Panels: 1, Side: kernel.Columns},
}

var productList = []product{{120, 64, 64}, {120, 384, 128}, {120, 1152, 128}, {1, 384, 128}, {1, 1280, 1024}}

// fits leaves out tiles that are higher than the product.
func fits(t kernel.Tile, p product) bool { return t.Height <= p.m }

// tileModule has a function for every tile and one shape. A, its transpose, B in panels and C
// lie one after the other.
func tileModule(tiles []kernel.Tile, p product) (*module, []call) {
	m := wasmbin.NewModule()
	a, b := ramp(p.m*p.k, 7), ramp(p.k*p.n, 5)
	transposed := make([]float32, len(a))
	for i := range p.m {
		for j := range p.k {
			transposed[j*p.m+i] = a[i*p.k+j]
		}
	}
	atA, atT := 64, 64+4*len(a)
	atB := atT + 4*len(a)
	atC := atB + 4*len(b)
	var calls []call
	for _, t := range tiles {
		if !fits(t, p) {
			continue
		}
		inner := kernel.Gemm(m, t)
		k := kernel.NewEmitter(m, "run_"+t.String(), 0, 0)
		start := atA
		if t.Side == kernel.Columns {
			start = atT
		}
		multiply(k, inner, t, p, start, atB, atC)
		k.End()
		m.Export(k.Name(), wasmbin.ExportFunc, k.Index())
		calls = append(calls, call{Export: k.Name(), Args: []int{0, 0, 0}, Least: 1, Offset: atC, Words: p.m * p.n})
	}
	out := finish(m, (atC+4*p.m*p.n)/65536+1)
	out.add(write{Offset: atA}, floatBits(a))
	out.add(write{Offset: atT}, floatBits(transposed))
	out.add(write{Offset: atB}, floatBits(b))
	return out, calls
}

// multiply calls an inner kernel for every block of the summed axis and all panels.
func multiply(k *kernel.Emitter, inner uint32, t kernel.Tile, p product, a, b, c int) {
	constant := kernel.C
	for k0 := 0; k0 < p.k; k0 += blockK {
		one := kernel.Product{A: constant(a + 4*k0), X: constant(0), Rows: constant(p.m), Panel: constant(4 * 8 * p.k),
			N1: constant(1), S1: constant(0), N2: constant(1), S2: constant(0), Len: constant(min(blockK, p.k-k0)),
			Width: constant(p.m + 1), Pixel: constant(4 * p.k), Jump: constant(0), Ldc: constant(4 * p.n)}
		if t.Side == kernel.Columns {
			one.A, one.Width = constant(a+4*p.m*k0), constant(4*p.m)
		}
		flags := 0
		if k0 == 0 {
			flags |= kernel.FirstBlock
		}
		if k0+blockK >= p.k {
			flags |= kernel.LastBlock
		}
		one.Flags = constant(flags)
		j := k.I32() // panel
		k.For(j, constant(0), constant(p.n/8), t.Panels, func() {
			at, to := k.I32(), k.I32()
			k.Get(j)
			k.Times(4 * 8 * p.k)
			k.I32Const(int32(b + 4*8*k0))
			k.I32Add()
			k.Set(at)
			k.Get(j)
			k.Times(4 * 8)
			k.I32Const(int32(c))
			k.I32Add()
			k.Set(to)
			one.B, one.C = kernel.L(at), kernel.L(to)
			one.ScaleAt, one.BiasAt, one.ResidualFromOut = constant(0), constant(0), constant(0)
			one.Call(k, inner)
			k.FreeI32(at, to)
		})
		k.FreeI32(j)
	}
}

// ramp is n numbers in steps of 1/period.
func ramp(n, period int) []float32 {
	f := make([]float32, n)
	for i := range f {
		f[i] = float32(i%period)/float32(period) - 0.4
	}
	return f
}
