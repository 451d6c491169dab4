package solve

import (
	"math"
	"testing"
)

// The parts of rows get lengths in every proportion, and rows length 1; with few samples, or one part, there is one.
func TestColumns(t *testing.T) {
	widths := []int{2, 1, 3}
	x := Features{Rows: 24, Width: 6}
	s := Samples{Classes: 2}
	for i := range x.Rows {
		for j := range x.Width {
			x.Dense = append(x.Dense, float32((i*7+j*5)%11-5)*float32(1+j*j))
		}
		s.Y = append(s.Y, i%2)
	}
	few := Samples{Classes: 2, Y: s.Y[:18]}
	if got := Columns(Features{Rows: 18, Width: 6, Dense: x.Dense[:18*6]}, few, widths); len(got) != 1 {
		t.Errorf("9 samples a class have %d proportions, expected one", len(got))
	}
	if got := Columns(x, s, []int{6}); len(got) != 1 {
		t.Errorf("one part has %d proportions, expected one", len(got))
	}
	lists := Columns(x, s, widths)
	if len(lists) != 2 {
		t.Fatalf("there are %d proportions, expected 2", len(lists))
	}
	for k, want := range levelWeights {
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
