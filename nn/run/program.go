// Package run makes programs of compiled modules: in the browser with V8 or
// SpiderMonkey on as many threads as asked for, elsewhere with wazero on one. A program
// keeps parameters in the module's memory; tensors of the State are lent to it
// (tensor.Lend) and come home when somebody reads them.
package run

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"wafer/nn/compile"
	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Options of a Runner.
type Options struct {
	Threads  int  // 0: one per processor; 1 where threads cannot share memory
	ShareAll bool // compile.Options has it, for tests
}

// machine is an instance of a module with its memory. Offsets are bytes.
type machine interface {
	write(offset int, from []byte)
	read(offset int, to []byte)
	put(param, row, rows int) error
	prepare() error
	step() error
	threads() int // of the next step
	close()
}

// Runner compiles graphs. It is a graph.Runner; the programs are *Program.
func Runner(o Options) graph.Runner {
	return func(g *graph.Graph, state graph.State) (graph.Program, error) { return New(plan.Build(g), state, o) }
}

// Program is a compiled plan in a memory of its own. It is not safe for concurrent use.
type Program struct {
	plan    *plan.Plan
	module  *compile.Module
	machine machine // nil: closed
	params  []*tensor.Tensor
	index   map[*tensor.Tensor]int
	seen    []int // versions of the parameters in memory, -1: not there yet
	outputs map[string]*tensor.Tensor
	made    Made
}

// Made is what it took to make a program.
type Made struct {
	Compile time.Duration // from the plan to the module
	Load    time.Duration // from there to a machine
	Bytes   int           // of the module
}

// New compiles a plan and makes a program that shares its parameters with state. Where
// shared memory of its size cannot be had, it runs on one thread.
func New(pl *plan.Plan, state graph.State, o Options) (*Program, error) {
	p := &Program{plan: pl, index: map[*tensor.Tensor]int{}, outputs: map[string]*tensor.Tensor{}}
	for i, l := range pl.Params {
		t := state[l.Name]
		if err := check("parameter", l, t); err != nil {
			return nil, err
		}
		p.params, p.seen, p.index[t] = append(p.params, t), append(p.seen, -1), i
	}
	threads := threadCount(o.Threads)
	if compile.Fits(pl, threads) != nil {
		threads = 1
	}
	if err := compile.Fits(pl, threads); err != nil {
		return nil, err
	}
	if err := p.compile(threads, o.ShareAll); err != nil {
		return nil, say.Errorf("a program of %d MB cannot be made here: %w", p.module.Memory.Total>>20, err)
	}
	for i, place := range p.module.Consts {
		p.machine.write(place.Offset, bytesOf(pl.Consts[i].Value))
	}
	for _, o := range p.module.Outputs {
		p.outputs[o.Name] = tensor.New(o.DType, o.Shape...)
	}
	return p, nil
}

func (p *Program) compile(threads int, shareAll bool) (err error) {
	start := time.Now()
	p.module = compile.Compile(p.plan, compile.Options{Threads: threads, Shared: threads > 1, ShareAll: shareAll})
	compiled := time.Now()
	if p.machine, err = newMachine(p.module); err != nil && threads > 1 {
		return p.compile(1, shareAll)
	}
	p.made = Made{compiled.Sub(start), time.Since(compiled), len(p.module.Bytes)}
	p.module.Bytes = nil // the machine has them
	return err
}

// check says in a sentence why t cannot be the value of a leaf.
func check(kind string, l plan.Leaf, t *tensor.Tensor) error {
	if t == nil {
		return fmt.Errorf("run: %s %q is missing; the graph needs %v%v", kind, l.Name, l.DType, l.Shape)
	}
	if t.DType() != l.DType || !t.Shape().Equal(l.Shape) {
		return fmt.Errorf("run: %s %q is %v; the graph needs %v%v", kind, l.Name, t, l.DType, l.Shape)
	}
	return nil
}

// Made is what it took to make the program.
func (p *Program) Made() Made { return p.made }

// MemoryBytes is the size of the program's memory.
func (p *Program) MemoryBytes() int { return p.module.Memory.Total }

// Threads is how many the next run takes. It is 1 where no step is worth sharing, and until
// the others have started, a moment after the program was made.
func (p *Program) Threads() int { return p.machine.threads() }

// Run implements graph.Program. The outputs are overwritten by the next run.
func (p *Program) Run(inputs map[string]*tensor.Tensor) (map[string]*tensor.Tensor, error) {
	if p.machine == nil {
		return nil, errors.New("run: the program is closed")
	}
	for _, l := range p.plan.Inputs {
		if err := check("input", l, inputs[l.Name]); err != nil {
			return nil, err
		}
	}
	if err := p.Sync(); err != nil {
		return nil, err
	}
	for i, place := range p.module.Inputs {
		p.machine.write(place.Offset, bytesOf(inputs[p.plan.Inputs[i].Name]))
	}
	if err := p.machine.step(); err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	p.Lend()
	for _, place := range p.module.Outputs {
		p.machine.read(place.Offset, bytesOf(p.outputs[place.Name]))
	}
	return p.outputs, nil
}

// Sync brings changed parameters into the module's memory.
func (p *Program) Sync() error {
	changed := len(p.params) == 0 && len(p.plan.Prepare) > 0
	for i, t := range p.params {
		if t.Version() == p.seen[i] {
			continue
		}
		if err := p.push(i, t); err != nil {
			return fmt.Errorf("run: parameter %q: %w", p.plan.Params[i].Name, err)
		}
		p.seen[i], changed = t.Version(), true
	}
	if changed {
		return p.machine.prepare()
	}
	return nil
}

func (p *Program) push(i int, t *tensor.Tensor) error {
	place, b := p.module.Params[i], floatBytes(t.Read())
	if !place.Packed {
		p.machine.write(place.Offset, b)
		return nil
	}
	for row := 0; len(b) > 0; row += place.Rows {
		n := min(len(b), place.Rows*place.RowBytes)
		p.machine.write(p.module.Staging.Offset, b[:n])
		if err := p.machine.put(i, row, n/place.RowBytes); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// Lend tells the tensors whose parameters a step has changed that they are here.
func (p *Program) Lend() {
	for _, i := range p.module.Updated {
		p.params[i].Lend(p)
		p.seen[i] = p.params[i].Version()
	}
}

// Fetch implements tensor.Holder.
func (p *Program) Fetch(t *tensor.Tensor, dst []float32) {
	p.machine.read(p.module.Params[p.index[t]].Offset, floatBytes(dst))
}

// Close gives the memory back; parameters come home first. The program cannot be used
// any more, except that it can be closed again.
func (p *Program) Close() {
	if p.machine == nil {
		return
	}
	for _, i := range p.module.Updated {
		p.params[i].Read()
	}
	p.machine.close()
	p.machine = nil
}

// bytesOf sees a tensor's elements as bytes in the machine's order, which is little
// endian wherever this runs.
func bytesOf(t *tensor.Tensor) []byte {
	if t.DType() == tensor.Int32 {
		i := t.I()
		return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(i))), 4*len(i))
	}
	return floatBytes(t.Read())
}

func floatBytes(f []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(f))), 4*len(f))
}
