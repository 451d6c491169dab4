package train

import (
	"strings"

	"wafer/nn/task"

	"wafer/nn/context"
)

// endEpoch checks that every weight is finite, measures on the validation samples, keeps the weights if they are the
// best so far, and makes a checkpoint. steps are those of an epoch.
func (t *Trainer) endEpoch(ctx context.Context, steps int) error {
	t.average()
	for _, n := range t.names {
		for _, v := range t.shown[n].F() {
			if !finite(float64(v)) {
				return errNotFinite
			}
		}
	}
	e := task.Epoch{Loss: t.at.Loss / float64(t.at.Seen), Accuracy: t.at.Hits / float64(t.at.Seen),
		Rate: t.lastRate(steps)}
	if t.Validation != nil {
		m, err := t.tester.Evaluate(ctx, t.Validation)
		if err != nil {
			return err
		}
		if !finite(m.Loss) {
			return errNotFinite
		}
		e.ValLoss, e.ValAccuracy = m.Loss, m.Accuracy
	}
	t.at.History = append(t.at.History, e)
	t.at.Epoch++
	t.at.Step, t.at.Loss, t.at.Hits, t.at.Seen = 0, 0, 0, 0
	t.watch(e)
	t.good = keep(t.good, t.shown, t.names)
	t.progress(steps, true)
	if t.Checkpoint != nil {
		return t.Checkpoint(t)
	}
	return nil
}

// lastRate is the learning rate of the epoch's last step, for the history.
func (t *Trainer) lastRate(steps int) float64 {
	return rateAt(t.Recipe.Optimizer, t.at.Total-1, steps*t.Recipe.Train.Epochs) * t.at.Plateau.Factor
}

// watch keeps the best weights and counts the epochs without a better value.
func (t *Trainer) watch(e task.Epoch) {
	v := t.Recipe.Validate
	value := monitored(e, v.Monitor, t.Validation != nil)
	t.at.Plateau.observe(t.Recipe.Optimizer.Schedule, value, t.Recipe.Optimizer.LearningRate)
	if v.Patience == 0 {
		return
	}
	t.at.Wait++
	if t.at.Best > 0 && value >= monitored(t.at.History[t.at.Best-1], v.Monitor, t.Validation != nil)-v.MinDelta {
		return
	}
	t.at.Best, t.at.Wait = t.at.Epoch, 0
	if v.RestoreBestWeights {
		t.best = keep(t.best, t.shown, t.names)
	}
}

// monitored is the watched value, smaller for better. Without validation the
// training value stands in.
func monitored(e task.Epoch, name string, validated bool) float64 {
	if strings.HasPrefix(name, "val_") && validated {
		e.Loss, e.Accuracy = e.ValLoss, e.ValAccuracy
	}
	if strings.HasSuffix(name, "accuracy") {
		return -e.Accuracy
	}
	return e.Loss
}
