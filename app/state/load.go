package state

import (
	"maps"
	"slices"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// Load is how far a model has come on its way into the worker.
type Load struct {
	Bytes, Total int64
	Ready        bool
	Memory       int    // bytes that it runs in once it is ready, 0 if unknown
	Error        string // a sentence; the next use tries again
}

// loading is a Load under way; done is closed when it ends.
type loading struct {
	done    chan struct{}
	err     error
	request int // the message the worker is busy with, 0 for none
}

// Ready brings a model into the worker unless it is there, and waits for it.
// Several callers share one download.
func (s *Store) Ready(m task.Model) error {
	s.mu.Lock()
	l, under := s.loads[m.ID]
	if !under {
		l = &loading{done: make(chan struct{})}
		s.loads[m.ID] = l
	}
	s.mu.Unlock()
	if !under {
		s.fetch(m, l)
	}
	<-l.done
	return l.err
}

// fetch lets the worker load a model, and shows how far it is. A model that is a head only counts its base's bytes too.
func (s *Store) fetch(m task.Model, l *loading) {
	req, buffers, err := s.request(m)
	if err != nil {
		s.loaded(m, l, 0, err)
		return
	}
	total := m.Bytes + s.base(m).Bytes
	s.progress(m, Load{Total: total})
	id := bridge.Call(s.worker, bridge.Load, req, buffers,
		func(p bridge.Loading) { s.progress(m, Load{Bytes: p.Loaded, Total: max(total, p.Total, p.Loaded)}) },
		func(done bridge.Loaded, _ [][]byte, err error) { s.loaded(m, l, done.Memory, err) })
	s.mu.Lock()
	l.request = id
	s.mu.Unlock()
}

// base is the shipped model that has the other weights of one that is only a head, of others no model.
func (s *Store) base(m task.Model) task.Model {
	models := s.Get().Models
	if i := slices.IndexFunc(models, func(o task.Model) bool { return o.SHA256 == m.Needs }); i >= 0 {
		return models[i]
	}
	return task.Model{}
}

// StopLoading ends the download of the model in use; whoever waits for it is told so.
func (s *Store) StopLoading() {
	st := s.Get()
	m, _ := st.Model(st.Kind)
	s.mu.Lock()
	l := s.loads[m.ID]
	s.mu.Unlock()
	if l != nil {
		bridge.Tell(s.worker, bridge.Cancel, bridge.Target{Request: l.request})
	}
}

// request says where the worker finds a model: a shipped one at the server, one
// of the user's in the browser's store.
func (s *Store) request(m task.Model) (bridge.LoadRequest, []browser.Buffer, error) {
	req := bridge.LoadRequest{Model: m.ID, SHA256: m.SHA256}
	if !s.taught(m.ID) {
		req.URL = WeightsURL(m)
		return req, nil, nil
	}
	file, err := s.TaughtFile(m.ID)
	return req, []browser.Buffer{browser.Bytes(file)}, err
}

// WeightsURL is where the server keeps the file of a shipped model.
func WeightsURL(m task.Model) string { return bridge.Weights + m.SHA256 }

// weightsCache is the cache in which the service worker looks for weights.
const weightsCache = "wafer-weights"

// loaded wakes those who wait, with memory in bytes or why it failed; a failure is forgotten, so that the next call
// tries again. The weights are kept for when there is no network.
func (s *Store) loaded(m task.Model, l *loading, memory int, err error) {
	l.err = err
	s.mu.Lock()
	if err != nil && s.loads[m.ID] == l {
		delete(s.loads, m.ID)
	}
	s.mu.Unlock()
	if err != nil {
		s.progress(m, Load{Error: words.Explain(err)})
	} else {
		s.progress(m, Load{Ready: true, Memory: memory})
		if !s.taught(m.ID) {
			go browser.KeepOffline(weightsCache, WeightsURL(m))
		}
		if m.Needs != "" {
			go browser.KeepOffline(weightsCache, bridge.Weights+m.Needs)
		}
	}
	close(l.done)
}

// progress shows how far the loading of a model is.
func (s *Store) progress(m task.Model, l Load) {
	s.change(func(st *State) { st.Load = With(st.Load, m.ID, l) })
}

// Forget says that the worker no longer has any model, because it was replaced.
func (s *Store) Forget() {
	s.mu.Lock()
	for id, l := range s.loads {
		select {
		case <-l.done:
			delete(s.loads, id)
		default: // its own answer is still to come
		}
	}
	gone := slices.Collect(maps.Values(s.stays))
	clear(s.stays)
	s.mu.Unlock()
	s.change(func(st *State) {
		st.Load = map[string]Load{}
		for _, stay := range gone {
			st.Taught = without(st.Taught, stay.model.ID)
		}
	})
	for _, stay := range gone {
		s.Gone(stay.model.Kind)
	}
}

// unload makes the worker forget a model; its next use loads it again.
func (s *Store) unload(id string) {
	s.mu.Lock()
	delete(s.loads, id)
	s.mu.Unlock()
	bridge.Tell(s.worker, bridge.Unload, bridge.UnloadRequest{Model: id})
	s.change(func(st *State) { st.Load = With(st.Load, id, Load{}) })
}
