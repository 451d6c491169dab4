package state

import (
	"testing"

	"wafer/nn/task"
)

func TestSlowDevicesTakeTheLightTwin(t *testing.T) {
	photos := task.Model{ID: "photos", Kind: task.Image, Labels: []string{"a", "b"}}
	light, other := photos, photos
	light.ID, other.ID = "photos-light", "digits"
	for _, c := range []struct {
		slow   bool
		chosen string
		want   string
	}{{false, "", "photos"}, {true, "", "photos-light"}, {true, "photos", "photos"}, {true, "digits", "digits"}} {
		st := State{Models: []task.Model{photos, light, other}, Slow: c.slow,
			Chosen: map[task.Kind]string{task.Image: c.chosen}}
		if m, _ := st.Model(task.Image); m.ID != c.want {
			t.Errorf("slow %v, chosen %q: %s is used, expected %s", c.slow, c.chosen, m.ID, c.want)
		}
	}
	encoder := task.Model{ID: "sentences", Kind: task.Text, Backbone: true}
	st := State{Models: []task.Model{encoder}, Chosen: map[task.Kind]string{task.Text: "sentences"}}
	if m, ok := st.Model(task.Text); ok || len(st.Of(task.Text)) != 0 {
		t.Errorf("%s answers texts, but it has no labels", m.ID)
	}
}

func TestSlowAnswersInARowMakeASlowDevice(t *testing.T) {
	s := New(newWorker(), nil, nil)
	photos := task.Model{ID: "photos", Kind: task.Image, Labels: []string{"a", "b"}}
	light := photos
	light.ID = "photos-light"
	s.change(func(st *State) { st.Models = []task.Model{photos, light} })
	for _, c := range []struct {
		millis float64
		want   int
	}{{500, 1}, {500, 2}, {100, 0}, {450, 1}} {
		if s.timed(photos, task.Result{Millis: c.millis}); s.slow != c.want {
			t.Errorf("after %v ms there are %d slow answers in a row, expected %d", c.millis, s.slow, c.want)
		}
	}
	if s.timed(light, task.Result{Millis: 900}); s.slow != 1 {
		t.Error("a model without a light twin was counted")
	}
}
