package compile

import (
	"fmt"

	"wafer/nn/wasmbin"
)

// parallelWork is the least work, in element operations, that is worth a barrier.
const parallelWork = 1 << 14

// smallGrain is the greatest grain that any kernel needs; others are a matter of speed.
const smallGrain = 16

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
