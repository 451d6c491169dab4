package model_test

import (
	"os"
	"testing"

	"wafer/nn/model"
	"wafer/nn/task"
)

// A model that is told how sure to be says so in its file, answers as before where it is sure, and forgets it again.
func TestBeSure(t *testing.T) {
	file, err := os.ReadFile("../../static/models/sentiment-lstm.wafer")
	if err != nil {
		t.Fatal(err)
	}
	open := func(file []byte) *model.Model {
		m, err := model.Open(file, model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := open(file)
	text := task.Input{Text: "the film is long, the actors are good"}
	before := m.Classify(text)
	top := float64(before.Scores[0].Probability)
	if before.Rejected || m.Info().Rejects {
		t.Fatalf("the model rejects: %+v", before)
	}
	for _, c := range []struct {
		least  float64
		unsure bool
	}{{top - 0.001, false}, {top + 0.001, true}, {0, false}} {
		if err := m.BeSure(c.least); err != nil {
			t.Fatal(err)
		}
		again := open(m.Bytes())
		if again.Info().SHA256 != m.Info().SHA256 || again.Info().Rejects != (c.least > 0) {
			t.Errorf("from %v on the file is of %+v, expected %+v", c.least, again.Info(), m.Info())
		}
		if d, err := model.Describe(m.Bytes(), model.Options{}); err != nil || d.Rejects != (c.least > 0) {
			t.Errorf("from %v on the file is described as %+v (%v)", c.least, d, err)
		}
		for who, r := range map[string]task.Result{"told": m.Classify(text), "opened": again.Classify(text)} {
			if r.Unsure != c.unsure || r.Rejected != c.unsure || r.Scores[0] != before.Scores[0] {
				t.Errorf("%s: from %v on, %v is unsure %v and rejected %v, expected %v", who, c.least, r.Scores[0],
					r.Unsure, r.Rejected, c.unsure)
			}
		}
	}
	if string(m.Bytes()) != string(file) {
		t.Error("a model that always answers again has another file than before")
	}
	for _, least := range []float64{-0.1, 1, 2} {
		if m.BeSure(least) == nil {
			t.Errorf("a least probability of %v is taken", least)
		}
	}
}
