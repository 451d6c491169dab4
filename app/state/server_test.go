package state

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"wafer/app/client"
	"wafer/nn/task"
	"wafer/server/api"
)

// fakeServer is a Server in memory: it keeps files and jobs, and tells events of a job to those who follow it. What a worker
// would do, a test does with happen.
type fakeServer struct {
	mu      sync.Mutex
	info    api.Server
	shelf   shelf
	jobs    []api.Job
	events  map[string][]api.Event
	streams map[string]map[int]chan api.Event // they are read without the lock, as over a network
	next    int
	calls   []string
	keys    map[string]string
}

func newFakeServer() *fakeServer {
	return &fakeServer{info: api.Server{Jobs: true, Role: api.Admin, MinChunk: 4, MaxChunk: 8}, shelf: shelf{got: map[string][]byte{}},
		events: map[string][]api.Event{}, streams: map[string]map[int]chan api.Event{}, keys: map[string]string{}}
}

func (s *fakeServer) lock(call string) func() {
	s.mu.Lock()
	s.calls = append(s.calls, call)
	return s.mu.Unlock
}

func (s *fakeServer) called(call string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (s *fakeServer) Info() (api.Server, error) { defer s.lock("info")(); return s.info, nil }

func (s *fakeServer) SignIn(token string) error {
	defer s.lock("sign in")()
	if token != "secret" {
		return &client.Error{Status: 401, Message: "the token is not known"}
	}
	s.info.Role = api.Submitter
	return nil
}

func (s *fakeServer) SignOut() error {
	defer s.lock("sign out")()
	s.info.Role = api.Nobody
	return nil
}

func (s *fakeServer) Jobs() ([]api.Job, error) {
	defer s.lock("jobs")()
	list := slices.Clone(s.jobs)
	slices.Reverse(list)
	return list, nil
}

func (s *fakeServer) find(id string) (*api.Job, error) {
	for i := range s.jobs {
		if s.jobs[i].ID == id {
			return &s.jobs[i], nil
		}
	}
	return nil, &client.Error{Status: 404, Message: "there is no such job"}
}

func (s *fakeServer) Job(id string) (api.Job, error) {
	defer s.lock("job")()
	j, err := s.find(id)
	if err != nil {
		return api.Job{}, err
	}
	return *j, nil
}

func (s *fakeServer) Submit(spec api.Spec, key string) (api.Job, error) {
	defer s.lock("submit")()
	if id := s.keys[key]; id != "" {
		j, err := s.find(id)
		return *j, err
	}
	j := api.Job{ID: fmt.Sprint("job", len(s.jobs)+1), Spec: spec, Created: time.Now()}
	s.keys[key] = j.ID
	s.jobs = append(s.jobs, j)
	return s.add(j.ID, api.Kind(api.Submit), func(st *api.Status) { st.State = api.Queued }), nil
}

// add appends an event and tells it. The caller holds the lock.
func (s *fakeServer) add(id string, kind api.Kind, do func(*api.Status)) api.Job {
	j, err := s.find(id)
	if err != nil {
		panic(err)
	}
	do(&j.Status)
	j.Seq++
	e := api.Event{Seq: j.Seq, Kind: kind, Status: j.Status}
	if kind == api.Logged {
		e.Log = "memory: 12 MB"
	}
	s.events[id] = append(s.events[id], e)
	for _, stream := range s.streams[id] {
		stream <- e
	}
	return *j
}

// happen is something that a worker does.
func (s *fakeServer) happen(id string, kind api.Kind, do func(*api.Status)) {
	defer s.lock("happen")()
	s.add(id, kind, do)
}

// epoch is a worker's report of a finished one.
func (s *fakeServer) epoch(id string, n int) {
	s.happen(id, api.Progressed, func(st *api.Status) {
		st.State = api.Running
		st.Progress = &task.Progress{Phase: task.Training, Epoch: n, Epochs: 10, EpochEnd: true, Loss: 1, Accuracy: 0.5}
	})
}

func (s *fakeServer) Move(id string, m api.Move) (api.Job, error) {
	defer s.lock("move " + string(m))()
	j, err := s.find(id)
	if err != nil {
		return api.Job{}, err
	}
	to, err := j.Status.State.After(m)
	if err != nil {
		return api.Job{}, &client.Error{Status: 409, Message: err.Error()}
	}
	return s.add(id, api.Kind(m), func(st *api.Status) { st.State = to }), nil
}

func (s *fakeServer) Delete(id string) error {
	defer s.lock("delete")()
	s.jobs = slices.DeleteFunc(s.jobs, func(j api.Job) bool { return j.ID == id })
	return nil
}

func (s *fakeServer) Events(id string, after uint64, on func([]api.Event), _ func(error)) func() {
	defer s.lock("events")()
	s.next++
	n, stream := s.next, make(chan api.Event, 1000)
	for _, e := range s.events[id] {
		if e.Seq > after {
			stream <- e
		}
	}
	if s.streams[id] == nil {
		s.streams[id] = map[int]chan api.Event{}
	}
	s.streams[id][n] = stream
	go func() {
		for e := range stream {
			on([]api.Event{e})
		}
	}()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.streams[id][n] != nil {
			delete(s.streams[id], n)
			close(stream)
		}
	}
}

func (s *fakeServer) Begin(f api.File) (api.Upload, error) {
	defer s.lock("begin")()
	return s.shelf.Begin(f)
}

func (s *fakeServer) Send(f api.File, at int64, piece []byte) (api.Upload, error) {
	defer s.lock("send")()
	return s.shelf.Send(f, at, piece)
}

func (s *fakeServer) Abandon(sha256 string) error {
	defer s.lock("abandon")()
	delete(s.shelf.got, sha256)
	return nil
}

func (s *fakeServer) File(sha256 string) ([]byte, error) {
	defer s.lock("file")()
	if b, ok := s.shelf.got[sha256]; ok {
		return b, nil
	}
	return nil, &client.Error{Status: 404, Message: "there is no such file"}
}

// put keeps a file as a worker would.
func (s *fakeServer) put(b []byte) api.File {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := fileOf(b)
	s.shelf.got[f.SHA256] = b
	return f
}
