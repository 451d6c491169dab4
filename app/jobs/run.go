package jobs

import (
	"time"

	"wafer/app/words"
	"wafer/nn/task"
	"wafer/server/api"
)

// JobRun is a job with what its events told.
type Run struct {
	Job     api.Job
	Curve   []task.Progress // one per finished epoch, without those that a lost worker did in vain
	Log     []LogLine
	Trouble string // why nothing comes at the moment, "" while it does
	Brought int    // length of Curve at the checkpoint that the job came with
	Marked  int    // length of Curve at the newest checkpoint
}

// LogLine is a line of a job's log.
type LogLine struct {
	Time time.Time
	Text string
}

// maxLog is how many lines are kept; the oldest go first.
const maxLog = 2000

// Hear takes the next event.
func (r *Run) Hear(e api.Event) {
	r.Job.Seq, r.Job.Updated, r.Job.Status = e.Seq, e.Time, e.Status
	switch e.Kind {
	case api.Kind(api.Claim): // goes on from the newest checkpoint, or from the start
		if e.Status.Checkpoint == nil {
			r.Marked = r.Brought
		}
		r.Curve = r.Curve[:min(r.Marked, len(r.Curve))]
	case api.Checkpointed:
		r.Marked = len(r.Curve)
	case api.Logged:
		if r.Log = append(r.Log, LogLine{e.Time, e.Log}); len(r.Log) > maxLog {
			r.Log = r.Log[len(r.Log)-maxLog:]
		}
	case api.Progressed:
		if p := e.Status.Progress; p != nil && p.EpochEnd && words.Finite(p.Loss, p.Accuracy, p.ValLoss, p.ValAccuracy) {
			r.Curve = append(r.Curve, *p)
		}
	}
}

// Share is how much of the job is done, 0…1.
func (r *Run) Share() float64 { return jobShare(r.Job) }

func jobShare(j api.Job) float64 {
	p := j.Status.Progress
	switch {
	case j.Status.State == api.Succeeded:
		return 1
	case p == nil || p.Epochs == 0:
		return 0
	case p.EpochEnd || p.Steps == 0:
		return min(1, float64(p.Epoch)/float64(p.Epochs))
	}
	return min(1, (float64(p.Epoch)+min(1, float64(p.Step)/float64(p.Steps)))/float64(p.Epochs))
}

// JobWords says what a job is doing, in a few words.
func Words(j api.Job) string {
	p := j.Status.Progress
	if j.Status.State != api.Running || p == nil {
		return words.T("jobs.state." + string(j.Status.State))
	}
	switch p.Phase {
	case task.Preparing:
		return words.T("jobs.run.preparing")
	case task.Features:
		return words.T("jobs.run.features")
	case task.Training:
		return words.T("jobs.run.epoch", min(p.Epoch+1, p.Epochs), p.Epochs)
	}
	return words.T("jobs.run.testing")
}
