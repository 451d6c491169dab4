// Package plan decides, once for every executor, how a graph runs: what is fused
// into one pass, in which order, at which offset of one arena each buffer lies,
// and how each step is cut into shares for threads. A Plan is plain data.
//
// Nothing here changes a bit of any result: only element-wise work is fused, and
// every sum keeps its order.
package plan

import (
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

// Space says which memory a value lies in.
type Space uint8

const (
	Arena    Space = iota // results of steps
	Input                 // given anew for every run
	Param                 // kept from run to run, which updates change
	Const                 // part of the graph
	Prepared              // computed from parameters that never change, once for many runs
)

// Value is a contiguous piece of memory with a shape. Several values may share
// memory: reshapes do, and so do buffers that never live at the same time.
type Value struct {
	Node   int // of the graph
	Shape  tensor.Shape
	DType  tensor.DType
	Space  Space
	Leaf   int // index into Inputs, Params or Consts; 0 elsewhere
	Offset int // elements from the start of the arena, of the prepared memory or of the leaf
}

// Leaf is memory that comes from outside.
type Leaf struct {
	Node  int
	Name  string
	Shape tensor.Shape
	DType tensor.DType
	Value *tensor.Tensor // Consts only
}

// Step is one pass over memory. Either Chain is set, or Op runs on In.
type Step struct {
	Op       graph.Op
	Name     string // of the first named node, for people
	Attr     graph.Attr
	In       []int // values read; a chain's are its operands'
	Out      []int // values written; one, unless a chain
	Epilogue *Epilogue
	Chain    *Chain

	Units int // of the result; a share is a range of units
	Grain int // shares begin at multiples of it
	Work  int // rough number of element operations, to decide on threads
}

// Epilogue is applied to each finished sum of a product, in this order.
type Epilogue struct {
	Scale    int      // value, one factor per innermost position; -1: none
	Bias     int      // value, one element per innermost position; -1: none
	Residual int      // value in the shape of the result; -1: none
	Act      graph.Op // unary; graph.Input: none
}

// Chain is a run of element-wise operations over N elements, executed in blocks:
// for each block every instruction runs over the whole block before the next.
// Slots number what instructions read and write: first the operands, then the
// outputs, then Temps scratch blocks.
type Chain struct {
	N        int
	Operands []Operand
	Outputs  []int // values
	Temps    int
	Code     []Instr
	Stores   []Store // copies at the end of each block, where writing earlier would destroy an operand
}

// Operand is a value seen as N elements by broadcasting: element i of the chain
// reads value element Σ (i / Divisor mod Length)·Stride over the dims, outermost first.
type Operand struct {
	Value int
	Kind  OperandKind
	Dims  []Dim // Strided only
}

// OperandKind tells the usual broadcasts apart.
type OperandKind uint8

const (
	Full    OperandKind = iota // element i
	Scalar                     // element 0
	Row                        // element i mod the value's size
	Strided                    // any other
)

// Dim is one axis of a strided operand, neighbours merged where possible.
type Dim struct{ Length, Stride int }

// Instr is one element-wise operation on slots; operands that Op lacks are -1.
// graph.Broadcast copies A. graph.DropoutMask is in no chain.
type Instr struct {
	Op      graph.Op
	A, B, C int
	Dst     int
}

// Store copies a scratch slot to an output slot.
type Store struct{ From, To int }

// Named is a result for the caller.
type Named struct {
	Name  string
	Value int
}

// Copy moves a value to a parameter when every step has run.
type Copy struct{ From, To int }

// Plan is a graph ready for an executor.
type Plan struct {
	Inputs, Params, Consts []Leaf
	Values                 []Value
	Prepare                []Step // run before the steps, again only when a parameter was changed from outside
	Steps                  []Step
	Outputs                []Named
	Copies                 []Copy // updates that no step could write in place
	ArenaLen               int    // elements of 4 bytes
	PreparedLen            int    // likewise; results of Prepare
}

// ArenaBytes is the memory for everything between inputs, parameters and
// constants: known before anything runs.
func (p *Plan) ArenaBytes() int { return 4 * p.ArenaLen }

// Updated lists the parameters that a run changes, ascending.
func (p *Plan) Updated() []int {
	changed := make([]bool, len(p.Params))
	mark := func(value int) {
		if v := p.Values[value]; v.Space == Param {
			changed[v.Leaf] = true
		}
	}
	for i := range p.Steps {
		for _, v := range p.Steps[i].Out {
			mark(v)
		}
	}
	for _, c := range p.Copies {
		mark(c.To)
	}
	var list []int
	for i, c := range changed {
		if c {
			list = append(list, i)
		}
	}
	return list
}

// Share is the part of a step that thread t of threads computes: units lo ≤ u < hi.
func (s *Step) Share(t, threads int) (lo, hi int) {
	grains := (s.Units + s.Grain - 1) / s.Grain
	lo = min(grains*t/threads*s.Grain, s.Units)
	hi = min(grains*(t+1)/threads*s.Grain, s.Units)
	return lo, hi
}

// Build plans a graph. It is deterministic and panics on a graph that Verify
// would refuse.
func Build(g *graph.Graph) *Plan {
	b := newBuilder(g)
	b.findAliases()
	b.findFixed()
	b.absorbEpilogues()
	b.fuseElementwise()
	b.updateInPlace()
	return b.emit(b.order())
}
