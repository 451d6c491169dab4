// Package metrics measures classifiers: accuracy, confusion, precision and recall, ROC,
// calibration and rejection. It computes in float64, off the bit-exact path.
package metrics

import (
	"fmt"
	"strings"
)

// Accuracy is the share of predictions that equal their label; 0 for no samples.
func Accuracy(labels, predicted []int) float64 {
	right := 0
	for i, l := range labels {
		if predicted[i] == l {
			right++
		}
	}
	return share(right, len(labels))
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Confusion counts predictions: row the true class, column the predicted one.
type Confusion [][]int

// NewConfusion counts n classes. A sample whose label or prediction is not in 0…n−1
// belongs to no class and is not counted.
func NewConfusion(labels, predicted []int, n int) Confusion {
	c := make(Confusion, n)
	for i := range c {
		c[i] = make([]int, n)
	}
	for i, l := range labels {
		if p := predicted[i]; l >= 0 && l < n && p >= 0 && p < n {
			c[l][p]++
		}
	}
	return c
}

// Class are the measures of one class.
type Class struct {
	Precision float64 `json:"precision"` // of the samples that were given this class, how many are of it; 0 if none was
	Recall    float64 `json:"recall"`    // of the samples of this class, how many were given it; 0 if there are none
	F1        float64 `json:"f1"`        // harmonic mean of both, 0 if both are 0
	Support   int     `json:"support"`   // number of samples of this class
}

// Classes are the measures of every class, as scikit-learn's
// precision_recall_fscore_support with zero_division=0.
func (c Confusion) Classes() []Class {
	list := make([]Class, len(c))
	for k := range c {
		given, support := 0, 0
		for j := range c {
			given += c[j][k]
			support += c[k][j]
		}
		p, r := share(c[k][k], given), share(c[k][k], support)
		list[k] = Class{Precision: p, Recall: r, Support: support}
		if p+r > 0 {
			list[k].F1 = 2 * p * r / (p + r)
		}
	}
	return list
}

// Macro is the unweighted mean over the classes; Support is their sum.
func (c Confusion) Macro() Class {
	var m Class
	for _, k := range c.Classes() {
		m.Precision += k.Precision / float64(len(c))
		m.Recall += k.Recall / float64(len(c))
		m.F1 += k.F1 / float64(len(c))
		m.Support += k.Support
	}
	return m
}

// Accuracy is the share of the diagonal.
func (c Confusion) Accuracy() float64 {
	right, all := 0, 0
	for i, row := range c {
		right += row[i]
		for _, n := range row {
			all += n
		}
	}
	return share(right, all)
}

// Report is a table of the classes for people, as scikit-learn's classification_report.
func (c Confusion) Report(names []string) string {
	width := len("macro mean")
	for _, n := range names {
		width = max(width, len(n))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%*s  precision  recall      f1  support\n", width, "")
	line := func(name string, k Class) {
		fmt.Fprintf(&b, "%*s  %9.4f  %6.4f  %6.4f  %7d\n", width, name, k.Precision, k.Recall, k.F1, k.Support)
	}
	for i, k := range c.Classes() {
		line(names[i], k)
	}
	line("macro mean", c.Macro())
	fmt.Fprintf(&b, "%*s  %9.4f\n", width, "accuracy", c.Accuracy())
	return b.String()
}

// Argmax is the position of the largest value, the first of several; −1 for none.
func Argmax(scores []float32) int {
	best := -1
	for i, v := range scores {
		if best < 0 || v > scores[best] {
			best = i
		}
	}
	return best
}
