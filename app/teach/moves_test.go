package teach

import (
	"testing"

	"wafer/app/store"
	"wafer/nn/task"
)

// Every stage can be reached and left, so that no run is stuck, and no two rows of the table contradict each other.
func TestMovesLeadEverywhereAndBack(t *testing.T) {
	stages := map[Stage]bool{}
	seen := map[Move]map[Stage]bool{}
	for _, row := range moves {
		stages[row.to] = true
		if seen[row.move] == nil {
			seen[row.move] = map[Stage]bool{}
		}
		for _, from := range row.from {
			stages[from] = true
			if seen[row.move][from] {
				t.Errorf("%s from %q stands twice", row.move, from)
			}
			seen[row.move][from] = true
		}
	}
	if len(stages) != 16 {
		t.Errorf("the table has %d stages, expected all 16", len(stages))
	}
	for from := range stages {
		for _, to := range []Stage{Idle, Done} { // from wherever it is
			if from != to && !reaches(from, to, map[Stage]bool{}) {
				t.Errorf("a run that is %q never comes to %q", from, to)
			}
		}
		if !reaches(Idle, from, map[Stage]bool{}) {
			t.Errorf("no run ever comes to %q", from)
		}
		if from.Busy() && (from.May(Start) || from.May(Send) || from.May(Take)) {
			t.Errorf("another run may begin while one is %q", from)
		}
	}
}

func reaches(from, to Stage, been map[Stage]bool) bool {
	if been[from] {
		return false
	}
	been[from] = true
	for _, row := range moves {
		if next, ok := from.After(row.move); ok && (next == to || reaches(next, to, been)) {
			return true
		}
	}
	return false
}

// What the page asks for at the wrong moment, as a second click does, changes nothing.
func TestClicksAtTheWrongMoment(t *testing.T) {
	d, server := served(t, store.Memory())
	d.fill(3)
	all := map[string]func(){"stop": d.Stop, "hand over": d.HandOver, "agree": d.Agree, "decline": d.Decline,
		"send on":   d.SendOn,
		"take back": d.TakeBack, "take the model": d.TakeModel, "train": d.Train, "train there": d.TrainOnServer}
	try := func(names ...string) {
		t.Helper()
		before := d.Get().Training.Stage
		for _, n := range names {
			if all[n](); d.Get().Training.Stage != before {
				t.Errorf("%s while it is %q made it %q", n, before, d.Get().Training.Stage)
			}
		}
	}
	try("stop", "hand over", "agree", "decline", "send on", "take back", "take the model")
	d.Train()
	job := <-d.worker.Teach
	try("train", "train there", "agree", "decline", "send on", "take back", "take the model")
	job.News(task.Progress{Phase: task.Training, Epochs: 3})
	try("train", "train there", "agree", "decline", "send on", "take back", "take the model")
	d.Stop()
	<-d.worker.Canceled
	try("stop", "hand over", "train", "train there", "decline")
	job.Finish(report("taught-1"), "file")
	d.until("it has finished", func(s State) bool { return s.Training.Stage == Done })
	d.TrainOnServer()
	d.until("the sheet asks", func(s State) bool { return s.Training.Stage == Asking })
	try("stop", "hand over", "train", "train there", "send on", "take back", "take the model")
	d.Decline()
	if s := d.Get(); s.Training.Stage != Done || s.Project.Report == nil {
		t.Errorf("after the sheet was declined the run is %q, expected what it was before", s.Training.Stage)
	}
	try("decline", "agree", "stop", "hand over")
	if n := server.Called("begin") + server.Called("submit"); n != 0 {
		t.Errorf("the server was asked %d times", n)
	}
}
