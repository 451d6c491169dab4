// Package bridge carries typed messages between the page (main thread, never
// computes) and the worker (computes, never touches the page).
//
// A message is one JSON string plus a list of byte buffers that are moved, not
// copied. Every request has a number; the worker answers it with any number of
// progress and result messages and exactly one final done or error.
package bridge

import "wafer/nn/task"

// Verb names a request of the page.
type Verb string

const (
	Load     Verb = "load"     // make Request.Model ready; buffer 0 is a model file, or Request.URL says where to fetch it
	Unload   Verb = "unload"   // forget Request.Model, and give back the memory it runs in
	Classify Verb = "classify" // answer one Result per input of Request.Inputs
	Teach    Verb = "teach"    // train Request.Teach on Request.Inputs, or on Request.Files; Done carries the report and the model file
	HandOver Verb = "handover" // stop the Teach request Request.Target after its next step: it ends with a checkpoint, or with nothing before its first step
	Pack     Verb = "pack"     // make the files with which a server does what Request.Teach asks: base and samples
	Cancel   Verb = "cancel"   // stop request Request.Target: a running Teach ends with the best model so far
	Export   Verb = "export"   // make a file of Request.Model as Request.Export says; Done carries it
	Describe Verb = "describe" // read the header of the model file in buffer 0 without keeping it
)

// Input is a task.Input whose bytes travel beside the message. Buffer counts
// from 0 and is -1 for a text. Width and Height are set when the buffer holds
// RGBA pixels (a drawing) and 0 when it holds an encoded file.
type Input struct {
	Name   string `json:"name,omitempty"`
	Text   string `json:"text,omitempty"`
	Buffer int    `json:"buffer"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// Files of a run, by the names that Request.Files and Response.Files give their buffers.
const (
	BaseFile       = "base"       // the model that is built upon
	SamplesFile    = "samples"    // made by Pack
	CheckpointFile = "checkpoint" // of a run that is not at its end
)

// FileInfo is a buffer that is a file on its way to a server.
type FileInfo struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // hex
	Size   int64  `json:"size"`   // bytes
}

// ExportRequest says what to make of a model: a WebAssembly module, or a page with it.
type ExportRequest struct {
	Weights  string `json:"weights,omitempty"`  // "float32", "float16", "int8"; "" is no loss
	Title    string `json:"title,omitempty"`    // of the model, in place of its own
	Template string `json:"template,omitempty"` // same-origin address of the page to put the module into; "" is the module alone
}

// Request goes from the page to the worker.
type Request struct {
	ID     int                `json:"id"`
	Verb   Verb               `json:"verb"`
	Model  string             `json:"model,omitempty"`  // Load, Classify: task.Model.ID
	URL    string             `json:"url,omitempty"`    // Load: same-origin address of the model file
	SHA256 string             `json:"sha256,omitempty"` // Load: what the file must hash to, "" to skip
	Inputs []Input            `json:"inputs,omitempty"`
	Teach  *task.TeachRequest `json:"teach,omitempty"`
	Export *ExportRequest     `json:"export,omitempty"`
	Files  map[string]int     `json:"files,omitempty"`  // Teach: buffers with files that take the place of the model, the inputs and the start
	Target int                `json:"target,omitempty"` // Cancel, HandOver: the request to stop
}

// Event names an answer of the worker.
type Event string

const (
	Ready    Event = "ready"    // the worker started; ID is 0
	Progress Event = "progress" // Response.Progress, or Response.Loaded of Response.Total bytes while loading
	Answer   Event = "result"   // Response.Result for input number Response.Index
	Done     Event = "done"     // the request is finished
	Failed   Event = "error"    // the request is finished; Response.Error is a sentence for people
)

// Response goes from the worker to the page.
type Response struct {
	ID       int               `json:"id"`
	Event    Event             `json:"event"`
	Progress *task.Progress    `json:"progress,omitempty"`
	Loaded   int64             `json:"loaded,omitempty"`
	Total    int64             `json:"total,omitempty"`
	Result   *task.Result      `json:"result,omitempty"`
	Index    int               `json:"index,omitempty"`
	Model    *task.Model       `json:"model,omitempty"`  // Done of Load and Describe
	Memory   int               `json:"memory,omitempty"` // Done of Load: bytes that the model runs in, 0 if unknown
	Report   *task.TeachReport `json:"report,omitempty"` // Done of Teach; buffer 0 is then the model file
	Files    []FileInfo        `json:"files,omitempty"`  // Done of Pack, and of a Teach that was handed over: what the buffers are
	Error    string            `json:"error,omitempty"`
}
