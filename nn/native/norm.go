package native

import (
	"math"

	"wafer/nn/fmath"
	"wafer/nn/graph"
	"wafer/nn/plan"
)

// normalise binds normalisations and softmax; units are rows (columns for the
// gradient of the scale).
func (p *program) normalise(s *plan.Step) kernel {
	out, in := p.operands(s)
	_, length := rowsOf(p.shape(s.In[0]))
	switch s.Op {
	case graph.Softmax:
		return func(_, lo, hi int) { softmax(out, in[0], length, lo, hi) }
	case graph.LogSoftmax:
		return func(_, lo, hi int) { logSoftmax(out, in[0], length, lo, hi) }
	}
	n := &layerNorm{program: p, x: in[0], length: length, epsilon: s.Attr.(graph.Norm).Epsilon, out: out}
	switch s.Op {
	case graph.LayerNorm:
		return func(t, lo, hi int) { n.forward(t, in[1], in[2], lo, hi) }
	case graph.LayerNormGradInput:
		return func(t, lo, hi int) { n.gradInput(t, in[1], in[2], lo, hi) }
	}
	rows := len(in[0]) / max(length, 1)
	return func(t, lo, hi int) { n.gradScale(t, in[1], rows, lo, hi) }
}

// row is one of thread t's rows of scratch.
func (n *layerNorm) row(t, i int) []float32 {
	return n.program.spaces[t].memory[i*n.length:][:n.length]
}

// softmax takes the exponential of all rows at once, since rows may be short.
func softmax(out, x []float32, n, lo, hi int) {
	shiftRows(out, x, n, lo, hi)
	all := out[lo*n : hi*n]
	unary(graph.Exp, all, all)
	for r := lo; r < hi; r++ {
		row := out[r*n : (r+1)*n]
		divideBy(row, sum16(termSum, row, nil, 0))
	}
}

// shiftRows writes x minus the row's largest element.
func shiftRows(out, x []float32, n, lo, hi int) {
	for r := lo; r < hi; r++ {
		row := x[r*n : (r+1)*n]
		addScalar(out[r*n:(r+1)*n], row, -rowMax(row))
	}
}

// logSoftmax keeps x − m in out and takes exponentials a few at a time, so that no second row of memory is needed.
func logSoftmax(out, x []float32, n, lo, hi int) {
	shiftRows(out, x, n, lo, hi)
	var few [256]float32
	for r := lo; r < hi; r++ {
		row := out[r*n : (r+1)*n]
		// The terms are summed block by block: partial sums go on where a block,
		// a multiple of 16, ended.
		var p [16]float32
		for at := 0; at < n; at += len(few) {
			part := row[at:min(at+len(few), n)]
			unary(graph.Exp, few[:len(part)], part)
			for i := partials(termSum, &p, few[:len(part)], nil, 0); i < len(part); i++ {
				p[i%16] += few[i]
			}
		}
		addScalar(row, row, -fmath.Log(fmath.Tree16(&p)))
	}
}

// sqrt32 is correctly rounded: float64 has more than twice the digits.
func sqrt32(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// scaleShift computes x·s + t.
func scaleShift(out, x, s, t []float32) {
	for j := tail(scaleShiftVectors(out, x, s, t), len(x)); j < len(x); j++ {
		out[j] = float32(x[j]*s[j]) + t[j]
	}
}

// addScalar computes x + v; x − v is x + (−v) to the bit.
func addScalar(out, x []float32, v float32) {
	for j := tail(addScalarVectors(out, x, v), len(x)); j < len(x); j++ {
		out[j] = x[j] + v
	}
}

// mulScalar computes x·v.
func mulScalar(out, x []float32, v float32) {
	for j := tail(mulScalarVectors(out, x, v), len(x)); j < len(x); j++ {
		out[j] = x[j] * v
	}
}

// divideBy computes x / v in place; a product with 1/v would round twice.
func divideBy(x []float32, v float32) {
	for j := tail(divideVectors(x, v), len(x)); j < len(x); j++ {
		x[j] /= v
	}
}

// layerNorm is the operands that the op and its gradients share.
type layerNorm struct {
	x, out  []float32
	length  int
	epsilon float32
	program *program // with two rows of scratch per thread
}

// hat writes h = (x−mean)·r of row i and returns r.
func (n *layerNorm) hat(h []float32, i int) (r float32) {
	row, count := n.x[i*n.length:(i+1)*n.length], float32(n.length)
	mean := sum16(termSum, row, nil, 0) / count
	r = 1 / sqrt32(sum16(termSquaredDiff, row, nil, mean)/count+n.epsilon)
	addScalar(h, row, -mean)
	mulScalar(h, h, r)
	return r
}

// forward computes rows lo ≤ i < hi.
func (n *layerNorm) forward(t int, gamma, beta []float32, lo, hi int) {
	for i := lo; i < hi; i++ {
		row := n.out[i*n.length : (i+1)*n.length]
		n.hat(row, i)
		scaleShift(row, row, gamma, beta)
	}
}

// gradInput computes rows lo ≤ i < hi of the gradient, with two rows of thread t's scratch.
func (n *layerNorm) gradInput(t int, gamma, dy []float32, lo, hi int) {
	h, d := n.row(t, 0), n.row(t, 1)
	for i := lo; i < hi; i++ {
		at, end := i*n.length, (i+1)*n.length
		r := n.hat(h, i)
		binary(graph.Mul, d, dy[at:end], gamma)
		a := sum16(termSum, d, nil, 0) / float32(n.length)
		b := sum16(termDot, d, h, 0) / float32(n.length)
		addScalar(d, d, -a)
		mulScalar(h, h, b)
		binary(graph.Sub, d, d, h)
		mulScalar(n.out[at:end], d, r)
	}
}

// gradScale adds dy·h over the rows for columns lo ≤ j < hi.
func (n *layerNorm) gradScale(t int, dy []float32, rows, lo, hi int) {
	h, sum := n.row(t, 0), n.out[lo:hi]
	clear(sum)
	for i := range rows {
		n.hat(h, i)
		columnTerms(termDot, sum, h[lo:hi], dy[i*n.length+lo:i*n.length+hi], 1, n.length)
	}
}
