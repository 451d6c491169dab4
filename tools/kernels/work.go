package main

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// work is what a step has to do at least.
type work struct {
	flops  float64 // multiplications and additions of its products; 0 for what has none
	direct float64 // flops of the same result without Winograd's trick
	bytes  float64 // of operands and results, each once
}

func (w work) plus(v work) work {
	return work{w.flops + v.flops, w.direct + v.direct, w.bytes + v.bytes}
}

// of is the work of a step. Operations beside those of products are not counted: they are
// a small part of any network, and how many an exponential takes is not the model's matter.
func of(p *plan.Plan, s *plan.Step) work {
	shape := func(v int) []int { return p.Values[v].Shape }
	size := func(v int) float64 { return float64(p.Values[v].Shape.Size()) }
	var w work
	for _, v := range append(append([]int{}, s.In...), s.Out...) {
		w.bytes += 4 * size(v)
	}
	if e := s.Epilogue; e != nil {
		for _, v := range []int{e.Scale, e.Bias, e.Residual} {
			if v >= 0 {
				w.bytes += 4 * size(v)
			}
		}
	}
	if s.Chain != nil {
		return w
	}
	out := size(s.Out[0])
	switch s.Op {
	case graph.MatMul:
		w.flops = float64(s.Work) // 2·k for every result
	case graph.Conv2D:
		k := shape(s.In[1])
		w.flops = 2 * out * float64(k[0]*k[1]*k[2])
	case graph.DepthwiseConv2D:
		k := shape(s.In[1])
		w.flops = 2 * out * float64(k[0]*k[1])
	case graph.WinogradConv2D:
		a, y := s.Attr.(graph.Winograd), shape(s.Out[0])
		w.flops = 2 * float64(y[0]*a.Tiles(y[1])*a.Tiles(y[2])) * size(s.In[1])
		w.direct = 2 * out * 9 * float64(shape(s.In[0])[3])
	case graph.LSTM, graph.LSTMGrad, graph.GRU, graph.GRUGrad:
		y := shape(s.Out[0])
		w.flops = 2 * float64(y[0]*y[1]) * size(s.In[1])
	case graph.Gather:
		w.bytes = 4 * (2*out + size(s.In[1])) // of the table only the rows that are asked for
	}
	if w.direct == 0 {
		w.direct = w.flops
	}
	return w
}

// steps are those that the module of a plan has, in its order.
func steps(p *plan.Plan) []*plan.Step {
	var list []*plan.Step
	for i := range p.Steps {
		if p.Steps[i].Units > 0 {
			list = append(list, &p.Steps[i])
		}
	}
	return list
}
