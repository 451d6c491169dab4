package eval

import (
	"wafer/nn/fmath"
	"wafer/nn/graph"
	"wafer/nn/tensor"
)

func init() {
	kernels[graph.BatchNorm] = batchNorm
	kernels[graph.LayerNorm] = layerNorm
	kernels[graph.LayerNormGradInput] = layerNormGradInput
	kernels[graph.LayerNormGradScale] = layerNormGradScale
	kernels[graph.Softmax] = softmax
	kernels[graph.LogSoftmax] = logSoftmax
}

// batchNorm is x·s + t with s = gamma/√(variance+epsilon) and t = beta − mean·s, both rounded.
func batchNorm(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	epsilon := n.Attr.(graph.Norm).Epsilon
	x, y := in[0].F(), out.F()
	gamma, beta, mean, variance := in[1].F(), in[2].F(), in[3].F(), in[4].F()
	for i := range y {
		c := i % len(gamma)
		s := gamma[c] / sqrt(variance[c]+epsilon)
		t := beta[c] - float32(mean[c]*s)
		y[i] = float32(x[i]*s) + t
	}
}

// rows calls f with the start of every innermost row and its length.
func rows(t *tensor.Tensor, f func(at, length int)) {
	length := t.Shape().Last()
	for at := 0; at < t.Size(); at += length {
		f(at, length)
	}
}

// moments are the mean and 1/√(variance + epsilon) of a row.
func moments(row []float32, epsilon float32) (mean, r float32) {
	var sum, squares sum16
	for _, v := range row {
		sum.add(v)
	}
	n := float32(len(row))
	mean = sum.total() / n
	for _, v := range row {
		d := v - mean
		squares.add(float32(d * d))
	}
	return mean, 1 / sqrt(squares.total()/n+epsilon)
}

// layerNorm is h·gamma + beta with h = (x−mean)·r, a row at a time.
func layerNorm(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, gamma, beta, y := in[0].F(), in[1].F(), in[2].F(), out.F()
	rows(in[0], func(at, length int) {
		mean, r := moments(x[at:at+length], n.Attr.(graph.Norm).Epsilon)
		for i := range length {
			h := float32((x[at+i] - mean) * r)
			y[at+i] = float32(h*gamma[i]) + beta[i]
		}
	})
}

// layerNormGradInput is ((d − mean of d) − h·(mean of d·h))·r with d = dy·gamma.
func layerNormGradInput(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, gamma, dy, dx := in[0].F(), in[1].F(), in[2].F(), out.F()
	rows(in[0], func(at, length int) {
		mean, r := moments(x[at:at+length], n.Attr.(graph.Norm).Epsilon)
		h, d := make([]float32, length), make([]float32, length)
		var sumD, sumDH sum16
		for i := range length {
			h[i] = float32((x[at+i] - mean) * r)
			d[i] = float32(dy[at+i] * gamma[i])
			sumD.add(d[i])
			sumDH.add(float32(d[i] * h[i]))
		}
		a, b := sumD.total()/float32(length), sumDH.total()/float32(length)
		for i := range length {
			dx[at+i] = float32(((d[i] - a) - float32(h[i]*b)) * r)
		}
	})
}

// layerNormGradScale is Σ over rows ascending of dy·h, for each column.
func layerNormGradScale(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, dy, dgamma := in[0].F(), in[1].F(), out.F()
	rows(in[0], func(at, length int) {
		mean, r := moments(x[at:at+length], n.Attr.(graph.Norm).Epsilon)
		for i := range length {
			h := float32((x[at+i] - mean) * r)
			dgamma[i] += float32(dy[at+i] * h)
		}
	})
}

// softmaxParts are m and s: the largest element of a row and Σ exp(x−m).
func softmaxParts(row []float32) (m, s float32) {
	m = row[0]
	for _, v := range row {
		m = pmax(m, v)
	}
	var sum sum16
	for _, v := range row {
		sum.add(fmath.Exp(v - m))
	}
	return m, sum.total()
}

// softmax is exp(x−m)/s, a row at a time.
func softmax(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, y := in[0].F(), out.F()
	rows(in[0], func(at, length int) {
		m, s := softmaxParts(x[at : at+length])
		for i := at; i < at+length; i++ {
			y[i] = fmath.Exp(x[i]-m) / s
		}
	})
}

// logSoftmax is (x−m) − log(s), which no underflow of a probability reaches.
func logSoftmax(n *graph.Node, in []*tensor.Tensor, out *tensor.Tensor) {
	x, y := in[0].F(), out.F()
	rows(in[0], func(at, length int) {
		m, s := softmaxParts(x[at : at+length])
		for i := at; i < at+length; i++ {
			y[i] = (x[i] - m) - fmath.Log(s)
		}
	})
}
