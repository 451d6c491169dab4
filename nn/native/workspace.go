package native

import "unsafe"

// workspace is the scratch memory of one thread of a program: one block, as long as the plan states, from which a
// kernel takes what it needs. Nothing of it outlives the kernel's call.
type workspace struct {
	memory  []float32
	used    int   // elements that are taken
	laid    int   // where the frames begin that the next replace; -1: there are none
	micro   micro // of the product
	offset  []int // of the taps of a window
	part    []int // those inside the image
	runs    []run // all columns of the left operand
	block   []run // those of one block
	reach   int   // the farthest of them
	depth   int   // how many columns these are
	offsets [blockM]int
	aside   [tileM * maxTileN]float32
	ep      epilogue
	end     *finish // what of ep the tiles do, &w.finish; nil: nothing
	finish  finish
	tiling  tiling // of a Winograd convolution
	slots   []slot // of a chain
}

// newWorkspace makes one of n elements, for chains of so many slots.
func newWorkspace(n, slots int) *workspace {
	w := &workspace{memory: aligned(n), slots: make([]slot, slots)}
	w.tiling.workspace = w
	w.empty()
	return w
}

// empty gives everything back. Kernels begin with it.
func (w *workspace) empty() { w.used, w.laid = 0, -1 }

// take is n elements, whatever they hold, from a multiple of 64 bytes on. Taking more than the plan states
// panics, which is an error of the step.
func (w *workspace) take(n int) []float32 {
	at := w.used
	w.used = min(at+(n+15)/16*16, len(w.memory))
	return w.memory[at : at+n : at+n]
}

// ints takes room for n numbers; the list is empty.
func (w *workspace) ints(n int) []int {
	return unsafe.Slice((*int)(unsafe.Pointer(unsafe.SliceData(w.take(2*n)))), n)[:0]
}

// spans takes room for n runs; the list is empty.
func (w *workspace) spans(n int) []run {
	return unsafe.Slice((*run)(unsafe.Pointer(unsafe.SliceData(w.take(4*n)))), n)[:0]
}
