package solve

import (
	"errors"
	"slices"
)

const (
	// Tolerance of a solution that is kept: the gradient is at most this times λ·‖W‖, and so, the objective being
	// λ-convex, W is at most this part of its length away from the true one.
	Tolerance = 1e-3
	mostSteps = 500  // products
	rounding  = 1e-6 // of the gradient at zero: what float32 cannot tell from 0
)

// vector is a point, a direction or a gradient.
type vector struct {
	c []float32 // coefficients [size, k]
	b []float32 // [k], of the bias column
	f []float32 // logits without bias [n, k]; in the primal only of points and directions
}

// clone shares no memory with v.
func (v vector) clone() vector {
	return vector{slices.Clone(v.c), slices.Clone(v.b), slices.Clone(v.f)}
}

// add adds a·u.
func (v vector) add(a float32, u vector) {
	axpy(v.c, a, u.c)
	axpy(v.b, a, u.b)
	if len(u.f) == len(v.f) {
		axpy(v.f, a, u.f)
	}
}

// scale multiplies by a.
func (v vector) scale(a float32) {
	for _, part := range [][]float32{v.c, v.b, v.f} {
		for i := range part {
			part[i] *= a
		}
	}
}

// descent is the solution of one problem on its way; several share a space and differ in weights.
type descent struct {
	space  space
	p      Problem
	k      int
	weight []float32
	lambda float64

	at    vector
	seen  seen    // there
	value float64 // of the objective there
	start float64 // length of the gradient at zero
	turn  *turn   // to the next direction; nil: the gradient is asked for
	steps int     // products
	done  bool
}

// seen is what the rows say at a point.
type seen struct {
	shares   []float32 // probabilities [n, k]
	residual []float32 // ∂loss/∂logits [n, k]
}

func newSeen(n int) seen { return seen{make([]float32, n), make([]float32, n)} }

// newDescent begins at zero; weight is one number per sample, nil for 1 each.
func newDescent(s space, p Problem, weight []float32) *descent {
	d := &descent{space: s, p: p, k: p.Classes, weight: weight}
	d.at = vector{make([]float32, s.size()*d.k), make([]float32, d.k), make([]float32, p.X.Rows*d.k)}
	d.seen = newSeen(p.X.Rows * d.k)
	return d
}

// weightOf is that of a row.
func (d *descent) weightOf(i int) float32 {
	if d.weight == nil {
		return 1
	}
	return d.weight[i]
}

// inner is the inner product of two points as W and bias: in a Gram space of Xᵀ·A and Xᵀ·B it is A·(X·Xᵀ·B), where the
// second factor are B's logits.
func (d *descent) inner(u, v vector) float64 {
	other := v.c
	if d.space.gram() {
		other = v.f
	}
	return dot(u.c, other) + dot(u.b, v.b)
}

// begin looks at the current point with a new strength.
func (d *descent) begin(lambda float64) {
	d.lambda, d.turn, d.steps, d.done = lambda, nil, 0, false
	d.value, _ = d.measure(0, vector{}, d.seen)
	d.value += lambda / 2 * d.norm2(d.at)
}

// norm2 is ‖W‖².
func (d *descent) norm2(v vector) float64 {
	if d.space.gram() {
		return dot(v.c, v.f)
	}
	return dot(v.c, v.c)
}

// measure gives loss and slope at at + t·along, and what the rows say there.
func (d *descent) measure(t float32, along vector, to seen) (loss, slope float64) {
	n, k, column := d.p.X.Rows, d.k, d.space.bias()
	losses, slopes := make([]float64, n), make([]float64, n)
	share(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := to.residual[i*k : (i+1)*k]
			w := d.weightOf(i)
			if w == 0 {
				clear(row)
				continue
			}
			for j := range row {
				row[j] = d.at.f[i*k+j] + float32(column*d.at.b[j])
				if along.f != nil {
					row[j] += float32(t * (along.f[i*k+j] + float32(column*along.b[j])))
				}
			}
			own := row[d.p.Y[i]]
			losses[i] = float64(w) * (softmax(row) - float64(own))
			copy(to.shares[i*k:], row)
			row[d.p.Y[i]]--
			for j := range row {
				row[j] *= w
				if along.f != nil {
					slopes[i] += float64(row[j]) * float64(along.f[i*k+j]+float32(column*along.b[j]))
				}
			}
		}
	})
	for i := range n {
		loss += losses[i]
		slope += slopes[i]
	}
	return loss, slope
}

// completed are products Xᵀ·R of residuals with bias and penalty at a point.
func (d *descent) completed(c, f, residual []float32, at vector) vector {
	v := vector{slices.Clone(c), make([]float32, d.k), f}
	for i := 0; i < len(residual); i += d.k {
		axpy(v.b, d.space.bias(), residual[i:i+d.k])
	}
	axpy(v.c, float32(d.lambda), at.c)
	if d.space.gram() {
		axpy(v.f, float32(d.lambda), at.f)
	}
	return v
}

// step takes the products of the residuals and turns to where to go next, unless it has arrived.
func (d *descent) step(c, f []float32, tolerance float64) error {
	g := d.completed(c, f, d.seen.residual, d.at)
	square := max(d.inner(g, g), 0)
	length := sqrt(square)
	if d.start == 0 {
		d.start = max(length, 1e-12)
	}
	enough := max(tolerance*d.lambda*sqrt(max(d.norm2(d.at), 0)), rounding*d.start)
	if d.done = length <= enough; d.done {
		return nil
	}
	var err error
	d.turn, err = d.newTurn(g, square, enough/length)
	return err
}

// search goes along a direction to where the slope is less than half of that here. The objective is convex and its
// slope along a line rises, so bracketing that rise suffices.
func (d *descent) search(along vector, slope float64) {
	t, low, high := 1.0, 0.0, 0.0
	cross, square := d.penalty(along)
	lowSlope := slope
	to := newSeen(len(d.at.f))
	for range 30 {
		loss, rise := d.measure(float32(t), along, to)
		value := loss + d.lambda/2*(d.norm2(d.at)+2*t*cross+t*t*square)
		rise += d.lambda * (cross + t*square)
		switch {
		case rise > -slope/2 || value > d.value+1e-6*max(d.value, 1e-6) && rise > 0:
			high = t
			t = between(low, lowSlope, high, rise)
		case rise < slope/2:
			low, lowSlope = t, rise
			if high == 0 {
				t = min(4*t, max(1.5*t, t*slope/(slope-rise)))
			} else {
				t = (low + high) / 2
			}
		default:
			along.scale(float32(t))
			d.at.add(1, along)
			d.seen, d.value = to, value
			return
		}
	}
	d.done = true // no progress is left in float32
}

// between is where a line through both slopes is 0, but well inside.
func between(low, lowSlope, high, highSlope float64) float64 {
	share := 0.5
	if highSlope > lowSlope {
		share = -lowSlope / (highSlope - lowSlope)
	}
	return low + (high-low)*min(max(share, 0.1), 0.9)
}

// penalty are the inner products of W with the direction, and of the direction with itself.
func (d *descent) penalty(along vector) (cross, square float64) {
	if d.space.gram() {
		return dot(along.c, d.at.f), dot(along.c, along.f)
	}
	return dot(along.c, d.at.c), dot(along.c, along.c)
}

func (d *descent) head() *Head {
	h := &Head{Classes: d.k, Bias: make([]float32, d.k)}
	h.Dense, h.Sparse = d.space.head(d.at.c, d.k)
	for j := range h.Bias {
		h.Bias[j] = d.space.bias() * d.at.b[j]
	}
	return h
}

// lockstep solves several problems that share a space, so that their products are one.
func lockstep(s space, all []*descent, lambda, tolerance float64, steps int) error {
	for _, d := range all {
		d.begin(lambda)
	}
	asked := make([][]float32, len(all))
	for {
		open := false
		for i, d := range all { // finished ones keep their columns, so that all products have one shape
			asked[i] = d.asks()
			open = open || !d.done
		}
		if !open {
			return nil
		}
		c, f, err := s.products(asked)
		if err != nil {
			return err
		}
		for i, d := range all {
			if !d.done {
				err = errors.Join(err, d.takes(c[i], f[i], tolerance, steps))
			}
		}
		if err != nil {
			return err
		}
	}
}

// asks is what a descent needs the products of.
func (d *descent) asks() []float32 {
	if d.turn != nil {
		return d.turn.bent
	}
	return d.seen.residual
}

// takes goes on with them; there will be `most` at most.
func (d *descent) takes(c, f []float32, tolerance float64, most int) error {
	d.steps++
	if d.turn == nil && d.steps < most {
		return d.step(c, f, tolerance)
	}
	if d.turn == nil {
		d.done = true
		return nil
	}
	further, err := d.bend(c, f)
	if err != nil || further && d.steps < most {
		return err
	}
	along := d.turn.x
	slope := d.inner(d.turn.slope, along)
	if d.turn = nil; slope < 0 { // else rounding has the last word
		d.search(along, slope)
	} else {
		d.done = true
	}
	return nil
}
