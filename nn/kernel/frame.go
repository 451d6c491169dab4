package kernel

import (
	"fmt"

	"wafer/nn/wasmbin"
)

// Frame is an image [H,W,C] with a border of zeros, or spread out with zeros between its
// pixels: position (y, x) of the frame is pixel ((y+OffY)/StepY, (x+OffX)/StepX) where
// these are whole and inside the image, else zero. It has Lines lines of Wide pixels.
type Frame struct {
	H, W, C      int
	StepY, StepX int
	OffY, OffX   int
	Lines, Wide  int
}

// Whole reports whether the frame is the image itself.
func (f Frame) Whole() bool {
	return f.StepY == 1 && f.StepX == 1 && f.OffY == 0 && f.OffX == 0 && f.Wide == f.W && f.Lines <= f.H
}

// String tells frames apart.
func (f Frame) String() string {
	return fmt.Sprintf("frame_%dx%dx%d step%d,%d at%d,%d wide%d", f.H, f.W, f.C, f.StepY, f.StepX, f.OffY, f.OffX,
		f.Wide)
}

// Write writes the function f(image, first, count, to) that copies count lines of the
// frame, the first being number first.
func (f Frame) Write(m *wasmbin.Module) uint32 {
	params := []wasmbin.ValType{wasmbin.I32, wasmbin.I32, wasmbin.I32, wasmbin.I32}
	fn := m.Func(f.String(), params, nil)
	k := &Emitter{Func: fn, free: map[wasmbin.ValType][]Local{}}
	image, first, count, to := fn.Param(0), fn.Param(1), fn.Param(2), fn.Param(3)
	i, y, from := k.I32(), k.I32(), k.I32()
	k.For(i, C(0), L(count), 1, func() {
		k.Get(to)
		k.I32Const(0)
		k.I32Const(int32(4 * f.Wide * f.C))
		k.MemoryFill()
		k.Sum(L(first), L(i))
		k.I32Const(int32(f.OffY))
		k.I32Add()
		k.Set(y)
		k.When(func() { k.inside(y, f.StepY, f.H) }, func() {
			k.Get(y)
			k.I32Const(int32(f.StepY))
			k.I32DivS()
			k.Times(4 * f.W * f.C)
			k.Get(image)
			k.I32Add()
			k.Set(from)
			f.line(k, from, to)
		})
		k.AddTo(to, C(4*f.Wide*f.C))
	})
	k.End()
	return fn.Index()
}

// inside pushes whether y is a multiple of step within 0 ≤ y/step < n.
func (k *Emitter) inside(y Local, step, n int) {
	k.Get(y)
	k.I32Const(int32(step * n))
	k.I32LtU()
	if step > 1 {
		k.Get(y)
		k.I32Const(int32(step))
		k.I32RemU()
		k.I32Eqz()
		k.I32And()
	}
}

// line copies a line of the image, pixel by pixel where they are spread.
func (f Frame) line(k *Emitter, from, to Local) {
	lo := 0 // the first pixel whose place is in the frame
	for lo < f.W && lo*f.StepX-f.OffX < 0 {
		lo++
	}
	hi := f.W
	for hi > lo && (hi-1)*f.StepX-f.OffX >= f.Wide {
		hi--
	}
	if hi == lo {
		return
	}
	at := 4 * f.C * (lo*f.StepX - f.OffX)
	if f.StepX == 1 {
		k.Sum(L(to), C(at))
		k.Sum(L(from), C(4*f.C*lo))
		k.I32Const(int32(4 * f.C * (hi - lo)))
		k.MemoryCopy()
		return
	}
	x, p, q := k.I32(), k.I32(), k.I32()
	k.Sum(L(from), C(4*f.C*lo))
	k.Set(p)
	k.Sum(L(to), C(at))
	k.Set(q)
	k.For(x, C(lo), C(hi), 1, func() {
		k.Vectors(f.C, func(w Width, c Local) {
			k.Sum(L(q), L(c))
			k.Sum(L(p), L(c))
			k.Load(w, 0)
			k.Store(w, 0)
		})
		k.AddTo(p, C(4*f.C))
		k.AddTo(q, C(4*f.C*f.StepX))
	})
	k.FreeI32(x, p, q)
}
