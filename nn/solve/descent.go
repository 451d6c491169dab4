package solve

import "slices"

const (
	// Tolerance of a solution that is kept: the gradient is at most this times λ·‖W‖, and so, the objective being
	// λ-convex, W is at most this part of its length away from the true one.
	Tolerance = 1e-3
	memory    = 8 // pairs of steps and gradients that L-BFGS remembers
	mostSteps = 500
	rounding  = 1e-6 // of the gradient at zero: what float32 cannot tell from 0
)

// vector is a point, a direction or a gradient.
type vector struct {
	c []float32 // coefficients [size, k]
	b []float32 // [k], of the bias column
	f []float32 // logits without bias [n, k]; in the primal only of points and directions
}

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

func (v vector) scale(a float32) {
	for _, part := range [][]float32{v.c, v.b, v.f} {
		for i := range part {
			part[i] *= a
		}
	}
}

// pair is a step and how the gradient changed by it.
type pair struct {
	s, y    vector
	product float64
}

// descent is the solution of one problem on its way; several share a space and differ in weights.
type descent struct {
	space  space
	p      Problem
	k      int
	weight []float32
	lambda float64

	at       vector
	residual []float32 // ∂loss/∂logits at it [n, k]
	value    float64   // of the objective there
	start    float64   // length of the gradient at zero
	past     vector    // gradient before the last step
	last     vector    // last step
	pairs    []pair
	steps    int
	done     bool
}

func newDescent(s space, p Problem, weight []float32) *descent {
	d := &descent{space: s, p: p, k: p.Classes, weight: weight}
	d.at = vector{make([]float32, s.size()*d.k), make([]float32, d.k), make([]float32, p.X.Rows*d.k)}
	d.residual = make([]float32, p.X.Rows*d.k)
	return d
}

func (d *descent) inner(u, v vector) float64 {
	other := v.c
	if d.space.gram() {
		other = v.f
	}
	return dot(u.c, other) + dot(u.b, v.b)
}

// begin looks at the current point with a new strength.
func (d *descent) begin(lambda float64) {
	d.lambda, d.pairs, d.steps, d.done = lambda, nil, 0, false
	d.past, d.last = vector{}, vector{}
	d.value, _ = d.measure(0, vector{}, d.residual)
	d.value += lambda / 2 * d.norm2(d.at)
}

// norm2 is ‖W‖².
func (d *descent) norm2(v vector) float64 {
	if d.space.gram() {
		return dot(v.c, v.f)
	}
	return dot(v.c, v.c)
}

// measure gives loss and slope at at + t·along, and the residuals there.
func (d *descent) measure(t float32, along vector, residual []float32) (loss, slope float64) {
	n, k, column := d.p.X.Rows, d.k, d.space.bias()
	losses, slopes := make([]float64, n), make([]float64, n)
	share(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := residual[i*k : (i+1)*k]
			w := float32(1)
			if d.weight != nil {
				w = d.weight[i]
			}
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

// gradient completes Xᵀ·R by bias and penalty.
func (d *descent) gradient(c, f []float32) vector {
	g := vector{slices.Clone(c), make([]float32, d.k), slices.Clone(f)}
	for i := 0; i < len(d.residual); i += d.k {
		axpy(g.b, d.space.bias(), d.residual[i:i+d.k])
	}
	axpy(g.c, float32(d.lambda), d.at.c)
	if d.space.gram() {
		axpy(g.f, float32(d.lambda), d.at.f)
	}
	return g
}

// step takes the products of the residuals and goes one step, unless it has arrived.
func (d *descent) step(c, f []float32, tolerance float64, most int) error {
	g := d.gradient(c, f)
	length := sqrt(max(d.inner(g, g), 0))
	if d.start == 0 {
		d.start = max(length, 1e-12)
	}
	if length <= max(tolerance*d.lambda*sqrt(max(d.norm2(d.at), 0)), rounding*d.start) || d.steps >= most {
		d.done = true
		return nil
	}
	d.remember(g)
	along := d.direction(g)
	slope := d.inner(g, along)
	if !(slope < 0) { // rounding has the last word
		d.done = true
		return nil
	}
	if !d.space.gram() {
		var err error
		if along.f, err = d.space.logits(along.c, d.k); err != nil {
			return err
		}
	}
	d.past = g
	d.search(along, slope, length)
	d.steps++
	return nil
}

func (d *descent) remember(g vector) {
	if d.past.c == nil {
		return
	}
	y := g.clone()
	y.add(-1, d.past)
	s := d.last
	if !d.space.gram() {
		s.f = nil
	}
	if product := d.inner(s, y); product > 1e-10*sqrt(d.inner(s, s)*d.inner(y, y)) {
		d.pairs = append(d.pairs, pair{s, y, product})
		if len(d.pairs) > memory {
			d.pairs = d.pairs[1:]
		}
	}
}

// direction is −H·g, the two loops of L-BFGS.
func (d *descent) direction(g vector) vector {
	q := g.clone()
	factor := make([]float64, len(d.pairs))
	for i := len(d.pairs) - 1; i >= 0; i-- {
		p := d.pairs[i]
		factor[i] = d.inner(p.s, q) / p.product
		q.add(float32(-factor[i]), p.y)
	}
	if n := len(d.pairs); n > 0 {
		p := d.pairs[n-1]
		q.scale(float32(p.product / d.inner(p.y, p.y)))
	}
	for i, p := range d.pairs {
		back := d.inner(p.y, q) / p.product
		q.add(float32(factor[i]-back), p.s)
	}
	q.scale(-1)
	return q
}

// search goes along a direction to where the slope is less than half of that here. The objective is convex and its
// slope along a line rises, so bracketing that rise suffices.
func (d *descent) search(along vector, slope, length float64) {
	t, low, high := 1.0, 0.0, 0.0
	if len(d.pairs) == 0 {
		t = min(1, 1/max(length, 1e-12))
	}
	cross, square := d.penalty(along)
	lowSlope := slope
	residual := make([]float32, len(d.residual))
	for range 30 {
		loss, rise := d.measure(float32(t), along, residual)
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
			d.move(along, t, residual, value)
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

func (d *descent) move(along vector, t float64, residual []float32, value float64) {
	along.scale(float32(t))
	d.at.add(1, along)
	d.last, d.residual, d.value = along, residual, value
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
	residuals := make([][]float32, len(all))
	for {
		open := false
		for i, d := range all { // finished ones keep their columns, so that all products have one shape
			residuals[i] = d.residual
			open = open || !d.done
		}
		if !open {
			return nil
		}
		c, f, err := s.products(residuals)
		if err != nil {
			return err
		}
		for i, d := range all {
			if d.done {
				continue
			}
			if err := d.step(c[i], f[i], tolerance, steps); err != nil {
				return err
			}
		}
	}
}
