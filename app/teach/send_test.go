package teach

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/app/state/statetest"
	"wafer/app/store"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
)

// served is a desk with a server behind it.
func served(t *testing.T, kept store.Store) (*desk, *statetest.Server) {
	t.Helper()
	d := newDesk(t, kept)
	s := statetest.NewServer()
	d.app.Serve(s)
	d.app.AskServer()
	return d, s
}

// agreeTo waits for the sheet and agrees.
func (d *desk) agreeTo(files int) {
	d.t.Helper()
	s := d.until("the sheet asks", func(s State) bool { return s.Training.Stage == Asking })
	if len(s.Sending.Files) != files {
		d.t.Fatalf("the sheet names %d files, expected %d", len(s.Sending.Files), files)
	}
	d.Agree()
}

func (d *desk) onServer() string {
	d.t.Helper()
	return d.until("the job is there", func(s State) bool { return s.Training.Stage == There }).Training.Job
}

func TestNothingLeavesBeforeItIsAgreedTo(t *testing.T) {
	d, server := served(t, store.Memory())
	d.fill(3)
	d.TrainOnServer()
	s := d.until("the sheet asks", func(s State) bool { return s.Training.Stage == Asking })
	if f := s.Sending.Files; len(f) != 2 || f[0].Path != strings.Repeat("5", 64)+".wafer" ||
		f[1].Path != recipe.SamplesFile || f[1].Size == 0 {
		t.Errorf("the sheet names %+v", f)
	}
	if total, sent := s.Sending.Total(); total != s.Sending.Files[0].Size+s.Sending.Files[1].Size || sent != 0 {
		t.Errorf("together %d, sent %d", total, sent)
	}
	if n := server.Called("begin") + server.Called("send") + server.Called("submit"); n != 0 {
		t.Errorf("the server was asked %d times before", n)
	}
	d.Decline()
	d.until("the sheet is gone", func(s State) bool { return !s.Training.Stage.Leaving() })
	if n := server.Called("begin") + server.Called("abandon"); n != 0 {
		t.Errorf("the server was asked %d times after it was declined", n)
	}
	d.Train() // nothing is in the way
	<-d.worker.Teach
}

func TestATrainingOnTheServerFromTheSheetToTheModel(t *testing.T) {
	kept := store.Memory()
	d, server := served(t, kept)
	d.fill(3)
	d.TrainOnServer()
	d.agreeTo(2)
	id := d.onServer()
	job, _ := server.Job(id)
	if r, err := recipe.Parse(job.Spec.Recipe); err != nil || !r.Taught() || len(job.Spec.Data) != 2 ||
		job.Spec.Checkpoint != nil || job.Spec.Name != "praise or complaint" {
		t.Errorf("the job is %+v", job.Spec)
	}
	server.Happen(id, api.Kind(api.Claim), func(s *api.Status) { s.State, s.Attempt = api.Running, 1 })
	server.Epoch(id, 1)
	server.Epoch(id, 2)
	d.until("two epochs are heard of", func(s State) bool {
		return len(s.Training.Curve) == 2 &&
			s.Training.Stage == There
	})
	if d.TrainOnServer(); d.Get().Training.Stage.Leaving() {
		t.Error("a second training could be sent while the first runs")
	}

	// The page is closed and opened again: it goes on following.
	again := openDesk(t, d.app, kept, d.worker)
	again.SetKind(task.Text)
	again.until("the curve is there again", func(s State) bool {
		return len(s.Training.Curve) == 2 &&
			s.Training.Job == id
	})

	words, _ := json.Marshal(report("taught-1"))
	file := server.Put([]byte("model"))
	server.Happen(id, api.Kind(api.Succeed), func(s *api.Status) {
		s.State, s.Result = api.Succeeded, &api.Result{Model: task.Model{ID: "taught-1", Title: "praise or complaint",
			Kind: task.Text}, File: file, Report: words}
	})
	d.until("it has finished there", func(s State) bool { return s.Training.Stage == Ended && s.Model == nil })
	d.TakeModel()
	s := d.until("the model is here", func(s State) bool { return s.Model != nil && s.Training.Stage == Done })
	if s.Project.Report.Validation != 2 || len(s.Project.Curve) != 2 || s.Project.Job != "" {
		t.Errorf("the project has %+v", s.Project.Project)
	}
	if b, err := kept.ModelFile("taught-1"); err != nil || string(b) != "model" {
		t.Errorf("kept is %q, %v", b, err)
	}
}

// half begins a training here and hands it over with a checkpoint.
func half(t *testing.T, d *desk, checkpoint string) statetest.Training {
	t.Helper()
	d.Train()
	job := <-d.worker.Teach
	p := task.Progress{Phase: task.Training, Epoch: 1, Epochs: 9, EpochEnd: true, Loss: 1, Accuracy: 0.5}
	job.News(p)
	d.until("the request has a number", func(
		State) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.workspaces[task.Text].request == job.ID
	})
	d.HandOver()
	if target := <-d.worker.Handed; target != job.ID {
		t.Errorf("handed over %d, expected %d", target, job.ID)
	}
	job.HandOver(checkpoint)
	return job
}

func TestAHalfTrainedRunGoesToTheServerAndBack(t *testing.T) {
	d, server := served(t, store.Memory())
	d.fill(3)
	half(t, d, "half")
	if s := d.Get(); !s.Training.Active() || !s.Training.Half {
		t.Errorf("while it is on its way: %+v", s.Training)
	}
	d.agreeTo(3)
	id := d.onServer()
	job, _ := server.Job(id)
	if job.Spec.Checkpoint == nil || job.Spec.Checkpoint.SHA256 != statetest.FileOf([]byte("half")).SHA256 ||
		len(job.Spec.Data) != 2 {
		t.Fatalf("the job is %+v", job.Spec)
	}
	server.Happen(id, api.Kind(api.Claim), func(s *api.Status) { s.State, s.Attempt = api.Running, 1 })
	server.Epoch(id, 2)
	d.until("the curve has the point of here and that of there",
		func(s State) bool { return len(s.Training.Curve) == 2 })
	newer := server.Put([]byte("newer"))
	server.Happen(id, api.Checkpointed, func(s *api.Status) { s.Checkpoint = &newer })

	d.TakeBack()
	back := <-d.worker.Teach
	if job, _ := server.Job(id); job.Status.State != api.Paused {
		t.Errorf("the job is %s, expected paused", job.Status.State)
	}
	got := map[string]string{}
	for name, i := range back.Files {
		got[name] = string(back.Buffers[i])
	}
	if len(got) != 3 || got[bridge.BaseFile] != "base" || got[bridge.CheckpointFile] != "newer" ||
		!strings.HasPrefix(got[bridge.SamplesFile], "samples of") {
		t.Errorf("the worker got %v", got)
	}
	back.Finish(report("taught-1"), "file")
	d.until("the model is here", func(s State) bool { return s.Model != nil && s.Project.Job == "" })
}

func TestADeclinedHandOverGoesOnHere(t *testing.T) {
	d, server := served(t, store.Memory())
	d.fill(3)
	half(t, d, "half")
	d.until("the sheet asks", func(s State) bool { return s.Training.Stage == Asking })
	d.Decline()
	on := <-d.worker.Teach
	if i, ok := on.Files[bridge.CheckpointFile]; !ok || string(on.Buffers[i]) != "half" || len(on.Inputs) != 6 {
		t.Errorf("went on with %+v", on.TeachRequest)
	}
	if n := server.Called("begin"); n != 0 {
		t.Errorf("%d uploads were begun", n)
	}
	// Handed over again before another step: still from where it was.
	d.until("it runs", func(s State) bool { return s.Training.Stage == Running })
	d.until("the request has a number", func(
		State) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.workspaces[task.Text].request == on.ID
	})
	d.HandOver()
	<-d.worker.Handed
	on.HandOver("")
	d.agreeTo(3)
}

func TestARunThatEndsFirstIsNotSent(t *testing.T) {
	d, server := served(t, store.Memory())
	d.fill(3)
	d.Train()
	job := <-d.worker.Teach
	p := task.Progress{Phase: task.Testing}
	job.News(p)
	d.until("the request has a number", func(
		State) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.workspaces[task.Text].request == job.ID
	})
	d.HandOver()
	<-d.worker.Handed
	job.Finish(report("taught-1"), "file")
	s := d.until("the model is here", func(s State) bool { return s.Model != nil && !s.Training.Active() })
	if s.Training.Stage.Leaving() || !strings.Contains(s.Notice.Text(), "nothing was sent") ||
		server.Called("begin") != 0 {
		t.Errorf("%+v, notice %q", s.Sending, s.Notice.Text())
	}
}

func TestAFailedUploadCanBeTriedAgain(t *testing.T) {
	d, server := served(t, store.Memory())
	d.fill(3)
	server.Shelf.Fail = func(n int) error {
		if n < 3 {
			return nil
		}
		return errors.New("the disk is full")
	}
	d.TrainOnServer()
	d.agreeTo(2)
	s := d.until("it failed", func(s State) bool { return s.Training.Stage == Unsent })
	if !strings.Contains(s.Sending.Error, "disk is full") || s.Training.Job != "" {
		t.Errorf("%+v", s.Sending)
	}
	server.Mu.Lock()
	server.Shelf.Fail = nil
	server.Mu.Unlock()
	d.Agree()
	d.onServer()
	if n := server.Called("submit"); n != 1 {
		t.Errorf("%d jobs were handed in", n)
	}
}

// What was agreed to goes on after the page was away, from where it was, and makes one job.
func TestSendingGoesOnInAnotherVisit(t *testing.T) {
	kept := store.Memory()
	d, server := served(t, kept)
	d.fill(3)
	server.Shelf.Fail = func(n int) error {
		if n < 3 {
			return nil
		}
		return errors.New("gone")
	}
	half(t, d, "half of it")
	d.agreeTo(3)
	d.until("it broke off", func(s State) bool { return s.Training.Stage == Unsent })
	server.Mu.Lock()
	server.Shelf.Fail = nil
	server.Mu.Unlock()

	again := openDesk(t, d.app, kept, d.worker)
	again.SetKind(task.Text)
	s := again.until("it says so", func(s State) bool { return s.Training.Stage == Broken })
	if !s.Training.Half {
		t.Error("it does not know of the checkpoint")
	}
	begun := server.Called("begin")
	again.SendOn() // the sheet does not ask again
	id := again.onServer()
	if job, _ := server.Job(id); job.Spec.Checkpoint == nil {
		t.Errorf("the job began anew: %+v", job.Spec)
	}
	if n := server.Called("begin") - begun; n != 3 {
		t.Errorf("%d uploads, expected three", n)
	}
	if _, err := kept.File(keptCheckpoint(task.Text)); err == nil {
		again.until("the checkpoint is forgotten",
			func(State) bool { _, err := kept.File(keptCheckpoint(task.Text)); return err != nil })
	}

	// With other examples it asks.
	other := store.Memory()
	e, server2 := served(t, other)
	e.fill(3)
	server2.Shelf.Fail = func(int) error { return errors.New("gone") }
	e.TrainOnServer()
	e.agreeTo(2)
	e.until("it broke off", func(s State) bool { return s.Training.Stage == Unsent })
	server2.Mu.Lock()
	server2.Shelf.Fail = nil
	server2.Mu.Unlock()
	again = openDesk(t, e.app, other, e.worker)
	again.SetKind(task.Text)
	again.until("it says so", func(s State) bool { return s.Training.Stage == Broken })
	project := again.Get().Project
	c := project.Classes[0].ID
	again.RemoveSample(project.Samples(c)[0].ID)
	again.AddText(c, "something else")
	again.until("the other text is there", func(s State) bool { return s.Project.Count(c) == 3 })
	again.SendOn()
	again.until("the sheet asks", func(s State) bool { return s.Training.Stage == Asking })
	if n := server2.Called("submit"); n != 0 {
		t.Errorf("%d jobs of what nobody agreed to", n)
	}
}

func TestWhoMayNotSubmitIsToldSo(t *testing.T) {
	d, server := served(t, store.Memory())
	d.fill(3)
	server.Mu.Lock()
	server.About.Role, server.About.Tokens = api.Reader, true
	server.Mu.Unlock()
	d.app.AskServer()
	d.TrainOnServer()
	d.agreeTo(2)
	s := d.until("it failed", func(s State) bool { return s.Training.Stage == Unsent })
	if !strings.Contains(s.Sending.Error, "signed in") || server.Called("begin") != 0 {
		t.Errorf("%q after %d uploads", s.Sending.Error, server.Called("begin"))
	}
	if err := d.app.SignIn("wrong"); err == nil {
		t.Error("a wrong token was taken")
	}
	if err := d.app.SignIn("secret"); err != nil {
		t.Fatal(err)
	}
	d.Agree()
	d.onServer()
}

func TestJobsThatEndOtherwise(t *testing.T) {
	d, server := served(t, store.Memory())
	d.fill(3)
	d.TrainOnServer()
	d.agreeTo(2)
	id := d.onServer()
	server.Happen(id, api.Kind(api.Claim), func(s *api.Status) { s.State, s.Attempt = api.Running, 1 })
	server.Happen(id, api.Kind(api.Fail), func(s *api.Status) {
		s.State, s.Error = api.Failed,
			"the samples are damaged"
	})
	d.until("it has failed", func(s State) bool {
		return s.Training.Stage == Failed && s.Training.Error == "the samples are damaged"
	})
	d.TakeBack()
	d.until("it says why not", func(s State) bool { return s.Notice.Bad })
	d.LeaveJob()
	if s := d.Get(); s.Training.Job != "" || s.Project.Job != "" {
		t.Errorf("%+v", s.Training)
	}
}
