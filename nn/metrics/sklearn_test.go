package metrics

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// scikit is a case of testdata/sklearn_metrics.py.
type scikit struct {
	Labels                []int
	Classes               int
	P                     []float32
	Accuracy              float64
	Precision, Recall, F1 []float64
	Support               []int
	Macro, AUC, AP        []float64
	ROC, PR               [][2][]float64
	Calibration           [2][]float64
}

func (s scikit) answers() Answers { return Answers{s.Labels, s.Classes, s.P} }

func scikitCases(t *testing.T) (cases []scikit) {
	t.Helper()
	b, err := os.ReadFile("testdata/sklearn_metrics.json")
	if err == nil {
		err = json.Unmarshal(b, &cases)
	}
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	return cases
}

// Every figure equals scikit-learn's, with ties among the scores.
func TestFiguresAreThoseOfScikitLearn(t *testing.T) {
	for n, s := range scikitCases(t) {
		a := s.answers()
		c := a.Confusion()
		near(t, fmt.Sprint(n, " accuracy"), c.Accuracy(), s.Accuracy)
		m := c.Macro()
		for i, got := range []float64{m.Precision, m.Recall, m.F1} {
			near(t, fmt.Sprint(n, " macro ", i), got, s.Macro[i])
		}
		for k, class := range c.Classes() {
			what := fmt.Sprint(n, " class ", k)
			near(t, what+" precision", class.Precision, s.Precision[k])
			near(t, what+" recall", class.Recall, s.Recall[k])
			near(t, what+" F1", class.F1, s.F1[k])
			if class.Support != s.Support[k] {
				t.Errorf("%s has %d samples, expected %d", what, class.Support, s.Support[k])
			}
			scores, positive := a.Against(k)
			roc, pr := ROC(scores, positive), PrecisionRecall(scores, positive)
			near(t, what+" AUC", AUC(roc), s.AUC[k])
			near(t, what+" average precision", AveragePrecision(pr), s.AP[k])
			if len(roc) != len(s.ROC[k][0]) || len(pr) != len(s.PR[k][0]) {
				t.Fatalf("%s: %d and %d points, expected %d and %d", what, len(roc), len(pr), len(s.ROC[k][0]),
					len(s.PR[k][0]))
			}
			for i, p := range roc {
				near(t, what+" false positives", p.FalsePositiveRate, s.ROC[k][0][i])
				near(t, what+" true positives", p.TruePositiveRate, s.ROC[k][1][i])
			}
			for i, p := range pr {
				near(t, what+" recall", p.Recall, s.PR[k][0][i])
				near(t, what+" precision", p.Precision, s.PR[k][1][i])
			}
		}
	}
}

// scikit-learn leaves empty bins out.
func TestReliabilityIsThatOfScikitLearn(t *testing.T) {
	for n, s := range scikitCases(t) {
		_, confidence, right := s.answers().Said()
		at := 0
		for _, b := range Reliability(confidence, right, 10) {
			if b.Samples > 0 {
				near(t, fmt.Sprint(n, " confidence of bin ", at), b.Confidence, s.Calibration[0][at])
				near(t, fmt.Sprint(n, " accuracy of bin ", at), b.Accuracy, s.Calibration[1][at])
				at++
			}
		}
		if at != len(s.Calibration[0]) {
			t.Errorf("case %d has %d bins with samples, expected %d", n, at, len(s.Calibration[0]))
		}
	}
}

func TestCoverageByHand(t *testing.T) {
	got := Coverage([]float64{0.9, 0.5, 0.7, 0.7}, []bool{true, false, true, false})
	want := []CoveragePoint{{0.5, 1, 0.5}, {0.7, 0.75, 2.0 / 3}, {0.9, 0.25, 1}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the thresholds are %v, expected %v", got, want)
	}
}

func TestPairsAndLosses(t *testing.T) {
	c := Confusion{{5, 1, 0}, {3, 4, 1}, {0, 0, 2}}
	if got := fmt.Sprint(c.Pairs(2)); got != "[{1 0 3} {0 1 1}]" {
		t.Errorf("the pairs are %s", got)
	}
	a := Answers{[]int{0, 1, 0}, 2, []float32{0.5, 0.5, 0.9, 0.1, 0.2, 0.8}}
	if got := fmt.Sprint(a.Losses(2)); got != "[1 2]" {
		t.Errorf("the largest losses are those of %s, expected samples 1 and 2", got)
	}
}
