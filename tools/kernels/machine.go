package main

import (
	"fmt"

	"wafer/nn/kernel"
	"wafer/nn/wasmbin"
)

// What the machine can do: the limits that kernels are compared with.

const (
	peakRounds = 20_000
	peakUnroll = 4
)

// peakChains are numbers of accumulators: enough to hide the latency of a multiplication and
// an addition, and with the two operands no more than V8 has registers.
var peakChains = []int{10, 12, 13}

// peakModule has a function peak<n> for each: n chains x = x·c + d in registers.
func peakModule() *module {
	m := wasmbin.NewModule()
	for _, n := range peakChains {
		k := kernel.NewEmitter(m, fmt.Sprintf("peak%d", n), 0, 0)
		x, c, d, i := k.V128s(n), k.V128(), k.V128(), k.I32()
		for at, l := range []kernel.Local{c, d} { // from memory, or V8 would make them anew each time
			k.I32Const(int32(16 * at))
			k.V128Load(0)
			k.Set(l)
		}
		k.For(i, kernel.C(0), kernel.C(peakRounds), 1, func() {
			for range peakUnroll {
				for _, l := range x {
					k.Get(l)
					k.Get(c)
					k.F32x4Mul()
					k.Get(d)
					k.F32x4Add()
					k.Set(l)
				}
			}
		})
		for at, l := range x { // or V8 would leave everything out
			k.I32Const(int32(64 + 16*at))
			k.Get(l)
			k.V128Store(0)
		}
		k.End()
		m.Export(k.Name(), wasmbin.ExportFunc, k.Index())
	}
	out := finish(m, 1)
	out.add(write{}, floatBits([]float32{0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1}))
	return out
}

// peakCalls are the calls of the module of that number.
func peakCalls(module int) []call {
	var calls []call
	for _, n := range peakChains {
		calls = append(calls, call{Module: module, Export: fmt.Sprintf("peak%d", n), Args: []int{0, 0, 0}, Least: 1})
	}
	return calls
}

// peakOf is the best of their GFLOP/s.
func peakOf(t []timing) float64 {
	best := 0.0
	for i, n := range peakChains {
		best = max(best, float64(peakRounds*peakUnroll*n*8)/t[i].best/1e6)
	}
	return best
}

// copySizes are bytes read and written, half of each: within the caches of first, second and
// third level on most machines, and far beyond.
var copySizes = []int{16 << 10, 256 << 10, 2 << 20, 8 << 20, 128 << 20}

// copyModule has copy(bytes, 0, 0), a loop over vectors, and move(bytes, 0, 0), the
// instruction memory.copy; both copy bytes from address 0.
func copyModule(sizes []int) *module {
	m := wasmbin.NewModule()
	k := kernel.NewEmitter(m, "copy", 0, 0)
	n, at, to := k.Lo, k.I32(), k.I32()
	k.For(at, kernel.C(0), kernel.L(n), 64, func() {
		k.Sum(kernel.L(at), kernel.L(n))
		k.Set(to)
		for i := range uint32(4) {
			k.Get(to)
			k.Get(at)
			k.V128Load(16 * i)
			k.V128Store(16 * i)
		}
	})
	k.End()
	m.Export("copy", wasmbin.ExportFunc, k.Index())
	k = kernel.NewEmitter(m, "move", 0, 0)
	k.Get(k.Lo)
	k.I32Const(0)
	k.Get(k.Lo)
	k.MemoryCopy()
	k.End()
	m.Export("move", wasmbin.ExportFunc, k.Index())
	most := 0
	for _, size := range sizes {
		most = max(most, size)
	}
	return finish(m, most/65536+1)
}

// copyCalls are both ways to copy, of each size. Half of the bytes are read, half written.
func copyCalls(module int, sizes []int) []call {
	var calls []call
	for _, size := range sizes {
		for _, name := range []string{"copy", "move"} {
			calls = append(calls, call{Module: module, Export: name, Args: []int{size / 2, 0, 0}, Least: 1})
		}
	}
	return calls
}

// finish gives a module a memory of its own.
func finish(m *wasmbin.Module, pages int) *module {
	m.Memory(wasmbin.Limits{Min: uint32(pages)})
	m.Export("memory", wasmbin.ExportMemory, 0)
	return &module{code: m.Bytes(), pages: pages}
}

// limits are the measured ones.
type limits struct {
	peak      float64   // GFLOP/s
	sizes     []int     // ascending
	bandwidth []float64 // GB/s read and written while copying, for each size
}

// speed is the bandwidth for a step that touches so many bytes, as if they lay in the nearest
// memory that holds them.
func (l *limits) speed(bytes float64) float64 {
	for i, size := range l.sizes {
		if bytes <= float64(size) {
			return l.bandwidth[i]
		}
	}
	return l.bandwidth[len(l.bandwidth)-1]
}

// roof is the least time for the work in ms: that of its arithmetic or of its bytes.
func (l *limits) roof(w work) float64 {
	return max(w.flops/l.peak/1e6, w.bytes/l.speed(w.bytes)/1e6)
}
