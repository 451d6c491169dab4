package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	for op, emit := range map[graph.Op]func(p kernel.Pool, k *kernel.Emitter){
		graph.MaxPool: kernel.Pool.Max, graph.AvgPool: kernel.Pool.Avg,
		graph.MaxPoolGrad: kernel.Pool.MaxGrad, graph.AvgPoolGrad: kernel.Pool.AvgGrad,
	} {
		kernels[op] = func(c *compiler, s *plan.Step) emission {
			p := c.pool(s)
			return c.simple(s, func(k *kernel.Emitter) { emit(p, k) })
		}
	}
}

// pool describes the pooling that a step does or undoes.
func (c *compiler) pool(s *plan.Step) kernel.Pool {
	g := c.plan.Conv(s)
	p := kernel.Pool{N: g.N, C: g.CI}
	p.Y, p.X = axes(g)
	return p
}
