package kernel

import (
	"fmt"

	"wafer/nn/wasmbin"
)

// PackPixels writes the function f(from, lines, width, line, to, group) that copies
// lines of width pixels of channels floats each, step bytes apart, into groups of four
// channels (see Tiles): pixel by pixel, the groups being group bytes apart.
func PackPixels(m *wasmbin.Module, channels, step int) uint32 {
	params := make([]wasmbin.ValType, 6)
	for i := range params {
		params[i] = wasmbin.I32
	}
	f := m.Func(PackPixelsName(channels, step), params, nil)
	k := &Emitter{Func: f, free: map[wasmbin.ValType][]Local{}}
	from, lines, width, line, to, group := f.Param(0), f.Param(1), f.Param(2), f.Param(3), f.Param(4), f.Param(5)
	y, x, p, q, c := k.I32(), k.I32(), k.I32(), k.I32(), k.I32()
	k.For(y, C(0), L(lines), 1, func() {
		k.SetInt(p, L(from))
		k.For(x, C(0), L(width), 1, func() {
			k.SetInt(q, L(to))
			k.For(c, C(0), C(4*channels), 16, func() {
				k.Get(q)
				k.Sum(L(p), L(c))
				k.V128Load(0)
				k.V128Store(0)
				k.AddTo(q, L(group))
			})
			k.AddTo(p, C(step))
			k.AddTo(to, C(16))
		})
		k.AddTo(from, L(line))
	})
	k.End()
	return f.Index()
}

// PackPixelsName tells these functions apart.
func PackPixelsName(channels, step int) string {
	return fmt.Sprintf("pack_pixels_%d_%d", channels, step)
}
