package worker

import (
	"context"

	"wafer/app/bridge"
	"wafer/nn"
	"wafer/nn/task"
)

// Model is an open model. One goroutine at a time may use it.
type Model interface {
	Info() task.Model
	Classify(in task.Input) task.Result
	Bytes() []byte
	// Prepare makes ready for the first input and tells how many bytes of memory the model
	// runs in, 0 where that is not known.
	Prepare() (memory int, err error)
	Close() // gives that memory back
}

// Engine is what the worker asks of package nn; tests put others in its place.
type Engine interface {
	Open(file []byte) (Model, error)
	Describe(file []byte) (task.Model, error)
	Teach(ctx context.Context, base Model, req task.TeachRequest, samples []task.Input, o nn.TeachOptions) (Model, task.TeachReport, error)
	// Prepared is a sample as base sees it.
	Prepared(base Model, in task.Input) (task.Input, error)
	// Export makes a WebAssembly module of a model or, with a template, a page with it.
	Export(m Model, req bridge.ExportRequest, template []byte) ([]byte, error)
}
