package jobs

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"wafer/app/state"
	"wafer/app/state/statetest"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
)

func newJobs(t *testing.T) (*Jobs, *statetest.Server) {
	t.Helper()
	none := func() (api.Catalogue, string, error) { return api.Catalogue{}, "", nil }
	desk := statetest.NewDesk()
	app, s := state.New(desk, none, store.Open), statetest.NewServer()
	app.Reader = desk
	app.Serve(s)
	app.AskServer()
	return New(app), s
}

func untilJobs(t *testing.T, j *Jobs, what string, ok func(State) bool) State {
	t.Helper()
	for range 20_000 {
		if s := j.Get(); ok(s) {
			return s
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("after 20 seconds it is not so that %s: %+v", what, j.Get())
	return State{}
}

const cloneRecipe = `{"name":"r", "seed":3,
  "optimizer":{"name":"adam","learning_rate":0.01},
  "train":{"epochs":4}}`

func TestJobsAreListedFollowedAndMoved(t *testing.T) {
	j, server := newJobs(t)
	a, _ := server.Submit(api.Spec{Name: "first", Recipe: []byte(cloneRecipe)}, "1")
	b, _ := server.Submit(api.Spec{Name: "second", Recipe: []byte(cloneRecipe)}, "2")
	server.Happen(a.ID, api.Kind(api.Claim), func(s *api.Status) { s.State, s.Attempt = api.Running, 1 })
	server.Damaged = []string{"ruined"}
	j.Visit(url.Values{})
	s := untilJobs(t, j, "both are listed", func(s State) bool { return len(s.List) == 2 })
	if s.Total != 2 || !slices.Equal(s.Damaged, []string{"ruined"}) {
		t.Errorf("%d jobs in all, these cannot be read: %q; expected 2 and the one that is ruined", s.Total, s.Damaged)
	}
	if s.List[0].ID != b.ID || len(s.Shown()) != 2 || len(s.Runs) != 0 {
		t.Errorf("listed: %+v, %d runs", s.List, len(s.Runs))
	}
	server.Happen(a.ID, api.Progressed, func(
		s *api.Status) {
		s.Progress = &task.Progress{Phase: task.Training, Epoch: 3, Epochs: 10}
	})
	untilJobs(t, j, "the list is live", func(s State) bool { return s.List[1].Seq == 3 && Share(s.List[1]) > 0.3 })
	if n := server.Called("events"); n != 1 {
		t.Errorf("%d streams for one job that runs", n)
	}
	j.Visit(url.Values{"state": {"running"}})
	if shown := j.Get().Shown(); len(shown) != 1 || shown[0].ID != a.ID {
		t.Errorf("the running ones: %+v", shown)
	}

	j.Visit(url.Values{"id": {a.ID}})
	server.Happen(a.ID, api.Logged, func(*api.Status) {})
	server.Epoch(a.ID, 1)
	s = untilJobs(t, j, "an epoch is heard of",
		func(s State) bool { return len(s.Runs[a.ID].Curve) == 1 && s.Runs[a.ID].Job.Spec.Name != "" })
	if r := s.Runs[a.ID]; len(r.Log) != 1 || MemoryLine(r) != "12 MB" || r.Job.Seq != 5 || r.Job.Spec.Name != "first" {
		t.Errorf("heard: %+v", r)
	}
	j.Move(a.ID, api.Pause)
	untilJobs(t, j, "it is paused", func(s State) bool {
		found,
			_ := s.Find(a.ID)
		return found.Status.State == api.Paused
	})
	j.Move(a.ID, api.Retry)
	untilJobs(t, j, "it says why not", func(s State) bool {
		return s.Notice.Bad && strings.Contains(s.Notice.Text(), "retry is not possible")
	})
	j.Move(a.ID, api.Cancel)
	untilJobs(t, j, "it is cancelled", func(s State) bool { return s.Runs[a.ID].Job.Status.State == api.Cancelled })
	before := server.Called("events")
	j.Refresh()
	j.Refresh()
	if n := server.Called("events"); n != before {
		t.Errorf("a job that has ended is asked for events again: %d streams, had %d", n, before)
	}
	j.Move(a.ID, api.Retry) // its story goes on
	untilJobs(t, j, "it waits again", func(s State) bool { return s.Runs[a.ID].Job.Status.State == api.Queued })
	server.Happen(a.ID, api.Kind(api.Claim), func(s *api.Status) { s.State, s.Attempt = api.Running, 2 })
	server.Epoch(a.ID, 1)
	untilJobs(t, j, "the curve begins anew", func(s State) bool {
		return len(s.Runs[a.ID].Curve) == 1 && s.Runs[a.ID].Job.Status.Attempt == 2
	})
	j.Leave()
	for range 20_000 {
		server.Mu.Lock()
		n := len(server.Streams[a.ID])
		server.Mu.Unlock()
		if n == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("after leaving the page a stream stays open")
}

func TestDeleteAndBring(t *testing.T) {
	j, server := newJobs(t)
	a, _ := server.Submit(api.Spec{Name: "first"}, "1")
	j.Refresh()
	j.Bring(a.ID)
	untilJobs(t, j, "there is no model", func(s State) bool { return s.Notice.Bad })
	file := server.Put([]byte("model"))
	server.Happen(a.ID, api.Kind(api.Succeed),
		func(s *api.Status) { s.State, s.Result = api.Succeeded, &api.Result{File: file} })
	j.Refresh()
	j.Report(a.ID)
	untilJobs(t, j, "there is no report", func(s State) bool { return s.Notice.Bad && !s.Busy[a.ID] })
	page := server.Put([]byte("<!doctype html>"))
	server.Happen(a.ID, api.Kind(api.Succeed), func(s *api.Status) { s.Result.Page = &page })
	j.Refresh()
	j.Report(a.ID)
	untilJobs(t, j, "the report is offered", func(s State) bool {
		return strings.Contains(s.Notice.Text(), "The report of first is downloaded") && !s.Busy[a.ID]
	})
	j.Bring(a.ID)
	s := untilJobs(t, j, "the model is here", func(s State) bool { return s.Brought != nil && !s.Busy[a.ID] })
	if kept, _ := j.app.Kept(); s.Brought.ID != "taught-1" {
		t.Errorf("brought %+v", s.Brought)
	} else if b, err := kept.ModelFile("taught-1"); err != nil || string(b) != "model" {
		t.Errorf("kept %q, %v", b, err)
	}
	gone := make(chan bool, 1)
	j.Delete(a.ID, func() { gone <- true })
	<-gone
	untilJobs(t, j, "it is gone", func(s State) bool {
		return len(s.List) == 0 && strings.Contains(s.Notice.Text(), "first was deleted")
	})
}

func TestWhoMayNotReadAsksForNothing(t *testing.T) {
	j, server := newJobs(t)
	server.About.Role, server.About.Tokens = api.Nobody, true
	j.app.AskServer()
	j.Visit(url.Values{"id": {"job1"}})
	j.Refresh()
	if n := server.Called("jobs") + server.Called("job") + server.Called("events"); n != 0 {
		t.Errorf("the server was asked %d times without a token", n)
	}
	j.Leave()
}

func TestAVariationOfARecipe(t *testing.T) {
	job := api.Job{ID: "a", Spec: api.Spec{Name: "first", Recipe: []byte(cloneRecipe), Model: "best",
		Data:       []api.File{{SHA256: "x"}},
		Checkpoint: &api.File{SHA256: "c"}}}
	f := cloneOf(job)
	if f.Epochs != "4" || f.Rate != "0.01" || f.Seed != "3" || f.Name != "first" {
		t.Errorf("the form shows %+v", f)
	}
	f.edit("epochs", " 9 ")
	f.edit("rate", "0,5")
	f.edit("seed", "77")
	f.edit("name", "second")
	spec, err := f.spec(job)
	if err != nil || spec.CloneOf != "a" || spec.Name != "second" || spec.Model != "" || spec.Checkpoint != nil ||
		len(spec.Data) != 1 {
		t.Fatalf("%+v, %v", spec, err)
	}
	want := strings.NewReplacer("0.01", "0.5", `"seed":3`, `"seed":77`, `"epochs":4`, `"epochs":9`).Replace(cloneRecipe)
	if Pretty(spec.Recipe) != Pretty([]byte(want)) {
		t.Errorf("the recipe is\n%s\nexpected\n%s", spec.Recipe, want)
	}
	f.edit("recipe", strings.Replace(f.Recipe, `"epochs": 9`, `"epochs": 12`, 1))
	if f.Epochs != "12" {
		t.Errorf("a change of the recipe is not shown: %+v", f)
	}
	if f.edit("epochs", "many"); f.Error == "" {
		t.Error("words were taken for a number")
	}
	f.edit("recipe", `{"seed":`)
	if _, err := f.spec(job); err == nil || !strings.Contains(err.Error(), "not valid JSON") {
		t.Errorf("a broken recipe: %v", err)
	}
	if f.edit("name", "  "); f.Name == "" {
		t.Error("the field was emptied while it is typed in")
	}
	if _, err := f.spec(job); err == nil || !strings.Contains(err.Error(), "needs a name") {
		t.Errorf("no name: %v", err)
	}
}

func TestAVariationOfATaughtModel(t *testing.T) {
	q := recipe.Teaching{Name: "first", Base: strings.Repeat("5", 64), Kind: task.Text, Classes: []string{"a", "b"},
		Counts: []int{4, 4}, Seed: 5}
	r, err := q.Recipe()
	if err != nil {
		t.Fatal(err)
	}
	job := api.Job{ID: "a", Spec: api.Spec{Name: "first", Recipe: r.Bytes()}}
	f := cloneOf(job)
	if f.Epochs != "100" || f.Rate != "0.01" || f.Seed != "5" || Taught(job) == nil {
		t.Errorf("the form shows %+v", f)
	}
	f.edit("name", "second")
	f.edit("epochs", "30")
	f.edit("rate", "0,002")
	spec, err := f.spec(job)
	if err != nil {
		t.Fatal(err)
	}
	got := Taught(api.Job{Spec: spec})
	if got == nil || got.Train.Epochs != 30 || got.Optimizer.LearningRate != 0.002 || got.Seed != 5 ||
		got.Name != "second" {
		t.Errorf("the variation is %s", spec.Recipe)
	}
	if string(job.Spec.Recipe) != string(r.Bytes()) {
		t.Error("the job that was varied changed")
	}
}

func TestReplaceInLeavesTheRestAsItIs(t *testing.T) {
	for _, c := range []struct{ doc, path, want string }{
		{`{"a": 1, "b" : {"c":2 } }`, "a", `{"a": X, "b" : {"c":2 } }`},
		{`{"a": 1, "b" : {"c":2 } }`, "b.c", `{"a": 1, "b" : {"c":X } }`},
		{`{"a": 1, "b" : {"c":2 } }`, "b", `{"a": 1, "b" : X }`},
		{`{"b":{"b":{"b":0}}}`, "b.b.b", `{"b":{"b":{"b":X}}}`},
		{`{"a":1}`, "c", `{"c": X,"a":1}`},
		{`{ }`, "c", `{"c": X }`},
		{`{"a":1}`, "t.e", `{"t": {"e": X},"a":1}`},
		{`{"b":{}}`, "b.c", `{"b":{"c": X}}`},
		{`{"x\"y":[{"a":5}],"a":"}"}`, "a", `{"x\"y":[{"a":5}],"a":X}`},
	} {
		got, err := replaceIn([]byte(c.doc), strings.Split(c.path, "."), "X")
		if err != nil || string(got) != c.want {
			t.Errorf("%s in %s: %s, %v; expected %s", c.path, c.doc, got, err, c.want)
		}
	}
	for _, doc := range []string{``, `[1]`, `{"a"`, `{"a":1}`} {
		if _, err := replaceIn([]byte(doc), []string{"a", "b"}, "X"); err == nil {
			t.Errorf("%q was taken", doc)
		}
	}
}

// What a lost worker did after its last checkpoint is not shown twice.
func TestCurvesForgetWhatWasInVain(t *testing.T) {
	r := Run{}
	event := func(kind api.Kind, epoch int, checkpoint *api.File) {
		s := api.Status{State: api.Running, Checkpoint: checkpoint}
		if kind == api.Progressed {
			s.Progress = &task.Progress{Epoch: epoch, Epochs: 9, EpochEnd: true}
		}
		r.Hear(api.Event{Kind: kind, Status: s})
	}
	var got []int
	curve := func() []int {
		got = nil
		for _, p := range r.Curve {
			got = append(got, p.Epoch)
		}
		return got
	}
	claim, at := api.Kind(api.Claim), &api.File{}
	event(claim, 0, nil)
	event(api.Progressed, 1, nil)
	event(claim, 0, nil) // lost before any checkpoint
	event(api.Progressed, 1, nil)
	event(api.Progressed, 2, nil)
	event(api.Checkpointed, 0, at)
	event(api.Progressed, 3, at)
	event(claim, 0, at) // lost after one
	event(api.Progressed, 3, at)
	event(api.Progressed, 4, at)
	if !slices.Equal(curve(), []int{1, 2, 3, 4}) {
		t.Errorf("the curve has the epochs %v", got)
	}
}

func TestSideBySide(t *testing.T) {
	job := func(id, weights string, accuracy float64) api.Job {
		return api.Job{ID: id, Spec: api.Spec{Name: id, Recipe: []byte(cloneRecipe)},
			Status: api.Status{State: api.Succeeded,
				Result: &api.Result{WeightsHash: weights,
					Metrics: map[string]float64{"test_accuracy": accuracy, "loss": 0.25}}}}
	}
	s := State{Compare: []string{"a", "b"}, List: []api.Job{job("a", "abc", 0.5), job("b", "abc", 0.75)}}
	if !SameWeights(s) {
		t.Error("equal weights are not recognised")
	}
	found := map[string][]string{}
	for _, row := range SideBySide(s) {
		found[row.Key] = row.Values
	}
	if !slices.Equal(found["jobs.metric.test"], []string{"50%", "75%"}) ||
		!slices.Equal(found["teach.seed"], []string{"3", "3"}) || found["jobs.metric.val"] != nil {
		t.Errorf("the table has %v", found)
	}
	s.List[1].Status.Result.WeightsHash = "xyz"
	if SameWeights(s) || SameWeights(State{Compare: []string{"a"}, List: s.List}) {
		t.Error("other weights, or one job, are said to be the same")
	}
	if v, ok := MainMetric(map[string]float64{"accuracy": 1, "val_accuracy": 0.5}); !ok || v != 0.5 {
		t.Errorf("the main metric is %v", v)
	}
	if list := Metrics(map[string]float64{"zeta": 1.5, "accuracy": 0.5, "test_loss": 2}); len(list) != 3 ||
		list[0].Text != "50%" || list[2].Key != "zeta" {
		t.Errorf("metrics are %v", list)
	}
}

func TestDurationsAndSpeeds(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0 s", 89.4: "89 s", 90: "2 min", 5399: "90 min",
		5400: "1 h 30 min", 90000: "25 h 0 min"} {
		if got := words.Duration(seconds); got != want {
			t.Errorf("%v s is %q, expected %q", seconds, got, want)
		}
	}
	if got := words.Speed(&task.Progress{SamplesPerSecond: 1234.4,
		SecondsLeft: 30}); got != "1,234 samples/s, 30 s left" {
		t.Errorf("got %q", got)
	}
	if words.Speed(nil) != "" || words.Speed(&task.Progress{}) != "" {
		t.Error("an unknown speed is told")
	}
}
