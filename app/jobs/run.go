package jobs

import (
	"time"

	"wafer/app/words"
	"wafer/nn/task"
	"wafer/server/api"
)

// Run is a job with what its events told.
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
		if p := e.Status.Progress; p != nil && p.EpochEnd &&
			words.Finite(p.Loss, p.Accuracy, p.ValLoss, p.ValAccuracy) {
			r.Curve = append(r.Curve, *p)
		}
	}
}

// Share is how much of a job is done, 0…1.
func Share(j api.Job) float64 {
	switch p := j.Status.Progress; {
	case j.Status.State == api.Succeeded:
		return 1
	case p == nil:
		return 0
	default:
		return ShareOf(*p, nil)
	}
}

// Words says what a job is doing, in a few words.
func Words(j api.Job) string {
	p := j.Status.Progress
	if j.Status.State != api.Running || p == nil {
		return words.T("jobs.state." + string(j.Status.State))
	}
	return words.Doing("jobs.run.", *p, false)
}
