package main

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// apart is what the stated accuracies of a row differ by from the true ones, and what would differ anyway.
type apart struct {
	name          string
	perClass      int
	samples, test int    // of a draw: learnt from, and tested on
	true, off     series // of the draws: true accuracy, stated − true
}

// bounds is a table of the rows with few samples: how much of the difference is the same in all draws, how much is the
// luck of the draw, and what others would err by. "New samples": who tests on as many new samples as there are to
// learn from. "And knew the tasks": who also knew how the true accuracies of these rows are distributed, and took the
// median of what is then likely. "Test part": the luck of the samples that stand for the truth. All are means of
// absolute values in points but bias and deviation.
func bounds(rows []apart) string {
	var t strings.Builder
	t.WriteString("| | draws | true | bias | deviation | mean of absolute values | new samples | and knew the tasks " +
		"| test part |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, perClass := range []int{5, 20} {
		var means series
		var some []apart
		for _, r := range rows {
			if r.perClass == perClass && len(r.true) > 1 {
				some, means = append(some, r), append(means, stat.Mean(r.true, nil))
			}
		}
		if len(some) < 2 {
			continue
		}
		tasks := distuv.Normal{Mu: stat.Mean(means, nil), Sigma: max(stat.StdDev(means, nil), 0.01)}
		sums := make(series, 6)
		for _, r := range some {
			figures := r.figures(tasks)
			fmt.Fprintf(&t, "| %s | %d | %.1f |", r.name, len(r.true), 100*stat.Mean(r.true, nil))
			for i, v := range figures {
				sums[i] += math.Abs(v) / float64(len(some))
				fmt.Fprintf(&t, " %.1f |", 100*v)
			}
			t.WriteString("\n")
		}
		fmt.Fprintf(&t, "| mean of %d a class | | %.1f |", perClass, 100*tasks.Mu)
		for _, v := range sums {
			fmt.Fprintf(&t, " %.1f |", 100*v)
		}
		t.WriteString("\n")
	}
	return t.String()
}

// figures are bias, deviation, mean of absolute values, and what is erred by new samples, with the tasks known, and by
// the test part.
func (r apart) figures(tasks distuv.Normal) (f [6]float64) {
	f[0], f[1] = stat.Mean(r.off, nil), stat.StdDev(r.off, nil)
	draws := float64(len(r.true))
	likely := medians(r.samples, tasks)
	for i, p := range r.true {
		f[2] += math.Abs(r.off[i]) / draws
		f[3] += expected(p, r.samples, func(right int) float64 { return float64(right) / float64(r.samples) }) / draws
		f[4] += expected(p, r.samples, func(right int) float64 { return likely[right] }) / draws
		f[5] += expected(p, r.test, func(right int) float64 { return float64(right) / float64(r.test) }) / draws
	}
	return f
}

// expected is the mean of |say(right) − p| where each of n samples is right with the probability p.
func expected(p float64, n int, say func(right int) float64) (sum float64) {
	right := distuv.Binomial{N: float64(n), P: p}
	for k := range n + 1 {
		sum += right.Prob(float64(k)) * math.Abs(say(k)-p)
	}
	return sum
}

// medians of the accuracy when 0 to n of n samples were right, on a grid of thousandths.
func medians(n int, tasks distuv.Normal) (list []float64) {
	const grid = 1000
	for right := range n + 1 {
		weight, sum := make([]float64, grid), 0.0
		for i := range weight {
			p := (float64(i) + 0.5) / grid
			weight[i] = tasks.Prob(p) * distuv.Binomial{N: float64(n), P: p}.Prob(float64(right))
			sum += weight[i]
		}
		i := 0
		for half := sum / 2; half > weight[i]; i++ {
			half -= weight[i]
		}
		list = append(list, (float64(i)+0.5)/grid)
	}
	return list
}
