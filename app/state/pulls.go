package state

import (
	"slices"
	"time"

	"wafer/app/words"
	"wafer/nn/task"
	"wafer/server/api"
)

// pullBeat is how often the server is asked how far a fetch is.
const pullBeat = time.Second

// WatchPulls learns which public models the server can fetch, and goes on asking while one of them is on its way, until
// live says no or somebody else watches. It blocks.
func (s *Store) WatchPulls(live func() bool) {
	for me := s.pullWatch.Add(1); s.server != nil && live() && s.pullWatch.Load() == me; {
		s.learnPulls()
		if !slices.ContainsFunc(s.Get().Pulls, func(p api.Pull) bool { return p.State.Runs() }) {
			return
		}
		time.Sleep(pullBeat)
	}
}

// learnPulls keeps what is known where the server does not answer.
func (s *Store) learnPulls() {
	if list, err := s.server.Pulls(); err == nil {
		s.change(func(st *State) { st.Pulls = list })
	}
}

// Pull makes the server fetch a public model, EndPull stops that. They block.
func (s *Store) Pull(name string) { s.movePull(s.server.Pull(name)) }

// EndPull is described at Pull.
func (s *Store) EndPull(name string) { s.movePull(s.server.EndPull(name)) }

// movePull says why the server refused, if it did, and asks what it fetches now.
func (s *Store) movePull(err error) {
	if err != nil {
		s.Say("models", words.Explain(err))
	}
	s.learnPulls()
}

// BringPulled downloads a public model that the server has stored, and keeps it. It blocks.
func (s *Store) BringPulled(p api.Pull) (task.Model, error) { return s.bring(p.Name, p.File.SHA256) }
