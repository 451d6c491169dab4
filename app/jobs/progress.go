package jobs

import (
	"slices"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// What the phases take of a run, by experience: reading samples little, the features
// of a base a quarter, the first of several stages, which trains a small head, as
// little as reading.
const (
	afterReading  = 0.05
	afterFeatures = 0.30
	afterHead     = 0.45
	afterTraining = 0.98
)

// ShareOf is how much of a run is done, 0…1, by its newest report. stages are those
// of its recipe, nil where nobody knows them.
func ShareOf(p task.Progress, stages []recipe.Stage) float64 {
	within := 0.0
	if p.Steps > 0 {
		within = min(1, float64(p.Step)/float64(p.Steps))
	}
	from, to := span(p, stages)
	switch {
	case p.Phase == task.Preparing:
		return afterReading * within
	case p.Phase == task.Features && StageOf(p, stages) > 0:
		return from
	case p.Phase == task.Features && len(stages) == 0:
		return afterReading
	case p.Phase == task.Features:
		return afterReading + (afterFeatures-afterReading)*within
	case p.Phase == task.Training && p.Epochs > 0:
		if p.EpochEnd {
			within = 0 // the epoch is already counted in p.Epoch
		}
		return from + (to-from)*min(1, (float64(p.Epoch)+within)/float64(p.Epochs))
	case p.Phase == task.Testing, p.Phase == task.Done:
		return afterTraining
	}
	return 0
}

// StageOf is the number of the stage that runs, 0 where nobody knows.
func StageOf(p task.Progress, stages []recipe.Stage) int {
	return max(0, slices.IndexFunc(stages, func(s recipe.Stage) bool { return s.Name == p.Stage }))
}

// span is what the present stage takes of the whole run.
func span(p task.Progress, stages []recipe.Stage) (from, to float64) {
	n, i := len(stages), StageOf(p, stages)
	switch {
	case n == 0:
		return afterReading, afterTraining
	case n == 1:
		return afterFeatures, afterTraining
	case i == 0:
		return afterFeatures, afterHead
	}
	each := (afterTraining - afterHead) / float64(n-1)
	return afterHead + float64(i-1)*each, afterHead + float64(i)*each
}
