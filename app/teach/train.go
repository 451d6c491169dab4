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

// Train starts a training on the samples of the kind shown, unless something
// stops it: Check says what, another training is under way, or there is no base.
func (t *Teaching) Train() {
	app := t.app.Get()
	t.mu.Lock()
	kind := t.kind
	l := t.workspaces[kind]
	base, found := BaseFor(app.Bases(kind), l.project)
	if !found || !l.project.Ready() || !t.may(kind, Start) {
		t.mu.Unlock()
		return
	}
	c, err := l.project.run(base, freeTitle(app.Taught, l.project))
	if err == nil {
		l.training.begin(Start, c.recipe)
		l.project.Job = ""
		l.notice, l.changed, l.trial = words.Notice{}, false, Trial{}
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

// Teaching are the choices of a project for training from a base.
func (p *Project) Teaching(base task.Model) recipe.Teaching {
	s := p.Settings
	own := s.Epochs > 0 || s.LearningRate > 0 // whoever sets these wants to train
	q := recipe.Teaching{Base: base.SHA256, Kind: p.Kind, Whole: s.WholeNetwork, Solve: s.WholeNetwork || !own,
		Epochs: s.Epochs, LearningRate: s.LearningRate, Seed: s.Seed}
	if base.NGrams { // there is no network to train
		q.Whole, q.Solve, q.Epochs, q.LearningRate = false, true, 0, 0
	}
	for _, c := range p.Classes {
		q.Classes, q.Counts = append(q.Classes, c.Name), append(q.Counts, p.Count(c.ID))
	}
	return q
}

// run is a training of the project from its start.
func (p *Project) run(base task.Model, name string) (c trainingRun, err error) {
	q := p.Teaching(base)
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
	for i, c := range p.Classes {
		for _, s := range p.Samples(c.ID) {
			labels, samples = append(labels, i), append(samples, s)
		}
	}
	return labels, samples
}

// freeTitle names a model after its classes, with a number if there is one of
// that name already.
func freeTitle(taught []task.Model, p *Project) string {
	title := words.T("teach.keep.default", p.Classes[0].Name, p.Classes[1].Name)
	if n := len(p.Classes); n > 2 {
		title = words.T("teach.keep.many", p.Classes[0].Name, p.Classes[1].Name, n-2)
	}
	for free, n := title, 2; ; n++ {
		if !slices.ContainsFunc(taught, func(m task.Model) bool { return m.Title == free }) {
			return free
		}
		free = title + " " + strconv.Itoa(n)
	}
}

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
	case err != nil:
		t.failed(kind, words.Explain(err))
	case done.Report != nil && len(files) > 0:
		go t.learned(kind, *done.Report, files[0], leaving)
	case leaving:
		go t.handedOver(kind, done.Checkpoint, files)
	default:
		t.failed(kind, words.T("teach.run.nothing"))
	}
}

// learned keeps the model that came out of a training.
func (t *Teaching) learned(kind task.Kind, report task.Report, file []byte, leaving bool) {
	err := t.app.AddTaught(report.Model, file)
	if err != nil {
		t.failed(kind, sayStore(err).Text())
		return
	}
	t.finish(kind, func(l *workspace) {
		l.training.move(Learn)
		l.sending = nil
		l.project.Model, l.project.Report, l.project.Curve = report.Model.ID, &report, l.training.Curve
		l.project.Asked = l.run.asked()
		if leaving { // it came to its end before it could leave
			l.notice = words.Notice{Say: words.Of("jobs.send.ended")}
		}
	})
	t.save(kind)
}

func (t *Teaching) failed(kind task.Kind, why string) {
	t.finish(kind, func(l *workspace) { l.training.fail(why); l.sending = nil })
}

// finish lets go of what trained here.
func (t *Teaching) finish(kind task.Kind, do func(*workspace)) {
	t.changeOf(kind, func(l *workspace) {
		do(l)
		l.request, l.run = 0, nil
	})
}

// Stop ends the training under way with the best model so far.
func (t *Teaching) Stop() {
	t.mu.Lock()
	id := 0
	if kind := t.busy(); kind != "" && t.workspaces[kind].training.move(Stop) {
		id = t.workspaces[kind].request
	}
	t.mu.Unlock()
	if id != 0 {
		bridge.Tell(t.app.Worker(), bridge.Cancel, bridge.Target{Request: id})
	}
	t.change(func(*workspace) {})
}

// Training says whether a training is under way, so that leaving can warn.
func (t *Teaching) Training() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.busy() != ""
}
