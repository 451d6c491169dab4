package teach

import (
	"errors"

	"wafer/app/bridge"
	"wafer/app/store"
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
		if _, _, err := bridge.Ask(t.app.Worker(), bridge.Prepare, q, buffers...); err != nil {
			return err
		}
		done += n
		tell(task.Progress{Phase: task.Preparing, Step: done, Steps: len(missing)})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.preparedFor, t.prepared = r.base.ID, map[string]bool{}
	for _, s := range r.samples { // the worker forgets all others with the request that follows
		t.prepared[s.ID] = true
	}
	return nil
}

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
