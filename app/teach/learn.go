package teach

import (
	"slices"
	"time"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
)

// learnPause is how long after the last edit a project is learnt anew: longer than between two pictures of a burst or
// two keys of a name.
const learnPause = 300 * time.Millisecond

// OwnModel is the ID of the model that follows the project of a kind: every run that learns an edit replaces it. Keep
// makes a lasting one of it.
func OwnModel(kind task.Kind) string { return "project-" + string(kind) }

// learnSoon has a project learnt, learnPause after the last call; a run that learns earlier edits ends.
func (t *Teaching) learnSoon(kind task.Kind) {
	t.mu.Lock()
	l := t.workspaces[kind]
	l.due, l.edits = true, l.edits+1
	edits, id := l.edits, l.interrupt()
	t.mu.Unlock()
	if id != 0 {
		bridge.Tell(t.app.Worker(), bridge.Cancel, bridge.Target{Request: id})
	}
	t.soon(learnPause, func() { t.learn(kind, edits) })
}

// interrupt ends a run that learns by itself and returns the worker's number of it, 0 for none. The caller holds the
// lock.
func (l *workspace) interrupt() int {
	if !l.training.Quiet || !l.training.move(Stop) {
		return 0
	}
	return l.request
}

// learn solves the head anew, unless there was another edit meanwhile or something stands in the way: too few
// examples, a run under way (its end calls again), or a catalogue that has not arrived.
func (t *Teaching) learn(kind task.Kind, edits int) {
	app := t.app.Get()
	t.mu.Lock()
	l := t.workspaces[kind]
	base, found := BaseFor(app.Bases(kind), l.project)
	if !l.due || l.edits != edits || !l.project.Ready() {
		t.mu.Unlock()
		return
	}
	if !found && !app.Loaded {
		t.mu.Unlock()
		t.soon(time.Second, func() { t.learn(kind, edits) })
		return
	}
	if !found || !t.may(kind, Start) {
		t.mu.Unlock()
		return
	}
	c, err := l.project.run(base, l.project.title(), false)
	if l.due = false; err == nil {
		l.training.begin(Start, c.recipe)
		l.training.Quiet = true
	}
	t.mu.Unlock()
	if err != nil {
		t.notify(kind, words.Of("teach.said", err.Error()), true)
		return
	}
	t.change(func(*workspace) {})
	go t.train(kind, c)
}

// learnNext learns what was edited while a run was under way.
func (t *Teaching) learnNext() {
	for _, kind := range []task.Kind{task.Image, task.Text} {
		t.mu.Lock()
		due, edits := t.workspaces[kind].due, t.workspaces[kind].edits
		t.mu.Unlock()
		if due {
			t.soon(0, func() { t.learn(kind, edits) })
		}
	}
}

// sealPause is how long after it was learnt the file of a model is made, unless somebody asks for it earlier: edits
// come one soon after another, and each makes a model that nobody keeps.
const sealPause = time.Second

// sealSoon keeps what was learnt from so many edits, unless there is another edit meanwhile.
func (t *Teaching) sealSoon(kind task.Kind) {
	t.mu.Lock()
	edits := t.workspaces[kind].edits
	t.mu.Unlock()
	t.soon(sealPause, func() {
		t.mu.Lock()
		l := t.workspaces[kind]
		now := l.edits == edits && !l.due
		t.mu.Unlock()
		if now {
			go func() { t.warn(t.seal(kind)) }()
		}
	})
}

// seal has the file of the project's model made, unless there is one. It blocks.
func (t *Teaching) seal(kind task.Kind) error {
	t.mu.Lock()
	before := t.workspaces[kind].project.Report
	t.mu.Unlock()
	report, err := t.app.Seal(OwnModel(kind))
	if err != nil || report == nil {
		return err
	}
	t.changeOf(kind, func(l *workspace) {
		if l.project.Report == before {
			l.project.Report = report
		}
	})
	t.save(kind)
	return nil
}

// LearnNow learns the edits that a person had stopped from being learnt.
func (t *Teaching) LearnNow() {
	t.mu.Lock()
	l := t.workspaces[t.kind]
	l.due, l.edits = true, l.edits+1
	kind, edits := t.kind, l.edits
	t.mu.Unlock()
	t.learn(kind, edits)
	t.change(func(*workspace) {})
}

// stale reports whether a project has examples that its own model has not learnt, as when the page went away just
// after an edit.
func (p *Project) stale() bool {
	if !p.Ready() || p.Model != "" && p.Model != OwnModel(p.Kind) || p.Job != "" || p.Sending != nil {
		return false
	}
	if p.Model == "" || p.Report == nil || p.Report.WeightsHash == "" { // its file was never made
		return true
	}
	c := trainingRun{}
	c.labels, c.samples = p.all()
	return !slices.Equal(p.Asked, c.asked()) || !slices.Equal(p.Report.Model.Labels, p.names())
}

// KeepModel makes a lasting model of the one that follows the project, under its title or, where another has that, one
// with a number.
func (t *Teaching) KeepModel() {
	s := t.Get()
	if s.Model == nil || s.Project.Report == nil {
		return
	}
	go func() {
		if err := t.seal(s.Kind); err != nil {
			t.warn(err)
			return
		}
		s = t.Get()
		file, err := t.app.TaughtFile(s.Model.ID)
		if err != nil {
			t.warn(err)
			return
		}
		m := *s.Model
		m.ID = s.Project.Report.Model.ID
		if kept, known := t.app.Get().Find(m.ID); known {
			m.Title = kept.Title
		} else {
			m.Title = freeTitle(t.app.Get().Taught, m.Title, s.Model.ID)
		}
		if err := t.app.AddTaught(m, file); err != nil {
			t.warn(err)
			return
		}
		t.notify(s.Kind, words.Of("teach.keep.done", m.Title), false)
	}()
}

// asked is an input that was tried, to be asked again of the next model.
type asked struct {
	input   bridge.Input
	buffers func() []browser.Buffer
}

// retry asks the newest model what the last one was asked.
func (t *Teaching) retry(kind task.Kind) {
	t.mu.Lock()
	l := t.workspaces[kind]
	trial, ask := l.trial, l.asked
	t.mu.Unlock()
	if ask != nil && (trial.Typed != "" || trial.URL != "") {
		t.try(kind, trial, *ask)
	}
}

// used are the classes that have examples and are not switched off: those that are told apart.
func (p *Project) used() (list []store.Class) {
	for _, c := range p.Classes {
		if p.Count(c.ID) > 0 && !c.Off {
			list = append(list, c)
		}
	}
	return list
}

// names are those of the classes that are told apart.
func (p *Project) names() (list []string) {
	for _, c := range p.used() {
		list = append(list, p.Title(c.ID))
	}
	return list
}
