package teach

import (
	"wafer/app/state"
	"wafer/nn/task"
)

// AskWhy explains the answer to what was tried, or takes the explanation away.
func (t *Teaching) AskWhy() {
	s := t.Get()
	t.mu.Lock()
	l := t.workspaces[s.Kind]
	ask, number := l.asked, l.trials
	t.mu.Unlock()
	if s.Model == nil || ask == nil || s.Trial.Busy || s.Trial.Result == nil || len(s.Trial.Result.Scores) == 0 {
		return
	}
	m := *s.Model
	set := func(w state.Why) bool {
		return t.ofTrial(m.Kind, number, func(tr *Trial) {
			tr.Why.Release(w)
			tr.Why = w
		})
	}
	go func() {
		t.warn(t.seal(m.Kind)) // what explains it opens its file
		t.app.Ask(m, *s.Trial.Result, s.Trial.Why, set, ask.input, ask.buffers())
	}()
}

// ofTrial changes a trial, unless another one has taken its place.
func (t *Teaching) ofTrial(kind task.Kind, number int, do func(*Trial)) (is bool) {
	t.changeOf(kind, func(l *workspace) {
		if is = l.trials == number; is {
			do(&l.trial)
		}
	})
	return is
}

// LeaveOut leaves a part of the text that was tried out, or puts it back, −1 all.
func (t *Teaching) LeaveOut(part int) {
	s := t.Get()
	t.mu.Lock()
	number := t.workspaces[s.Kind].trials
	t.mu.Unlock()
	if s.Model == nil {
		return
	}
	t.app.Without(*s.Model, s.Trial.Why, part, func(before, after state.Why) {
		t.ofTrial(s.Kind, number, func(tr *Trial) {
			if tr.Why.Same(before) {
				tr.Why = after
			}
		})
	})
}
