package compile

import (
	"slices"

	"wafer/nn/order"
	"wafer/nn/plan"
)

// Scratch lies, where it fits, in a stretch of the arena that is free at the step: of a
// large image the arena has room for many channels of a small one.

// span is a stretch of the arena, in elements.
type span struct{ from, to int }

func (a span) meets(b span) bool { return a.from < b.to && b.from < a.to }

// use is a stretch that must be kept until a step has read it: from after the step that
// wrote it.
type use struct {
	span
	written, read int
}

// spans are the stretches of the arena that values take.
func (c *compiler) spans(values []int) []span {
	var list []span
	for _, value := range values {
		if v := c.plan.Values[value]; v.Space == plan.Arena {
			list = append(list, span{v.Offset, v.Offset + v.Shape.Size()})
		}
	}
	return list
}

// findUses lists every read of the arena with the last write before it.
func (c *compiler) findUses() {
	steps := c.plan.Steps
	written := make([][]span, len(steps))
	read := func(values []int, at int) {
		for _, s := range c.spans(values) {
			w := at - 1
			for w >= 0 && !slices.ContainsFunc(written[w], s.meets) {
				w--
			}
			c.lay.uses = append(c.lay.uses, use{s, w, at})
		}
	}
	for i := range steps {
		read(reads(&steps[i]), i)
		written[i] = c.spans(steps[i].Out)
	}
	for _, o := range c.plan.Outputs {
		read([]int{o.Value}, len(steps))
	}
	for _, copied := range c.plan.Copies {
		read([]int{copied.From}, len(steps))
	}
}

// placeScratch finds gaps for the scratch of the steps.
func (c *compiler) placeScratch(calls []call) {
	c.findUses()
	for i := range calls {
		if one := &calls[i]; one.scratch > 0 {
			one.scratchAt = c.gap(one.step, c.scratchThreads(one)*one.scratch)
		}
	}
}

// scratchThreads is how many threads may run a step at once.
func (c *compiler) scratchThreads(one *call) int {
	if one.Serial {
		return 1
	}
	return c.opt.Threads
}

// scratchOf is the address of a step's scratch.
func (c *compiler) scratchOf(one call) int {
	if one.scratchAt != 0 {
		return one.scratchAt
	}
	return c.lay.scratchAt
}

// gap is the address of free memory for the scratch of a step's threads; 0: there is none.
func (c *compiler) gap(step, bytes int) int {
	const align = 16 // elements
	taken := c.spans(c.plan.Steps[step].Out)
	for _, u := range c.lay.uses {
		if u.written < step && step <= u.read {
			taken = append(taken, u.span)
		}
	}
	order.Stable(taken, func(a, b span) int { return a.from - b.from })
	at, need := 0, (bytes+3)/4
	for _, s := range append(taken, span{c.plan.ArenaLen, c.plan.ArenaLen}) {
		if at+need <= s.from {
			return c.lay.arena + 4*at
		}
		at = max(at, (s.to+align-1)/align*align)
	}
	return 0
}
