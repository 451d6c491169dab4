package metrics

import (
	"math"
	"testing"

	"wafer/nn/task"
)

func TestPackedAnswersComeBack(t *testing.T) {
	a := Answers{Labels: []int{1, -1, 0}, Classes: 2, P: []float32{0, 1, 0.5, 0.5, 0.123456, 0.876544}}
	back, numbers, err := Unpack(*a.Pack(), 2)
	if err != nil {
		t.Fatal(err)
	}
	want := []float32{0, 1, 0.123456, 0.876544}
	if len(numbers) != 2 || numbers[0] != 0 || numbers[1] != 2 || len(back.P) != len(want) {
		t.Fatalf("samples %v with %v came back, expected 0 and 2 with %v", numbers, back.P, want)
	}
	for i, v := range back.P {
		if math.Abs(float64(v-want[i])) > 2e-6 {
			t.Errorf("probability %d is %v, expected %v", i, v, want[i])
		}
	}
}

func TestAReportCarriesAnswersUpToABound(t *testing.T) {
	for _, c := range []struct {
		samples int
		carried bool
	}{{mostPacked / 2, true}, {mostPacked/2 + 1, false}} {
		h := Held{Labels: make([]int, c.samples), Classes: 2, Probabilities: [][]float32{make([]float32, 2*c.samples)},
			Parts: [][]int{make([]int, c.samples)}}
		if e := Estimate(h); (e.Held != nil) != c.carried {
			t.Errorf("answers to %d samples are carried: %v, expected %v", c.samples, e.Held != nil, c.carried)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add("AAA___", 0, 2)
	f.Add("AAA__", 0, 2)
	f.Add("AAA_é", 1, 2)
	f.Add("AAA", 5, 1)
	f.Fuzz(func(t *testing.T, p string, label, classes int) {
		a, numbers, err := Unpack(task.Answers{Labels: []int{label}, P: p}, classes)
		if err != nil {
			return
		}
		if len(a.P) != a.Classes*len(numbers) || len(a.Labels) != len(numbers) {
			t.Fatalf("%d probabilities of %d samples", len(a.P), len(numbers))
		}
		for _, v := range a.P {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("a probability of %v", v)
			}
		}
	})
}
