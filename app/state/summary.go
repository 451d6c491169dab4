package state

import (
	"slices"

	"wafer/app/words"
	"wafer/nn/order"
	"wafer/nn/task"
)

// Tally is how often a label was the answer.
type Tally struct {
	Label string
	Count int
}

// Summary counts the answers of a batch: labels from the most frequent on, the
// inputs without an answer because of an error, and the mean time in
// milliseconds of those with one.
func (b Batch) Summary(m task.Model) (tallies []Tally, errors int, mean float64) {
	total := 0.0
	right := 0
	for _, it := range b.Items {
		if it.Step != Answered {
			continue
		}
		if it.Result.Error != "" || len(it.Result.Scores) == 0 {
			errors++
			continue
		}
		right++
		total += it.Result.Millis
		label := words.T("classify.none")
		if !it.Result.Rejected {
			label = words.ScoreLabel(m, it.Result.Scores[0])
		}
		i := slices.IndexFunc(tallies, func(t Tally) bool { return t.Label == label })
		if i < 0 {
			tallies = append(tallies, Tally{Label: label})
			i = len(tallies) - 1
		}
		tallies[i].Count++
	}
	order.Stable(tallies, func(a, b Tally) int { return b.Count - a.Count })
	if right > 0 {
		mean = total / float64(right)
	}
	return tallies, errors, mean
}
