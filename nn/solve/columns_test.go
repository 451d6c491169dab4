package solve

import (
	"math"
	"testing"
)

// The parts of rows get lengths in every proportion, and rows length 1; one part has one.
func TestColumns(t *testing.T) {
	widths := []int{2, 1, 3}
	x, y := Features{Rows: 24, Width: 6}, []int{0, 1, 0, 1}
	for i := range x.Rows {
		for j := range x.Width {
			x.Dense = append(x.Dense, float32((i*7+j*5)%11-5)*float32(1+j*j))
		}
	}
	if got := Columns(x, y, 2, []int{6}); len(got) != 1 {
		t.Errorf("one part has %d proportions, expected one", len(got))
	}
	check := func(y []int, weights []float64) {
		lists := Columns(x, y, 2, widths)
		if len(lists) != len(weights) {
			t.Fatalf("there are %d proportions, expected %d", len(lists), len(weights))
		}
		for k, want := range weights {
			parts, all := squares(x.Times(lists[k]), widths), 0.0
			for i, part := range parts {
				if got := math.Sqrt(part / parts[0]); i > 0 && math.Abs(got-want) > 1e-5 {
					t.Errorf("part %d has length %v beside the first, expected %v", i, got, want)
				}
				all += part
			}
			if math.Abs(all-1) > 1e-5 {
				t.Errorf("rows have a mean squared length of %v, expected 1", all)
			}
		}
	}
	check(y, fewWeights)
	many := make([]int, 2*manyPerClass)
	for i := range many {
		many[i] = i % 2
	}
	check(many, manyWeights)
}
