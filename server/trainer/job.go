package trainer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"wafer/nn"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/fit"
	"wafer/server/models"
	"wafer/server/queue"
	"wafer/server/store"
)

// job is one attempt of a job. One goroutine runs it.
type job struct {
	t     *Trainer
	claim *queue.Claim
	ctx   context.Context // ends when the job is to be left; its cause says why
	last  context.Context // ends when nothing can be said any more

	saved      time.Time     // of the last checkpoint
	cost       time.Duration // of the last checkpoint
	complained bool          // that no checkpoint could be stored
	old        []store.Ref   // checkpoints of this attempt, the newest last
}

// run does what the job asks and stores the result. Its errors are sentences; what they mean
// when ctx has ended is for the caller to know.
func (j *job) run() (result *api.Result, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("the worker met something unexpected: %v", e)
			j.t.o.Log.Error("a job panicked", "job", j.claim.Job.ID, "panic", e)
		}
	}()
	spec := j.claim.Job.Spec
	if len(spec.Recipe) == 0 {
		return nil, errors.New("the job has no recipe: an earlier version made it to teach a model; " +
			"train that again from the page")
	}
	j.claim.Progress(task.Progress{Phase: task.Preparing})
	var dir string
	var done func()
	err = j.persist("the data of the job cannot be fetched", func(ctx context.Context) (err error) {
		dir, done, err = j.t.cache.folder(ctx, spec.Data, j.t.open)
		return err
	})
	if err != nil {
		return nil, explain(err)
	}
	defer done()
	resume, err := j.checkpoint()
	if err != nil {
		return nil, err
	}
	r, err := recipe.Parse(spec.Recipe)
	if err != nil {
		return nil, err
	}
	var page []byte
	m, rep, err := fit.Run(j.ctx, fit.Options{Recipe: r, Dir: dir, Threads: j.t.o.Threads, Room: j.t.o.Room,
		Resume: resume,
		Note:   j.claim.Log, Memory: func(_ nn.Memory, text []string) { j.claim.Log(inOneLine(text)) },
		Report: j.claim.Progress, Checkpoint: j.save, Wanted: j.wanted,
		Page: func(html []byte, err error) {
			if page = html; err != nil {
				j.claim.Log("there is no report: " + err.Error())
			}
		}})
	if err != nil {
		return nil, err
	}
	measured := metrics(rep)
	rep.History = nil // the events of the job have it
	if e := rep.Estimate; e != nil && e.Held != nil && len(e.Held.P) > mostAnswers {
		e.Held = nil
	}
	return j.keep(m, rep, measured, r.Bytes(), page)
}

// mostAnswers is how long the answers in a report may be, in bytes: the message that ends a job is small.
const mostAnswers = 32 << 10

// inOneLine joins lines that are indented for people.
func inOneLine(lines []string) string {
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.Join(lines, "; ")
}

// metrics are what lists of jobs compare.
func metrics(rep *task.Report) map[string]float64 {
	m := map[string]float64{}
	if rep.Validation > 0 {
		m["val_accuracy"], m["val_loss"] = rep.OnHeld.Accuracy, rep.OnHeld.Loss
	}
	if rep.TestSamples > 0 {
		m["test_accuracy"], m["test_loss"] = rep.Test.Accuracy, rep.Test.Loss
	}
	if rep.Training != (task.Metrics{}) {
		m["loss"], m["accuracy"] = rep.Training.Loss, rep.Training.Accuracy
	} else if n := len(rep.History); n > 0 {
		m["loss"], m["accuracy"] = rep.History[n-1].Loss, rep.History[n-1].Accuracy
	}
	return m
}

// keep stores the model and, if the job asks for one, its name. Both may happen twice with the same outcome,
// so that a job which loses its worker here does not end with half a model.
func (j *job) keep(m *nn.Model, report any, measured map[string]float64, recipe, page []byte) (
	*api.Result, error) {
	defer m.Close()
	words, err := json.Marshal(report)
	if err != nil {
		return nil, fmt.Errorf("the report of the run cannot be written: %w", err)
	}
	result := &api.Result{Model: m.Info(), Metrics: measured, Report: words, WeightsHash: m.Info().WeightsHash}
	result.RecipeHash, result.DataHash = m.Hashes()
	if result.File, err = j.put(m.Bytes()); err != nil {
		return nil, err
	}
	if page != nil {
		f, err := j.put(page)
		if err != nil {
			return nil, err
		}
		result.Page = &f
	}
	if name := j.claim.Job.Spec.Model; name != "" {
		if err := j.name(name, result, recipe); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// name makes a name of the store stand for the result. A name that cannot be given costs no training: a log line says
// so.
func (j *job) name(name string, result *api.Result, recipe []byte) error {
	m := api.Model{Name: name, Info: result.Model, File: result.File, License: result.Model.Credit, Job: j.claim.Job.ID,
		Created: time.Now().UTC().Round(time.Second)}
	m.Info.ID = name
	if recipe != nil {
		f, err := j.put(recipe)
		if err != nil {
			return err
		}
		m.Recipe = &f
	}
	kept, err := models.Manifest(m)
	if err == nil {
		err = j.persist("the model cannot get its name",
			func(ctx context.Context) error { return j.setName(ctx, kept) })
	}
	switch {
	case j.ctx.Err() != nil && err != nil:
		return err
	case err != nil:
		j.claim.Log(fmt.Sprintf("the model is kept with the job, but not as %q: %v", name, err))
	default:
		result.Name = name
	}
	return nil
}

// setName looks at the version first: what happens after that, also while this process was stopped, makes it look
// again.
func (j *job) setName(ctx context.Context, m store.Manifest) error {
	for {
		seen, err := j.t.o.Store.Version(ctx, m.Name)
		if err == nil {
			err = j.mayName(ctx, m.Name)
		}
		if err == nil {
			err = j.claim.Holds(ctx)
		}
		if err == nil {
			err = j.t.o.Store.SetName(ctx, m, seen)
		}
		if !errors.Is(err, store.ErrChanged) {
			return err
		}
	}
}

var errTaken = errors.New("another model has got this name since the job was handed in")

// mayName makes sure that a job which may not replace a model does not, whatever got the name while it waited and ran.
func (j *job) mayName(ctx context.Context, name string) error {
	if j.claim.Job.Spec.Replace {
		return nil
	}
	kept, err := j.t.o.Store.Name(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if m, err := models.Of(kept); err != nil || m.Job != j.claim.Job.ID { // else this job gave it before it was lost
		return errTaken
	}
	return nil
}

// put stores content that the job made.
func (j *job) put(b []byte) (api.File, error) {
	r := store.RefOf(b)
	err := j.persist("the result cannot be stored", func(ctx context.Context) error {
		return j.t.o.Store.Put(ctx, r,
			bytes.NewReader(b))
	})
	return api.File{SHA256: r.SHA256, Size: r.Size}, err
}
