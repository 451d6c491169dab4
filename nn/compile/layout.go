package compile

import (
	"wafer/nn/plan"
)

// The memory of a module, from address 0: control words, parameters, constants, inputs,
// prepared values, the arena, and scratch for what finds no gap in the arena.
type layout struct {
	at                         int // next free address
	params, consts, inputs     []int
	prepared, arena, scratchAt int
	scratch                    int // bytes of scratch behind everything else
	packed                     map[int]packing
	panels                     map[int]bool // values that are stored as panels
	uses                       []use
	filters                    map[int]*plan.Step // parameters that are transformed on their way in, and how
}

// Control words at the bottom of the memory.
const (
	controlCount      = 0 // threads that wait at the barrier
	controlGeneration = 64
	controlAbort      = 68 // not 0: a thread failed
	controlSleepers   = 72 // threads that need a notification
	controlEnd        = 128
)

// slack is readable memory behind the last buffer: kernels may load up to a vector
// beyond the end of a row whose lanes they then drop.
const slack = 256

func (l *layout) take(bytes int) int {
	at := l.at
	l.at += (bytes + 63) / 64 * 64
	return at
}

// place gives every leaf and buffer its address. Scratch comes last, when the code
// has said how much it needs.
func (c *compiler) place() {
	l := &c.lay
	l.at = controlEnd
	leaves := func(list []plan.Leaf, without map[int]*plan.Step) (at []int, places []Place) {
		for i, leaf := range list {
			if without[i] != nil { // lies in staging while it is transformed
				at = append(at, -1)
			} else {
				at = append(at, l.take(4*leaf.Shape.Size()))
			}
			places = append(places, Place{Name: leaf.Name, DType: leaf.DType, Shape: leaf.Shape, Offset: at[len(at)-1]})
		}
		return at, places
	}
	l.params, c.out.Params = leaves(c.plan.Params, l.filters)
	l.consts, c.out.Consts = leaves(c.plan.Consts, nil)
	c.out.Memory.Weights = l.at - controlEnd
	l.prepared = l.take(4 * c.plan.PreparedLen)
	c.out.Memory.Prepared = l.at - l.prepared
	from := l.at
	l.inputs, c.out.Inputs = leaves(c.plan.Inputs, nil)
	c.out.Memory.Inputs = l.at - from
	l.arena = l.at
	c.stage()
	l.take(max(4*c.plan.ArenaLen, c.out.Staging.Bytes) + slack)
	c.out.Memory.Arena = l.at - l.arena
	for _, o := range c.plan.Outputs {
		v := c.plan.Values[o.Value]
		c.out.Outputs = append(c.out.Outputs,
			Place{Name: o.Name, DType: v.DType, Shape: v.Shape, Offset: c.address(o.Value)})
	}
}

// finishLayout places the scratch of steps that found no gap, and of what runs before the first step.
func (c *compiler) finishLayout(steps, prepare []call, filters map[int]call) {
	l := &c.lay
	for i := range steps {
		if one := &steps[i]; one.scratchAt == 0 {
			l.scratch = max(l.scratch, c.scratchThreads(one)*one.scratch)
		}
	}
	for _, one := range prepare {
		l.scratch = max(l.scratch, one.scratch)
	}
	for _, one := range filters {
		l.scratch = max(l.scratch, one.scratch)
	}
	l.scratchAt = l.take(l.scratch)
	l.take(slack)
	c.out.Memory.Scratch = l.scratch
	c.out.Memory.Total = l.at
}

// address is where a value lies.
func (c *compiler) address(value int) int {
	v := c.plan.Values[value]
	base := c.lay.arena
	switch v.Space {
	case plan.Param:
		if base = c.lay.params[v.Leaf]; base < 0 {
			return c.out.Staging.Offset
		}
	case plan.Const:
		base = c.lay.consts[v.Leaf]
	case plan.Input:
		base = c.lay.inputs[v.Leaf]
	case plan.Prepared:
		base = c.lay.prepared
	}
	return base + 4*v.Offset
}
