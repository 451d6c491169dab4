package jobs

import (
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// The bar of a run never goes back and stays within its ends, whatever its recipe's stages are.
func TestTheShareOfARunOnlyGrows(t *testing.T) {
	for name, stages := range map[string][]recipe.Stage{
		"unknown": nil, "one": {{Name: "head"}}, "two": {{Name: "head"}, {Name: "whole"}},
		"three": {{Name: "a"}, {Name: "b"}, {Name: "c"}},
	} {
		reports := []task.Progress{{Phase: task.Preparing, Step: 1, Steps: 4},
			{Phase: task.Preparing, Step: 4, Steps: 4},
			{Phase: task.Features, Step: 2, Steps: 4}, {Phase: task.Features, Step: 4, Steps: 4}}
		for i := range max(1, len(stages)) {
			stage := ""
			if len(stages) > 0 {
				stage = stages[i].Name
			}
			reports = append(reports,
				task.Progress{Phase: task.Training, Stage: stage, Epochs: 2, Step: 1, Steps: 2},
				task.Progress{Phase: task.Training, Stage: stage, Epoch: 1, Epochs: 2, EpochEnd: true, Step: 2,
					Steps: 2},
				task.Progress{Phase: task.Training, Stage: stage, Epoch: 2, Epochs: 2, EpochEnd: true})
		}
		reports = append(reports, task.Progress{Phase: task.Testing})
		last := 0.0
		for _, p := range reports {
			share := ShareOf(p, stages)
			if share < last || share > 1 {
				t.Errorf("%s stages: %+v is at %.2f after %.2f", name, p, share, last)
			}
			last = share
		}
		if last < 0.9 {
			t.Errorf("%s stages: while it is tested it is at %.2f", name, last)
		}
	}
}
