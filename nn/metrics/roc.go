package metrics

import (
	"math"

	"wafer/nn/order"
)

// Point is one point of a ROC curve.
type Point struct {
	FalsePositiveRate float64 `json:"fpr"`
	TruePositiveRate  float64 `json:"tpr"`
	Threshold         float64 `json:"threshold"` // scores of at least this count as positive
}

// ROC is the receiver operating characteristic of scores, from (0, 0) with an infinite
// threshold to (1, 1), with one point per different score (Fawcett 2006). Where one of
// the two classes has no samples there is no curve: nil.
func ROC(scores []float64, positive []bool) []Point {
	ranked, positives := descending(scores, positive)
	negatives := len(scores) - positives
	if positives == 0 || negatives == 0 {
		return nil
	}
	curve := []Point{{Threshold: math.Inf(1)}}
	hits, alarms := 0, 0
	for i, k := range ranked {
		if positive[k] {
			hits++
		} else {
			alarms++
		}
		if i+1 == len(ranked) || scores[ranked[i+1]] != scores[k] {
			curve = append(curve, Point{share(alarms, negatives), share(hits, positives), scores[k]})
		}
	}
	return curve
}

func descending(scores []float64, positive []bool) (ranked []int, positives int) {
	for i, p := range positive {
		ranked = append(ranked, i)
		if p {
			positives++
		}
	}
	order.Stable(ranked, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	return ranked, positives
}

// AUC is the area under the ROC curve by the trapezoidal rule: the probability that a
// positive sample has a higher score than a negative one, ties counting half. NaN for
// no curve.
func AUC(curve []Point) float64 {
	if len(curve) == 0 {
		return math.NaN()
	}
	area := 0.0
	for i, p := range curve[1:] {
		q := curve[i]
		area += (p.FalsePositiveRate - q.FalsePositiveRate) * (p.TruePositiveRate + q.TruePositiveRate) / 2
	}
	return area
}

// Bin is one bar of a reliability diagram.
type Bin struct {
	Confidence float64 `json:"confidence"` // mean probability of the samples in it
	Accuracy   float64 `json:"accuracy"`
	Samples    int     `json:"samples"`
}

// Reliability sorts samples by the probability of their predicted class into n bins of
// equal width; bin k holds k/n < p ≤ (k+1)/n, and the first p = 0 too.
func Reliability(confidence []float64, right []bool, n int) []Bin {
	bins := make([]Bin, n)
	for i, p := range confidence {
		k := min(max(int(math.Ceil(p*float64(n)))-1, 0), n-1)
		bins[k].Samples++
		bins[k].Confidence += p
		if right[i] {
			bins[k].Accuracy++
		}
	}
	for k := range bins {
		if b := &bins[k]; b.Samples > 0 {
			b.Confidence /= float64(b.Samples)
			b.Accuracy /= float64(b.Samples)
		}
	}
	return bins
}

// ECE is the expected calibration error (Guo et al. 2017, arXiv 1706.04599): the mean
// distance of accuracy and confidence over the bins, weighted by their samples.
func ECE(bins []Bin) float64 {
	sum, all := 0.0, 0
	for _, b := range bins {
		sum += float64(b.Samples) * math.Abs(b.Accuracy-b.Confidence)
		all += b.Samples
	}
	if all == 0 {
		return 0
	}
	return sum / float64(all)
}

// Rejected is the share of scores below the threshold.
func Rejected(scores []float64, threshold float64) float64 {
	n := 0
	for _, s := range scores {
		if s < threshold {
			n++
		}
	}
	return share(n, len(scores))
}
