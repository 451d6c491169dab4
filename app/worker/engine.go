package worker

import (
	"wafer/app/bridge"
	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/document"
	"wafer/nn/fit"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Model is an open model. One goroutine at a time may use it.
type Model interface {
	Info() task.Model
	Classify(in task.Input) task.Result
	// Prepared is an input as the model sees it.
	Prepared(in task.Input) (task.Input, error)
	Bytes() []byte
	// Seal makes Bytes of a model that fit.Options.Later left without.
	Seal() error
	// Prepare makes ready for the first input and tells how many bytes of memory the model
	// runs in, 0 where that is not known.
	Prepare() (memory int, err error)
	// BeSure has it answer only where its greatest probability is this at least.
	BeSure(least float64) error
	Close() // gives that memory back
}

// Engine is what the worker asks of package nn; tests put others in its place.
type Engine interface {
	// Open reads a model file; find gets the base that one may name, nil: there is none.
	Open(file []byte, find document.Finder) (Model, error)
	Describe(file []byte) (task.Model, error)
	// Fit runs a recipe.
	Fit(ctx context.Context, r *recipe.Recipe, d data.Dataset, o fit.Options) (Model, *task.Report, error)
	// Retitled is a model file with another title.
	Retitled(file []byte, title string) ([]byte, error)
	// Export makes a WebAssembly module of a model or, with a template, a page with it.
	Export(m Model, req bridge.ExportRequest, template []byte) ([]byte, error)
}
