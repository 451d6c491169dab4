// Package compile turns a plan into one WebAssembly module: a pure function, the same
// bytes for the same plan. Every step becomes a function of package kernel; steps of one
// shape share it. The module computes the bits of package eval, with any number of threads.
package compile

import (
	"slices"
	"strings"

	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
	"wafer/nn/wasmbin"
)

// PageSize is the unit of WebAssembly memories, in bytes.
const PageSize = 1 << 16

// Options choose the form of the module.
type Options struct {
	Threads int  // that may run it, 1 to 64; each has scratch memory of its own
	Shared  bool // memory imported as env.memory and shared; else the module exports its own
	Profile bool // also export every step on its own, as step0(), step1() …, on one thread
	// ShareAll shares every step, however little work it is, in pieces as small as its kernel
	// takes. Tests want that: else nothing small runs on several threads.
	ShareAll bool
	Export   *Export // parameters inside and exports for foreign hosts; one thread, a memory of its own
}

// Module is a compiled plan. It exports
//
//	step(thread, threads i32)   one run; every thread calls it
//	prepare()                   after parameters were written, before the next step
//	put(param, row, rows i32)   moves staged rows of a packed parameter to their place
//
// and, unless Shared, its memory. Addresses and sizes are bytes.
type Module struct {
	Bytes   []byte
	Inputs  []Place
	Outputs []Place
	Params  []Place
	Consts  []Place // the host writes their values before anything runs
	Staging Zone    // for packed parameters
	Memory  Usage
	Threads int
	Alone   bool  // Shared was asked for, but no step is worth sharing: Threads is 1, memory its own
	Updated []int // parameters that a step changes
	Prepare []Call
	Steps   []Call
}

// Place is where a leaf or result lies.
type Place struct {
	Name   string
	DType  tensor.DType
	Shape  tensor.Shape
	Offset int
	// Packed parameters are not written at Offset but given as rows: Rows at a time of
	// RowBytes each are copied to Staging, then put is called.
	Packed   bool
	Rows     int
	RowBytes int
}

// Bytes is the size of the value.
func (p Place) Bytes() int { return p.Shape.Size() * p.DType.Size() }

// Zone is a stretch of memory.
type Zone struct{ Offset, Bytes int }

// Usage is what the memory of a module is used for, in bytes. Arena holds everything
// between inputs, parameters and results, Scratch is private to threads.
type Usage struct {
	Weights, Prepared, Inputs, Arena, Scratch, Total int
}

// Pages is the size of the memory.
func (u Usage) Pages() int { return (u.Total + PageSize - 1) / PageSize }

// compiler holds the module under construction.
type compiler struct {
	plan  *plan.Plan
	opt   Options
	m     *wasmbin.Module
	out   *Module
	lay   layout
	funcs map[string]*function // step functions by key
	micro map[string]uint32    // shared inner kernels by name
}

// function is a step's code.
type function struct {
	index   uint32
	scratch int
}

// Compile makes the module of a plan.
func Compile(p *plan.Plan, o Options) *Module {
	o.Threads = max(o.Threads, 1)
	c := &compiler{plan: p, opt: o, m: wasmbin.NewModule(), out: &Module{Threads: o.Threads, Updated: p.Updated()},
		funcs: map[string]*function{}, micro: map[string]uint32{}}
	c.findPacked()
	c.findPanels()
	c.findFilters()
	c.place()
	prepare, steps := c.calls(p.Prepare), c.calls(p.Steps)
	if o.Shared && !slices.ContainsFunc(steps, func(one call) bool { return !one.Serial }) {
		c.opt.Shared, c.opt.Threads, c.out.Threads, c.out.Alone = false, 1, 1, true
	}
	c.placeScratch(steps)
	filters := c.filterCalls()
	c.finishLayout(steps, prepare, filters)
	c.writePrepare(prepare)
	c.writeStep(steps)
	c.writePut(filters)
	c.out.Prepare, c.out.Steps = listed(prepare), listed(steps)
	if o.Profile {
		c.writeProfile(steps)
	}
	if o.Export != nil {
		c.writeExport(o.Export)
	}
	if c.opt.Shared {
		pages := uint32(c.out.Memory.Pages())
		c.m.ImportMemory("env", "memory", wasmbin.Limits{Min: pages, Max: pages, Shared: true})
	} else {
		c.m.Memory(wasmbin.Limits{Min: uint32(c.out.Memory.Pages())})
		c.m.Export("memory", wasmbin.ExportMemory, 0)
	}
	c.out.Bytes = c.m.Bytes()
	return c.out
}

// call is one step of the plan bound to its function.
type call struct {
	*function
	Call
	step      int // number in the plan's list
	scratchAt int // address of the first thread's, 0: behind everything else
}

// Call is one step of the module: a function and what it is given.
type Call struct {
	Name         string // of the function
	Layer        string // that the step belongs to, "" where unknown
	Args         []int  // addresses of results and operands
	Units, Grain int    // a share is a range of units from a multiple of the grain on
	Serial       bool   // too small to share: left to the first thread
	Work         int    // rough number of element operations
}

func listed(calls []call) []Call {
	list := make([]Call, len(calls))
	for i, c := range calls {
		list[i] = c.Call
	}
	return list
}

// emission is how a step is computed: code of the shape alone, and the values whose
// addresses are its arguments.
type emission struct {
	key          string // steps with equal keys share one function; named as far as the first space
	outs, ins    []int  // values
	units, grain int
	work         int
	emit         func(k *kernel.Emitter)
}

// name is what profilers show.
func (e *emission) name() string {
	name, _, _ := strings.Cut(e.key, " ")
	return name
}

func (c *compiler) calls(steps []plan.Step) []call {
	var out []call
	for i := range steps {
		if s := &steps[i]; s.Units > 0 && !c.transformsParameter(s) {
			one := c.call(c.emission(s))
			one.Layer, one.step = s.Name, i
			out = append(out, one)
		}
	}
	return out
}

func (c *compiler) call(e emission) call {
	f := c.funcs[e.key]
	if f == nil {
		k := kernel.NewEmitter(c.m, e.name(), len(e.outs), len(e.ins))
		e.emit(k)
		k.End()
		f = &function{k.Index(), k.Scratch}
		c.funcs[e.key] = f
	}
	grain, least := max(e.grain, 1), parallelWork
	if c.opt.ShareAll {
		grain, least = min(grain, smallGrain), 0
	}
	one := call{function: f, Call: Call{Name: e.name(), Units: e.units, Grain: grain,
		Serial: e.work < least || e.units <= grain, Work: e.work}}
	for _, v := range append(append([]int{}, e.outs...), e.ins...) {
		one.Args = append(one.Args, c.address(v))
	}
	return one
}
