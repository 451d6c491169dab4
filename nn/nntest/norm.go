package nntest

import "wafer/nn/graph"

var normShapes = [][]int{{1, 1}, {1, 3}, {5, 1}, {3, 17}, {7, 33}, {2, 3, 16}, {4, 100}, {2, 5, 5, 8}, {2, 3, 4, 65},
	{3, 300}}

func norm() []Case {
	var cases []Case
	for _, s := range normShapes {
		c, name := s[len(s)-1], dims(s)
		cases = append(cases,
			single(graph.BatchNorm, name, func(b *builder) *graph.Node {
				x, gamma, beta := b.in(s...), b.in(c), b.in(c)
				// Nothing flows back to mean and variance outside training: no inputs.
				mean, variance := b.param(c), b.Add(b.Abs(b.param(c)), b.Scalar(0.5))
				return b.BatchNorm(x, gamma, beta, mean, variance, graph.Norm{Epsilon: 1e-3})
			}),
			batchNormCase(name+"_training", s, c),
			single(graph.LayerNorm, name, func(b *builder) *graph.Node {
				return b.LayerNorm(b.apart(s...), b.in(c),
					b.in(c), 1e-3)
			}),
			single(graph.LayerNormGradInput, name, func(b *builder) *graph.Node {
				return b.LayerNormGradInput(b.apart(s...), b.in(c), b.in(s...), 1e-3)
			}).rough(),
			single(graph.LayerNormGradScale, name, func(b *builder) *graph.Node {
				return b.LayerNormGradScale(b.apart(s...), b.in(s...), 1e-3)
			}).rough())
	}
	for _, s := range append(normShapes, []int{10}, []int{1}, []int{2, 150}) {
		name := dims(s)
		cases = append(cases,
			single(graph.Softmax, name, func(b *builder) *graph.Node { return b.Softmax(b.apart(s...)) }),
			single(graph.LogSoftmax, name, func(b *builder) *graph.Node { return b.LogSoftmax(b.apart(s...)) }),
			single(graph.Softmax, name+"_edges",
				func(b *builder) *graph.Node { return b.Softmax(b.sprinkle(s...)) }).rough(),
			single(graph.LogSoftmax, name+"_edges",
				func(b *builder) *graph.Node { return b.LogSoftmax(b.sprinkle(s...)) }).rough())
	}
	return append(cases,
		single(graph.Softmax, "far_apart", func(b *builder) *graph.Node {
			return b.Softmax(b.Mul(b.in(5, 33),
				b.Scalar(200)))
		}).rough(),
		single(graph.LogSoftmax, "far_apart",
			func(b *builder) *graph.Node { return b.LogSoftmax(b.Mul(b.in(5, 33), b.Scalar(200))) }).rough(),
		single(graph.Softmax, "256x1000", func(b *builder) *graph.Node { return b.Softmax(b.in(256, 1000)) }).large(),
		single(graph.LayerNorm, "512x256", func(b *builder) *graph.Node {
			return b.LayerNorm(b.in(512, 256),
				b.in(256), b.in(256), 1e-3)
		}).large(),
		single(graph.BatchNorm, "32x28x28x32",
			func(b *builder) *graph.Node { return batchNormTraining(b, b.in(32, 28, 28, 32), 32) }).large())
}

// batchNormCase normalises by the batch's own statistics. With one value for each
// channel the variance is 0, and finite differences see rounding alone.
func batchNormCase(name string, s []int, c int) Case {
	n := single(graph.BatchNorm, name, func(b *builder) *graph.Node { return batchNormTraining(b, b.apart(s...), c) })
	n.NoGradient = s[0] == 1
	return n
}

// batchNormTraining normalises by the mean and variance of x itself, as the layer does.
func batchNormTraining(b *builder, x *graph.Node, c int) *graph.Node {
	axes := make([]int, len(x.Shape)-1)
	for i := range axes {
		axes[i] = i
	}
	mean := b.ReduceMean(x, axes...)
	count := b.Scalar(float32(x.Shape.Size() / c))
	variance := b.Div(b.ReduceSquaredDiff(x, mean, axes...), count)
	return b.BatchNorm(x, b.in(c), b.in(c), mean, variance, graph.Norm{Epsilon: 1e-3, Training: true})
}
