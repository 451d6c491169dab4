package grad

import "wafer/nn/graph"

func init() {
	rules[graph.LSTM] = lstm
	rules[graph.GRU] = gru
}

// lstm expects a gradient of the outputs h alone, the last sixth of the trace:
// gates and cells inside the trace are not outputs of the layer.
func lstm(b *builder, n, dy *graph.Node) {
	u := n.In[1]
	h := u.Shape[0]
	dz := b.LSTMGrad(n, u, b.narrow(dy, 5*h, 6*h))
	b.add(n.In[0], dz)
	b.addLazily(n, 1, func() *graph.Node { return b.recurrentKernel(b.Narrow(n, 2, 5*h, 6*h), dz) })
}

func gru(b *builder, n, dy *graph.Node) {
	u, br := n.In[1], n.In[2]
	h := u.Shape[0]
	d := b.GRUGrad(n, u, br, b.narrow(dy, 4*h, 5*h))
	b.addLazily(n, 0, func() *graph.Node { return b.Narrow(d, 2, 0, 3*h) })
	if !b.needs(n, 1) && !b.needs(n, 2) {
		return
	}
	da := b.Concat(2, b.Narrow(d, 2, 0, 2*h), b.Narrow(d, 2, 3*h, 4*h))
	b.addLazily(n, 1, func() *graph.Node { return b.recurrentKernel(b.Narrow(n, 2, 4*h, 5*h), da) })
	b.addLazily(n, 2, func() *graph.Node { return b.ReduceSum(da, 0, 1) })
}

// recurrentKernel is Σ over batch and time of hPrevᵀ·dz, where hPrev is h [b,t,h]
// moved one step later with zeros in front.
func (b *builder) recurrentKernel(h, dz *graph.Node) *graph.Node {
	batch, steps, units := h.Shape[0], h.Shape[1], h.Shape[2]
	prev := b.Pad(b.Narrow(h, 1, 0, steps-1), []int{0, 1, 0}, []int{0, 0, 0})
	return b.MatMul(b.Reshape(prev, batch*steps, units), b.Reshape(dz, batch*steps, dz.Shape[2]), true, false)
}
