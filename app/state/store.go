// Package state holds what the page shows and what can be done to it. Pages
// read a State and call the Store's methods, which are the actions; nothing
// else changes anything. The Store tells those who watch that it changed.
package state

import (
	"sync"
	"sync/atomic"

	"wafer/app/bridge"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
	"wafer/server/api"
)

// Theme says which colours the page has.
type Theme string

const (
	Auto  Theme = "" // as the system
	Light Theme = "light"
	Dark  Theme = "dark"
)

// State is everything the pages show, apart from the Teach page's own. It is a
// value: whoever has one may read it at leisure. Slices inside it are replaced,
// never written to.
type State struct {
	Lang  words.Lang
	Theme Theme
	Slow  bool // the device: light models are taken where none was chosen

	Models         []task.Model // shipped with the server, in the order of the catalogue
	Taught         []task.Model // made or imported in this browser, newest first
	CatalogueError string       // why Models may be empty or old
	Loaded         bool         // the catalogue was asked for and an answer is there

	Asking    bool                 // the Classify page is shown, or was
	Kind      task.Kind            // what is classified now
	Chosen    map[task.Kind]string // the model for each kind
	Load      map[string]Load      // models that are on their way into the worker, or there
	Batch     map[task.Kind]Batch  // inputs with their answers
	Typed     string               // the sentence in the text field
	Put       int                  // counts the sentences that were put there other than by typing
	Camera    bool                 // the camera is open on the Classify page
	Notice    map[string]string
	Importing string            // file of another tool that is being read, "" for none
	Export    map[string]Export // what is being made of models, by ID

	Inspected map[string]Inspected // what was found inside of models, by ID

	Server ServerState
	Pulls  []api.Pull // public models that the server can fetch, in its order
	Safe   Safety
}

// Safety is what the browser says of how long it keeps what the page has stored.
type Safety string

const (
	SafetyUnknown Safety = ""       // it cannot be asked, or was not yet
	Promised      Safety = "safe"   // until the person deletes it
	AtRisk        Safety = "unsafe" // until the disk runs short
)

// Store is the one State of the page and the actions on it. Its methods may be
// called from any goroutine.
type Store struct {
	// ExportPage is the address of the page that exported models are put into; set it before the first Export.
	ExportPage string

	// Gone is called when the project of a kind has lost its model with the worker that it stayed in.
	Gone func(task.Kind)

	// Reader reads tables, folders, archives and model files of other tools; set it before the first file comes.
	Reader Reader
	// Explainer says why a model answered as it did; set it before anybody asks.
	Explainer bridge.Caller
	// Writer makes files of other tools; set it before the first export.
	Writer bridge.Caller

	worker  bridge.Caller
	catalog func() (list api.Catalogue, body string, err error)
	kept    func() (store.Store, error)
	server  Server // nil: none; see server.go

	mu       sync.Mutex
	state    State
	watchers map[int]func()
	watched  int

	pullWatch atomic.Int64 // the newest WatchPulls
	wanted    atomic.Value // words.Lang that somebody chose last

	promise sync.Once // the browser is asked for one, see KeepSafe

	loads map[string]*loading // by model; see load.go
	stays map[string]*staying // by model; see stay.go
	runs  map[task.Kind]*run  // see run.go
	typed int                 // counts key strokes; the last one is answered
	next  int                 // numbers the items

	seeing bool // a frame of the camera is being answered
	slow   int  // slow answers in a row; see slow.go
}

// New returns a store that computes with worker, asks catalog for the shipped
// models (client.Models) and keeps taught models and samples in what open
// returns (store.Open), which is called once, when it is first needed.
func New(worker bridge.Caller, catalog func() (api.Catalogue, string, error), open func() (store.Store, error)) *Store {
	s := &Store{
		worker: worker, catalog: catalog,
		watchers: map[int]func(){},
		loads:    map[string]*loading{},
		stays:    map[string]*staying{},
		Gone:     func(task.Kind) {},
		runs:     map[task.Kind]*run{},
		state: State{Lang: words.English, Kind: task.Image, Chosen: map[task.Kind]string{},
			Load: map[string]Load{}, Batch: map[task.Kind]Batch{}, Notice: map[string]string{}},
	}
	s.kept = sync.OnceValues(func() (store.Store, error) {
		kept, err := open()
		kept.Watch(s.changedElsewhere)
		return kept, err
	})
	return s
}

// Worker returns the computing side, for actions of their own kind (Teach).
func (s *Store) Worker() bridge.Caller { return s.worker }

// Kept returns what is kept in the browser: samples, projects, taught models.
// The error is a *store.Error that says why nothing will outlive the tab; the
// store works all the same. It may block: call it from a goroutine.
func (s *Store) Kept() (store.Store, error) { return s.kept() }

// Get returns the state as it is now.
func (s *Store) Get() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Watch calls changed after every change until stop is called. changed must not
// block and not call back into the store at once.
func (s *Store) Watch(changed func()) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watched++
	id := s.watched
	s.watchers[id] = changed
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, id)
	}
}

// change runs do on the state and tells the watchers.
func (s *Store) change(do func(*State)) {
	s.mu.Lock()
	do(&s.state)
	told := make([]func(), 0, len(s.watchers))
	for _, w := range s.watchers {
		told = append(told, w)
	}
	s.mu.Unlock()
	for _, w := range told {
		w()
	}
}

// Changed tells those who watch that something beside the State has changed, such as a page's own part.
func (s *Store) Changed() { s.change(func(*State) {}) }

// With returns a copy of m in which key is v: maps in a State are never written to.
func With[K comparable, V any](m map[K]V, key K, v V) map[K]V {
	c := make(map[K]V, len(m)+1)
	for k, old := range m {
		c[k] = old
	}
	c[key] = v
	return c
}
