package metrics

import (
	"cmp"
	"slices"

	"wafer/nn/order"
	"wafer/nn/task"
)

// Held are held-out answers: for each round of cross-validation the probabilities of every sample.
type Held struct {
	Labels        []int
	Classes       int
	Probabilities [][]float32 // of each round [samples, Classes]
	Parts         [][]int     // of each round the part that a sample was held out with; −1: it was not
	Accuracy      float64     // that is to be stated, such as solve.Learnt.Stated
}

// mostPacked is how many probabilities a report carries at most: 0.4 MB.
const mostPacked = 1 << 17

// Estimate sums held-out answers up. A sample that was held out several times counts once, with its mean
// probabilities.
func Estimate(h Held) task.Estimate {
	e := task.Estimate{Accuracy: h.Accuracy, Wrong: []task.Wrong{}, Advice: []task.Advice{}}
	var labels, said []int
	all := Answers{Classes: h.Classes, P: make([]float32, 0, len(h.Labels)*h.Classes)}
	for i, label := range h.Labels {
		p := h.mean(i)
		if p == nil {
			all.Labels, all.P = append(all.Labels, -1), append(all.P, make([]float32, h.Classes)...)
			continue
		}
		all.Labels, all.P = append(all.Labels, label), append(all.P, p...)
		top := Argmax(p)
		labels, said = append(labels, label), append(said, top)
		if top != label {
			e.Wrong = append(e.Wrong, task.Wrong{Sample: i, Label: label, Said: top, Probability: float64(p[top])})
		}
	}
	for _, parts := range h.Parts {
		e.Parts = max(e.Parts, slices.Max(parts)+1)
	}
	order.Stable(e.Wrong, func(a, b task.Wrong) int { return cmp.Compare(b.Probability, a.Probability) })
	e.Samples, e.Confusion = len(labels), NewConfusion(labels, said, h.Classes)
	e.Low, e.High = Interval(h.Accuracy, len(labels))
	e.Advice = advise(e, h)
	if len(all.P) <= mostPacked {
		e.Held = all.Pack()
	}
	return e
}

// mean are the probabilities of sample i over the rounds that held it out, nil if none did.
func (h Held) mean(i int) []float32 {
	var sum []float32
	times := float32(0)
	for r, parts := range h.Parts {
		if parts[i] < 0 {
			continue
		}
		if times++; sum == nil {
			sum = make([]float32, h.Classes)
		}
		for j, v := range h.Probabilities[r][i*h.Classes : (i+1)*h.Classes] {
			sum[j] += v
		}
	}
	for j := range sum {
		sum[j] /= times
	}
	return sum
}

// Interval holds the true accuracy 95 times of 100 where `accuracy` of n samples were right: the equal-tailed
// interval of Jeffreys' Beta(½ + right, ½ + wrong) (Brown, Cai and DasGupta 2001). 0 to 1 for no samples.
func Interval(accuracy float64, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	right := min(max(accuracy, 0), 1) * float64(n)
	quantile := func(p float64) float64 { return betaQuantile(0.5+right, 0.5+float64(n)-right, p) }
	return min(quantile(0.025), accuracy), max(quantile(0.975), accuracy)
}
