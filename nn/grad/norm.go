package grad

import "wafer/nn/graph"

func init() {
	rules[graph.BatchNorm] = batchNorm
	rules[graph.LayerNorm] = layerNorm
	rules[graph.Softmax] = softmax
	rules[graph.LogSoftmax] = logSoftmax
}

// batchNorm: with h = (x−mean)·r, r = 1/sqrt(var+epsilon) and n elements a channel,
// dbeta = Σdy, dgamma = Σdy·h, and in training, where mean and var are those of x,
// dx = gamma·r·(dy − dbeta/n − h·dgamma/n) (Ioffe, Szegedy 2015, arXiv 1502.03167).
// Outside training mean and var are constants: dx = gamma·r·dy.
func batchNorm(b *builder, n, dy *graph.Node) {
	x, gamma, mean, variance, attr := n.In[0], n.In[1], n.In[3], n.In[4], n.Attr.(graph.Norm)
	axes := outer(x.Shape)
	r := b.Div(b.Scalar(1), b.Sqrt(b.Add(variance, b.Scalar(attr.Epsilon))))
	scale := b.Mul(gamma, r)
	if !attr.Training {
		b.addLazily(n, 0, func() *graph.Node { return b.Mul(dy, scale) })
	}
	if !attr.Training && !b.needs(n, 1) && !b.needs(n, 2) {
		return
	}
	h := b.Mul(b.Sub(x, mean), r)
	dbeta := b.ReduceSum(dy, axes...)
	dgamma := b.ReduceDot(dy, h, axes...)
	b.add(n.In[2], dbeta)
	b.add(gamma, dgamma)
	if attr.Training {
		b.addLazily(n, 0, func() *graph.Node {
			count := b.Scalar(float32(x.Shape.Size() / x.Shape.Last()))
			d := b.Sub(dy, b.Div(dbeta, count))
			return b.Mul(b.Sub(d, b.Mul(h, b.Div(dgamma, count))), scale)
		})
	}
}

func layerNorm(b *builder, n, dy *graph.Node) {
	x, gamma, eps := n.In[0], n.In[1], n.Attr.(graph.Norm).Epsilon
	b.addLazily(n, 0, func() *graph.Node { return b.LayerNormGradInput(x, gamma, dy, eps) })
	b.addLazily(n, 1, func() *graph.Node { return b.LayerNormGradScale(x, dy, eps) })
	b.addLazily(n, 2, func() *graph.Node { return b.ReduceSum(dy, outer(x.Shape)...) })
}

// softmax: dx = y·(dy − Σ dy·y).
func softmax(b *builder, n, dy *graph.Node) {
	last := len(n.Shape) - 1
	dot := b.column(b.ReduceDot(dy, n, last))
	b.add(n.In[0], b.Mul(n, b.Sub(dy, dot)))
}

// logSoftmax: dx = dy − exp(y)·Σ dy.
func logSoftmax(b *builder, n, dy *graph.Node) {
	last := len(n.Shape) - 1
	sum := b.column(b.ReduceSum(dy, last))
	b.add(n.In[0], b.Sub(dy, b.Mul(b.Exp(n), sum)))
}

// column gives a row-wise result an innermost axis of length 1 again.
func (b *builder) column(d *graph.Node) *graph.Node {
	return b.Reshape(d, append(d.Shape.Clone(), 1)...)
}
