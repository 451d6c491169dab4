// Package store keeps samples, taught models and settings in the browser, so
// that they survive a reload. Nothing of it leaves the machine.
//
// In the browser the store is an IndexedDB database (store_js.go); elsewhere,
// and where the browser refuses one, it is memory (memory.go). Every method
// may wait for the disk: call it from a goroutine, never from an event handler.
package store

import (
	"time"

	"wafer/nn/json"
	"wafer/nn/task"
)

// Store is safe for use by several goroutines. Errors are *Error.
type Store interface {
	// Models lists the kept models, newest first.
	Models() ([]task.Model, error)
	// ModelFile returns the bytes of one kept model file.
	ModelFile(id string) ([]byte, error)
	// SaveModel keeps a model file under m.ID, replacing the one that had that name.
	SaveModel(m task.Model, file []byte) error
	// RenameModel changes the title shown in lists; the file stays as it is.
	RenameModel(id, title string) error
	// DeleteModel forgets a model. To undo it, save what ModelFile returned before.
	DeleteModel(id string) error

	// Projects lists the projects of the Teach page, without their samples.
	Projects() ([]Project, error)
	// UpdateProject puts what do returns in the place of a project; do gets what is
	// kept now, nil for nothing. It is one transaction: no other tab writes between.
	// do must not wait for anything.
	UpdateProject(id string, do func(kept *Project) Project) error

	// Samples lists the samples of a project by Order. A picture has its URL set and its bytes
	// in Blob, or in File when the store is memory and got them there.
	Samples(project string) ([]Sample, error)
	// AddSamples keeps samples under their IDs, all or none, and returns them as Samples would.
	AddSamples(project string, samples []Sample) ([]Sample, error)
	// DeleteSamples forgets samples; unknown ids are no error.
	DeleteSamples(project string, ids []string) error

	// SaveFile keeps bytes under a name, replacing those that had it; nil forgets them.
	SaveFile(name string, file []byte) error
	// File returns kept bytes.
	File(name string) ([]byte, error)

	// Watch calls on, on a goroutine of its own, after something was kept or forgotten in
	// another tab, or for memory in this one.
	Watch(on func(Change)) (stop func())
	// Alone reports whether no other tab has the store open; false where the browser cannot tell.
	Alone() bool
}

// Change says what changed.
type Change struct {
	Models  bool   // the list of models
	Project string // ID of a project that changed, or whose samples did; "" for none
}

// Project is what the Teach page is working on.
type Project struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"` // of its model, chosen by a person; "": after the classes
	Kind     task.Kind       `json:"kind"`
	Classes  []Class         `json:"classes"`
	Settings Settings        `json:"settings"`
	Model    string          `json:"model,omitempty"` // task.Model.ID of the last one trained here
	Report   *task.Report    `json:"report,omitempty"`
	Asked    []string        `json:"asked,omitempty"`   // ids of the samples that Report counts, in its order
	Curve    []task.Progress `json:"curve,omitempty"`   // one point per epoch of that training
	Tested   *Tested         `json:"tested,omitempty"`  // the newest measuring on samples that are kept to test with
	Trash    []string        `json:"trash,omitempty"`   // ids of samples that are removed but can still be brought back
	Sending  *Sending        `json:"sending,omitempty"` // a run on its way to the server, which the user agreed to send
	Job      string          `json:"job,omitempty"`     // ID of the server's job that is the newest training
	Updated  time.Time       `json:"updated"`
}

// Tested is how a taught model answered the samples that are kept to test with.
type Tested struct {
	Weights  string        `json:"weights"` // task.Report.WeightsHash of the model
	Labels   []string      `json:"labels"`  // of its classes
	Asked    []string      `json:"asked"`   // ids of the samples
	Estimate task.Estimate `json:"estimate"`
	Rejected int           `json:"rejected,omitempty"` // how many it would not have answered
	Kept     int           `json:"kept,omitempty"`     // how many of the others it answered rightly
	Failed   int           `json:"failed,omitempty"`   // how many it could not take, such as damaged pictures
	Used     []string      `json:"used"`               // hashes of all models that were tested on them
}

// Sending is what the user agreed to send to the server.
type Sending struct {
	Key     string            `json:"key"`               // makes one job of it, however often it is asked for
	Recipe  json.RawMessage   `json:"recipe"`            // recipe.Recipe
	Base    string            `json:"base"`              // task.Model.ID
	Files   map[string]string `json:"files"`             // SHA-256 by name
	Resumes bool              `json:"resumes,omitempty"` // with a checkpoint, which is kept as a file
}

// Class is one of the things to tell apart.
type Class struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color int    `json:"color"`         // index into the palette, so that a class keeps its colour
	Off   bool   `json:"off,omitempty"` // its samples are kept, but not learnt
}

// Settings are what a run asks for; the zero value means: choose for me.
type Settings struct {
	Base         string  `json:"base,omitempty"`       // task.Model.ID
	LastBlock    bool    `json:"last_block,omitempty"` // fine-tuning changes no more than the last block of the base
	LastLayer    bool    `json:"last_layer,omitempty"` // fine-tuning trains the new layer alone, step by step
	Epochs       int     `json:"epochs,omitempty"`
	LearningRate float64 `json:"learning_rate,omitempty"`
	Seed         uint64  `json:"seed,omitempty"`
	Sure         float64 `json:"sure,omitempty"` // the least probability of an answer; below it the model does not know
}

// Sample is one example of a class: a text or an encoded picture.
type Sample struct {
	ID    string `json:"id"`
	Class string `json:"class"` // Class.ID
	Name  string `json:"name,omitempty"`
	Text  string `json:"text,omitempty"`
	Type  string `json:"type,omitempty"`  // media type of File, such as image/png
	Drawn bool   `json:"drawn,omitempty"` // on the pad: white strokes on black
	Group string `json:"group,omitempty"` // samples of one group were made in one go, such as a burst of the camera
	Test  bool   `json:"test,omitempty"`  // it is not learnt, but kept to test with
	Bytes int    `json:"bytes,omitempty"`
	Order int64  `json:"order"` // samples are listed by it
	File  []byte `json:"-"`     // the picture's bytes, or
	Blob  any    `json:"-"`     // the js.Value of the browser's Blob or File that holds them
	URL   string `json:"-"`     // address of the picture for an img element, valid in this tab
}

// Reason says in one word why the store could not do something.
type Reason string

const (
	Full        Reason = "full"        // the browser's room for this site is used up
	Unavailable Reason = "unavailable" // the browser keeps nothing here, as in some private windows
	Missing     Reason = "missing"     // no such model, project or sample
	Newer       Reason = "newer"       // kept by a newer Wafer than this one
	Busy        Reason = "busy"        // another tab holds an older version open
	Broken      Reason = "broken"      // anything else; Detail has the browser's words
)

// Error is what every method returns when it fails.
type Error struct {
	Reason Reason
	Detail string // what was missing, or what the browser said
}

// Text is the key of the page's own sentence, in its language, and what goes into it.
func (e *Error) Text() (key, detail string) { return "teach.store." + string(e.Reason), e.Detail }

// Error is a sentence for people; pages in other languages choose their own by Reason.
func (e *Error) Error() string {
	switch e.Reason {
	case Full:
		return "There is no room left: the browser gives this page no more space. Delete some samples or models, " +
			"then try again."
	case Unavailable:
		return "This browser keeps nothing for this page, perhaps because the window is private. Everything works, " +
			"but it is gone when the tab closes."
	case Missing:
		return "It is not here any more: " + e.Detail + "."
	case Newer:
		return "What is kept here was written by a newer version of Wafer. Reload the page to get that version."
	case Busy:
		return "Another tab has an older version of Wafer open. Close it, then reload this one."
	}
	return "The browser could not keep or find this: " + e.Detail + "."
}

// missing is the error for a thing ("the model") and its id.
func missing(what, id string) error { return &Error{Missing, what + " " + id} }
