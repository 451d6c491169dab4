package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"wafer/server/api"
	"wafer/server/pull"
	"wafer/server/store"
)

// pulls are the public models and those of them that are being fetched, one at a time.
// pulls are the public models that the server can fetch, and how far each is. What a pull has stored is known by the
// store alone, and so survives a new start.
type pulls struct {
	list    []pull.Entry
	fetcher *pull.Fetcher // nil: this server fetches nothing

	one sync.Mutex // held by the pull that is at work
	mu  sync.Mutex
	run map[string]*running // by name
}

// running is the last attempt of a pull.
type running struct {
	state api.PullState
	done  int64
	err   error
	stop  context.CancelFunc
}

// newPulls reads the list, which is embedded; f may be nil.
func newPulls(f *pull.Fetcher) (*pulls, error) {
	list, err := pull.Catalogue()
	return &pulls{list: list, fetcher: f, run: map[string]*running{}}, err
}

// set changes an attempt that has begun.
func (p *pulls) set(name string, change func(*running)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p.run[name])
}

// begin notes an attempt, unless one runs already.
func (p *pulls) begin(name string, stop context.CancelFunc) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.run[name]; r != nil && r.state.Runs() {
		return false
	}
	p.run[name] = &running{state: api.PullWaits, stop: stop}
	return true
}

// end stops an attempt, if one runs.
func (p *pulls) end(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.run[name]
	if r == nil || !r.state.Runs() {
		return false
	}
	r.stop()
	return true
}

// listPulls lists the public models, none where the server fetches none.
func (s *server) listPulls(w http.ResponseWriter, r *http.Request, _ caller) error {
	list := []api.Pull{}
	if s.pulls.fetcher != nil {
		for _, e := range s.pulls.list {
			p, err := s.pullOf(r.Context(), e)
			if err != nil {
				return err
			}
			list = append(list, p)
		}
	}
	writeJSON(w, http.StatusOK, list)
	return nil
}

// pullOf is what is known of an entry: what is stored under its name counts, whoever stored it.
func (s *server) pullOf(ctx context.Context, e pull.Entry) (api.Pull, error) {
	c := e.Card.Card
	p := api.Pull{Name: e.Name, Title: c.Title, TitleZH: c.TitleZH, About: c.About, AboutZH: c.AboutZH, Kind: e.Kind,
		Source: e.Source, License: e.License, Credit: c.Credit, Size: e.Size(), Accuracy: e.Card.Accuracy,
		TestSet: e.Card.TestSet}
	kept, err := s.o.Store.Name(ctx, e.Name)
	switch {
	case err == nil:
		p.State, p.File = api.PullStored, &api.File{SHA256: kept.File.SHA256, Size: kept.File.Size}
	case !errors.Is(err, store.ErrNotFound):
		return p, err
	}
	s.pulls.mu.Lock()
	defer s.pulls.mu.Unlock()
	if r := s.pulls.run[e.Name]; r != nil && (p.File == nil || r.state.Runs()) && r.state != api.PullStored {
		p.State, p.Done = r.state, r.done
		if r.err != nil {
			p.Error = r.err.Error()
		}
	}
	return p, nil
}

// entry is the public model that a request names.
func (s *server) entry(r *http.Request) (pull.Entry, error) {
	if s.pulls.fetcher == nil {
		return pull.Entry{}, errNoPulls
	}
	e, err := pull.Find(s.pulls.list, r.PathValue("name"))
	if err != nil {
		return e, errNoName
	}
	return e, nil
}

// beginPull fetches a public model and stores it under its name. The answer does not wait for it.
func (s *server) beginPull(w http.ResponseWriter, r *http.Request, _ caller) error {
	e, err := s.entry(r)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(r.Context()))
	if !s.pulls.begin(e.Name, stop) {
		stop()
		return invalid(fmt.Sprintf("%s is being fetched already", e.Name))
	}
	go func() {
		defer stop()
		err := s.runPull(ctx, e)
		s.pulls.set(e.Name, func(r *running) {
			r.state = api.PullStored
			if err != nil {
				r.state, r.err = api.PullFailed, err
			}
		})
		s.log.Info("pull ended", "model", e.Name, "error", err)
	}()
	p, err := s.pullOf(r.Context(), e)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, p)
	return nil
}

// runPull waits for its turn, which a stop does not end before it has come.
func (s *server) runPull(ctx context.Context, e pull.Entry) error {
	s.pulls.one.Lock()
	defer s.pulls.one.Unlock()
	if ctx.Err() != nil {
		return errPullStopped
	}
	name := e.Name
	s.pulls.set(name, func(r *running) { r.state = api.PullFetches })
	files, err := s.pulls.fetcher.Fetch(ctx, e, func(n int64) { s.pulls.set(name, func(r *running) { r.done = n }) })
	if ctx.Err() != nil {
		return errPullStopped
	}
	if err != nil {
		return err
	}
	s.pulls.set(name, func(r *running) { r.state = api.PullConverts })
	file, err := pull.Model(e, files)
	if err != nil {
		return err
	}
	ref := store.RefOf(file)
	if err := s.o.Store.Put(ctx, ref, bytes.NewReader(file)); err != nil {
		return err
	}
	m := api.Model{Name: name, License: e.License, File: api.File{SHA256: ref.SHA256, Size: ref.Size}}
	if err := s.nameModel(ctx, &m); err != nil {
		return err
	}
	return s.pulls.fetcher.Forget(e)
}

// endPull stops a pull that runs; what was fetched stays, so that the next one goes on.
func (s *server) endPull(w http.ResponseWriter, r *http.Request, _ caller) error {
	e, err := s.entry(r)
	if err != nil {
		return err
	}
	if !s.pulls.end(e.Name) {
		return invalid(fmt.Sprintf("%s is not being fetched", e.Name))
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
