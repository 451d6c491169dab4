package metrics

import (
	"testing"
)

func TestThresholdAndTemperature(t *testing.T) {
	inside := []float64{0.9, 0.8, 0.7, 0.6, 0.95, 0.85, 0.75, 0.9, 0.9, 0.3}
	hits := []bool{true, true, true, true, true, true, true, true, true, false}
	if got := RejectThreshold(inside, hits, []float64{0.2, 0.4, 0.5, 0.65}, 0.9); got != 0.51 {
		t.Errorf("threshold %v, want 0.51: the least that rejects three of four and keeps nine of ten", got)
	}
	rows := []float32{0.8, 0.2, 0.3, 0.7} // all are right
	if got := FitTemperature(rows, 2, []int{0, 1}, 0); got != 0.5 {
		t.Errorf("temperature %v, want the least, 0.5: every answer is right", got)
	}
	if got := FitTemperature(rows, 2, []int{0, 1}, 0.25); got < 0.9 || got > 1.1 {
		t.Errorf("temperature %v, want about 1: a quarter is doubted, and the answers say about that", got)
	}
	p := Calibrated([]float32{0.8, 0.2}, 2)
	if p[0] < 0.66 || p[0] > 0.67 {
		t.Errorf("0.8 at temperature 2 is %v, want 2/3", p[0])
	}
	if p := Calibrated([]float32{0.8}, 2); p[1] < 0.66 || p[1] > 0.67 {
		t.Errorf("a sigmoid's 0.8 at temperature 2 is %v, want 2/3", p[1])
	}
}
