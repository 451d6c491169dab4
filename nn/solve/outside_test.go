package solve

import (
	"math/rand/v2"
	"testing"
)

// directions are rows near one of three directions, or anywhere for class −1.
func directions(n int, own bool, r *rand.Rand) (x Features, y []int) {
	const d = 32
	x = Features{Rows: n, Width: d}
	for i := range n {
		c := i % 3
		y = append(y, c)
		for j := range d {
			v := r.NormFloat64() * 0.3
			if own && j%3 == c {
				v++
			}
			x.Dense = append(x.Dense, float32(v))
		}
	}
	return x, y
}

func TestOutsideLetsItsOwnThroughAndRejectsOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	x, y := directions(60, true, r)
	o := NewOutside(x, y, 3, Folds(y, nil, 3, 5, r))
	share := func(own bool) float64 {
		z, _ := directions(300, own, r)
		rejected := 0
		for i := range z.Rows {
			if o.Rejects(z.Dense[i*z.Width : (i+1)*z.Width]) {
				rejected++
			}
		}
		return float64(rejected) / 300
	}
	if s := share(true); s > 0.15 {
		t.Errorf("%.2f of new samples of the classes are rejected, expected about 0.05", s)
	}
	if s := share(false); s < 0.95 {
		t.Errorf("%.2f of rows in any direction are rejected, expected 0.95 or more", s)
	}
	if !o.Rejects(make([]float32, x.Width)) {
		t.Error("features that are all 0 pass, expected them to be rejected")
	}
}
