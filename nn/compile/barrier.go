package compile

import "wafer/nn/wasmbin"

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

// barrier is the function barrier(threads) under emission: the last thread to arrive starts a
// new generation; the others watch for it a while, then sleep. It traps when the step is
// aborted or nobody comes.
type barrier struct {
	*wasmbin.Func
	threads, generation, tries wasmbin.Local
}

// writeBarrier emits the barrier; for one thread it does nothing.
func (c *compiler) writeBarrier() uint32 {
	b := &barrier{Func: c.m.Func("barrier", []wasmbin.ValType{wasmbin.I32}, nil)}
	defer b.End()
	if c.opt.Threads == 1 {
		return b.Index()
	}
	b.threads, b.generation, b.tries = b.Param(0), b.Local(wasmbin.I32), b.Local(wasmbin.I32)
	b.leaveAlone()
	b.arrive()
	b.repeat(spins, func() {})
	b.repeat(patience, b.sleep)
	b.Unreachable()
	return b.Index()
}

// leaveAlone returns where there is one thread, traps where the step is aborted, and notes the
// generation.
func (b *barrier) leaveAlone() {
	b.LocalGet(b.threads)
	b.I32Const(1)
	b.I32Eq()
	b.If()
	b.Return()
	b.End()
	b.I32Const(0)
	b.I32AtomicLoad(controlAbort)
	b.If()
	b.Unreachable()
	b.End()
	b.I32Const(0)
	b.I32AtomicLoad(controlGeneration)
	b.LocalSet(b.generation)
}

// arrive counts the thread; the last one lets the others go and returns.
func (b *barrier) arrive() {
	b.add(controlCount, 1)
	b.LocalGet(b.threads)
	b.I32Const(1)
	b.I32Sub()
	b.I32Eq()
	b.If()
	b.I32Const(0)
	b.I32Const(0)
	b.I32AtomicStore(controlCount)
	b.add(controlGeneration, 1)
	b.Drop()
	b.I32Const(0)
	b.I32AtomicLoad(controlSleepers)
	b.If()
	b.I32Const(0)
	b.I32Const(-1)
	b.MemoryAtomicNotify(controlGeneration)
	b.Drop()
	b.End()
	b.Return()
	b.End()
}

// add adds to a control word and leaves what it was before.
func (b *barrier) add(word uint32, more int32) {
	b.I32Const(0)
	b.I32Const(more)
	b.I32AtomicRmwAdd(word)
}

// repeat does something so many times and returns as soon as the generation is another.
func (b *barrier) repeat(times int32, do func()) {
	b.I32Const(times)
	b.LocalSet(b.tries)
	again := b.Loop()
	do()
	b.I32Const(0)
	b.I32AtomicLoad(controlGeneration)
	b.LocalGet(b.generation)
	b.I32Ne()
	b.If()
	b.Return()
	b.End()
	b.LocalGet(b.tries)
	b.I32Const(1)
	b.I32Sub()
	b.LocalTee(b.tries)
	b.BrIf(again)
	b.End()
}

// sleep waits for a second at most, or for the notification.
func (b *barrier) sleep() {
	b.add(controlSleepers, 1)
	b.Drop()
	b.I32Const(0)
	b.LocalGet(b.generation)
	b.I64Const(second)
	b.MemoryAtomicWait32(controlGeneration)
	b.Drop()
	b.add(controlSleepers, -1)
	b.Drop()
}
