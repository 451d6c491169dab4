package state

import (
	"time"

	"wafer/nn/task"
	"wafer/server/api"
)

// JobRun is a job with what its events told.
type JobRun struct {
	Job     Job
	Curve   []task.Progress // one per finished epoch, without those that a lost worker did in vain
	Log     []LogLine
	Trouble string // why nothing comes at the moment, "" while it does
	brought int    // length of Curve at the checkpoint that the job came with
	marked  int    // length of Curve at the newest checkpoint
}

// LogLine is a line of a job's log.
type LogLine struct {
	Time time.Time
	Text string
}

// maxLog is how many lines are kept; the oldest go first.
const maxLog = 2000

// hear takes the next event.
func (r *JobRun) hear(e api.Event) {
	r.Job.Seq, r.Job.Updated, r.Job.Status = e.Seq, e.Time, e.Status
	switch e.Kind {
	case api.Kind(api.Claim): // goes on from the newest checkpoint, or from the start
		if e.Status.Checkpoint == nil {
			r.marked = r.brought
		}
		r.Curve = r.Curve[:min(r.marked, len(r.Curve))]
	case api.Checkpointed:
		r.marked = len(r.Curve)
	case api.Logged:
		if r.Log = append(r.Log, LogLine{e.Time, e.Log}); len(r.Log) > maxLog {
			r.Log = r.Log[len(r.Log)-maxLog:]
		}
	case api.Progressed:
		if p := e.Status.Progress; p != nil && p.EpochEnd && finite(p.Loss, p.Accuracy, p.ValLoss, p.ValAccuracy) {
			r.Curve = append(r.Curve, *p)
		}
	}
}

// Share is how much of the job is done, 0…1.
func (r *JobRun) Share() float64 { return jobShare(r.Job) }

func jobShare(j Job) float64 {
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
func JobWords(j Job) string {
	p := j.Status.Progress
	if j.Status.State != api.Running || p == nil {
		return T("jobs.state." + string(j.Status.State))
	}
	switch p.Phase {
	case task.Preparing:
		return T("jobs.run.preparing")
	case task.Features:
		return T("jobs.run.features")
	case task.Training:
		return T("jobs.run.epoch", min(p.Epoch+1, p.Epochs), p.Epochs)
	}
	return T("jobs.run.testing")
}
