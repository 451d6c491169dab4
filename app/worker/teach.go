package worker

import (
	"context"
	"errors"
	"time"

	"wafer/app/bridge"
	"wafer/nn/task"
)

// teach trains a model of the user's classes. A Cancel ends it with the best model
// so far. The new model's file goes with the last answer; it is not kept here, since
// the page stores it and gives it its name.
func (w *Worker) teach(ctx context.Context, req bridge.Request, buffers [][]byte, send Send) (bridge.Response, [][]byte, error) {
	if req.Teach == nil {
		return bridge.Response{}, nil, errors.New("The worker was asked to train, but not what.")
	}
	base, err := w.baseFor(req.Teach.Base)
	if err != nil {
		return bridge.Response{}, nil, err
	}
	samples, err := inputs(req.Inputs, buffers)
	if err != nil {
		return bridge.Response{}, nil, err
	}
	model, report, err := w.engine.Teach(ctx, base, *req.Teach, samples, reporter(send))
	if err != nil {
		return bridge.Response{}, nil, err
	}
	info := model.Info()
	return bridge.Response{Report: &report, Model: &info}, [][]byte{model.Bytes()}, nil
}

// baseFor opens a model once more, so that it can be classified with while it is
// being learned from.
func (w *Worker) baseFor(id string) (Model, error) {
	h, err := w.model(id)
	if err != nil {
		return nil, err
	}
	return w.engine.Open(h.model.Bytes())
}

// reporter passes progress on, ten times a second and at the end of every epoch,
// and lets the browser deliver messages meanwhile.
func reporter(send Send) func(task.Progress) {
	var last time.Time
	var rest breather
	return func(p task.Progress) {
		if now := time.Now(); p.EpochEnd || p.Note != "" || now.Sub(last) >= between {
			last = now
			send(bridge.Response{Event: bridge.Progress, Progress: &p})
		}
		rest.breathe()
	}
}
