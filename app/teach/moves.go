package teach

import (
	"slices"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Stage is where the run of one kind stands: here, leaving, there, coming, done or failed.
type Stage string

const (
	Idle Stage = "" // none was started, or the last one is done with

	Opening  Stage = "opening"  // here: the base model is being fetched
	Running  Stage = "running"  // the worker trains
	Stopping Stage = "stopping" // Stop was pressed; the best so far is on its way

	Halting   Stage = "halting"   // leaving: the training here stops after its step
	Packing   Stage = "packing"   // the files are made; nothing leaves
	Asking    Stage = "asking"    // the sheet names them; nothing leaves before it is agreed to
	Uploading Stage = "uploading" // Sending.Files tell how far
	Unsent    Stage = "unsent"    // Sending.Error says why; it can be tried again
	Broken    Stage = "broken"    // the page went away on the way; it can go on

	There Stage = "there" // a job of the server; Training.JobState says how it is
	Ended Stage = "ended" // it has finished there, and the model is still there

	Fetching Stage = "fetching" // coming: the job is paused and its files are on their way
	Taking   Stage = "taking"   // coming: the model of a job that has finished

	Done   Stage = "done" // a model came out
	Failed Stage = "failed"
)

// Move is what changes where a run stands.
type Move string

const (
	Start    Move = "start"     // Train
	Report   Move = "report"    // the first that the worker says
	Stop     Move = "stop"      // no more epochs are wanted
	Drop     Move = "drop"      // stopped before there was anything to keep
	Learn    Move = "learn"     // a model is here
	Fail     Move = "fail"      // there is none
	Send     Move = "send"      // TrainOnServer
	HandOver Move = "hand over" // of a training that runs here
	Pack     Move = "pack"      // the files that leave
	Ask      Move = "ask"       // whether they may
	Agree    Move = "agree"
	Miss     Move = "miss"    // it was not sent
	Decline  Move = "decline" // nothing leaves, and nothing runs
	GoOn     Move = "go on"   // nothing leaves, and what ran here runs on
	Reopen   Move = "reopen"  // an earlier visit left a run on its way
	Arrive   Move = "arrive"  // the server has made a job of it
	Follow   Move = "follow"  // a job of an earlier visit
	End      Move = "end"     // the job has a model
	Revive   Move = "revive"  // the job was retried
	Leave    Move = "leave"   // the job is no longer watched
	Take     Move = "take"    // a job is to go on here
	Come     Move = "come"    // its files are here
	Stay     Move = "stay"    // it cannot come
	Bring    Move = "bring"   // the model of a job
	Lack     Move = "lack"    // the model did not come
)

// moves is the one table of what is legal; whatever does not stand here changes nothing.
var moves = []struct {
	move Move
	from []Stage
	to   Stage
}{
	{Start, []Stage{Idle, Done, Failed}, Opening},
	{Report, []Stage{Opening}, Running},
	{Stop, []Stage{Opening, Running}, Stopping},
	{Drop, []Stage{Stopping}, Idle},
	{Learn, []Stage{Opening, Running, Stopping, Halting, Taking}, Done},
	{Fail, []Stage{Opening, Running, Stopping, Halting, There}, Failed},

	{Send, []Stage{Idle, Done, Failed}, Packing},
	{HandOver, []Stage{Running}, Halting},
	{Pack, []Stage{Halting, Unsent, Broken}, Packing},
	{Ask, []Stage{Packing}, Asking},
	{Agree, []Stage{Asking, Unsent}, Uploading},
	{Miss, []Stage{Packing, Uploading, Broken}, Unsent},
	{Decline, []Stage{Asking, Uploading, Unsent, Broken}, Idle},
	{GoOn, []Stage{Asking, Uploading, Unsent}, Running},
	{Reopen, []Stage{Idle, Done}, Broken},

	{Arrive, []Stage{Uploading}, There},
	{Follow, []Stage{Idle, Done}, There},
	{End, []Stage{There}, Ended},
	{Revive, []Stage{Ended, Failed}, There},
	{Leave, []Stage{There, Ended, Failed}, Idle},

	{Take, []Stage{Idle, Done, Failed, There}, Fetching},
	{Come, []Stage{Fetching}, Opening},
	{Stay, []Stage{Fetching}, Idle},
	{Bring, []Stage{Ended}, Taking},
	{Lack, []Stage{Taking}, Ended},
}

// After returns the stage that a move leads to; false if the table does not have it.
func (s Stage) After(m Move) (Stage, bool) {
	for _, row := range moves {
		if row.move == m && slices.Contains(row.from, s) {
			return row.to, true
		}
	}
	return s, false
}

// May reports whether a move is legal.
func (s Stage) May(m Move) bool { _, ok := s.After(m); return ok }

// Here reports whether the run is in this tab.
func (s Stage) Here() bool { return s == Opening || s == Running || s == Stopping || s == Halting }

// Leaving reports whether it is on its way to the server.
func (s Stage) Leaving() bool {
	return s == Halting || s == Packing || s == Asking || s == Uploading || s == Unsent || s == Broken
}

// Busy reports whether the run takes the tab: no other may begin, of either kind.
func (s Stage) Busy() bool { return s != Broken && (s.Here() || s.Leaving() || s == Fetching) }

// move makes a move, if it is legal. Nothing else changes the stage.
func (r *Training) move(m Move) bool {
	to, ok := r.Stage.After(m)
	r.Stage, r.Quiet = to, r.Quiet && to.Here()
	return ok
}

// begin makes a move that forgets the run before.
func (r *Training) begin(m Move, doc *recipe.Recipe) bool {
	to, ok := r.Stage.After(m)
	if ok {
		*r = Training{Stage: to}
		if doc != nil {
			r.stages = doc.Stages
		}
	}
	return ok
}

// rest ends a run that is done with: what the last one that gave a model has shown is shown again.
func (l *workspace) rest(m Move) bool {
	to, ok := l.training.Stage.After(m)
	if ok {
		l.training, l.sending = Training{Stage: to}, nil
		l.show()
	}
	return ok
}

// show shows the last run that gave a model, while no other is under way.
func (l *workspace) show() {
	s := l.training.Stage
	if s != Idle && s != Done && (s != Failed || l.training.Job != "") {
		return
	}
	l.training = Training{}
	if l.project.Report != nil {
		l.training = Training{Stage: Done, Curve: l.project.Curve}
	}
}

// busy is the kind whose run takes the tab, "" for none. The caller holds the lock.
func (t *Teaching) busy() task.Kind {
	for _, kind := range []task.Kind{task.Image, task.Text} {
		if t.workspaces[kind].training.Stage.Busy() {
			return kind
		}
	}
	return ""
}

// may reports whether a move may begin a run of a kind now. The caller holds the lock.
func (t *Teaching) may(kind task.Kind, m Move) bool {
	l := t.workspaces[kind]
	return t.opened && l != nil && t.busy() == "" && l.training.Stage.May(m)
}
