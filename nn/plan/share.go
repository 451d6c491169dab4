package plan

import "wafer/nn/graph"

const (
	chainGrain  = 1024 // elements: a block of an element-wise chain
	vectorGrain = 16   // elements: one AVX-512 register
)

// split says what a share of a node's result is made of (a unit of the
// executor's kernel), at which multiples it may begin, and the work as a whole.
func split(n *graph.Node) (units, grain, work int) {
	size, last := n.Shape.Size(), max(n.Shape.Last(), 1)
	grain, work = 1, size
	if len(n.In) > 0 {
		work = max(work, n.In[0].Shape.Size())
	}
	units = size / last // rows of the result
	in := func(i int) int { return n.In[i].Shape.Size() }
	switch n.Op {
	case graph.MatMul:
		return splitMatMul(n)
	case graph.Conv2D, graph.Conv2DGradInput:
		units, work = size/max(n.Shape[2]*n.Shape[3], 1), 2*size*in(1)/max(n.Shape[3], 1)
	case graph.Conv2DGradFilter:
		units, work = size/last, 2*size*in(1)/max(last, 1)
	case graph.DepthwiseConv2D, graph.DepthwiseConv2DGradInput:
		units, work = size/max(n.Shape[2]*n.Shape[3], 1), 2*size*in(1)/max(n.In[1].Shape[2], 1)
	case graph.DepthwiseConv2DGradFilter:
		units, grain, work = n.Shape[2], vectorGrain, 2*in(1)*n.Shape[0]*n.Shape[1]
	case graph.WinogradFilter:
		units, work = n.Shape[1], 8*size
	case graph.WinogradConv2D:
		a := n.Attr.(graph.Winograd)
		units = n.Shape[0] * a.Tiles(n.Shape[1]) // rows of tiles
		work = 2 * units * a.Tiles(n.Shape[2]) * in(1)
	case graph.MaxPool, graph.AvgPool:
		w := n.Attr.(graph.Window)
		units, work = size/max(n.Shape[2]*n.Shape[3], 1), size*w.Kernel[0]*w.Kernel[1]
	case graph.MaxPoolGrad, graph.AvgPoolGrad:
		w := n.Attr.(graph.ConvGrad)
		units, work = n.Shape[0], in(0)*w.Kernel[0]*w.Kernel[1]
	case graph.ReduceSum, graph.ReduceMax, graph.ReduceDot, graph.ReduceSquaredDiff:
		units = size
		if axes := n.Attr.(graph.Axes).Axes; len(axes) == 0 || axes[len(axes)-1] != len(n.In[0].Shape)-1 {
			grain = vectorGrain
		}
	case graph.LayerNormGradScale:
		units, grain = size, vectorGrain
	case graph.Softmax, graph.LogSoftmax, graph.LayerNorm, graph.LayerNormGradInput:
		work = 16 * size
	case graph.ArgMax, graph.Cast:
		units = size
	case graph.OneHot, graph.Gather:
		units = in(len(n.In) - 1)
	case graph.ScatterAdd:
		units, grain, work = last, vectorGrain, size+in(1)
	case graph.LSTM, graph.LSTMGrad, graph.GRU, graph.GRUGrad:
		units, work = n.Shape[0], 2*n.Shape[0]*n.Shape[1]*in(1)
	case graph.DropoutMask:
		units, grain, work = size, chainGrain, 16*size
	}
	return units, grain, work
}

// splitMatMul counts rows of the result, over all matrices of a batch.
func splitMatMul(n *graph.Node) (units, grain, work int) {
	r := len(n.Shape)
	k := n.In[0].Shape[r-1]
	if n.Attr.(graph.MatMulAttr).TransA {
		k = n.In[0].Shape[r-2]
	}
	units, grain = n.Shape.Size()/max(n.Shape[r-1], 1), 16
	if r > 2 {
		units, grain = n.Shape[:r-2].Size(), 1 // matrices
	}
	return units, grain, 2 * n.Shape.Size() * k
}
