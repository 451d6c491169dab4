package worker

import (
	"slices"
	"time"

	"wafer/app/bridge"
	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/fit"
	"wafer/nn/format/samples"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
)

// teach trains a model of the user's classes. A Cancel ends it with the best model
// so far, a HandOver with a checkpoint. The new model's file goes with the last
// answer, and is not kept here, since the page stores it and gives it its name; or the
// model stays here without one.
func (w *Worker) teach(a bridge.Asked[task.Progress], q bridge.TeachRequest) (done bridge.Taught, _ [][]byte,
	err error) {
	h := w.handover(a.Context, a.ID)
	defer w.drop(a.ID)
	tell := reporter(a.News)
	run, err := w.trainingRun(h.ctx, q, a.Buffers, tell)
	var checkpoint []byte
	var cache *fit.Cache // a second Teach at a time goes without
	if w.teaching.TryLock() {
		defer w.teaching.Unlock()
		cache = &w.features
	}
	var model Model
	var report *task.Report
	if err == nil {
		model, report, err = w.engine.Fit(h.ctx, run.recipe, run.data, fit.Options{Cache: cache,
			Best: true, Later: q.Stay != "", Resume: run.checkpoint, Report: tell, Wanted: h.wanted,
			Checkpoint: func(file []byte) error { checkpoint = file; return fit.ErrStopped }})
	}
	if err == nil && checkpoint == nil && q.Sure > 0 {
		err = model.BeSure(q.Sure)
	}
	switch {
	case checkpoint != nil:
		info := infoOf(bridge.CheckpointFile, checkpoint)
		return bridge.Taught{Checkpoint: &info}, [][]byte{checkpoint}, nil
	case h.ctx.Err() != nil && a.Context.Err() == nil: // before the first step: whoever goes on begins anew
		return done, nil, nil
	case err != nil:
		return done, nil, err
	}
	if q.Stay != "" {
		w.keep(q.Stay, &held{model: model, report: report})
		return bridge.Taught{Report: report}, nil, nil
	}
	return bridge.Taught{Report: report}, [][]byte{model.Bytes()}, nil
}

// seal makes the file of a model that stayed here.
func (w *Worker) seal(_ bridge.Asked[nothing], q bridge.Named) (done bridge.Taught, _ [][]byte, err error) {
	h, err := w.model(q.Model)
	if err != nil {
		return done, nil, err
	}
	h.Lock()
	defer h.Unlock()
	if h.report == nil {
		return done, nil, say.Errorf("The model %q is not loaded.", q.Model)
	}
	if err := h.model.Seal(); err != nil {
		return done, nil, err
	}
	h.report.Model = h.model.Info()
	return bridge.Taught{Report: h.report}, [][]byte{h.model.Bytes()}, nil
}

func (w *Worker) beSure(_ bridge.Asked[nothing], q bridge.SureRequest) (done bridge.Described, _ [][]byte, err error) {
	h, err := w.model(q.Model)
	if err != nil {
		return done, nil, err
	}
	h.Lock()
	defer h.Unlock()
	if err := h.model.BeSure(q.Least); err != nil {
		return done, nil, err
	}
	if err := h.model.Seal(); err != nil {
		return done, nil, err
	}
	done.Model = h.model.Info()
	return done, [][]byte{h.model.Bytes()}, nil
}

// trainingRun is what Teach and Pack work on.
type trainingRun struct {
	recipe     *recipe.Recipe
	data       data.Dataset // of samples as the network sees them, with the base
	labels     []int        // of all samples
	samples    []task.Input // likewise
	checkpoint []byte
}

// trainingRun takes base, samples and checkpoint from the request's files, and what is not there from
// the loaded models and the inputs.
func (w *Worker) trainingRun(ctx context.Context, q bridge.TeachRequest, buffers [][]byte,
	tell func(task.Progress)) (l trainingRun, err error) {
	if l.recipe, err = recipe.Parse(q.Recipe); err != nil {
		return l, err
	}
	files := map[string][]byte{}
	for name, i := range q.Files {
		if i < 0 || i >= len(buffers) {
			return l, say.Errorf("The file %q should be buffer %d, but %d came with the message.", name, i,
				len(buffers))
		}
		files[name] = buffers[i]
	}
	l.checkpoint = files[bridge.CheckpointFile]
	if file := files[bridge.SamplesFile]; file != nil {
		f, err := samples.Unpack(file)
		if err != nil {
			return l, err
		}
		l.labels, l.samples = f.Labels, f.Samples
	} else if l.labels = q.Labels; len(q.Labels) != len(q.Inputs) {
		return l, say.Errorf("There are %d inputs, but %d labels.", len(q.Inputs), len(q.Labels))
	}
	base := files[bridge.BaseFile]
	if base == nil && l.recipe.Define.Base() != "" {
		if base, err = w.fileOf(q.Base); err != nil {
			return l, err
		}
	}
	if l.samples == nil {
		if l.samples, err = inputs(q.Inputs, buffers); err == nil {
			err = w.brought(q.Base, q.Inputs, l.samples)
		}
		if err == nil && base != nil { // texts without a base are as they are
			err = w.prepare(ctx, base, q.Inputs, l.samples, tell)
		}
		if err != nil {
			return l, err
		}
	}
	return l, l.finish(base)
}

// finish makes the data set.
func (l *trainingRun) finish(base []byte) error {
	classes := l.recipe.Preprocess.Labels
	for i, n := range l.labels {
		if n < 0 || n >= len(classes) {
			return say.Errorf("Sample %d belongs to class number %d, but the recipe has %d.", i+1, n+1, len(classes))
		}
	}
	l.data = data.Labelled(classes, l.labels, l.samples)
	l.data.Weights = base
	return nil
}

// prepare brings the pictures that no Prepare has brought to what the network sees of them, so that a run does not
// depend on who decodes them. Texts are as they are.
func (w *Worker) prepare(ctx context.Context, base []byte, asked []bridge.Input, list []task.Input,
	tell func(task.Progress)) error {
	left := func(in bridge.Input) bool { return in.Key == "" && in.Buffer >= 0 }
	if len(asked) > 0 && !slices.ContainsFunc(asked, left) {
		return nil
	}
	m, err := w.engine.Open(base, nil)
	if err != nil {
		return err
	}
	defer m.Close()
	for i, in := range list {
		if ctx.Err() != nil {
			return errCancelled
		}
		if !left(asked[i]) {
			continue
		}
		if list[i], err = m.Prepared(in); err != nil {
			return say.Errorf("Sample %d cannot be used: %w", i+1, err)
		}
		tell(task.Progress{Phase: task.Preparing, Step: i + 1, Steps: len(list)})
	}
	return nil
}

// fileOf is the file of a loaded model.
func (w *Worker) fileOf(id string) ([]byte, error) {
	h, err := w.model(id)
	if err != nil {
		return nil, err
	}
	h.Lock()
	defer h.Unlock()
	err = h.model.Seal()
	return h.model.Bytes(), err
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
