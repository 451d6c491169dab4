package kernel

// The recurrent ops walk sequences step by step. Units of their steps are sequences:
// they are independent, and those of one share go together in blocks of four, so that
// each load of the recurrent kernel serves four. What is left goes one by one.

// blockRows is how many sequences go together.
const blockRows = 4

// walk is such an op under construction.
type walk struct {
	*Emitter
	steps    int
	backward bool
	lines    []*line
	s, rows  Local             // first sequence and number of sequences of the block
	done     Local             // steps done
	address  Local             // of what is stored
	known    map[float32]Local // constants
}

// line is a matrix of which the walk sees one row for each sequence of the block: a step
// of an operand or result [batch, steps, width], or scratch.
type line struct {
	base          Local // address of the whole, if not scratch
	scratch       uint32
	inScratch     bool
	first, row    Local // address of the block's first row, of the current row
	perRow, width int   // bytes from sequence to sequence and of a row
}

func newWalk(k *Emitter, steps int, backward bool) *walk {
	return &walk{Emitter: k, steps: steps, backward: backward, s: k.I32(), rows: k.I32(), done: k.I32(),
		address: k.I32()}
}

// sequence is an operand or result with width floats per step.
func (w *walk) sequence(base Local, width int) *line {
	return w.track(&line{base: base, width: 4 * width, perRow: 4 * width * w.steps})
}

// state is scratch of width floats per sequence that is 0 before the first step. It may
// be read and written up to the end of a tile.
func (w *walk) state(width int) *line {
	bytes := 4 * (width + 16)
	return w.track(&line{scratch: w.Reserve(blockRows * bytes), inScratch: true, width: bytes, perRow: bytes})
}

func (w *walk) track(l *line) *line {
	l.first, l.row = w.I32(), w.I32()
	w.lines = append(w.lines, l)
	return l
}

// write emits the walk: step is run for each step of each block and calls eachRow.
func (w *walk) write(step func()) {
	w.For(w.s, L(w.Lo), L(w.Hi), 0, func() {
		w.I32Const(blockRows)
		w.I32Const(1)
		w.Get(w.Hi)
		w.Get(w.s)
		w.I32Sub()
		w.I32Const(blockRows)
		w.I32GeS()
		w.Select()
		w.Set(w.rows)
		for _, l := range w.lines {
			w.start(l)
		}
		w.For(w.done, C(0), C(w.steps), 1, func() {
			step()
			for _, l := range w.lines {
				switch {
				case l.inScratch:
				case w.backward:
					w.AddTo(l.first, C(-l.width))
				default:
					w.AddTo(l.first, C(l.width))
				}
			}
		})
		w.AddTo(w.s, L(w.rows))
	})
}

// start sets a line to the first step of the block.
func (w *walk) start(l *line) {
	if l.inScratch {
		w.scratchAt(l.scratch)
		w.LocalTee(l.first)
		w.I32Const(0)
		w.I32Const(int32(blockRows * l.perRow))
		w.MemoryFill()
		return
	}
	w.Address(l.first, L(l.base), L(w.s), l.perRow)
	if w.backward {
		w.AddTo(l.first, C(l.perRow-l.width))
	}
}

// eachRow runs body for every sequence of the block.
func (w *walk) eachRow(body func()) {
	for _, l := range w.lines {
		w.SetInt(l.row, L(l.first))
	}
	i := w.I32()
	w.For(i, C(0), L(w.rows), 1, func() {
		body()
		for _, l := range w.lines {
			w.AddTo(l.row, C(l.perRow))
		}
	})
	w.FreeI32(i)
}

// scratchAt pushes an address in scratch.
func (w *walk) scratchAt(at uint32) {
	w.Get(w.Mem)
	w.I32Const(int32(at))
	w.I32Add()
}

// tiles walks n units of a row by tile. body computes the given number of them, at being
// their byte offset.
func (w *walk) tiles(n, tile int, body func(at Local, n int)) {
	at, whole := w.I32(), n/tile*tile
	part := func(n int) { w.temporary(func() Vec { body(at, n); return Vec{} }) }
	w.For(at, C(0), C(4*whole), 4*tile, func() { part(tile) })
	if whole < n {
		w.SetInt(at, C(4*whole))
		part(n - whole)
	}
	w.FreeI32(at)
}

// load gives n floats of a tile, offset floats further in the row.
func (w *walk) load(l *line, at Local, offset, n int) Vec {
	x := VecOf(w.V128s(vectorsOf(n))...)
	for v, to := range x.locals {
		w.Sum(L(l.row), L(at))
		w.V128Load(uint32(4*offset + 16*v))
		w.Set(to)
	}
	return x
}

// store stores n floats of a tile.
func (w *walk) store(l *line, at Local, offset, n int, x Vec) {
	w.Sum(L(l.row), L(at))
	w.Set(w.address)
	for v, from := range x.locals {
		w.storeLanes(w.address, from, uint32(4*offset+16*v), min(n-4*v, 4))
	}
}

// keep stores whole vectors, in a state.
func (w *walk) keep(l *line, at Local, offset int, x Vec) { w.store(l, at, offset, 4*len(x.locals), x) }

func vectorsOf(n int) int { return (n + 3) / 4 }

// previous is for the row of a sequence one step earlier than the current one; before the
// first there are zeros. Only loads from it work.
func (w *walk) previous(l *line) *line {
	zeros := w.state(l.width / 4)
	return &line{first: zeros.row, row: w.I32()}
}

func (w *walk) setPrevious(prev, l *line) {
	w.Get(l.row)
	w.I32Const(int32(l.width))
	w.I32Sub()
	w.Get(prev.first)
	w.notLast()
	w.Select()
	w.Set(prev.row)
}

// notLast pushes whether more steps follow.
func (w *walk) notLast() {
	w.Get(w.done)
	w.I32Const(int32(w.steps - 1))
	w.I32LtS()
}

// unlessLast runs body if more steps follow.
func (w *walk) unlessLast(body func()) { w.When(w.notLast, body) }
