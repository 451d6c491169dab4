package teach

import (
	"cmp"
	"math"

	"wafer/app/jobs"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
)

// Training is one training as the page sees it.
type Training struct {
	Stage    Stage
	Last     task.Progress
	Curve    []task.Progress // one per finished epoch
	Error    string          // why it failed, in words
	Note     string          // a warning of the worker
	Job      string          // ID of the server's job that this is, "" for a training in this tab
	JobState api.State       // of that job
	Quiet    bool            // it learns an edit by itself: what was there stays in view
	Half     bool            // it is on its way to the server and began in this tab
	stages   []recipe.Stage  // of its recipe
}

// Active reports whether a training is under way, here or elsewhere.
func (r *Training) Active() bool {
	s := r.Stage
	return s.Here() || s == There || s == Fetching || r.Half && s.Leaving() && s != Broken
}

// Progress takes a report of the worker. Reports that come after the end, or
// whose numbers are not finite, change nothing that is drawn.
func (r *Training) Progress(p task.Progress) {
	if !r.Active() {
		return
	}
	r.move(Report)
	r.Last = p
	if p.Note != "" {
		r.Note = p.Note
	}
	if p.EpochEnd && words.Finite(p.Loss, p.Accuracy, p.ValLoss, p.ValAccuracy) {
		r.Curve = append(r.Curve, p)
	}
}

// fail ends a run that gave no model.
func (r *Training) fail(why string) {
	if r.move(Fail) {
		r.Error = why
	}
}

// Share is how much of the run is done, 0…1.
func (r *Training) Share() float64 {
	if r.Stage == Done || r.Stage == Ended || r.Stage == Taking {
		return 1
	}
	return jobs.ShareOf(r.Last, r.stages)
}

// Words says what is happening, for the eye and, politely, for a screen reader.
func (r *Training) Words() string {
	switch r.Stage {
	case Idle, Done, Broken:
		return ""
	case Opening, Fetching:
		return words.T("teach.run.opening")
	case Stopping:
		return words.T("teach.run.stopping")
	case Packing, Asking, Uploading, Unsent:
		return words.T("jobs.teach.moving")
	case Ended, Taking:
		return words.T("jobs.teach.there")
	case Failed:
		return r.Error
	}
	if r.Job != "" && r.JobState != api.Running {
		return words.T("jobs.teach." + cmp.Or(string(r.JobState), "asking"))
	}
	return words.Doing("teach.run.", r.Last, jobs.StageOf(r.Last, r.stages) > 0)
}

// Left says how long it will take, "" when that is not known.
func (r *Training) Left() string {
	s := r.Last.SecondsLeft
	switch {
	case r.Stage != Running && r.Stage != There || !words.Finite(s) || s <= 0:
		return ""
	case s < 1.5:
		return words.T("teach.left.soon")
	case s < 90:
		return words.T("teach.left.seconds", int(math.Ceil(s)))
	}
	return words.T("teach.left.minutes", int(math.Ceil(s/60)))
}
