package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12) {
		t.Errorf("%s = %v, expected %v", what, got, want)
	}
}

// Three classes by hand: rows are the truth.
//
//	    a  b  c
//	a   2  1  0
//	b   0  3  1
//	c   0  0  0     no sample
var (
	labels    = []int{0, 0, 0, 1, 1, 1, 1}
	predicted = []int{0, 0, 1, 1, 1, 1, 2}
)

func TestConfusionByHand(t *testing.T) {
	c := NewConfusion(labels, predicted, 3)
	if want := (Confusion{{2, 1, 0}, {0, 3, 1}, {0, 0, 0}}); !slices.EqualFunc(c, want, slices.Equal) {
		t.Fatalf("confusion %v, expected %v", c, want)
	}
	near(t, "accuracy", Accuracy(labels, predicted), 5.0/7)
	near(t, "accuracy of the matrix", c.Accuracy(), 5.0/7)
	k := c.Classes()
	near(t, "precision of a", k[0].Precision, 1)
	near(t, "recall of a", k[0].Recall, 2.0/3)
	near(t, "F1 of a", k[0].F1, 0.8)
	near(t, "F1 of b", k[1].F1, 0.75)
	near(t, "precision of c, given once and never right", k[2].Precision, 0)
	near(t, "recall of c, which has no sample", k[2].Recall, 0)
	near(t, "macro F1", c.Macro().F1, (0.8+0.75)/3)
	if n := c.Macro().Support; n != 7 {
		t.Errorf("support %d, expected 7", n)
	}
	if r := c.Report([]string{"a", "b", "c"}); !strings.Contains(r, "a     1.0000  0.6667  0.8000        3\n") {
		t.Errorf("the report has no line for class a:\n%s", r)
	}
}

func TestConfusionLeavesOutSamplesOfNoClass(t *testing.T) {
	c := NewConfusion([]int{-1, 0, 1}, []int{0, 0, 5}, 2)
	if want := (Confusion{{1, 0}, {0, 0}}); !slices.EqualFunc(c, want, slices.Equal) {
		t.Errorf("confusion %v, expected %v", c, want)
	}
}

func TestROCByHand(t *testing.T) {
	scores, positive := []float64{0.9, 0.8, 0.8, 0.3}, []bool{true, true, false, false}
	want := []Point{{0, 0, math.Inf(1)}, {0, 0.5, 0.9}, {0.5, 1, 0.8}, {1, 1, 0.3}}
	if got := ROC(scores, positive); !slices.Equal(got, want) {
		t.Errorf("ROC %v, expected %v", got, want)
	}
	near(t, "AUC: pairs 0.9>0.8, 0.9>0.3, 0.8=0.8, 0.8>0.3", AUC(ROC(scores, positive)), 3.5/4)
	if ROC(scores, make([]bool, 4)) != nil || !math.IsNaN(AUC(nil)) {
		t.Error("without positives there must be no curve and AUC must be NaN")
	}
}

func TestROCEqualsGonum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	scores, positive := make([]float64, 500), make([]bool, 500)
	for i := range scores {
		positive[i] = r.IntN(3) == 0
		scores[i] = float64(r.IntN(100)) / 100 // with ties
		if positive[i] {
			scores[i] += 0.2
		}
	}
	curve := ROC(scores, positive)
	order, _ := descending(scores, positive)
	slices.Reverse(order)
	y, c := make([]float64, 500), make([]bool, 500)
	for i, k := range order {
		y[i], c[i] = scores[k], positive[k]
	}
	tpr, fpr, thresholds := stat.ROC(nil, y, c, nil)
	if len(tpr) != len(curve) {
		t.Fatalf("%d points, gonum has %d", len(curve), len(tpr))
	}
	for i, p := range curve {
		if math.Abs(p.TruePositiveRate-tpr[i]) > 1e-12 || math.Abs(p.FalsePositiveRate-fpr[i]) > 1e-12 ||
			p.Threshold != thresholds[i] {
			t.Fatalf("point %d is %v, gonum has tpr %v fpr %v threshold %v", i, p, tpr[i], fpr[i], thresholds[i])
		}
	}
	near(t, "AUC against gonum", AUC(curve), integrate.Trapezoidal(fpr, tpr))
}

func TestCalibrationByHand(t *testing.T) {
	confidence := []float64{0, 0.1, 0.5, 0.55, 0.95, 1}
	right := []bool{false, false, true, false, true, true}
	bins := Reliability(confidence, right, 2)
	// 0 < p ≤ 0.5: 0, 0.1, 0.5; above: the rest.
	if bins[0].Samples != 3 || bins[1].Samples != 3 {
		t.Fatalf("bins %+v, expected three samples in each", bins)
	}
	near(t, "confidence of the first bin", bins[0].Confidence, 0.2)
	near(t, "accuracy of the second bin", bins[1].Accuracy, 2.0/3)
	near(t, "ECE", ECE(bins), (math.Abs(1.0/3-0.2)+math.Abs(2.0/3-2.5/3))/2)
	near(t, "ECE of nothing", ECE(Reliability(nil, nil, 10)), 0)
}

func TestArgmax(t *testing.T) {
	for _, c := range []struct {
		scores []float32
		want   int
	}{{nil, -1}, {[]float32{1}, 0}, {[]float32{1, 3, 3, 2}, 1}} {
		if got := Argmax(c.scores); got != c.want {
			t.Errorf("Argmax(%v) = %d, expected %d", c.scores, got, c.want)
		}
	}
}
