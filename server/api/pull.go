package api

import "wafer/nn/task"

// Pull is a public model that the server can fetch, and how far that is. GET /api/pulls lists them.
type Pull struct {
	Name     string    `json:"name"` // under which it is stored, too
	Title    string    `json:"title"`
	TitleZH  string    `json:"title_zh"`
	About    string    `json:"about"`
	AboutZH  string    `json:"about_zh"`
	Kind     task.Kind `json:"kind"`
	Source   string    `json:"source"` // a page for people
	License  string    `json:"license"`
	Credit   string    `json:"credit"`
	Size     int64     `json:"size,omitempty"`     // bytes to fetch, 0: not known
	Accuracy float64   `json:"accuracy,omitempty"` // as TestSet says, 0…1
	TestSet  string    `json:"test_set,omitempty"`

	State PullState `json:"state,omitempty"`
	Done  int64     `json:"done,omitempty"`  // bytes that are here while it is fetched
	Error string    `json:"error,omitempty"` // why the last attempt failed
	File  *File     `json:"file,omitempty"`  // the model file, once it is stored
}

// PullState is where a pull is; "" is not begun.
type PullState string

const (
	PullWaits    PullState = "waiting"    // for another one to end
	PullFetches  PullState = "fetching"   // Done says how far
	PullConverts PullState = "converting" // makes a model file of what came
	PullFailed   PullState = "failed"     // Error says why
	PullStored   PullState = "stored"     // File is the model
)

// Runs tells a pull that has begun and not ended.
func (s PullState) Runs() bool { return s == PullWaits || s == PullFetches || s == PullConverts }
