package nntest

import (
	"testing"

	"wafer/nn/graph"
)

// Benchmark measures every Large case and reports GFLOP/s where products
// dominate: two operations for each multiplication that is added.
func Benchmark(b *testing.B, runner graph.Runner) {
	for _, c := range Cases() {
		if !c.Large {
			continue
		}
		b.Run(c.Name, func(b *testing.B) {
			g, inputs, state := c.Build()
			p, err := runner(g, state)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := p.Run(inputs); err != nil {
					b.Fatal(err)
				}
			}
			if n := products(g); n > 0 {
				b.ReportMetric(2*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			}
		})
	}
}

// products counts the multiplications of all products in a graph; positions in
// the padding count too.
func products(g *graph.Graph) float64 {
	total := 0.0
	for _, n := range g.Nodes {
		total += float64(multiplications(n))
	}
	return total
}

func multiplications(n *graph.Node) int {
	size := n.Shape.Size()
	switch n.Op {
	case graph.MatMul:
		a := n.In[0].Shape
		if n.Attr.(graph.MatMulAttr).TransA {
			return size * a[len(a)-2]
		}
		return size * a.Last()
	case graph.Conv2D:
		return size * n.In[1].Shape[:3].Size()
	case graph.DepthwiseConv2D:
		return size * n.In[1].Shape[:2].Size()
	case graph.WinogradConv2D: // as many as conv2d has, for comparison
		return size * n.In[0].Shape.Last() * 9
	case graph.Conv2DGradInput, graph.DepthwiseConv2DGradInput:
		k := n.In[1].Shape
		return n.In[0].Shape.Size() * k.Size() / channels(n)
	case graph.Conv2DGradFilter, graph.DepthwiseConv2DGradFilter:
		return n.In[1].Shape.Size() * n.Shape.Size() / channels(n)
	case graph.LSTM, graph.LSTMGrad, graph.GRU, graph.GRUGrad:
		return n.Shape[0] * n.Shape[1] * n.In[1].Shape.Size()
	}
	return 0
}

// channels is what an element of dy meets only one of: the output channels.
func channels(n *graph.Node) int {
	if n.Op == graph.Conv2DGradInput || n.Op == graph.DepthwiseConv2DGradInput {
		return n.In[0].Shape.Last()
	}
	return n.In[1].Shape.Last()
}
