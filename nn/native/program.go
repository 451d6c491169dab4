package native

import (
	"fmt"
	"unsafe"

	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

// Runner makes programs that run on the given number of threads; 0 means one
// per CPU. In js there is only one. It is a graph.Runner: parameters live in the State's tensors, which
// the program updates in place. A program is not safe for concurrent use.
func Runner(threads int) graph.Runner {
	return func(g *graph.Graph, state graph.State) (graph.Program, error) {
		return newProgram(plan.Build(g), state, threadCount(threads))
	}
}

// program is a plan with its memory.
type program struct {
	plan     *plan.Plan
	threads  int
	arena    []float32
	fixed    []float32    // results of Prepare
	seen     []int        // versions of the parameters that these were computed from
	inPanels map[int]bool // values among them that are kept in panels
	params   []*tensor.Tensor
	inputs   [][]float32 // memory of the current run's inputs, and of int32 ones as if float32
	prepare  []kernel    // one per step of Prepare
	kernels  []kernel    // one per step
	updated  []*tensor.Tensor
	copies   []func()
	outputs  map[string]*tensor.Tensor
	spaces   []*workspace // of each thread, for the steps that it runs one after the other
}

// kernel computes units lo ≤ u < hi of one step on thread t.
type kernel func(t, lo, hi int)

// newProgram takes all memory that runs will need and binds every step to it. It fails where the state lacks a
// parameter or has one of another shape or type.
func newProgram(pl *plan.Plan, state graph.State, threads int) (*program, error) {
	p := &program{plan: pl, threads: threads, arena: aligned(pl.ArenaLen), fixed: aligned(pl.PreparedLen),
		outputs: map[string]*tensor.Tensor{}}
	for _, l := range pl.Params {
		t := state[l.Name]
		if t == nil {
			return nil, fmt.Errorf("native: the state has no parameter %q; the graph needs %v%v", l.Name, l.DType,
				l.Shape)
		}
		if t.DType() != l.DType || !t.Shape().Equal(l.Shape) {
			return nil, fmt.Errorf("native: parameter %q is %v in the state; the graph needs %v%v", l.Name, t,
				l.DType, l.Shape)
		}
		p.params = append(p.params, t)
	}
	for _, l := range pl.Inputs {
		p.inputs = append(p.inputs, aligned(l.Shape.Size()))
	}
	for range threads {
		p.spaces = append(p.spaces, newWorkspace(pl.WorkLen(), pl.Slots()))
	}
	p.findPanels()
	for i := range pl.Prepare {
		p.prepare = append(p.prepare, p.kernel(&pl.Prepare[i]))
	}
	for i := range pl.Steps {
		p.kernels = append(p.kernels, p.kernel(&pl.Steps[i]))
	}
	for _, i := range pl.Updated() {
		p.updated = append(p.updated, p.params[i])
	}
	for _, c := range pl.Copies {
		from, to := p.f(c.From), p.f(c.To)
		p.copies = append(p.copies, func() { copy(to, from) })
	}
	for _, o := range pl.Outputs {
		v := pl.Values[o.Value]
		if v.DType == tensor.Int32 {
			p.outputs[o.Name] = tensor.Ints(p.i(o.Value), v.Shape...)
		} else {
			p.outputs[o.Name] = tensor.Floats(p.f(o.Value), v.Shape...)
		}
	}
	return p, nil
}

// aligned returns n zeros that begin at a multiple of 64 bytes.
func aligned(n int) []float32 {
	s := make([]float32, n+16)
	skip := (64 - int(uintptr(unsafe.Pointer(&s[0]))%64)) / 4 % 16
	return s[skip : skip+n : skip+n]
}

// f is the memory of a value.
func (p *program) f(value int) []float32 {
	v := p.plan.Values[value]
	memory := p.arena
	switch v.Space {
	case plan.Prepared:
		memory = p.fixed
	case plan.Input:
		memory = p.inputs[v.Leaf]
	case plan.Param:
		memory = p.params[v.Leaf].Read()
	case plan.Const:
		memory = floats(p.plan.Consts[v.Leaf].Value)
	}
	end := v.Offset + v.Shape.Size()
	return memory[v.Offset:end:end]
}

// i is the memory of an int32 value.
func (p *program) i(value int) []int32 { return asInts(p.f(value)) }

// shape is a value's shape.
func (p *program) shape(value int) tensor.Shape { return p.plan.Values[value].Shape }

// asInts sees memory as int32: both types have four bytes and one arena.
func asInts(f []float32) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(f))), len(f))
}

// floats sees a tensor's memory as float32 whatever its type.
func floats(t *tensor.Tensor) []float32 {
	if t.DType() == tensor.Int32 {
		i := t.I()
		return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(i))), len(i))
	}
	return t.F()
}

// Run implements graph.Program. Inputs are copied; the outputs are views of the
// program's memory.
func (p *program) Run(inputs map[string]*tensor.Tensor) (out map[string]*tensor.Tensor, err error) {
	for _, l := range p.plan.Inputs {
		t := inputs[l.Name]
		if t == nil {
			return nil, fmt.Errorf("native: input %q is missing; the graph needs %v%v", l.Name, l.DType, l.Shape)
		}
		if t.DType() != l.DType || !t.Shape().Equal(l.Shape) {
			return nil, fmt.Errorf("native: input %q is %v; the graph needs %v%v", l.Name, t, l.DType, l.Shape)
		}
	}
	for i, l := range p.plan.Inputs {
		copyBits(p.inputs[i], inputs[l.Name])
	}
	if p.changed() {
		if err := p.runSteps(p.plan.Prepare, p.prepare); err != nil {
			return nil, err
		}
		p.layPanels()
	}
	if err := p.runSteps(p.plan.Steps, p.kernels); err != nil {
		return nil, err
	}
	for _, c := range p.copies {
		c()
	}
	for _, t := range p.updated {
		t.Touch()
	}
	p.see()
	return p.outputs, nil
}

// changed brings the parameters home and reports whether any was changed from
// outside since the last run.
func (p *program) changed() bool {
	changed := p.seen == nil
	for i, t := range p.params {
		t.Read()
		changed = changed || t.Version() != p.seen[i]
	}
	return changed
}

// see notes which versions of the parameters the prepared values were computed from.
func (p *program) see() {
	p.seen = p.seen[:0]
	for _, t := range p.params {
		p.seen = append(p.seen, t.Version())
	}
}

// copyBits copies through int32, so that no float load can touch a NaN's bits.
func copyBits(dst []float32, t *tensor.Tensor) { copy(asInts(dst), asInts(floats(t))) }
