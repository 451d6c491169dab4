package graph

import "wafer/nn/tensor"

func init() {
	specs[LSTM] = spec{arity: 2, infer: lstmShape}
	specs[LSTMGrad] = spec{arity: 3, infer: lstmGradShape}
	specs[GRU] = spec{arity: 3, infer: gruShape}
	specs[GRUGrad] = spec{arity: 4, infer: gruGradShape}
}

// Recurrent ops work on the whole sequence at once. The input's share of every
// gate, zx = x·W + b, is computed outside for all steps in one MatMul; the
// gradients for W, b and U are MatMuls and sums outside too. h and c start at 0 and
// take part in the first step as such. Every Σ is one sum from +0.

// LSTM runs over zx [b,t,4h] (gate order i, f, g, o as in Keras) with recurrent
// kernel u [h,4h]. At each step a = zx + (Σ over h ascending of hPrev·u):
// i, f, o = sigmoid, g = tanh; c = f·cPrev + i·g; h = o·tanh(c). The result is
// the trace [b,t,6h]: i, f, g, o, c, h.
func (g *Graph) LSTM(zx, u *Node) *Node { return g.add(LSTM, nil, zx, u) }

// LSTMGrad gives the gradient for zx, dz [b,t,4h], from the trace, u [h,4h] and
// the gradient dh [b,t,h] of the outputs h. Steps run backward; with dhNext and
// dcNext from the step after (0 at the last), per step:
//
//	d  = dh + dhNext                      y = tanh(c)
//	dc = dcNext + (d·o)·(1 − y·y)
//	do = ((d·y)·o)·(1 − o)                di = ((dc·g)·i)·(1 − i)
//	df = ((dc·cPrev)·f)·(1 − f)           dg = (dc·i)·(1 − g·g)
//	dcNext = dc·f                         dhNext[j] = Σ over k<4h ascending of dz[k]·u[j,k]
func (g *Graph) LSTMGrad(trace, u, dh *Node) *Node { return g.add(LSTMGrad, nil, trace, u, dh) }

// GRU runs over zx [b,t,3h] (gate order z, r, n as in Keras, reset_after=True)
// with recurrent kernel u [h,3h] and recurrent bias br [3h]. At each step
// a = (Σ over h ascending of hPrev·u) + br; z, r = sigmoid(zx + a);
// n = tanh(zx + r·a) on their thirds; h = z·hPrev + (1 − z)·n. The result is the
// trace [b,t,5h]: z, r, n, a of the third gate, h.
func (g *Graph) GRU(zx, u, br *Node) *Node { return g.add(GRU, nil, zx, u, br) }

// GRUGrad gives [b,t,4h]: dz, dr, dn, da, from the trace, u [h,3h], br [3h]
// (unused values, for symmetry of shapes) and dh [b,t,h]. The gradient for zx is
// the first three, for a it is dz, dr, da. Steps run backward:
//
//	d  = dh + dhNext                      dn = (d·(1 − z))·(1 − n·n)
//	dz = ((d·(hPrev − n))·z)·(1 − z)      da = dn·r
//	dr = ((dn·a)·r)·(1 − r)
//	dhNext[j] = d·z + (Σ over k<3h ascending of (dz, dr, da)[k]·u[j,k])
func (g *Graph) GRUGrad(trace, u, br, dh *Node) *Node { return g.add(GRUGrad, nil, trace, u, br, dh) }

// recurrentSizes checks u [h, gates·h] and a sequence [b, t, width·h].
func recurrentSizes(seq, u tensor.Shape, width, gates int) (b, t, h int, ok bool) {
	if len(seq) != 3 || len(u) != 2 {
		return 0, 0, 0, false
	}
	h = u[0]
	return seq[0], seq[1], h, u[1] == gates*h && seq[2] == width*h
}

// lstmShape: zx [b t 4h], u [h 4h] → a trace [b t 6h].
func lstmShape(n *Node) (tensor.Shape, tensor.DType, string) {
	b, t, h, ok := recurrentSizes(n.In[0].Shape, n.In[1].Shape, 4, 4)
	if !ok {
		return no("needs zx [b t 4h] and u [h 4h]")
	}
	return f32(b, t, 6*h)
}

// lstmGradShape: trace [b t 6h], u [h 4h], dh [b t h] → [b t 4h].
func lstmGradShape(n *Node) (tensor.Shape, tensor.DType, string) {
	b, t, h, ok := recurrentSizes(n.In[0].Shape, n.In[1].Shape, 6, 4)
	if !ok || !n.In[2].Shape.Equal(tensor.Shape{b, t, h}) {
		return no("needs a trace [b t 6h], u [h 4h] and dh [b t h]")
	}
	return f32(b, t, 4*h)
}

// gruShape: zx [b t 3h], u [h 3h], br [3h] → a trace [b t 5h].
func gruShape(n *Node) (tensor.Shape, tensor.DType, string) {
	b, t, h, ok := recurrentSizes(n.In[0].Shape, n.In[1].Shape, 3, 3)
	if !ok || !n.In[2].Shape.Equal(tensor.Shape{3 * h}) {
		return no("needs zx [b t 3h], u [h 3h] and br [3h]")
	}
	return f32(b, t, 5*h)
}

// gruGradShape: trace [b t 5h], u [h 3h], br [3h], dh [b t h] → [b t 4h].
func gruGradShape(n *Node) (tensor.Shape, tensor.DType, string) {
	b, t, h, ok := recurrentSizes(n.In[0].Shape, n.In[1].Shape, 5, 3)
	if !ok || !n.In[2].Shape.Equal(tensor.Shape{3 * h}) || !n.In[3].Shape.Equal(tensor.Shape{b, t, h}) {
		return no("needs a trace [b t 5h], u [h 3h], br [3h] and dh [b t h]")
	}
	return f32(b, t, 4*h)
}
