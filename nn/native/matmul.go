package native

import (
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// product binds matrix products and convolutions to their kernels.
func (p *program) product(s *plan.Step) kernel {
	out, in := p.operands(s)
	ep := p.epilogue(s)
	a, b := in[0], in[1]
	if s.Op == graph.MatMul {
		return p.matmul(s, out, a, b, ep)
	}
	g := p.plan.Conv(s)
	switch s.Op {
	case graph.Conv2D:
		return p.shared(s, g.N*g.OH*g.OW, g.CO,
			func(w *workspace, lo, hi, from, to int) { w.conv2d(out, a, b, g, ep, lo, hi, from, to) })
	case graph.DepthwiseConv2D:
		return func(t, lo, hi int) { p.spaces[t].depthwise(out, a, b, g, ep, lo, hi) }
	case graph.Conv2DGradInput:
		return func(t, lo, hi int) { p.spaces[t].conv2dGradInput(out, a, b, g, lo, hi) }
	case graph.Conv2DGradFilter:
		return func(t, lo, hi int) { p.spaces[t].conv2dGradFilter(out, a, b, g, lo, hi) }
	case graph.DepthwiseConv2DGradInput:
		return func(t, lo, hi int) { p.spaces[t].depthwiseGradInput(out, a, b, g, lo, hi) }
	}
	return func(t, lo, hi int) { p.spaces[t].depthwiseGradFilter(out, a, b, g, lo, hi) }
}

// shared makes the kernel of a product of so many rows and columns from f, which computes columns from ≤ c < to
// of units lo ≤ u < hi. Threads share the units, or, where there are fewer rows than columns, the columns: each
// of them packs what it uses of the right operand, and with shares of few rows that would be much for little.
func (p *program) shared(s *plan.Step, rows, columns int, f func(w *workspace, lo, hi, from, to int)) kernel {
	grains := (s.Units + s.Grain - 1) / max(s.Grain, 1)
	if rows >= columns || columns < p.threads*maxTileN || grains < p.threads {
		return func(t, lo, hi int) { f(p.spaces[t], lo, hi, 0, columns) }
	}
	share := plan.Step{Units: columns, Grain: maxTileN}
	return func(t, lo, hi int) {
		from, to := 0, columns
		if hi-lo < s.Units { // one of several threads, of which each has some units
			lo, hi = 0, s.Units
			from, to = share.Share(t, p.threads)
		}
		f(p.spaces[t], lo, hi, from, to)
	}
}

// epilogue binds the step's epilogue; what it lacks is nil.
func (p *program) epilogue(s *plan.Step) epilogue {
	e := s.Epilogue
	if e == nil {
		return epilogue{}
	}
	ep := epilogue{act: e.Act}
	if e.Scale >= 0 {
		ep.scale = p.f(e.Scale)
	}
	if e.Bias >= 0 {
		ep.bias = p.f(e.Bias)
	}
	if e.Residual >= 0 {
		ep.residual = p.f(e.Residual)
	}
	return ep
}

// matmul runs one gemm, or one per matrix of a batch.
func (p *program) matmul(s *plan.Step, out, a, b []float32, ep epilogue) kernel {
	attr := s.Attr.(graph.MatMulAttr)
	as, bs := p.shape(s.In[0]), p.shape(s.In[1])
	r := len(as)
	lda, ldb := as[r-1], bs[r-1]
	m, k, n := as[r-2], as[r-1], bs[r-1]
	if attr.TransA {
		m, k = k, m
	}
	if attr.TransB {
		n = bs[r-2]
	}
	one := func(w *workspace, dst, a, b []float32, ep epilogue) {
		w.gemm(dst, n, a, lda, attr.TransA, b, ldb, attr.TransB, m, n, k, ep, 0, m)
	}
	if r == 2 {
		column := stored(nil, ldb, attr.TransB).cols
		return p.shared(s, m, n, func(w *workspace, lo, hi, from, to int) {
			w.gemm(out[from:], n, a, lda, attr.TransA, b[from*column:], ldb, attr.TransB, m, to-from, k, ep.from(from),
				lo, hi)
		})
	}
	return func(t, lo, hi int) {
		for i := lo; i < hi; i++ {
			e := ep
			if e.residual != nil {
				e.residual = ep.residual[i*m*n : (i+1)*m*n]
			}
			one(p.spaces[t], out[i*m*n:(i+1)*m*n], a[i*m*k:(i+1)*m*k], b[i*k*n:(i+1)*k*n], e)
		}
	}
}

// pool binds pooling to its kernels.
func (p *program) pool(s *plan.Step) kernel {
	out, in := p.operands(s)
	g := p.plan.Conv(s)
	switch s.Op {
	case graph.MaxPool:
		return func(t, lo, hi int) { p.spaces[t].maxPool(out, in[0], g, lo, hi) }
	case graph.AvgPool:
		return func(t, lo, hi int) { p.spaces[t].avgPool(out, in[0], g, lo, hi) }
	case graph.MaxPoolGrad:
		return func(t, lo, hi int) { p.spaces[t].maxPoolGrad(out, in[0], in[1], g, lo, hi) }
	}
	return func(t, lo, hi int) { p.spaces[t].avgPoolGrad(out, in[0], g, lo, hi) }
}
