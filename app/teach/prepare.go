package teach

import (
	"errors"
	"slices"

	"wafer/app/bridge"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
)

// Limits of what one message brings to the worker, which reads all files of a message at once.
const (
	prepareAtOnce = 8
	prepareBytes  = 24 << 20
)

// errStopped is the error of a preparation that Stop has ended.
var errStopped = errors.New("stopped")

// prepare brings the pictures of a run that the worker does not have yet, a few at a time. stopped is asked before each
// message.
func (t *Teaching) prepare(r trainingRun, tell func(task.Progress), stopped func() bool) error {
	if r.files != nil || r.base.Kind != task.Image {
		return nil
	}
	var unusable []bridge.Unusable
	missing := t.missing(r)
	for done := 0; done < len(missing); {
		if stopped() {
			return errStopped
		}
		n, bytes := 0, 0
		for done+n < len(missing) && n < prepareAtOnce && (n == 0 || bytes+missing[done+n].Bytes <= prepareBytes) {
			bytes += missing[done+n].Bytes
			n++
		}
		in, buffers := inputs(missing[done : done+n])
		for i := range in {
			in[i].Key = missing[done+i].ID
		}
		q := bridge.PrepareRequest{Base: r.base.ID, Inputs: in}
		answer, _, err := bridge.Ask(t.app.Worker(), bridge.Prepare, q, buffers...)
		if err != nil {
			return err
		}
		unusable = append(unusable, answer.Unusable...)
		done += n
		tell(task.Progress{Phase: task.Preparing, Step: done, Steps: len(missing)})
	}
	if len(unusable) > 0 {
		return t.leaveOut(r, unusable)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.preparedFor, t.prepared = r.base.ID, map[string]bool{}
	for _, s := range r.samples { // the worker forgets all others with the request that follows
		t.prepared[s.ID] = true
	}
	return nil
}

// leaveOut takes the samples out of the project that no model can learn from, and says which; the edit has the others
// learnt anew. The error is for a run that cannot go on without them.
func (t *Teaching) leaveOut(r trainingRun, list []bridge.Unusable) error {
	var ids []string
	names := ""
	for _, u := range list {
		ids = append(ids, u.Key)
		i := slices.IndexFunc(r.samples, func(s store.Sample) bool { return s.ID == u.Key })
		name := words.T("teach.sample.nth", i+1)
		if i >= 0 && r.samples[i].Name != "" {
			name = r.samples[i].Name
		}
		switch n := len(ids); {
		case n == 1:
			names = name
		case n <= mostNamed:
			names = words.T("read.comma", names, name)
		case n == mostNamed+1:
			names = words.T("read.more", names)
		}
	}
	said := words.Of("teach.unusable", len(ids), names, words.Translate(list[0].Said, list[0].Error))
	t.edit(r.base.Kind, func(l *workspace) {
		l.project.LeaveOut(ids)
		l.notice = words.Notice{Say: said, Bad: true}
	})
	return errors.New(said.Text())
}

// mostNamed is how many files a sentence names.
const mostNamed = 6

// missing are the samples of a run that the worker does not have.
func (t *Teaching) missing(r trainingRun) (list []store.Sample) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range r.samples {
		if t.preparedFor != r.base.ID || !t.prepared[s.ID] {
			list = append(list, s)
		}
	}
	return list
}

// stageOf is how far the training of a kind is, now.
func (t *Teaching) stageOf(kind task.Kind) Stage {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.workspaces[kind].training.Stage
}

// forget notes that the worker has nothing of a base any more; false if that was known.
func (t *Teaching) forget(base string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.preparedFor == base && len(t.prepared) > 0
	t.preparedFor, t.prepared = "", nil
	return known
}

// named are samples as a Teach names them: texts as they are, pictures by the keys under which prepare brought them.
func named(samples []store.Sample) []bridge.Input {
	in := make([]bridge.Input, len(samples))
	for i, s := range samples {
		in[i] = bridge.Input{Name: s.Name, Text: s.Text, Group: s.Group, Buffer: -1}
		if s.Text == "" {
			in[i].Key = s.ID
		}
	}
	return in
}
