package teach

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"wafer/app/bridge"
	"wafer/app/store"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// pass lets all pauses end.
func (d *desk) pass() {
	for {
		select {
		case do := <-d.later:
			do()
		default:
			return
		}
	}
}

// asked lets pauses end until the worker is asked to teach.
func (d *desk) asked() (q bridge.TeachRequest, finish func(id string)) {
	d.t.Helper()
	for range 20_000 {
		d.pass()
		select {
		case job := <-d.worker.Teach:
			return job.TeachRequest, func(id string) {
				r := report(id)
				r.Epochs, r.WeightsHash, r.Train = 0, id, len(job.Inputs)
				job.Finish(r, "file of "+id)
			}
		case <-time.After(time.Millisecond):
		}
	}
	d.t.Fatal("after 20 seconds nothing is learnt")
	return q, nil
}

func (d *desk) idle(what string) {
	d.t.Helper()
	d.pass()
	select {
	case job := <-d.worker.Teach:
		d.t.Fatalf("%s, and %d samples are learnt", what, len(job.Inputs))
	case <-time.After(20 * time.Millisecond):
	}
}

// sealed lets pauses end, a second without edits among them, until the file of a model is made.
func (d *desk) sealed(hash string) {
	d.t.Helper()
	d.until("its file is made", func(s State) bool {
		d.pass()
		return s.Project.Report.WeightsHash == hash
	})
}

// runs waits until the worker has a run.
func (d *desk) runs() {
	d.t.Helper()
	d.until("it runs", func(State) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.workspaces[task.Text].request != 0
	})
}

func TestItLearnsWhileOneAdds(t *testing.T) {
	kept := store.Memory()
	d := newDesk(t, kept)
	d.SetKind(task.Text)
	d.AddLines("", "praise\tgood")
	d.until("the line is there", func(s State) bool { return s.Project.Count(s.Project.Classes[0].ID) == 1 })
	d.idle("there is one class")
	d.AddLines("", "complaint\tbad")
	d.until("the line is there", func(s State) bool { return s.Project.Count(s.Project.Classes[1].ID) == 1 })
	q, finish := d.asked()
	r, err := recipe.Parse(q.Recipe)
	if err != nil || len(q.Inputs) != 2 || len(r.Stages) != 1 || r.Stages[0].Solver == "" {
		t.Fatalf("the worker was asked %s with %d inputs, %v; expected a head to be solved from two", q.Recipe,
			len(q.Inputs), err)
	}
	if s := d.Get(); !s.Training.Quiet || d.Training() {
		t.Errorf("the run is quiet: %v, and leaving is warned of: %v; expected true and false", s.Training.Quiet,
			d.Training())
	}
	finish("taught-1")
	s := d.until("the model is there", func(s State) bool { return s.Model != nil && s.Training.Stage == Done })
	if s.Model.ID != OwnModel(task.Text) || s.Changed || s.Due {
		t.Errorf("the model is %q (changed %v, due %v), expected that of the project, up to date", s.Model.ID,
			s.Changed, s.Due)
	}

	d.worker.Classify = func(q bridge.ClassifyRequest) task.Result {
		return task.Result{Scores: []task.Score{{Label: d.worker.Staying(q.Model), Probability: 1}}}
	}
	d.TryText("new")
	answered := func(by string) func(s State) bool {
		return func(s State) bool { return s.Trial.Result != nil && s.Trial.Result.Scores[0].Label == by }
	}
	d.until("the first model answers", answered("file of taught-1"))
	d.RenameClass(s.Project.Classes[0].ID, "thanks")
	_, finish = d.asked()
	if s = d.Get(); s.Trial.Result == nil || s.Project.Report == nil {
		t.Error("the answer or the report went away while an edit is learnt")
	}
	finish("taught-2")
	d.until("the next model answers the same trial", answered("file of taught-2"))
	if n := len(d.app.Get().Taught); n != 1 {
		t.Errorf("%d models are kept, expected one for the project", n)
	}
	if file, err := kept.ModelFile(OwnModel(task.Text)); err == nil {
		t.Errorf("the file %q is made although nobody has asked for it", file)
	}
	d.app.Forget() // the worker is replaced, and with it goes the model
	_, finish = d.asked()
	finish("taught-2")
	d.until("the next model answers the same trial", answered("file of taught-2"))
	d.until("it is ready", func(s State) bool { return s.Training.Stage == Done && s.Model != nil })
	d.sealed("taught-2")
	if file, err := kept.ModelFile(OwnModel(task.Text)); string(file) != "file of taught-2" {
		t.Errorf("the file is %q (%v), expected that of the last model", file, err)
	}

	d.KeepModel()
	d.until("it is kept", func(State) bool { return len(d.app.Get().Taught) == 2 })
	taught := d.app.Get().Taught
	if i := slices.IndexFunc(taught, func(m task.Model) bool { return m.ID == "taught-2" }); i < 0 {
		t.Errorf("kept are %+v, expected one called taught-2", taught)
	}
	d.idle("keeping changes nothing")
}

// An edit ends the run that learns the one before, and the next run has both.
func TestAnEditStartsLearningAnew(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.fill(2)
	_, finish := d.asked()
	d.runs()
	s := d.Get()
	d.RemoveSample(s.Project.Samples(s.Project.Classes[0].ID)[0].ID)
	<-d.worker.Canceled
	finish("taught-1") // it was nearly there
	q, finish := d.asked()
	if len(q.Inputs) != 3 {
		t.Errorf("%d samples are learnt after one of four was removed, expected 3", len(q.Inputs))
	}
	finish("taught-2")
	d.until("it is ready", func(s State) bool {
		return s.Training.Stage == Done && s.Project.Report.Train == 3 && !s.Changed
	})
	d.sealed("taught-2")
	d.idle("all is learnt")
}

// Who cancels keeps what was there, and says when to go on.
func TestLearningCanBeCancelled(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.fill(2)
	_, finish := d.asked()
	finish("taught-1")
	s := d.until("it is ready", func(s State) bool { return s.Training.Stage == Done && s.Model != nil })
	d.RemoveSample(s.Project.Samples(s.Project.Classes[0].ID)[0].ID)
	d.asked()
	d.runs()
	d.Stop()
	<-d.worker.Canceled
	d.ended(task.Text, bridge.Taught{}, nil, fmt.Errorf("was stopped"))
	if s = d.Get(); s.Training.Stage != Done || !s.Changed || s.Due || s.Project.Report.Train != 4 {
		t.Errorf("after a cancel the stage is %q (changed %v, due %v), expected what was learnt before",
			s.Training.Stage, s.Changed, s.Due)
	}
	d.idle("it was cancelled")
	d.LearnNow()
	if q, _ := d.asked(); len(q.Inputs) != 3 {
		t.Errorf("%d samples are learnt, expected 3", len(q.Inputs))
	}
}

// What was fine-tuned is a model of its own, unless it was not better.
func TestFineTuningKeepsWhatIsBetter(t *testing.T) {
	for note, want := range map[string]string{"": "taught-9", recipe.NotBetter: OwnModel(task.Text)} {
		d := newDesk(t, store.Memory())
		d.fill(2)
		d.Train()
		job := <-d.worker.Teach
		if r, err := recipe.Parse(job.Recipe); err != nil || len(r.Stages) != 2 || r.Stages[0].Solver == "" {
			t.Errorf("the worker was asked %s, %v; expected to go on from the solved head", job.Recipe, err)
		}
		r := report("taught-9")
		r.Note = note
		job.Finish(r, "file")
		s := d.until("the model is there", func(s State) bool { return s.Model != nil && s.Training.Stage == Done })
		if s.Model.ID != want {
			t.Errorf("with the note %q the model is %s, expected %s", note, s.Model.ID, want)
		}
	}
}

// While another text is tried, the answer to the one before is marked.
func TestAnAnswerToAnotherTextIsStale(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.fill(2)
	_, finish := d.asked()
	finish("taught-1")
	d.until("the model is there", func(s State) bool { return s.Model != nil && s.Training.Stage == Done })
	d.worker.Classify = func(q bridge.ClassifyRequest) task.Result {
		return task.Result{Scores: []task.Score{{Label: q.Inputs[0].Text, Probability: 1}}}
	}
	answered := func(text string) func(s State) bool {
		return func(s State) bool { return s.Trial.Result != nil && s.Trial.Result.Scores[0].Label == text }
	}
	d.TryText("one")
	if s := d.until("the answer is there", answered("one")); s.Trial.Stale {
		t.Error("the answer to the text is stale, expected it to be new")
	}
	d.TryText("two")
	if s := d.Get(); !s.Trial.Stale || s.Trial.Result == nil {
		t.Errorf("with another text the trial is %+v, expected the answer, marked as stale", s.Trial)
	}
	if s := d.until("the next answer is there", answered("two")); s.Trial.Stale {
		t.Error("the next answer is stale, expected it to be new")
	}
}

// A page that went away before it had learnt does so at the next visit.
func TestWhatWasNotLearntIsLearntAtTheNextVisit(t *testing.T) {
	kept := store.Memory()
	d := newDesk(t, kept)
	d.fill(2)
	d.until("it is kept", func(State) bool {
		p, _ := kept.Projects()
		return len(p) > 0 && slices.ContainsFunc(p, func(p store.Project) bool {
			return len(p.Classes) == 2 && p.Classes[1].Name != ""
		})
	})
	reported := func(hash string) func(State) bool {
		return func(State) bool {
			p, _ := kept.Projects()
			return slices.ContainsFunc(p, func(p store.Project) bool {
				return p.Report != nil && p.Report.WeightsHash == hash && len(p.Asked) == 4
			})
		}
	}
	again := newDesk(t, kept)
	_, finish := again.asked()
	finish("taught-1")
	again.until("it is learnt", reported(""))
	again = newDesk(t, kept) // whose model went away with the page, before there was a file
	_, finish = again.asked()
	finish("taught-1")
	again.until("it is learnt", func(s State) bool { return s.Training.Stage == Done && s.Model != nil })
	again.pass()
	again.until("it is kept", reported("taught-1"))
	newDesk(t, kept).idle("all was learnt")
}
