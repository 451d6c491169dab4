package teach

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/state/statetest"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
)

// desk is a Teach page with a worker whose answers the test decides.
type desk struct {
	*Teaching
	t      *testing.T
	kept   store.Store
	worker *statetest.Desk
	later  chan func() // what is to be done after a pause
}

func newDesk(t *testing.T, kept store.Store) *desk {
	t.Helper()
	w := statetest.NewDesk()
	models := []task.Model{
		{ID: "digits", Kind: task.Image, Labels: make([]string, 10), Backbone: true, Drawing: true,
			SHA256: strings.Repeat("d", 64)},
		{ID: "land", Kind: task.Image, Labels: make([]string, 10), Backbone: true, SHA256: strings.Repeat("1", 64)},
		{ID: "sentiment", Kind: task.Text, Labels: make([]string, 2), Backbone: true, Binary: true,
			SHA256: strings.Repeat("5", 64)},
	}
	app := state.New(w, func() (api.Catalogue, string, error) { return api.Catalogue{Models: models}, "", nil },
		func() (store.Store, error) { return kept, nil })
	app.Reader = w
	app.Refresh()
	return openDesk(t, app, kept, w)
}

func openDesk(t *testing.T, app *state.Store, kept store.Store, w *statetest.Desk) *desk {
	t.Helper()
	d := &desk{New(app), t, kept, w, make(chan func(), 1000)}
	d.pause = func(time.Duration) {}
	d.soon = func(_ time.Duration, do func()) { d.later <- do }
	d.Open()
	d.until("the kept things are open", func(s State) bool { return s.Opened })
	return d
}

func (d *desk) until(what string, ok func(State) bool) State {
	d.t.Helper()
	for range 20_000 {
		if s := d.Get(); ok(s) {
			return s
		}
		time.Sleep(time.Millisecond)
	}
	d.t.Fatalf("after 20 seconds it is not so that %s: %+v", what, d.Get())
	return State{}
}

// fill makes two named classes with n texts each.
func (d *desk) fill(n int) {
	d.SetKind(task.Text)
	var lines []string
	for i := range n {
		lines = append(lines, "praise\tgood "+strings.Repeat("x", i), "complaint\tbad "+strings.Repeat("x", i))
	}
	if bad := d.AddLines("", strings.Join(lines, "\n")); bad != nil {
		d.t.Fatal(bad.Text())
	}
	d.until("the lines are there", func(s State) bool {
		return s.Project.Count(s.Project.Classes[0].ID) == n && s.Project.Count(s.Project.Classes[1].ID) == n
	})
}

func report(id string) *task.Report {
	return &task.Report{Model: task.Model{ID: id, Title: "praise or complaint", Kind: task.Text,
		Labels: []string{"praise", "complaint"}},
		Epochs: 2, Training: task.Metrics{Accuracy: 1}, OnHeld: task.Metrics{Accuracy: 0.5}, Train: 4, Validation: 2}
}

func TestTeachTryKeepReload(t *testing.T) {
	kept := store.Memory()
	d := newDesk(t, kept)
	d.fill(3)
	d.Set(func(s *store.Settings) { s.LastLayer = true })
	d.Train()
	job := <-d.worker.Teach
	r, err := recipe.Parse(job.Recipe)
	if err != nil || job.Base != "sentiment" || len(job.Inputs) != 6 || len(job.Labels) != 6 ||
		r.Preprocess.Labels[1] != "complaint" || !r.Taught() {
		t.Fatalf("the worker was asked %s with %d inputs, %v", job.Recipe, len(job.Inputs), err)
	}
	for i, in := range job.Inputs {
		if want := []string{"good", "bad"}[job.Labels[i]]; !strings.HasPrefix(in.Text, want) || in.Buffer != -1 {
			t.Errorf("input %d is %+v under label %d", i, in, job.Labels[i])
		}
	}
	for epoch := 1; epoch <= 2; epoch++ {
		p := task.Progress{Phase: task.Training, Epoch: epoch, Epochs: 2, EpochEnd: true, Loss: 1, Accuracy: 0.5}
		job.News(p)
	}
	if s := d.Get(); s.Training.Stage != Running || len(s.Training.Curve) != 2 {
		t.Errorf("while training the stage is %q with %d points, want running with 2", s.Training.Stage,
			len(s.Training.Curve))
	}
	job.Finish(report("taught-1"), "file")
	s := d.until("the model is there", func(s State) bool { return s.Model != nil && !s.Training.Active() })
	if file, err := kept.ModelFile("taught-1"); err != nil || string(file) != "file" {
		t.Errorf("kept is %q, %v, want the worker's file", file, err)
	}

	d.worker.Classify = func(req bridge.ClassifyRequest) task.Result {
		return task.Result{Scores: []task.Score{{Label: req.Model + " " + req.Inputs[0].Text, Probability: 1}}}
	}
	d.TryText("well done")
	s = d.until("the answer is there", func(s State) bool { return s.Trial.Result != nil })
	if got := s.Trial.Result.Scores[0].Label; got != "taught-1 well done" {
		t.Errorf("the answer is %q", got)
	}

	d.RemoveClass(s.Project.Classes[0].ID)
	if s = d.Get(); !s.Changed {
		t.Errorf("a class was removed, but the page does not say that the examples changed")
	}
	d.Undo()
	d.until("everything is saved", func(State) bool {
		p, _ := kept.Projects()
		return len(p) > 0 && len(p[len(p)-1].Trash) == 0 && p[len(p)-1].Model == "taught-1"
	})
	again := newDesk(t, kept)
	s = again.until("the model is back", func(s State) bool { return s.Model != nil })
	if s.Kind != task.Text || s.Project.Count(s.Project.Classes[0].ID) != 3 || s.Training.Stage != Done ||
		len(s.Training.Curve) != 2 {
		t.Errorf("after a reload: kind %s, %d samples, stage %q, %d points", s.Kind,
			s.Project.Count(s.Project.Classes[0].ID), s.Training.Stage, len(s.Training.Curve))
	}
}

func TestFailureKeepsTheSamples(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.fill(2)
	d.Train()
	job := <-d.worker.Teach
	job.Fail("The computing part of the page stopped.")
	s := d.until("it failed", func(s State) bool { return s.Training.Stage == Failed })
	if !strings.Contains(s.Training.Words(), "stopped") || s.Project.Count(s.Project.Classes[0].ID) != 2 {
		t.Errorf("it says %q and has %d samples", s.Training.Words(), s.Project.Count(s.Project.Classes[0].ID))
	}
	d.Train()
	<-d.worker.Teach // it can be tried again
}

func TestStop(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.fill(2)
	d.Train()
	job := <-d.worker.Teach
	d.until("it trains", func(State) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.workspaces[task.Text].request != 0
	})
	d.Stop()
	if id := <-d.worker.Canceled; id != job.ID {
		t.Errorf("request %d was cancelled, want %d", id, job.ID)
	}
	if s := d.Get(); s.Training.Stage != Stopping {
		t.Errorf("the stage is %q, want stopping", s.Training.Stage)
	}
	d.SetKind(task.Image)
	if s := d.Get(); !s.Elsewhere {
		t.Error("the other kind does not know that a training is under way")
	}
	job.Finish(report("taught-2"), "file")
	d.SetKind(task.Text)
	d.until("the best so far is there", func(s State) bool { return s.Model != nil && s.Training.Stage == Done })
}

func TestNothingIsFineTunedBeforeItIsReady(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.fill(1)
	d.Train()
	if s := d.Get(); s.Training.Active() {
		t.Error("a training began with one sample in each class")
	}
}

func TestDeleteAndBack(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.fill(2)
	d.Train()
	(<-d.worker.Teach).Finish(report("taught-3"), "file")
	d.until("the model is there", func(s State) bool { return s.Model != nil })
	d.DeleteModel()
	s := d.until("it is gone", func(s State) bool { return s.Model == nil && s.Deleted != "" })
	if s.Project.Report != nil {
		t.Error("its report is still shown")
	}
	d.UndoDelete()
	s = d.until("it is back", func(s State) bool { return s.Model != nil && s.Project.Report != nil })
	if s.Model.ID != "taught-3" || s.Deleted != "" {
		t.Errorf("back is %+v", s.Model)
	}
}

func TestPicturesByFolder(t *testing.T) {
	d := newDesk(t, store.Memory())
	png := func(path string) browser.File {
		f := browser.NewFile(path[strings.LastIndex(path, "/")+1:], "image/png", []byte(path))
		f.Path = path
		return f
	}
	text := browser.NewFile("readme.txt", "text/plain", []byte("x"))
	text.Path = "pets/readme.txt"
	d.AddFiles("", []browser.File{png("pets/cat/1.png"), png("pets/cat/2.png"), png("pets/dog/1.png"), text})
	s := d.until("the pictures are there", func(s State) bool { return s.Notice.Say != nil })
	p := s.Project
	if len(p.Classes) != 2 || p.Classes[0].Name != "cat" || p.Count(p.Classes[0].ID) != 2 ||
		p.Count(p.Classes[1].ID) != 1 {
		t.Errorf("classes are %+v", p.Classes)
	}
	if got := s.Notice.Text(); !strings.Contains(got, "Added 3") ||
		!strings.Contains(got, "left out: 1 file of another kind (pets/readme.txt)") {
		t.Errorf("it says %q", got)
	}
	d.AddFiles(p.Classes[0].ID, []browser.File{png("pets/cat/1.png")})
	d.until("the double is refused", func(s State) bool { return strings.Contains(s.Notice.Text(), "Added 0") })
	d.AddFiles("", []browser.File{browser.NewFile("loose.png", "image/png", []byte("y"))})
	d.until("it asks where", func(s State) bool { return s.Notice.Bad && s.Notice.Key == "teach.where" })
	d.AddFiles(p.Classes[0].ID, []browser.File{browser.NewFile("notes.jpg", "text/plain", []byte("y"))})
	d.until("it refuses a text", func(s State) bool { return s.Notice.Bad && s.Notice.Key == "teach.notpicture" })
}

func TestBaseFitsTheSamples(t *testing.T) {
	d := newDesk(t, store.Memory())
	models := d.app.Get().Models
	p := filled([]string{"a", "b"}, 2, 1)
	if m, _ := BaseFor(models, p); m.ID != "land" {
		t.Errorf("for photographs the base is %q, want land", m.ID)
	}
	p.Add(p.NewSamples(p.Classes[0].ID, []store.Sample{{Drawn: true}, {Drawn: true}, {Drawn: true}, {Drawn: true}}))
	if m, _ := BaseFor(models, p); m.ID != "digits" {
		t.Errorf("for drawings the base is %q, want digits", m.ID)
	}
	p.Settings.Base = "land"
	if m, _ := BaseFor(models, p); m.ID != "land" {
		t.Errorf("the chosen base is not used: %q", m.ID)
	}
	if _, ok := BaseFor(nil, p); ok {
		t.Error("a base was found among no models")
	}
}

func TestTheBaseForTextsReadsThem(t *testing.T) {
	intents := task.Model{ID: "intents", Kind: task.Text, Labels: []string{"a", "b"}, Backbone: true}
	sentences := task.Model{ID: "sentences", Kind: task.Text, Backbone: true}
	for text, want := range map[string]string{"": "sentences", "a café, please": "sentences", "我想重置我的密码": "",
		"密码 reset 不了": "sentences"} {
		p := filled([]string{"a", "b"}, 0, 0)
		p.Kind = task.Text
		p.Add(p.NewSamples(p.Classes[0].ID, []store.Sample{{Text: text}}))
		for _, bases := range [][]task.Model{{intents, sentences}, {sentences, intents}} {
			if m, _ := BaseFor(bases, p); m.ID != want {
				t.Errorf("for %q the base is %s, want %s", text, m.ID, want)
			}
		}
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{"cat or dog": "cat-or-dog.wafer", `a/b\c:"x"`: "a-b-c-x.wafer",
		"..": "model.wafer", "猫 和 狗": "猫-和-狗.wafer"} {
		if got := words.FileName(in); got != want {
			t.Errorf("FileName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWordsOfARun(t *testing.T) {
	var r Training
	r.begin(Start, &recipe.Recipe{Stages: []recipe.Stage{{Name: "head"}, {Name: "whole"}}})
	last := -1.0
	for _, p := range []task.Progress{
		{Phase: task.Preparing, Step: 1, Steps: 4}, {Phase: task.Features, Step: 2, Steps: 4},
		{Phase: task.Training, Stage: "head", Epochs: 10, Step: 1, Steps: 2, SecondsLeft: 100},
		{Phase: task.Training, Stage: "head", Epoch: 9, Epochs: 10, EpochEnd: true, SecondsLeft: 3},
		{Phase: task.Training, Stage: "whole", Epoch: 1, Epochs: 4, Step: 1, Steps: 3}, {Phase: task.Testing},
	} {
		r.Progress(p)
		if r.Words() == "" || r.Share() <= last || r.Share() >= 1 {
			t.Errorf("%s: %q at %.2f after %.2f, want words and a growing share", p.Phase, r.Words(), r.Share(), last)
		}
		last = r.Share()
	}
	r.move(Learn)
	r.Progress(task.Progress{Phase: task.Training, EpochEnd: true})
	if r.Stage != Done || len(r.Curve) != 1 {
		t.Errorf("a late report changed a finished run: %+v", r)
	}
}

// Pictures that no model can take are named as soon as they are looked at, and the others are learnt without them.
func TestDamagedPicturesAreLeftOutAndNamed(t *testing.T) {
	d := newDesk(t, store.Memory())
	var files []browser.File
	for i := range 6 {
		content := fmt.Sprint("picture ", i)
		if i > 3 {
			content = "damaged"
		}
		f := browser.NewFile(fmt.Sprint(i, ".png"), "image/png", []byte(content))
		f.Path = fmt.Sprintf("pets/%s/%d.png", []string{"cat", "dog"}[i%2], i)
		files = append(files, f)
	}
	d.AddFiles("", files)
	d.until("the pictures are there", func(s State) bool { return s.Notice.Say != nil })
	d.Train()
	d.until("two pictures are left out", func(s State) bool { return len(s.Project.Trash) == 2 })
	said := d.Get().Notice.Text()
	want := "2 pictures left out, which cannot be learned from: 4.png, 5.png. The first: this is not a picture."
	if said != want {
		t.Errorf("the page says %q, expected %q", said, want)
	}
	d.until("the run ends", func(s State) bool { return !s.Training.Active() })
	d.Train()
	if job := <-d.worker.Teach; len(job.Inputs) != 4 {
		t.Errorf("%d pictures are learnt, expected 4", len(job.Inputs))
	} else {
		job.Finish(report("taught-1"), "file")
	}
}

// Pictures go to the worker once, a few in a message; a worker that took over gets them again.
func TestPicturesArePreparedOnce(t *testing.T) {
	d := newDesk(t, store.Memory())
	var files []browser.File
	for i := range 20 {
		f := browser.NewFile(fmt.Sprint(i, ".png"), "image/png", []byte(fmt.Sprint("picture ", i)))
		f.Path = fmt.Sprintf("pets/%s/%d.png", []string{"cat", "dog"}[i%2], i)
		files = append(files, f)
	}
	d.AddFiles("", files)
	d.until("the pictures are there", func(s State) bool { return s.Notice.Say != nil })
	count := func() (n int) {
		d.worker.Prepared.Range(func(any, any) bool { n++; return true })
		return n
	}
	run := func() {
		t.Helper()
		d.Train()
		job := <-d.worker.Teach
		if len(job.Buffers) != 0 || len(job.Inputs) != 20-len(d.Get().Project.Trash) || job.Inputs[0].Key == "" {
			t.Errorf("the worker was asked with %d buffers and %+v, expected keys alone", len(job.Buffers), job.Inputs)
		}
		job.Finish(report("taught-1"), "file")
		d.until("the model is there", func(s State) bool { return s.Model != nil && !s.Training.Active() })
	}
	run()
	if n := count(); n != 20 {
		t.Fatalf("%d pictures were prepared, expected 20", n)
	}
	d.worker.Prepared.Clear()
	s := d.Get()
	d.RemoveSample(s.Project.Samples(s.Project.Classes[0].ID)[0].ID)
	run()
	if n := count(); n != 0 {
		t.Errorf("%d pictures were prepared again, expected none", n)
	}
	d.Train()
	(<-d.worker.Teach).Fail(bridge.Lost)
	job := <-d.worker.Teach
	if n := count(); n != 19 {
		t.Errorf("after the worker had lost them %d pictures were prepared, expected 19", n)
	}
	job.Finish(report("taught-2"), "file")
	d.until("the model is there", func(s State) bool { return s.Model != nil && !s.Training.Active() })
}
