package worker

import (
	"fmt"
	"time"

	"wafer/app/bridge"
	"wafer/nn"
	"wafer/nn/format/samples"
	"wafer/nn/task"
)

// teach trains a model of the user's classes. A Cancel ends it with the best model
// so far, a HandOver with a checkpoint. The new model's file goes with the last
// answer; it is not kept here, since the page stores it and gives it its name.
func (w *Worker) teach(a bridge.Asked[task.Progress], q bridge.TeachRequest) (done bridge.Taught, _ [][]byte, err error) {
	run, err := w.lesson(q, a.Buffers)
	if err != nil {
		return done, nil, err
	}
	h := w.hand(a.Context, a.ID)
	defer w.drop(a.ID)
	var checkpoint []byte
	model, report, err := w.engine.Teach(h.ctx, run.base, q.Teach, run.samples, nn.TeachOptions{
		Best: true, Resume: run.checkpoint, Report: reporter(a.News), Wanted: h.wanted,
		Checkpoint: func(file []byte) error { checkpoint = file; return nn.ErrStopped }})
	switch {
	case checkpoint != nil:
		info := infoOf(bridge.CheckpointFile, checkpoint)
		return bridge.Taught{Checkpoint: &info}, [][]byte{checkpoint}, nil
	case h.ctx.Err() != nil && a.Context.Err() == nil: // before the first step: whoever goes on begins anew
		return done, nil, nil
	case err != nil:
		return done, nil, err
	}
	return bridge.Taught{Report: &report}, [][]byte{model.Bytes()}, nil
}

// lesson is what Teach and Pack work on.
type lesson struct {
	base       Model
	samples    []task.Input
	checkpoint []byte
}

// lesson takes base, samples and checkpoint from the request's files, and what is not there from
// the loaded models and the inputs.
func (w *Worker) lesson(q bridge.TeachRequest, buffers [][]byte) (l lesson, err error) {
	files := map[string][]byte{}
	for name, i := range q.Files {
		if i < 0 || i >= len(buffers) {
			return l, fmt.Errorf("The file %q should be buffer %d, but %d came with the message.", name, i, len(buffers))
		}
		files[name] = buffers[i]
	}
	l.checkpoint = files[bridge.CheckpointFile]
	if base := files[bridge.BaseFile]; base != nil {
		l.base, err = w.engine.Open(base)
	} else {
		l.base, err = w.baseFor(q.Teach.Base)
	}
	if err != nil {
		return l, err
	}
	if file := files[bridge.SamplesFile]; file != nil {
		var packed samples.File
		packed, err = samples.Unpack(file)
		l.samples = packed.Samples
	} else {
		l.samples, err = inputs(q.Inputs, buffers)
	}
	return l, err
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
func reporter(news func(task.Progress)) func(task.Progress) {
	var last time.Time
	var rest breather
	return func(p task.Progress) {
		if now := time.Now(); p.EpochEnd || p.Note != "" || now.Sub(last) >= between {
			last = now
			news(p)
		}
		rest.breathe()
	}
}
