package outside

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// directions are rows near one of three directions, or anywhere.
func directions(n int, own bool, r *rand.Rand) Features {
	f := Features{Width: 32, Classes: 3}
	for i := range n {
		c := i % 3
		f.Y = append(f.Y, c)
		for j := range f.Width {
			v := r.NormFloat64() * 0.3
			if own && j%3 == c {
				v++
			}
			f.Rows = append(f.Rows, float32(v))
		}
	}
	return f
}

// fifths is a division into five parts that has every class in each.
func fifths(n int) []int {
	parts := make([]int, n)
	for i := range parts {
		parts[i] = i / 3 % 5
	}
	return parts
}

func rejected(r *Rule, f Features) float64 {
	n := 0
	for i := range f.Y {
		if r.Rejects(f.row(i)) {
			n++
		}
	}
	return float64(n) / float64(len(f.Y))
}

func TestRuleLetsItsOwnThroughAndRejectsOthers(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 5))
	f := directions(60, true, draw)
	held := directions(60, true, draw)
	for name, r := range map[string]*Rule{"by parts": New(f, fifths(60)), "by other samples": Measured(f, held.Rows)} {
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s := rejected(r, directions(300, true, draw)); s > 0.12 {
			t.Errorf("%s: %.2f of new samples of the classes are rejected, expected about 0.05", name, s)
		}
		if s := rejected(r, directions(300, false, draw)); s < 0.95 {
			t.Errorf("%s: %.2f of rows in any direction are rejected, expected 0.95 or more", name, s)
		}
		nan := slices.Repeat([]float32{float32(math.NaN())}, f.Width)
		for what, row := range map[string][]float32{"zeros": make([]float32, f.Width), "no numbers": nan} {
			if !r.Rejects(row) {
				t.Errorf("%s: features that are %s pass, expected them to be rejected", name, what)
			}
		}
	}
}

func TestLinearRuleIsAPlane(t *testing.T) {
	r := &Rule{Width: 2, Centroids: []float32{3, -1}, Threshold: 2, Linear: true}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	for row, rejected := range map[[2]float32]bool{{1, 0}: false, {0.5, 0}: true, {1, 1}: false, {1, 2}: true, {0, 0}: true} {
		if r.Rejects(row[:]) != rejected {
			t.Errorf("%v has the score %g, expected it to be rejected: %v", row, r.Score(row[:]), rejected)
		}
	}
}

func TestThresholdOfFewSamplesIsTheLeast(t *testing.T) {
	for n, want := range map[int]float32{0: -1, 1: 0, 18: 0, 19: 0, 29: 0.5, 39: 1, 199: 9} {
		scores := make([]float32, n)
		for i := range scores {
			scores[i] = float32(n - 1 - i)
		}
		if got := threshold(scores); math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("the threshold of scores 0 to %d is %g, expected %g", n-1, got, want)
		}
	}
}

func TestRuleCheckNamesWhatDoesNotFit(t *testing.T) {
	infinite := float32(math.Inf(1))
	for _, r := range []Rule{{}, {Width: 1, Centroids: make([]float32, 1), Threshold: infinite, Linear: true}, {Width: 2, Centroids: make([]float32, 3)},
		{Width: 1, Centroids: make([]float32, 2), Threshold: 2},
		{Width: 1, Centroids: make([]float32, 2), Threshold: float32(math.NaN())}} {
		if r.Check() == nil {
			t.Errorf("%+v passes, expected an error", r)
		}
	}
}
