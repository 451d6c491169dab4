package teach

import (
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/app/state/statetest"
	"wafer/app/store"
	"wafer/nn/metrics"
	"wafer/nn/task"
)

// judges gives the desk a model that knows what is good by its text, and a writer that counts what is right.
func (d *desk) judges() {
	bridge.Handle(d.worker.Handlers, bridge.Classify,
		func(a bridge.Asked[bridge.Answer], q bridge.ClassifyRequest) (bridge.None, [][]byte, error) {
			for i, in := range q.Inputs {
				r := task.Result{Scores: []task.Score{{Index: 0, Probability: 0.75}, {Index: 1, Probability: 0.25}}}
				if strings.HasPrefix(in.Text, "bad") {
					r.Scores[0].Index, r.Scores[1].Index = 1, 0
				}
				if in.Text == "broken" {
					r = task.Result{Error: "It is broken."}
				}
				a.News(bridge.Answer{Index: i, Result: r})
			}
			return bridge.None{}, nil, nil
		})
	w := statetest.NewWorker()
	bridge.Handle(w.Handlers, bridge.Judge,
		func(_ bridge.Asked[bridge.None], q bridge.JudgeRequest) (done bridge.Judged, _ [][]byte, err error) {
			a, _, err := metrics.Unpack(q.Answers, len(q.Labels))
			done.Estimate = task.Estimate{Samples: len(a.Labels), Accuracy: a.Confusion().Accuracy()}
			return done, nil, err
		})
	d.app.Writer = w
}

// learnt has what is due learnt as a model of some weights.
func (d *desk) learnt(weights string) {
	d.t.Helper()
	_, finish := d.asked()
	finish(weights)
	d.until("it is learnt", func(s State) bool { return !s.Settling && s.Training.Stage == Done })
}

// A test set is answered by the model and counted apart; which models it measured is remembered, and an edit makes the
// figure that of an earlier model.
func TestATestSetIsMeasured(t *testing.T) {
	d := newDesk(t, store.Memory())
	d.judges()
	d.fill(3)
	p := d.Get().Project
	for class, texts := range map[int][]string{0: {"good test", "bad joke"}, 1: {"bad test", "broken"}} {
		var list []Labelled
		for _, text := range texts {
			list = append(list, Labelled{Text: text, Test: true})
		}
		if n, _, ok := d.addLabelled(p.Classes[class].ID, list); n != 2 || !ok {
			t.Fatalf("%d samples to test with were added", n)
		}
	}
	d.learnt("first")
	d.Test()
	s := d.until("it is measured", func(s State) bool { return s.Project.Tested != nil && !s.Testing.Active })
	got := s.Project.Tested
	if got.Estimate.Samples != 3 || got.Failed != 1 || got.Kept != 2 || len(got.Asked) != 3 || got.Weights != "first" {
		t.Errorf("measured: %+v, expected 2 of 3 right, and one broken", got)
	}
	if e := s.Project.Report.Estimate; e != nil && e.Samples == got.Estimate.Samples {
		t.Errorf("the estimate counts the test set: %+v", e)
	}
	d.Test()
	d.until("it is measured again", func(s State) bool { return s.Project.Tested != got && !s.Testing.Active })
	if used := d.Get().Project.Tested.Used; len(used) != 1 {
		t.Errorf("the same model twice counts as %q", used)
	}
	d.AddText(p.Classes[0].ID, "good and new")
	d.learnt("second")
	d.Test()
	d.until("the next is measured", func(s State) bool { return s.Project.Tested.Weights == "second" })
	if used := d.Get().Project.Tested.Used; strings.Join(used, " ") != "first second" {
		t.Errorf("the test set measured %q, expected first and second", used)
	}
}
