package teach

import (
	"strings"
	"time"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
)

// TryFile gives a picture to the taught model.
func (t *Teaching) TryFile(f browser.File) {
	if s := refuse(f); s != nil {
		t.changeOf(task.Image, func(l *workspace) { l.trial = Trial{Error: s.Text()} })
		return
	}
	t.try(task.Image, Trial{URL: f.URL()}, asked{bridge.Input{Name: f.Name},
		func() []browser.Buffer { return []browser.Buffer{f.Buffer()} }})
}

// TryDrawing gives what is on the pad to the taught model; nil pixels mean that
// the pad is empty.
func (t *Teaching) TryDrawing(pixels []byte, url string) {
	if pixels == nil {
		t.changeOf(task.Image, func(l *workspace) { l.trial = Trial{} })
		return
	}
	t.try(task.Image, Trial{URL: url}, asked{bridge.Input{Width: browser.PadSide, Height: browser.PadSide},
		func() []browser.Buffer { return []browser.Buffer{browser.Bytes(pixels)} }})
}

// TryText gives a text to the taught model as soon as the typing pauses.
func (t *Teaching) TryText(text string) {
	t.changeOf(task.Text, func(l *workspace) {
		l.trial.Stale = l.trial.Stale || text != l.trial.Typed
		if l.trial.Typed = text; strings.TrimSpace(text) == "" {
			l.trial = Trial{Typed: text}
		}
	})
	time.AfterFunc(state.TypingPause, func() {
		t.mu.Lock()
		trial := t.workspaces[task.Text].trial
		t.mu.Unlock()
		if trial.Typed == text && strings.TrimSpace(text) != "" {
			t.try(task.Text, trial, asked{bridge.Input{Text: text, Buffer: -1}, func() []browser.Buffer { return nil }})
		}
	})
}

// try shows what is tried and, when it comes, the answer. The answer to an
// earlier trial is passed over.
func (t *Teaching) try(kind task.Kind, trial Trial, ask asked) {
	trial.Busy, trial.Error = true, ""
	trial.Why = state.Why{}
	var model string
	number := 0
	t.changeOf(kind, func(l *workspace) {
		if old := l.trial.URL; strings.HasPrefix(old, "blob:") && old != trial.URL {
			browser.Release(old)
		}
		l.trial.Why.Release(trial.Why)
		l.trials++
		l.trial, l.asked, number, model = trial, &ask, l.trials, l.project.Model
	})
	m, ok := t.app.Get().Find(model)
	if !ok {
		return
	}
	answer := func(do func(*Trial)) {
		t.changeOf(kind, func(l *workspace) {
			if l.trials == number {
				l.trial.Busy, l.trial.Stale = false, false
				do(&l.trial)
			}
		})
	}
	fail := func(why string) { answer(func(tr *Trial) { tr.Result, tr.Error = nil, why }) }
	go func() {
		if err := t.app.Ready(m); err != nil {
			fail(words.Explain(err))
			return
		}
		q := bridge.ClassifyRequest{Model: m.ID, Inputs: []bridge.Input{ask.input}}
		bridge.Call(t.app.Worker(), bridge.Classify, q, ask.buffers(),
			func(a bridge.Answer) {
				r := state.InWords(a)
				if r.Error != "" {
					fail(r.Error)
					return
				}
				answer(func(tr *Trial) { tr.Result = &r })
			},
			func(_ bridge.None, _ [][]byte, err error) {
				if err != nil {
					fail(words.Explain(err))
				}
			})
	}()
}

// RenameModel gives the taught model another title.
func (t *Teaching) RenameModel(title string) {
	s := t.Get()
	if title = words.CleanName(title); s.Model == nil || title == "" || title == s.Model.Title {
		t.change(func(*workspace) {})
		return
	}
	t.changeOf(s.Kind, func(l *workspace) { l.project.Name = title })
	t.save(s.Kind)
	go func() { t.warn(t.app.RenameTaught(s.Model.ID, title)) }()
}

// DownloadModel offers the taught model as a file.
func (t *Teaching) DownloadModel() {
	s := t.Get()
	if s.Model == nil {
		return
	}
	go func() {
		if err := t.app.DownloadTaught(*s.Model); err != nil {
			t.notify("", words.Of("teach.said", words.Explain(err)), true)
		}
	}()
}

// DeleteModel forgets the taught model; UndoDelete brings it back.
func (t *Teaching) DeleteModel() {
	s := t.Get()
	if s.Model == nil {
		return
	}
	go func() {
		m, file, err := t.app.RemoveTaught(s.Model.ID)
		if err != nil {
			t.warn(err)
			return
		}
		t.changeOf(s.Kind, func(l *workspace) {
			l.deleted = &deleted{m, file, l.project.Report, l.project.Curve}
			l.trial, l.changed = Trial{}, false
			l.project.Model, l.project.Report, l.project.Curve = "", nil, nil
			l.show()
		})
		t.save(s.Kind)
	}()
}

// UndoDelete brings the deleted model back.
func (t *Teaching) UndoDelete() {
	s := t.Get()
	t.mu.Lock()
	d := t.workspaces[s.Kind].deleted
	t.workspaces[s.Kind].deleted = nil
	t.mu.Unlock()
	if d == nil {
		return
	}
	go func() {
		if err := t.app.AddTaught(d.model, d.file); err != nil {
			t.warn(err)
			return
		}
		t.adopt(d.model, s.Kind, d)
	}()
}

// adopt makes a model the one to try.
func (t *Teaching) adopt(m task.Model, kind task.Kind, d *deleted) {
	t.changeOf(kind, func(l *workspace) {
		l.project.Model, l.project.Report, l.project.Curve = m.ID, nil, nil
		l.trial, l.deleted, l.changed = Trial{}, nil, false
		if d != nil {
			l.project.Report, l.project.Curve = d.report, d.curve
		}
		l.show()
	})
	t.save(kind)
}

// OpenModel reads a model file and makes it the one to try.
func (t *Teaching) OpenModel(f browser.File) {
	go func() {
		m, err := t.app.Import(f)
		if err != nil {
			t.notify("", words.Of("teach.said", words.Explain(err)), true)
			return
		}
		t.mu.Lock()
		t.kind = m.Kind
		t.mu.Unlock()
		t.adopt(m, m.Kind, nil)
		t.notify(m.Kind, words.Of("teach.keep.opened", m.Title), false)
	}()
}

// OpenBase imports another tool's model, keeps it and builds upon it from now on.
func (t *Teaching) OpenBase(files []browser.File) {
	go func() {
		m, err := t.app.Import(files...)
		if err != nil {
			t.notify("", words.Of("teach.said", words.Explain(err)), true)
			return
		}
		t.SetKind(m.Kind)
		t.Set(func(s *store.Settings) { s.Base = m.ID })
		t.notify(m.Kind, words.Of("models.imported", m.Title), false)
	}()
}
