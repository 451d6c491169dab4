package compile

import (
	"fmt"

	"wafer/nn/kernel"
	"wafer/nn/wasmbin"
)

// parallelWork is the least work, in element operations, that is worth a barrier.
const parallelWork = 1 << 14

// smallGrain is the greatest grain that any kernel needs; others are a matter of speed.
const smallGrain = 16

// spins is how often a thread looks at the barrier before it sleeps: for about as long as
// it takes to wake one, some 8 µs. A thread that waits for patience times a second gives up on
// the others and traps.
const (
	spins    = 10_000
	patience = 60
	second   = 1_000_000_000 // ns
)

// The barrier's words, for a host that has to end a step which a thread cannot finish: not
// 0 in Abort makes every thread trap at its next barrier; a change of Generation and a
// notification there free those that wait.
const (
	Abort      = controlAbort
	Generation = controlGeneration
)

// writePrepare emits prepare(): the steps that parameters alone decide, on one thread.
func (c *compiler) writePrepare(calls []call) {
	f := c.m.Func("prepare", nil, nil)
	for _, one := range calls {
		c.whole(f, one)
	}
	f.End()
	c.m.Export("prepare", wasmbin.ExportFunc, f.Index())
}

// writeProfile exports every step, for measuring.
func (c *compiler) writeProfile(calls []call) {
	for i, one := range calls {
		f := c.m.Func(fmt.Sprintf("step%d", i), nil, nil)
		c.whole(f, one)
		f.End()
		c.m.Export(f.Name(), wasmbin.ExportFunc, f.Index())
	}
}

// whole calls a step's function for all of its units, with the first thread's scratch.
func (c *compiler) whole(f *wasmbin.Func, one call) {
	f.I32Const(0)
	f.I32Const(int32(one.Units))
	f.I32Const(int32(c.scratchOf(one)))
	for _, a := range one.Args {
		f.I32Const(int32(a))
	}
	f.Call(one.index)
}

// writeStep emits step(thread, threads): every step's share, with a barrier wherever
// a step may need what another thread wrote. Small steps are left to thread 0; several
// in a row need no barrier between them.
func (c *compiler) writeStep(calls []call) {
	barrier := c.writeBarrier()
	f := c.m.Func("step", []wasmbin.ValType{wasmbin.I32, wasmbin.I32}, nil)
	thread, threads := f.Param(0), f.Param(1)
	meet := func() {
		if c.opt.Threads > 1 {
			f.LocalGet(threads)
			f.Call(barrier)
		}
	}
	for i := 0; i < len(calls); i++ {
		if i > 0 {
			meet()
		}
		if !calls[i].Serial && c.opt.Threads > 1 {
			c.share(f, calls[i])
			continue
		}
		f.LocalGet(thread)
		f.I32Eqz()
		f.If()
		c.whole(f, calls[i])
		for i+1 < len(calls) && (calls[i+1].Serial || c.opt.Threads == 1) {
			i++
			c.whole(f, calls[i])
		}
		f.End()
	}
	if len(c.plan.Copies) > 0 {
		meet()
		f.LocalGet(thread)
		f.I32Eqz()
		f.If()
		c.copies(f)
		f.End()
	}
	meet()
	f.End()
	c.m.Export("step", wasmbin.ExportFunc, f.Index())
}

// share calls a step's function for units grains·t/T·grain ≤ u < grains·(t+1)/T·grain, as
// plan.Step.Share has it.
func (c *compiler) share(f *wasmbin.Func, one call) {
	thread, threads := f.Param(0), f.Param(1)
	grains := (one.Units + one.Grain - 1) / one.Grain
	bound := func(next int32) {
		f.LocalGet(thread)
		f.I32Const(next)
		f.I32Add()
		f.I32Const(int32(grains))
		f.I32Mul()
		f.LocalGet(threads)
		f.I32DivU()
		f.I32Const(int32(one.Grain))
		f.I32Mul()
		if grains*one.Grain > one.Units && next == 1 { // the last grain may be shorter
			f.I32Const(int32(one.Units))
			f.LocalGet(thread)
			f.I32Const(1)
			f.I32Add()
			f.LocalGet(threads)
			f.I32Ne()
			f.Select()
		}
	}
	bound(0)
	bound(1)
	f.I32Const(int32(c.scratchOf(one)))
	f.LocalGet(thread)
	f.I32Const(int32(one.scratch))
	f.I32Mul()
	f.I32Add()
	for _, a := range one.Args {
		f.I32Const(int32(a))
	}
	f.Call(one.index)
}

// copies moves updates that no step could write in place.
func (c *compiler) copies(f *wasmbin.Func) {
	for _, one := range c.plan.Copies {
		f.I32Const(int32(c.address(one.To)))
		f.I32Const(int32(c.address(one.From)))
		f.I32Const(int32(4 * c.plan.Values[one.To].Shape.Size()))
		f.MemoryCopy()
	}
}

// writeBarrier emits barrier(threads): the last thread to arrive starts a new
// generation; the others watch for it a while, then sleep. It traps when the step is aborted
// or nobody comes.
func (c *compiler) writeBarrier() uint32 {
	f := c.m.Func("barrier", []wasmbin.ValType{wasmbin.I32}, nil)
	defer f.End()
	if c.opt.Threads == 1 {
		return f.Index()
	}
	threads, generation, i := f.Param(0), f.Local(wasmbin.I32), f.Local(wasmbin.I32)
	f.LocalGet(threads)
	f.I32Const(1)
	f.I32Eq()
	f.If()
	f.Return()
	f.End()
	f.I32Const(0)
	f.I32AtomicLoad(controlAbort)
	f.If()
	f.Unreachable()
	f.End()
	f.I32Const(0)
	f.I32AtomicLoad(controlGeneration)
	f.LocalSet(generation)
	f.I32Const(0)
	f.I32Const(1)
	f.I32AtomicRmwAdd(controlCount)
	f.LocalGet(threads)
	f.I32Const(1)
	f.I32Sub()
	f.I32Eq()
	f.If()
	{
		f.I32Const(0)
		f.I32Const(0)
		f.I32AtomicStore(controlCount)
		f.I32Const(0)
		f.I32Const(1)
		f.I32AtomicRmwAdd(controlGeneration)
		f.Drop()
		f.I32Const(0)
		f.I32AtomicLoad(controlSleepers)
		f.If()
		f.I32Const(0)
		f.I32Const(-1)
		f.MemoryAtomicNotify(controlGeneration)
		f.Drop()
		f.End()
		f.Return()
	}
	f.End()
	f.I32Const(spins)
	f.LocalSet(i)
	spin := f.Loop()
	f.I32Const(0)
	f.I32AtomicLoad(controlGeneration)
	f.LocalGet(generation)
	f.I32Ne()
	f.If()
	f.Return()
	f.End()
	f.LocalGet(i)
	f.I32Const(1)
	f.I32Sub()
	f.LocalTee(i)
	f.BrIf(spin)
	f.End()
	sleepers := func(more int32) {
		f.I32Const(0)
		f.I32Const(more)
		f.I32AtomicRmwAdd(controlSleepers)
		f.Drop()
	}
	f.I32Const(patience)
	f.LocalSet(i)
	sleep := f.Loop()
	sleepers(1)
	f.I32Const(0)
	f.LocalGet(generation)
	f.I64Const(second)
	f.MemoryAtomicWait32(controlGeneration)
	f.Drop()
	sleepers(-1)
	f.I32Const(0)
	f.I32AtomicLoad(controlGeneration)
	f.LocalGet(generation)
	f.I32Ne()
	f.If()
	f.Return()
	f.End()
	f.LocalGet(i)
	f.I32Const(1)
	f.I32Sub()
	f.LocalTee(i)
	f.BrIf(sleep)
	f.End()
	f.Unreachable()
	return f.Index()
}

// packer is the function pack(row, rows, from, to, k, n), one for either storage.
func (c *compiler) packer(transposed bool) uint32 {
	name := "pack"
	if transposed {
		name = "pack_transposed"
	}
	return c.shared(name, func() uint32 { return kernel.Pack(c.m, name, transposed) })
}

// shared is a function that several steps call, made when first asked for.
func (c *compiler) shared(name string, make func() uint32) uint32 {
	i, ok := c.micro[name]
	if !ok {
		i = make()
		c.micro[name] = i
	}
	return i
}
