package metrics

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

func TestQuantilesOfBetaAreGonums(t *testing.T) {
	for _, n := range []float64{1, 3, 10, 97, 1000, 60_000, 1_000_000} {
		for _, share := range []float64{0, 0.01, 0.3, 0.5, 0.77, 1} {
			for _, p := range []float64{0.025, 0.5, 0.975} {
				a, b := 0.5+share*n, 0.5+n-share*n
				want := mathext.InvRegIncBeta(a, b, p)
				if got := betaQuantile(a, b, p); math.Abs(got-want) > 1e-9 {
					t.Errorf("quantile %v of Beta(%v, %v): expected %.12f, found %.12f", p, a, b, want, got)
				}
			}
		}
	}
}
