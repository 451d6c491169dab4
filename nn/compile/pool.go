package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
	"wafer/nn/tensor"
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
	var w graph.Window
	var image, out tensor.Shape
	switch a := s.Attr.(type) {
	case graph.Window:
		w, image, out = a, c.shape(s.In[0]), c.shape(s.Out[0])
	case graph.ConvGrad:
		w, image, out = a.Window, a.Shape, c.shape(s.In[len(s.In)-1])
	}
	p := kernel.Pool{N: image[0], C: image[3]}
	p.Y, p.X = axes(w, image, out)
	return p
}
