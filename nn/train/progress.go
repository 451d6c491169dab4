package train

import (
	"time"

	"wafer/nn/task"
)

// clock measures speed; it has no part in the result.
type clock struct {
	began, told time.Time
	first       int // step of the epoch at which the clock was started
}

// start begins to measure at a step of the epoch, which is not 0 after a resumption.
func (c *clock) start(step int) { *c = clock{began: time.Now(), told: time.Now(), first: step} }

// between is how often progress is told.
const between = 200 * time.Millisecond

// progress tells how far the run is, five times a second at most and at the end of every epoch. Loss and accuracy are
// means over the epoch so far.
func (t *Trainer) progress(steps int, end bool) {
	if t.Report == nil || !end && time.Since(t.clock.told) < between {
		return
	}
	t.clock.told = time.Now()
	p := task.Progress{Phase: task.Training, Epoch: t.at.Epoch, Epochs: t.Recipe.Train.Epochs, Step: t.at.Step,
		Steps: steps, EpochEnd: end}
	done := t.at.Step
	if end {
		e := t.at.History[len(t.at.History)-1]
		p.Loss, p.Accuracy, p.ValLoss, p.ValAccuracy = e.Loss, e.Accuracy, e.ValLoss, e.ValAccuracy
		done, p.Step = steps, steps
	} else {
		p.Loss, p.Accuracy = t.at.Loss/float64(t.at.Seen), t.at.Hits/float64(t.at.Seen)
	}
	p.HasValidation = t.Validation != nil && end
	if seconds := time.Since(t.clock.began).Seconds(); seconds > 0 && done > t.clock.first {
		stepSeconds := seconds / float64(done-t.clock.first)
		p.SamplesPerSecond = float64(t.Recipe.Train.BatchSize) / stepSeconds
		left := float64((t.Recipe.Train.Epochs-t.at.Epoch)*steps) - float64(t.at.Step)
		p.SecondsLeft = stepSeconds * left
	}
	t.Report(p)
}
