package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	kernels[graph.DropoutMask] = func(c *compiler, s *plan.Step) emission {
		a := s.Attr.(graph.Dropout)
		return c.simple(s, func(k *kernel.Emitter) { kernel.DropoutMask(k, a.Rate, 1/(1-a.Rate), a.Salt) })
	}
}
