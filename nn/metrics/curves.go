package metrics

import (
	"cmp"

	"wafer/nn/order"
)

// PrecisionPoint is one point of a precision-recall curve.
type PrecisionPoint struct {
	Recall    float64 `json:"recall"`
	Precision float64 `json:"precision"`
	Threshold float64 `json:"threshold"` // scores of at least this count as positive
}

// PrecisionRecall is the precision-recall curve of scores, from the highest threshold to the lowest, with one point per
// different score until every positive is found (Davis and Goadrich 2006). nil where nothing is positive.
func PrecisionRecall(scores []float64, positive []bool) (curve []PrecisionPoint) {
	ranked, positives := descending(scores, positive)
	hits := 0
	for i, k := range ranked {
		if positive[k] {
			hits++
		}
		if positives > 0 && (i+1 == len(ranked) || scores[ranked[i+1]] != scores[k]) {
			curve = append(curve, PrecisionPoint{share(hits, positives), share(hits, i+1), scores[k]})
			if hits == positives {
				break
			}
		}
	}
	return curve
}

// AveragePrecision is the mean of the precisions, weighted by the recall that each adds; scikit-learn's
// average_precision_score. 0 for no curve.
func AveragePrecision(curve []PrecisionPoint) float64 {
	sum, before := 0.0, 0.0
	for _, p := range curve {
		sum += (p.Recall - before) * p.Precision
		before = p.Recall
	}
	return sum
}

// CoveragePoint is what a reject threshold does.
type CoveragePoint struct {
	Threshold float64 `json:"threshold"` // answers of a lower probability are not given
	Coverage  float64 `json:"coverage"`  // share of inputs that get an answer
	Accuracy  float64 `json:"accuracy"`  // of these answers
}

// Coverage are the thresholds of answers, from all that are given to the surest alone, with one point per different
// probability (El-Yaniv and Wiener 2010).
func Coverage(confidence []float64, right []bool) (curve []CoveragePoint) {
	ranked, _ := descending(confidence, right)
	hits := 0
	for i, k := range ranked {
		if right[k] {
			hits++
		}
		if i+1 == len(ranked) || confidence[ranked[i+1]] != confidence[k] {
			curve = append(curve, CoveragePoint{confidence[k], share(i+1, len(ranked)), share(hits, i+1)})
		}
	}
	for i, k := 0, len(curve)-1; i < k; i, k = i+1, k-1 {
		curve[i], curve[k] = curve[k], curve[i]
	}
	return curve
}

// At is what one reject threshold does; where no answer is left, all of them count as right.
func At(confidence []float64, right []bool, threshold float64) CoveragePoint {
	given, hits := 0, 0
	for i, p := range confidence {
		if p >= threshold {
			if given++; right[i] {
				hits++
			}
		}
	}
	at := CoveragePoint{threshold, share(given, len(confidence)), 1}
	if given > 0 {
		at.Accuracy = share(hits, given)
	}
	return at
}

// Pair are two classes of which one is taken for the other.
type Pair struct {
	Class, Said int
	Times       int
}

// Pairs are the confusions of a matrix, the most frequent first, n at most; those of one number stand in the order of
// the matrix.
func (c Confusion) Pairs(n int) (list []Pair) {
	for class, row := range c {
		for said, times := range row {
			if class != said && times > 0 {
				list = append(list, Pair{class, said, times})
			}
		}
	}
	order.Stable(list, func(a, b Pair) int { return b.Times - a.Times })
	return list[:min(len(list), n)]
}

// Answers are the probabilities that a model gave to labelled samples.
type Answers struct {
	Labels  []int
	Classes int
	P       []float32 // [samples, Classes]
}

// Row are the probabilities of a sample.
func (a Answers) Row(i int) []float32 { return a.P[i*a.Classes : (i+1)*a.Classes] }

// Said are the answers, their probabilities, and whether they are right.
func (a Answers) Said() (said []int, confidence []float64, right []bool) {
	for i, label := range a.Labels {
		top := Argmax(a.Row(i))
		said, confidence = append(said, top), append(confidence, float64(a.Row(i)[top]))
		right = append(right, top == label)
	}
	return said, confidence, right
}

// Against are the probabilities of one class, and which samples are of it.
func (a Answers) Against(class int) (scores []float64, positive []bool) {
	for i, label := range a.Labels {
		scores, positive = append(scores, float64(a.Row(i)[class])), append(positive, label == class)
	}
	return scores, positive
}

// Confusion is that of the answers.
func (a Answers) Confusion() Confusion {
	said, _, _ := a.Said()
	return NewConfusion(a.Labels, said, a.Classes)
}

// Losses are the samples by the cross-entropy of their answer, the largest first, n at most.
func (a Answers) Losses(n int) []int {
	list := make([]int, len(a.Labels))
	for i := range list {
		list[i] = i
	}
	order.Stable(list, func(x, y int) int { return cmp.Compare(a.Row(x)[a.Labels[x]], a.Row(y)[a.Labels[y]]) })
	return list[:min(len(list), n)]
}
