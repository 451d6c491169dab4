package teach

import (
	"slices"
	"strconv"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Train fine-tunes on the samples of the kind shown, from the solved head on, unless something stops it: too few
// examples, another run, or no base. The result is kept only if it is better.
func (t *Teaching) Train() {
	app := t.app.Get()
	t.mu.Lock()
	kind := t.kind
	l := t.workspaces[kind]
	base, found := BaseFor(app.Bases(kind), l.project)
	if !found || base.NGrams || !l.project.Tunable() || !t.may(kind, Start) {
		t.mu.Unlock()
		return
	}
	c, err := l.project.run(base, freeTitle(app.Taught, l.project.title(), OwnModel(kind)), true)
	if err == nil {
		l.training.begin(Start, c.recipe)
		l.project.Job = ""
		l.notice, l.due = words.Notice{}, false
	}
	t.mu.Unlock()
	if err != nil {
		t.notify(kind, words.Of("teach.said", words.Explain(err)), true)
		return
	}
	t.unfollow(kind) // a job that has ended
	t.change(func(*workspace) {})
	go t.train(kind, c)
}

// trainingRun is a training that can go on elsewhere.
type trainingRun struct {
	recipe     *recipe.Recipe
	base       task.Model
	labels     []int          // of samples
	samples    []store.Sample // in the order of the run
	files      []SendFile     // base and samples as a server had them; they take the place of those above
	checkpoint *SendFile      // where it goes on, nil: from the start
}

// asked are the ids of the samples in the order of the run; nil where only a server's files are here.
func (c *trainingRun) asked() []string {
	if c == nil || c.files != nil {
		return nil
	}
	ids := make([]string, len(c.samples))
	for i, s := range c.samples {
		ids[i] = s.ID
	}
	return ids
}

// Teaching are the choices of a project for learning from a base: to solve the head, or to fine-tune.
func (p *Project) Teaching(base task.Model, tune bool) recipe.Teaching {
	q := recipe.Teaching{Base: base.SHA256, Kind: p.Kind, Solve: true, Seed: p.Settings.Seed, Classes: p.names()}
	if tune {
		q.Whole, q.Solve = !p.Settings.LastLayer, !p.Settings.LastLayer
		q.LastBlock, q.Drawn = p.Settings.LastBlock, base.Drawing
		q.Epochs, q.LearningRate = p.Settings.Epochs, p.Settings.LearningRate
	}
	if base.NGrams { // there is no network to train
		q.Whole, q.Solve, q.Epochs, q.LearningRate = false, true, 0, 0
	}
	for _, c := range p.used() {
		q.Counts = append(q.Counts, p.Count(c.ID))
	}
	return q
}

// run is a run on the project from its start.
func (p *Project) run(base task.Model, name string, tune bool) (c trainingRun, err error) {
	q := p.Teaching(base, tune)
	q.Name = name
	c.base = base
	if c.recipe, err = q.Recipe(); err != nil {
		return c, err
	}
	c.labels, c.samples = p.all()
	return c, nil
}

// all are the samples of all classes with the numbers of these.
func (p *Project) all() (labels []int, samples []store.Sample) {
	for i, c := range p.used() {
		for _, s := range p.Samples(c.ID) {
			labels, samples = append(labels, i), append(samples, s)
		}
	}
	return labels, samples
}

// title is that of the project's model: chosen by a person, or after its classes, of which there are two at least.
func (p *Project) title() string {
	names := p.names()
	switch n := len(names); {
	case p.Name != "":
		return p.Name
	case n > 2:
		return words.T("teach.keep.many", names[0], names[1], n-2)
	}
	return words.T("teach.keep.default", names[0], names[1])
}

// freeTitle is a title, with a number if another model than that of an ID has it already.
func freeTitle(taught []task.Model, title, but string) string {
	for free, n := title, 2; ; n++ {
		if !slices.ContainsFunc(taught, func(m task.Model) bool { return m.Title == free && m.ID != but }) {
			return free
		}
		free = title + " " + strconv.Itoa(n)
	}
}

// train loads the base, prepares the samples and lets the worker train; it returns once that has begun, and ended hears
// how it went. A stop that comes while samples are prepared is obeyed after it.
func (t *Teaching) train(kind task.Kind, r trainingRun) {
	if r.files == nil && !r.base.NGrams {
		if err := t.app.Ready(r.base); err != nil {
			t.failed(kind, words.Explain(err))
			return
		}
	}
	t.mu.Lock()
	l := t.workspaces[kind]
	l.run = &r
	t.mu.Unlock()
	if r.checkpoint == nil && t.drop(kind) {
		return
	}
	err := t.prepare(r, func(p task.Progress) { t.changeOf(kind, func(l *workspace) { l.training.Progress(p) }) },
		func() bool { return t.stageOf(kind) == Stopping })
	if err != nil {
		if !t.drop(kind) {
			t.failed(kind, words.Explain(err))
		}
		return
	}
	req, buffers := r.request()
	t.mu.Lock()
	if l.training.Quiet {
		req.Stay = OwnModel(kind)
	}
	req.Sure = l.project.Settings.Sure
	t.mu.Unlock()
	id := bridge.Call(t.app.Worker(), bridge.Teach, req, buffers,
		func(p task.Progress) { t.changeOf(kind, func(l *workspace) { l.training.Progress(p) }) },
		func(done bridge.Taught, files [][]byte, err error) {
			if err != nil && err.Error() == bridge.Lost && t.forget(r.base.ID) { // another worker took over
				go t.train(kind, r)
				return
			}
			t.ended(kind, done, files, err)
		})
	t.mu.Lock()
	l.request = id
	stopped, leaving := l.training.Stage == Stopping, l.training.Stage == Halting
	t.mu.Unlock()
	if leaving { // asked for while the samples were prepared
		bridge.Tell(t.app.Worker(), bridge.HandOver, bridge.Target{Request: id})
	}
	if stopped {
		bridge.Tell(t.app.Worker(), bridge.Cancel, bridge.Target{Request: id})
	}
}

// drop ends a training that was stopped before there was anything to keep; false if nobody has stopped it.
func (t *Teaching) drop(kind task.Kind) bool {
	t.mu.Lock()
	dropped := t.workspaces[kind].rest(Drop)
	t.mu.Unlock()
	if dropped {
		t.finish(kind, func(*workspace) {})
	}
	return dropped
}

// request is what a run asks of the worker.
func (r trainingRun) request() (bridge.TeachRequest, []browser.Buffer) {
	req := bridge.TeachRequest{Recipe: r.recipe.Bytes(), Base: r.base.ID, Files: map[string]int{}}
	var buffers []browser.Buffer
	if r.files == nil {
		req.Labels = r.labels
		req.Inputs = named(r.samples)
	}
	files := r.files
	if r.checkpoint != nil {
		files = append(slices.Clip(files), *r.checkpoint)
	}
	for _, f := range files {
		for _, name := range []string{bridge.BaseFile, bridge.SamplesFile, bridge.CheckpointFile} {
			if pathOf(r.recipe, name) == f.Path {
				req.Files[name] = len(buffers)
				buffers = append(buffers, browser.Bytes(f.data))
			}
		}
	}
	return req, buffers
}

// ended takes the worker's last answer to a training.
func (t *Teaching) ended(kind task.Kind, done bridge.Taught, files [][]byte, err error) {
	t.mu.Lock()
	leaving := t.workspaces[kind].training.Stage == Halting
	t.mu.Unlock()
	switch {
	case err != nil && t.drop(kind): // nothing was there to keep when it was stopped
	case err != nil:
		t.failed(kind, words.Explain(err))
	case done.Report != nil:
		go t.learned(kind, *done.Report, files, leaving)
	case leaving:
		go t.handedOver(kind, done.Checkpoint, files)
	case !t.drop(kind):
		t.failed(kind, words.T("teach.run.nothing"))
	}
}

// learned keeps the model that came out of a training; of one that stays in the worker there is no file.
func (t *Teaching) learned(kind task.Kind, report task.Report, files [][]byte, leaving bool) {
	t.mu.Lock()
	quiet := t.workspaces[kind].training.Quiet
	t.mu.Unlock()
	m := report.Model
	if quiet || recipe.GaveUp(report.Note) {
		m.ID = OwnModel(kind) // what was fine-tuned is a model of its own, which no edit replaces
	}
	if len(files) == 0 {
		t.app.AddStaying(m)
	} else if err := t.app.AddTaught(m, files[0]); err != nil {
		t.failed(kind, sayStore(err).Text())
		return
	}
	t.finish(kind, func(l *workspace) {
		l.training.move(Learn)
		l.sending, l.changed = nil, l.due
		l.project.Model, l.project.Report, l.project.Curve = m.ID, &report, l.training.Curve
		l.project.Asked = l.run.asked()
		if leaving { // it came to its end before it could leave
			l.notice = words.Notice{Say: words.Of("jobs.send.ended")}
		}
	})
	t.save(kind)
	t.retry(kind)
	if len(files) == 0 {
		t.sealSoon(kind)
	}
}

// failed ends a training that went wrong; why is shown. A run on its way to the server is forgotten.
func (t *Teaching) failed(kind task.Kind, why string) {
	t.finish(kind, func(l *workspace) { l.training.fail(why); l.sending = nil })
}

// finish lets go of what trained here.
func (t *Teaching) finish(kind task.Kind, do func(*workspace)) {
	t.changeOf(kind, func(l *workspace) {
		do(l)
		l.request, l.run = 0, nil
	})
	t.learnNext()
}

// Stop ends the run under way: a training with the best model so far, one that learns an edit with what was there.
func (t *Teaching) Stop() {
	t.mu.Lock()
	id := 0
	if kind := t.busy(); kind != "" && t.workspaces[kind].training.move(Stop) {
		id, t.workspaces[kind].due = t.workspaces[kind].request, false
	}
	t.mu.Unlock()
	if id != 0 {
		bridge.Tell(t.app.Worker(), bridge.Cancel, bridge.Target{Request: id})
	}
	t.change(func(*workspace) {})
}

// Training says whether a training is under way, so that leaving can warn. What only learns an edit is done anew at the
// next visit.
func (t *Teaching) Training() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	kind := t.busy()
	return kind != "" && !t.workspaces[kind].training.Quiet
}
