package teach

import (
	"cmp"
	"math"
	"slices"

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
	p := r.Last
	within := 0.0
	if p.Steps > 0 {
		within = min(1, float64(p.Step)/float64(p.Steps))
	}
	switch {
	case r.Stage == Done || r.Stage == Ended || r.Stage == Taking:
		return 1
	case p.Phase == task.Preparing:
		return 0.05 * within
	case p.Phase == task.Features && r.stage() > 0:
		from, _ := r.span()
		return from
	case p.Phase == task.Features:
		return 0.05 + 0.25*within
	case p.Phase == task.Training && p.Epochs > 0:
		if p.EpochEnd {
			within = 0 // the epoch is already counted in p.Epoch
		}
		from, to := r.span()
		return from + (to-from)*min(1, (float64(p.Epoch)+within)/float64(p.Epochs))
	case p.Phase == task.Testing, p.Phase == task.Done:
		return 0.98
	}
	return 0
}

// stage is the number of the stage that runs, 0 for a job whose recipe nobody here knows.
func (r *Training) stage() int {
	return max(0, slices.IndexFunc(r.stages, func(s recipe.Stage) bool { return s.Name == r.Last.Stage }))
}

// span is what the present stage takes of the whole run. The first of several trains a small head and is short.
func (r *Training) span() (from, to float64) {
	const begin, head, end = 0.30, 0.45, 0.98
	n, i := len(r.stages), r.stage()
	switch {
	case n < 2:
		return begin, end
	case i == 0:
		return begin, head
	}
	each := (end - head) / float64(n-1)
	return head + float64(i-1)*each, head + float64(i)*each
}

// Words says what is happening, for the eye and, politely, for a screen reader.
func (r *Training) Words() string {
	p := r.Last
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
	switch p.Phase {
	case task.Preparing:
		return words.T("teach.run.preparing", p.Step, p.Steps)
	case task.Features:
		return words.T("teach.run.features", p.Step, p.Steps)
	case task.Training:
		if r.stage() > 0 {
			return words.T("teach.run.whole", min(p.Epoch+1, p.Epochs), p.Epochs)
		}
		return words.T("teach.run.training", min(p.Epoch+1, p.Epochs), p.Epochs)
	}
	return words.T("teach.run.testing")
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
