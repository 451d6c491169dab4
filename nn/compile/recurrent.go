package compile

import (
	"wafer/nn/graph"
	"wafer/nn/kernel"
	"wafer/nn/plan"
)

func init() {
	kernels[graph.LSTM] = recurrent(kernel.LSTM)
	kernels[graph.LSTMGrad] = recurrent(kernel.LSTMGrad)
	kernels[graph.GRU] = recurrent(kernel.GRU)
	kernels[graph.GRUGrad] = recurrent(kernel.GRUGrad)
}

// recurrent compiles the ops that walk sequences.
func recurrent(write func(k *kernel.Emitter, steps, h int)) func(c *compiler, s *plan.Step) emission {
	return func(c *compiler, s *plan.Step) emission {
		steps, h := c.shape(s.In[0])[1], c.shape(s.In[1])[0]
		return c.simple(s, func(k *kernel.Emitter) { write(k, steps, h) })
	}
}
