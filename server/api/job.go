package api

import (
	"strings"
	"time"

	"wafer/nn/json"
	"wafer/nn/task"
)

// File is content by its hash, with the path under which a recipe or a person knows it.
type File struct {
	Path   string `json:"path,omitempty"` // slashes, relative
	SHA256 string `json:"sha256"`         // hex
	Size   int64  `json:"size"`           // bytes
}

// Spec is what a job is asked to do. It does not change.
type Spec struct {
	Name       string          `json:"name"`                 // shown in lists
	Recipe     json.RawMessage `json:"recipe,omitempty"`     // recipe.Recipe
	Data       []File          `json:"data,omitempty"`       // the files that the recipe names
	Checkpoint *File           `json:"checkpoint,omitempty"` // a run that began elsewhere goes on from here
	Model      string          `json:"model,omitempty"`      // the name that the result gets; "": none
	// Model may stand for another model by then; set by the server, for admins
	Replace    bool   `json:"replace,omitempty"`
	MaxSeconds int    `json:"max_seconds,omitempty"` // of one attempt; 0: the server's limit
	CloneOf    string `json:"clone_of,omitempty"`    // the ID of the job that this one varies
	By         string `json:"by,omitempty"`          // name of the token that handed it in; set by the server
}

// Job is a job as lists and pages show it.
type Job struct {
	ID      string    `json:"id"`
	Spec    Spec      `json:"spec"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"` // time of the newest event
	Seq     uint64    `json:"seq"`     // number of the newest event
	Status  Status    `json:"status"`
}

// Status is what changes about a job. Every event carries it whole.
type Status struct {
	State   State  `json:"state"`
	Queued  uint64 `json:"queued"`          // number of the event that queued it last
	Attempt int    `json:"attempt"`         // how often it was claimed; only the last claim may report
	Began   bool   `json:"began,omitempty"` // this attempt has begun to train
	Lost    int    `json:"lost,omitempty"`  // workers lost while they trained, since the last checkpoint
	// workers lost at any time since then; each makes the next wait longer
	Waits      int            `json:"waits,omitempty"`
	Worker     string         `json:"worker,omitempty"`     // name of the worker that has it or had it last
	Started    time.Time      `json:"started,omitzero"`     // of this attempt
	Ended      time.Time      `json:"ended,omitzero"`       // zero while it may go on by itself
	Progress   *task.Progress `json:"progress,omitempty"`   // newest
	Checkpoint *File          `json:"checkpoint,omitempty"` // newest
	Result     *Result        `json:"result,omitempty"`     // of a job that succeeded
	Error      string         `json:"error,omitempty"`      // of a job that failed, a sentence
}

// Result is what a job made. Its curves are the events whose progress ends an epoch.
type Result struct {
	Model       task.Model         `json:"model"`
	File        File               `json:"file"`           // the model file
	Page        *File              `json:"page,omitempty"` // the report as one HTML file, nil where nothing was measured
	Name        string             `json:"name,omitempty"` // under which the server keeps it
	Metrics     map[string]float64 `json:"metrics,omitempty"`
	Report      json.RawMessage    `json:"report,omitempty"` // task.Report
	RecipeHash  string             `json:"recipe_hash"`
	DataHash    string             `json:"data_hash"`
	WeightsHash string             `json:"weights_hash"`
}

// Files are all contents that a job needs or made; they are kept as long as it is.
func (j *Job) Files() []File {
	all := append([]File(nil), j.Spec.Data...)
	for _, f := range []*File{j.Spec.Checkpoint, j.Status.Checkpoint} {
		if f != nil {
			all = append(all, *f)
		}
	}
	if j.Status.Result != nil {
		all = append(all, j.Status.Result.File)
		if page := j.Status.Result.Page; page != nil {
			all = append(all, *page)
		}
	}
	return all
}

// Brief is what lists have of a result: no report, and of the model what tells it apart.
func (r *Result) Brief() *Result {
	if r == nil {
		return nil
	}
	short, m := *r, r.Model
	short.Report = nil
	short.Model = task.Model{ID: m.ID, Title: cut(m.Title), Kind: m.Kind, Params: m.Params, Bytes: m.Bytes,
		SHA256:   m.SHA256,
		Accuracy: m.Accuracy, WeightsHash: m.WeightsHash}
	return &short
}

// cut shortens a title for a list.
func cut(title string) string {
	const most = 200
	if len(title) <= most {
		return title
	}
	return strings.ToValidUTF8(title[:most], "") + "…"
}

// Jobs answers GET /api/jobs: a page of the jobs, newest first. Of Spec they have Name, Model, CloneOf and By, and
// Status.Result is brief; GET /api/jobs/{id} has all.
type Jobs struct {
	Jobs    []Job    `json:"jobs"`
	Next    string   `json:"next,omitempty"`    // ?after= for the next page; "": this is the last
	Total   int      `json:"total"`             // jobs on all pages
	Damaged []string `json:"damaged,omitempty"` // IDs of jobs that cannot be read and are left out
}

// Kind says what an event is about: a Move, or one of the kinds below.
type Kind string

const (
	Progressed   Kind = "progress"   // Status.Progress is new
	Logged       Kind = "log"        // Log is a line
	Checkpointed Kind = "checkpoint" // Status.Checkpoint is new
	Restored     Kind = "restore"    // from the job's record, after damage
	Missing      Kind = "missing"    // stands for an event that was lost to damage
)

// Event is one thing that happened to a job. Events of a job are numbered 1, 2, 3 …
// without a gap; the number is the id of the server-sent event.
type Event struct {
	Seq    uint64    `json:"seq"`
	Time   time.Time `json:"time"`
	Kind   Kind      `json:"kind"`
	Log    string    `json:"log,omitempty"`
	Status Status    `json:"status"` // after the event
}
