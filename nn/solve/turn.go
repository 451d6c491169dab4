package solve

// What a direction may leave of the gradient: an exact one is worth little while the quadratic is far from the
// objective, and less than what ends the descent is not asked for (Dembo, Eisenstat and Steihaug 1982).
const (
	mostLeft  = 0.5
	leastLeft = 0.1
)

// turn looks for the direction x with H·x = −g by conjugate gradients, a product with the Hessian at a time.
type turn struct {
	slope  vector    // g
	x      vector    // so far
	rest   vector    // −g − H·x
	square float64   // ‖rest‖²
	enough float64   // of that
	way    vector    // to go next
	bent   []float32 // how residuals change along it [n, k]
}

// newTurn begins at x = 0, from a gradient and its squared length; near is which part of it would end the descent.
func (d *descent) newTurn(g vector, square, near float64) (*turn, error) {
	left := min(max(near/2, leastLeft), mostLeft)
	t := &turn{slope: g, rest: g.clone(), square: square, enough: square * float64(left*left)}
	t.rest.scale(-1)
	t.x = vector{make([]float32, len(g.c)), make([]float32, len(g.b)), make([]float32, len(d.at.f))}
	t.way = t.rest.clone()
	return t, d.face(t)
}

// face completes the way to go next.
func (d *descent) face(t *turn) (err error) {
	if t.way.f, err = d.space.logits(t.way, d.k); err != nil {
		return err
	}
	t.bent = d.bentAlong(t.way, t.bent)
	return nil
}

// bentAlong are the changes of the residuals along a way: of a row w·(p∘v − p·⟨p, v⟩) for logits v.
func (d *descent) bentAlong(way vector, out []float32) []float32 {
	n, k, column := d.p.X.Rows, d.k, d.space.bias()
	if out == nil {
		out = make([]float32, n*k)
	}
	share(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			w := d.weightOf(i)
			if w == 0 { // out is 0 there
				continue
			}
			row, p, f := out[i*k:(i+1)*k], d.seen.shares[i*k:(i+1)*k], way.f[i*k:(i+1)*k]
			var mean float32
			for j := range row {
				row[j] = f[j] + float32(column*way.b[j])
				mean += float32(p[j] * row[j])
			}
			for j := range row {
				row[j] = float32(w*p[j]) * (row[j] - mean)
			}
		}
	})
	return out
}

// bend takes the products of t.bent and goes a step; further is false where x is good enough.
func (d *descent) bend(c, f []float32) (further bool, err error) {
	t := d.turn
	h := d.completed(c, f, t.bent, t.way)
	curve := d.inner(t.way, h)
	if !(curve > 0) { // rounding has the last word
		return false, nil
	}
	a := float32(t.square / curve)
	t.x.add(a, t.way)
	t.rest.add(-a, h)
	before := t.square
	if t.square = max(d.inner(t.rest, t.rest), 0); t.square <= t.enough {
		return false, nil
	}
	t.way.scale(float32(t.square / before))
	t.way.add(1, t.rest)
	return true, d.face(t)
}
