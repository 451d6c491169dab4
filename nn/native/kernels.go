package native

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
	"wafer/nn/tensor"
)

// kernel binds a step's memory to the function that computes it. BatchNorm and
// element-wise ops come as chains.
func (p *program) kernel(s *plan.Step) kernel {
	if s.Chain != nil {
		return newChainRun(p, s).run
	}
	switch s.Op {
	case graph.MatMul, graph.Conv2D, graph.Conv2DGradInput, graph.Conv2DGradFilter,
		graph.DepthwiseConv2D, graph.DepthwiseConv2DGradInput, graph.DepthwiseConv2DGradFilter:
		return p.product(s)
	case graph.WinogradFilter, graph.WinogradConv2D:
		return p.winograd(s)
	case graph.MaxPool, graph.MaxPoolGrad, graph.AvgPool, graph.AvgPoolGrad:
		return p.pool(s)
	case graph.ReduceSum, graph.ReduceMax, graph.ReduceDot, graph.ReduceSquaredDiff:
		return p.reduce(s)
	case graph.LayerNorm, graph.LayerNormGradInput, graph.LayerNormGradScale, graph.Softmax, graph.LogSoftmax:
		return p.normalise(s)
	case graph.Transpose, graph.Slice, graph.Concat, graph.Pad, graph.Reverse, graph.Broadcast:
		return p.move(s)
	case graph.OneHot, graph.Gather, graph.ScatterAdd, graph.ArgMax, graph.Cast:
		return p.index(s)
	case graph.LSTM, graph.LSTMGrad, graph.GRU, graph.GRUGrad:
		return p.recurrent(s)
	case graph.DropoutMask:
		return p.dropout(s)
	}
	panic("native: no kernel for " + s.Op.String())
}

// operands is the memory of a step's result and operands.
func (p *program) operands(s *plan.Step) (out []float32, in [][]float32) {
	for _, v := range s.In {
		in = append(in, p.f(v))
	}
	return p.f(s.Out[0]), in
}

// rowsOf splits a shape into rows along its innermost axis.
func rowsOf(s tensor.Shape) (rows, length int) {
	length = s.Last()
	if length == 0 {
		return 0, 0
	}
	return s.Size() / length, length
}
