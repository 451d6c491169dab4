package teach

import (
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"wafer/app/bridge"
	"wafer/app/state"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
)

// Sending is a run on its way to the server, as the page shows it.
type Sending struct {
	Files []SendFile
	Error string
	Base  string // ID of the model that it is built upon
	Run   *recipe.Recipe
	Count int // of samples, 0 where nobody knows
}

// SendFile is a file with how much of it the server has.
type SendFile struct {
	api.File
	Sent int64
	data []byte
}

// Total is the size of all files, and Sent what the server has of them, in bytes.
func (s Sending) Total() (total, sent int64) {
	for _, f := range s.Files {
		total, sent = total+f.Size, sent+f.Sent
	}
	return total, sent
}

// sending is what Teaching remembers of it.
type sending struct {
	Sending
	trainingRun
	key    string
	agreed map[string]string // SHA-256 by path of what was agreed to before the page went away
	stop   atomic.Bool
}

// checkpointPath is that of a checkpoint among the files of a run.
const checkpointPath = "checkpoint"

// pathOf is the path in a job of the server, by the worker's name of a file.
func pathOf(r *recipe.Recipe, name string) string {
	switch name {
	case bridge.BaseFile:
		return r.WeightsFile()
	case bridge.SamplesFile:
		return recipe.SamplesFile
	}
	return checkpointPath
}

// keptCheckpoint names the checkpoint of a run that is on its way, among the kept files.
func keptCheckpoint(kind task.Kind) string { return "checkpoint-" + string(kind) }

// TrainOnServer makes ready to train what Train would, on the server: the sheet then asks.
func (t *Teaching) TrainOnServer() {
	app := t.app.Get()
	t.mu.Lock()
	kind := t.kind
	l := t.workspaces[kind]
	base, found := BaseFor(app.Bases(kind), l.project)
	if !found || !l.project.Tunable() || !t.may(kind, Send) {
		t.mu.Unlock()
		return
	}
	c, err := l.project.run(base, freeTitle(app.Taught, l.project.title(), OwnModel(kind)), true)
	if err == nil {
		l.training.begin(Send, c.recipe)
		l.sending, l.notice, l.due = newSending(c), words.Notice{}, false // the run has all edits
	}
	t.mu.Unlock()
	if err != nil {
		t.notify(kind, words.Of("teach.said", words.Explain(err)), true)
		return
	}
	go t.pack(kind)
}

// newSending is a run that was not sent, with a key of its own, by which the server makes one job of it.
func newSending(c trainingRun) *sending {
	return &sending{Sending: Sending{Base: c.base.ID, Run: c.recipe, Count: len(c.samples)}, trainingRun: c,
		key: state.NewKey()}
}

// HandOver stops the training under way and makes ready to go on on the server.
func (t *Teaching) HandOver() {
	t.mu.Lock()
	l, id := t.workspaces[t.busy()], 0
	if l != nil && !l.training.Quiet {
		id = l.request
	}
	if id == 0 || l.run == nil || !l.training.move(HandOver) {
		t.mu.Unlock()
		return
	}
	l.training.Half, l.sending = true, newSending(*l.run)
	t.mu.Unlock()
	t.change(func(*workspace) {})
	bridge.Tell(t.app.Worker(), bridge.HandOver, bridge.Target{Request: id})
}

// handedOver takes what the worker answers to the run that HandOver stopped: a checkpoint, or nothing when it had made
// no step yet.
func (t *Teaching) handedOver(kind task.Kind, checkpoint *bridge.FileInfo, files [][]byte) {
	t.changeOf(kind, func(l *workspace) {
		if checkpoint != nil && len(files) > 0 { // else it is still where it went on from, or at its start
			l.sending.checkpoint = sendFile(l.sending.recipe, *checkpoint, files[0])
		}
		l.request = 0
		l.training.move(Pack)
	})
	t.pack(kind)
}

// sendFile is a file of the worker's under the path that it has in a job.
func sendFile(r *recipe.Recipe, info bridge.FileInfo, data []byte) *SendFile {
	return &SendFile{File: api.File{Path: pathOf(r, info.Name), SHA256: info.SHA256, Size: info.Size}, data: data}
}

// pack gets the files ready, most often from the worker, and shows the sheet.
func (t *Teaching) pack(kind task.Kind) {
	t.changeSending(kind, func(_ *Training, s *sending) { s.Error = "" })
	s := t.sendingOf(kind)
	if s == nil {
		return
	}
	list := s.files
	if list == nil {
		var err error
		if list, err = t.packed(s); err != nil {
			t.sendFailed(kind, err)
			return
		}
	}
	if s.checkpoint != nil {
		list = append(slices.Clip(list), *s.checkpoint)
	}
	agreed := s.agreed != nil && len(s.agreed) == len(list)
	for _, f := range list {
		agreed = agreed && s.agreed[f.Path] == f.SHA256
	}
	t.changeSending(kind, func(r *Training, s *sending) {
		if r.move(Ask) {
			s.Files = list
		}
	})
	if agreed { // to exactly these, before the page went away
		t.agree(kind)
	}
}

// packed lets the worker make the files.
func (t *Teaching) packed(s *sending) ([]SendFile, error) {
	if !s.base.NGrams {
		if err := t.app.Ready(s.base); err != nil {
			return nil, err
		}
	}
	c := s.trainingRun
	c.checkpoint = nil
	if err := t.prepare(c, func(task.Progress) {}, s.stop.Load); err != nil {
		return nil, err
	}
	req, buffers := c.request()
	packed, files, err := bridge.Ask(t.app.Worker(), bridge.Pack, req, buffers...)
	if err != nil && err.Error() == bridge.Lost && t.forget(s.base.ID) { // another worker took over
		return t.packed(s)
	}
	if err != nil {
		return nil, err
	}
	var list []SendFile
	for i, f := range packed.Files[:min(len(packed.Files), len(files))] {
		list = append(list, *sendFile(s.recipe, f, files[i]))
	}
	return list, nil
}

// Decline closes the sheet or stops the upload: nothing more leaves. A run that began here goes on here.
func (t *Teaching) Decline() {
	t.mu.Lock()
	kind := t.kind
	l := t.workspaces[kind]
	s, stage := l.sending, l.training.Stage
	if s == nil || !stage.May(Decline) {
		t.mu.Unlock()
		return
	}
	s.stop.Store(true)
	on := l.training.Half && (s.samples != nil || s.files != nil) && l.training.move(GoOn)
	if !on {
		l.rest(Decline)
	}
	l.training.Half = false
	files := s.Files
	t.mu.Unlock()
	if stage == Uploading || stage == Unsent {
		go t.abandon(files)
	}
	t.forgetSending(kind)
	if on {
		go t.train(kind, s.trainingRun)
		return
	}
	t.finish(kind, func(*workspace) {})
}

// abandon tells the server to forget what it has in part. Files that it has whole stay: others may have the same.
func (t *Teaching) abandon(files []SendFile) {
	for _, f := range files {
		if f.Sent < f.Size {
			t.app.Remote().Abandon(f.SHA256) // the server forgets it by itself otherwise, later
		}
	}
}

// forgetSending ends a run's way to the server.
func (t *Teaching) forgetSending(kind task.Kind) {
	t.changeOf(kind, func(l *workspace) { l.sending, l.project.Sending = nil, nil })
	t.save(kind)
	go t.keepCheckpoint(kind, nil)
}

// keepCheckpoint keeps the checkpoint of a run on its way, so that a reload loses no steps; nil forgets it.
func (t *Teaching) keepCheckpoint(kind task.Kind, file []byte) {
	disk, _ := t.app.Kept()
	if err := disk.SaveFile(keptCheckpoint(kind), file); err != nil {
		t.warn(err)
	}
}

// Agree sends what the sheet names and makes the job. After a failure it tries again.
func (t *Teaching) Agree() {
	t.mu.Lock()
	kind := t.kind
	l := t.workspaces[kind]
	again := l.sending != nil && len(l.sending.Files) == 0 && l.training.move(Pack)
	t.mu.Unlock()
	if again {
		go t.pack(kind)
		return
	}
	t.agree(kind)
}

// agree keeps what was agreed to before the first byte leaves, so that a page that comes back sends exactly this.
func (t *Teaching) agree(kind task.Kind) {
	t.mu.Lock()
	l := t.workspaces[kind]
	s := l.sending
	if s == nil || len(s.Files) == 0 || !l.training.move(Agree) {
		t.mu.Unlock()
		return
	}
	kept := &store.Sending{Key: s.key, Recipe: s.recipe.Bytes(), Base: s.base.ID, Files: map[string]string{},
		Resumes: s.checkpoint != nil}
	for _, f := range s.Files {
		kept.Files[f.Path] = f.SHA256
	}
	s.Error, l.project.Sending = "", kept
	t.mu.Unlock()
	t.change(func(*workspace) {})
	t.save(kind)
	go t.send(kind, s)
}

// send uploads and asks for the job, then follows it. After Decline nothing is said; other failures leave the run ready
// to be tried again. It blocks.
func (t *Teaching) send(kind task.Kind, s *sending) {
	if s.checkpoint != nil {
		t.keepCheckpoint(kind, s.checkpoint.data)
	}
	job, err := t.submit(kind, s)
	switch {
	case s.stop.Load():
		return
	case err != nil:
		t.sendFailed(kind, err)
		return
	}
	t.forgetSending(kind)
	t.finish(kind, func(l *workspace) {
		curve := l.training.Curve
		l.training.begin(Arrive, s.recipe)
		l.training.Job = job.ID
		if s.checkpoint != nil {
			l.training.Curve = curve
		}
		l.project.Job = job.ID
	})
	t.save(kind)
	t.followJob(kind, job.ID)
}

// submit uploads what the server lacks and asks for the job.
func (t *Teaching) submit(kind task.Kind, s *sending) (api.Job, error) {
	if !t.app.Get().Server.CanSubmit() {
		t.app.AskServer()
	}
	limits := t.app.Get().Server
	if !limits.CanSubmit() {
		return api.Job{}, errors.New(words.T("jobs.send.signin"))
	}
	spec := api.Spec{Name: s.recipe.Name, Recipe: s.recipe.Bytes()}
	for i, f := range s.Files {
		if limits.MaxFile > 0 && f.Size > limits.MaxFile {
			return api.Job{}, errors.New(words.T("jobs.send.large", f.Path, words.Size(f.Size),
				words.Size(limits.MaxFile)))
		}
		err := state.Upload(t.app.Remote(), limits.Server, f.File, f.data, &s.stop, t.wait, func(sent int64) {
			t.changeOf(kind, func(*workspace) {
				list := slices.Clone(s.Files)
				list[i].Sent = sent
				s.Files = list
			})
		})
		if err != nil {
			return api.Job{}, err
		}
		file := f.File
		if f.Path == checkpointPath {
			spec.Checkpoint = &file
		} else {
			spec.Data = append(spec.Data, file)
		}
	}
	if s.stop.Load() {
		return api.Job{}, state.ErrStopped
	}
	return t.app.Remote().Submit(spec, s.key)
}

// sendFailed shows why a run is not on its way.
func (t *Teaching) sendFailed(kind task.Kind, err error) {
	t.changeSending(kind, func(r *Training, s *sending) {
		if r.move(Miss) {
			s.Error = words.Explain(err)
		}
	})
}

// sendingOf is the run on its way, nil for none.
func (t *Teaching) sendingOf(kind task.Kind) *sending {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.workspaces[kind].sending
}

// changeSending changes the run on its way, if there is one.
func (t *Teaching) changeSending(kind task.Kind, do func(*Training, *sending)) {
	t.changeOf(kind, func(l *workspace) {
		if l.sending != nil {
			do(&l.training, l.sending)
		}
	})
}

// reopenSending shows that a page that went away left a run on its way. It blocks.
func (t *Teaching) reopenSending(kind task.Kind) {
	disk, _ := t.app.Kept()
	t.mu.Lock()
	l := t.workspaces[kind]
	kept := l.project.Sending
	t.mu.Unlock()
	if kept == nil {
		return
	}
	r, err := recipe.Parse(kept.Recipe)
	if err != nil { // an earlier version kept it, in words of its own
		t.forgetSending(kind)
		return
	}
	s := &sending{Sending: Sending{Base: kept.Base, Run: r}, trainingRun: trainingRun{recipe: r}, key: kept.Key,
		agreed: kept.Files}
	if file, err := disk.File(keptCheckpoint(kind)); kept.Resumes && err == nil {
		s.checkpoint = &SendFile{File: api.File{Path: checkpointPath, SHA256: kept.Files[checkpointPath],
			Size: int64(len(file))}, data: file}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if l.training.begin(Reopen, r) {
		l.sending, l.training.Half = s, kept.Resumes
	}
}

// SendOn goes on with a run that a page that went away left on its way. When the examples are no longer those
// that the user agreed to send, the sheet asks again.
func (t *Teaching) SendOn() {
	app := t.app.Get()
	t.mu.Lock()
	kind := t.kind
	l := t.workspaces[kind]
	s := l.sending
	if s == nil || l.training.Stage != Broken || t.busy() != "" {
		t.mu.Unlock()
		return
	}
	base, found := app.Find(s.Base)
	if _, only := s.recipe.NGrams(); only {
		base, found = NGramsOnly, true
	}
	c := trainingRun{recipe: s.recipe, base: base, checkpoint: s.checkpoint}
	c.labels, c.samples = l.project.all()
	if !found || base.SHA256 != s.recipe.Define.Base() || len(s.recipe.Preprocess.Labels) != len(l.project.used()) {
		t.mu.Unlock()
		t.sendFailed(kind, errors.New(words.T("jobs.send.changed")))
		return
	}
	s.trainingRun, s.Count = c, len(c.samples)
	l.training.move(Pack)
	t.mu.Unlock()
	go t.pack(kind)
}

// wait is a pause between two tries; tests make it short.
func (t *Teaching) wait(d time.Duration) { t.pause(d) }
