package state

import (
	"math/rand/v2"
	"strconv"
	"time"
	"wafer/app/browser"
	"wafer/app/words"

	"wafer/app/client"
	"wafer/server/api"
)

// Server is what the Store needs of client.Server. Its methods block, except Events.
type Server interface {
	Info() (api.Server, error)
	SignIn(token string) error
	SignOut() error
	Jobs() (api.Jobs, error)
	Job(id string) (api.Job, error)
	Submit(spec api.Spec, key string) (api.Job, error)
	Move(id string, m api.Move) (api.Job, error)
	Delete(id string) error
	Events(id string, after uint64, on func([]api.Event), state func(error)) (stop func())
	Begin(f api.File) (api.Upload, error)
	Send(f api.File, offset int64, piece []byte) (api.Upload, error)
	Abandon(sha256 string) error
	File(sha256 string) ([]byte, error)
	Pulls() ([]api.Pull, error)
	Pull(name string) error
	EndPull(name string) error
}

// ServerState is what the page knows of its server.
type ServerState struct {
	api.Server
	Known   bool   // the server has answered
	Trouble string // why it has not
}

// They say whether the server takes jobs of this caller, shows and deletes them, and fetches public models.
func (s ServerState) CanSubmit() bool {
	return s.Jobs && (s.Role == api.Submitter || s.Role == api.Admin)
}
func (s ServerState) CanRead() bool   { return s.Jobs && s.Role != api.Nobody }
func (s ServerState) CanDelete() bool { return s.Jobs && s.Role == api.Admin }
func (s ServerState) CanPull() bool   { return s.Jobs && s.Role == api.Admin }

// Serve makes the server known to the store; without it there is none.
func (s *Store) Serve(server Server) { s.server = server }

// Remote is the server behind the page, nil for none.
func (s *Store) Remote() Server { return s.server }

// AskServer learns what the server does for this page. It blocks.
func (s *Store) AskServer() {
	if s.server == nil {
		return
	}
	info, err := s.server.Info()
	s.change(func(st *State) {
		switch {
		case err == nil:
			st.Server = ServerState{Server: info, Known: true}
		case client.Status(err) != 0: // it has no jobs at all
			st.Server = ServerState{Known: true}
		default:
			st.Server.Trouble = words.Explain(err)
		}
	})
}

// SignIn makes this browser known to the server. It blocks.
func (s *Store) SignIn(token string) error {
	if err := s.server.SignIn(token); err != nil {
		return err
	}
	s.AskServer()
	return nil
}

// SignOut forgets it. It blocks.
func (s *Store) SignOut() error {
	if err := s.server.SignOut(); err != nil {
		return err
	}
	browser.Keep(keptCatalogue, "") // it may name models of those who sign in; the service worker forgets its own
	s.AskServer()
	return nil
}

// NewKey names a submission, so that asking twice makes one job.
func NewKey() string {
	return "page-" + strconv.FormatInt(time.Now().UnixMilli(), 36) + "-" + strconv.FormatUint(rand.Uint64(), 36)
}
