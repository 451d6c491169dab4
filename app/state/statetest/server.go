// Package statetest has the two partners of the page's state for its tests: a
// server in memory and a worker that answers as the test says.
package statetest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"wafer/app/client"
	"wafer/nn/task"
	"wafer/server/api"
)

// fakeServer is a Server in memory: it keeps files and jobs, and tells events of a job to those who follow it. What a
// worker would do, a test does with happen.
type Server struct {
	Mu      sync.Mutex
	About   api.Server
	Shelf   Shelf
	jobs    []api.Job
	events  map[string][]api.Event
	Streams map[string]map[int]chan api.Event // they are read without the lock, as over a network
	next    int
	calls   []string
	keys    map[string]string

	Damaged []string   // IDs of jobs that it cannot read
	Public  []api.Pull // models that it can fetch
}

func NewServer() *Server {
	return &Server{About: api.Server{Jobs: true, Role: api.Admin, MinChunk: 4, MaxChunk: 8},
		Shelf:  Shelf{Got: map[string][]byte{}},
		events: map[string][]api.Event{}, Streams: map[string]map[int]chan api.Event{}, keys: map[string]string{}}
}

func (s *Server) lock(call string) func() {
	s.Mu.Lock()
	s.calls = append(s.calls, call)
	return s.Mu.Unlock
}

func (s *Server) Called(call string) (n int) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	for _, c := range s.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (s *Server) Info() (api.Server, error) { defer s.lock("info")(); return s.About, nil }

func (s *Server) SignIn(token string) error {
	defer s.lock("sign in")()
	if token != "secret" {
		return &client.Error{Status: 401, Message: "the token is not known"}
	}
	s.About.Role = api.Submitter
	return nil
}

func (s *Server) SignOut() error {
	defer s.lock("sign out")()
	s.About.Role = api.Nobody
	return nil
}

func (s *Server) Jobs() (api.Jobs, error) {
	defer s.lock("jobs")()
	list := slices.Clone(s.jobs)
	slices.Reverse(list)
	return api.Jobs{Jobs: list, Total: len(list), Damaged: s.Damaged}, nil
}

func (s *Server) find(id string) (*api.Job, error) {
	for i := range s.jobs {
		if s.jobs[i].ID == id {
			return &s.jobs[i], nil
		}
	}
	return nil, &client.Error{Status: 404, Message: "there is no such job"}
}

func (s *Server) Job(id string) (api.Job, error) {
	defer s.lock("job")()
	j, err := s.find(id)
	if err != nil {
		return api.Job{}, err
	}
	return *j, nil
}

func (s *Server) Submit(spec api.Spec, key string) (api.Job, error) {
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
func (s *Server) add(id string, kind api.Kind, do func(*api.Status)) api.Job {
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
	for _, stream := range s.Streams[id] {
		stream <- e
	}
	return *j
}

// Happen is something that a worker does.
func (s *Server) Happen(id string, kind api.Kind, do func(*api.Status)) {
	defer s.lock("happen")()
	s.add(id, kind, do)
}

// Epoch is a worker's report of a finished one.
func (s *Server) Epoch(id string, n int) {
	s.Happen(id, api.Progressed, func(st *api.Status) {
		st.State = api.Running
		st.Progress = &task.Progress{Phase: task.Training, Epoch: n, Epochs: 10, EpochEnd: true, Loss: 1, Accuracy: 0.5}
	})
}

func (s *Server) Move(id string, m api.Move) (api.Job, error) {
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

func (s *Server) Delete(id string) error {
	defer s.lock("delete")()
	s.jobs = slices.DeleteFunc(s.jobs, func(j api.Job) bool { return j.ID == id })
	return nil
}

func (s *Server) Events(id string, after uint64, on func([]api.Event), _ func(error)) func() {
	defer s.lock("events")()
	s.next++
	n, stream := s.next, make(chan api.Event, 1000)
	for _, e := range s.events[id] {
		if e.Seq > after {
			stream <- e
		}
	}
	if s.Streams[id] == nil {
		s.Streams[id] = map[int]chan api.Event{}
	}
	s.Streams[id][n] = stream
	go func() {
		for e := range stream {
			on([]api.Event{e})
		}
	}()
	return func() {
		s.Mu.Lock()
		defer s.Mu.Unlock()
		if s.Streams[id][n] != nil {
			delete(s.Streams[id], n)
			close(stream)
		}
	}
}

func (s *Server) Begin(f api.File) (api.Upload, error) {
	defer s.lock("begin")()
	return s.Shelf.Begin(f)
}

func (s *Server) Send(f api.File, at int64, piece []byte) (api.Upload, error) {
	defer s.lock("send")()
	return s.Shelf.Send(f, at, piece)
}

func (s *Server) Abandon(sha256 string) error {
	defer s.lock("abandon")()
	delete(s.Shelf.Got, sha256)
	return nil
}

// Pulls are its public models; one that is asked for waits until the test says what becomes of it.
func (s *Server) Pulls() ([]api.Pull, error) {
	defer s.lock("pulls")()
	return slices.Clone(s.Public), nil
}

func (s *Server) Pull(name string) error {
	defer s.lock("pull " + name)()
	return s.movePull(name, api.PullFetches)
}

func (s *Server) EndPull(name string) error {
	defer s.lock("end pull " + name)()
	return s.movePull(name, api.PullFailed)
}

func (s *Server) movePull(name string, to api.PullState) error {
	for i := range s.Public {
		if s.Public[i].Name == name {
			s.Public[i].State = to
			return nil
		}
	}
	return &client.Error{Status: 404, Message: "the server has no model with this name"}
}

func (s *Server) File(sha256 string) ([]byte, error) {
	defer s.lock("file")()
	if b, ok := s.Shelf.Got[sha256]; ok {
		return b, nil
	}
	return nil, &client.Error{Status: 404, Message: "there is no such file"}
}

// Put keeps a file as a worker would.
func (s *Server) Put(b []byte) api.File {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	f := FileOf(b)
	s.Shelf.Got[f.SHA256] = b
	return f
}
