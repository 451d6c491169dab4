package nn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wafer/nn/data"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// Names of the layers that Teach puts behind a base.
const (
	headNorm = "head_norm" // features to mean 0 and deviation 1
	head     = "head"      // one unit per class
)

// TeachOptions are what a run of Teach depends on beside base, request and samples. All but
// Best mean what they mean in FitOptions; checkpoints are of Teach alone.
type TeachOptions struct {
	Report     func(task.Progress)     // a few times a second; nil: nobody
	Resume     []byte                  // a checkpoint of the same base, request and samples, nil: from the start
	Checkpoint func(file []byte) error // called after every epoch, when Wanted says so, and when ctx ends; nil: none
	Wanted     func() bool             // asked after every step: a checkpoint now? nil: no
	Memory     func(Memory) error      // told what the run needs before anything is decoded or computed; an error ends it; nil: nobody
	// Best is for a run that somebody watches: when ctx ends, the result is the best model so far,
	// and checkpoints are made only when Wanted says so. ErrStopped from Checkpoint ends the run with that error.
	Best bool
}

// Teach makes a model for the user's own classes: the layers of base up to its
// last, then one dense layer trained on the features of the samples; with req.WholeNetwork every
// layer is then trained at a lower rate. Where every class has ten samples or more, a fifth
// is held out to measure on. The same request on the same samples gives the same file, also over any
// number of stops and resumptions, in a browser or not.
//
// When ctx ends, training stops. With o.Checkpoint and without o.Best a checkpoint is made, once a first step is done,
// and the error is ErrStopped; else the best model so far is the result, and the error is set only when there is none.
func Teach(ctx context.Context, base *Model, req task.TeachRequest, samples []task.Input, o TeachOptions) (m *Model, rep task.TeachReport, err error) {
	defer func() {
		if e := recover(); e != nil {
			m, err = nil, fmt.Errorf("teaching: failed: %v", e)
		}
	}()
	if o.Report == nil {
		o.Report = func(task.Progress) {}
	}
	if err := checkTeach(base, req, samples); err != nil {
		return nil, rep, err
	}
	t := &teacher{base: base, req: req, o: o, began: time.Now()}
	return t.run(ctx, samples)
}

// checkTeach says in a sentence what is missing.
func checkTeach(base *Model, req task.TeachRequest, samples []task.Input) error {
	if req.Kind != base.info.Kind {
		return fmt.Errorf("teaching: the samples are %s, but the model %q takes %s", req.Kind, base.info.Title, base.info.Kind)
	}
	if len(req.Classes) < 2 {
		return fmt.Errorf("teaching: two classes or more are needed to tell apart, found %d", len(req.Classes))
	}
	if len(req.Labels) != len(samples) {
		return fmt.Errorf("teaching: there are %d samples, but %d labels", len(samples), len(req.Labels))
	}
	count := make([]int, len(req.Classes))
	for i, label := range req.Labels {
		if label < 0 || label >= len(count) {
			return fmt.Errorf("teaching: sample %d belongs to class number %d, but there are %d classes", i+1, label+1, len(count))
		}
		count[label]++
	}
	for i, name := range req.Classes {
		switch {
		case strings.TrimSpace(name) == "":
			return fmt.Errorf("teaching: class number %d has no name", i+1)
		case slices.Contains(req.Classes[:i], name):
			return fmt.Errorf("teaching: two classes are named %q", name)
		case count[i] < 2:
			return fmt.Errorf("teaching: every class needs two samples or more, but %q has %d", name, count[i])
		}
	}
	for i, s := range samples {
		if isText := s.File == nil && s.Pixels == nil; isText != (req.Kind == task.Text) {
			return fmt.Errorf("teaching: sample %d (class %q) is not %s; all samples must be of one kind", i+1, req.Classes[req.Labels[i]], kindName(req.Kind))
		}
	}
	return nil
}

func kindName(k task.Kind) string {
	if k == task.Text {
		return "a text"
	}
	return "a picture"
}

type teacher struct {
	base     *Model
	req      task.TeachRequest
	o        TeachOptions
	began    time.Time
	told     time.Time
	dataHash string           // of everything that the weights depend on beside the recipes
	asked    bool             // o.Wanted said so after this step
	resume   *teachCheckpoint // nil: from the start, or past it
}

func (t *teacher) run(ctx context.Context, samples []task.Input) (*Model, task.TeachReport, error) {
	fit, held := t.split()
	network := t.network()
	if t.o.Memory != nil {
		if err := t.o.Memory(t.memory(network, samples, fit, held)); err != nil {
			return nil, task.TeachReport{}, err
		}
	}
	all, err := t.prepare(ctx, samples)
	if err != nil {
		return nil, task.TeachReport{}, err
	}
	if err := t.readCheckpoint(all); err != nil {
		return nil, task.TeachReport{}, err
	}
	state, result := t.initial(network), (*train.Result)(nil)
	if t.resume == nil || t.resume.Stage == headStage {
		if result, err = t.trainHead(ctx, network, state, all, fit, held); err != nil {
			return nil, task.TeachReport{}, err
		}
	}
	if t.req.WholeNetwork && (result == nil || !result.Stopped) {
		r := wholeRecipe(t.req, len(fit), len(held))
		if result, err = t.train(ctx, wholeStage, network, state, r, all, fit, held); err != nil {
			return nil, task.TeachReport{}, err
		}
	}
	return t.finish(network, state, result, all, fit, held)
}

// stopped is the error of a run that ctx ended before its first step.
func (t *teacher) stopped() error {
	if t.o.Checkpoint != nil && !t.o.Best {
		return ErrStopped
	}
	return errors.New("teaching: was stopped before training began")
}

// tell reports progress before training, at most five times a second.
func (t *teacher) tell(phase task.Phase, done, of int) {
	if time.Since(t.told) > 200*time.Millisecond || done == of {
		t.told = time.Now()
		t.o.Report(task.Progress{Phase: phase, Step: done, Steps: of})
	}
}

// prepare turns every sample into a row of a tensor.
func (t *teacher) prepare(ctx context.Context, samples []task.Input) (train.Rows, error) {
	e := t.base.encode
	all := train.Rows{X: tensor.New(e.dtype(), append([]int{len(samples)}, e.shape()...)...), Y: t.req.Labels}
	for i, s := range samples {
		if ctx.Err() != nil {
			return all, t.stopped()
		}
		if _, err := e.fill(s, all.X.Rows(i, i+1).Reshape(e.shape()...)); err != nil {
			name := fmt.Sprintf("sample %d", i+1)
			if s.Name != "" {
				name += " (" + s.Name + ")"
			}
			return all, fmt.Errorf("teaching: %s of class %q cannot be used: %w", name, t.req.Classes[t.req.Labels[i]], err)
		}
		t.tell(task.Preparing, i+1, len(samples))
	}
	return all, nil
}

// heldOutFrom is the least number of samples of every class for a held-out fifth.
const heldOutFrom = 10

func (t *teacher) split() (fit, held []int) {
	count := map[int]int{}
	for _, label := range t.req.Labels {
		count[label]++
	}
	for _, n := range count {
		if n < heldOutFrom {
			for i := range t.req.Labels {
				fit = append(fit, i)
			}
			return fit, nil
		}
	}
	return data.Stratified(t.req.Labels, 0.2, t.req.Seed, "held out")
}

// initial is the state of the whole network before training: copies of the weights of the base,
// and zeros for the head, which trainHead or a checkpoint fills.
func (t *teacher) initial(network *layers.Model) graph.State {
	state := graph.State{}
	for _, w := range network.Weights() {
		if w.Layer == headNorm || w.Layer == head {
			state[w.Name] = tensor.New(tensor.Float32, w.Shape...)
		} else {
			state[w.Name] = t.base.state[w.Name].Clone()
		}
	}
	return state
}

// trainHead trains the head on the features and puts it into the state of the whole network.
func (t *teacher) trainHead(ctx context.Context, network *layers.Model, state graph.State, all train.Rows, fit, held []int) (*train.Result, error) {
	f, err := t.features(ctx, network, state, all)
	if err != nil {
		return nil, err
	}
	top := headModel(layers.Spec{Shape: f.Shape()}, len(t.req.Classes))
	topState := top.InitState(t.req.Seed)
	standardise(topState, f, fit)
	result, err := t.train(ctx, headStage, top, topState, headRecipe(t.req, len(fit), len(held)), f, fit, held)
	for _, w := range top.Weights() {
		state[w.Name] = topState[w.Name]
	}
	return result, err
}

// normalisations are the layers of a model that train leaves as they are.
func normalisations(m *layers.Model) func(layer string) bool {
	fixed := map[string]bool{}
	for _, e := range m.Entries {
		fixed[e.Name] = e.Layer.Class() == "BatchNormalization"
	}
	return func(layer string) bool { return fixed[layer] }
}

// train runs a recipe and leaves the best weights in state. Normalisations keep
// their statistics: a handful of samples would spoil them.
func (t *teacher) train(ctx context.Context, stage string, m *layers.Model, state graph.State, r *recipe.Recipe, all train.Rows, fit, held []int) (*train.Result, error) {
	run, err := train.New(train.Config{Model: m, State: state, Runner: Runner, Recipe: r, Report: t.o.Report,
		Frozen: normalisations(m),
		Train:  train.Subset{Source: all, Index: fit}, Validation: train.Subset{Source: all, Index: held},
		Checkpoint: t.checkpoint(stage), Wanted: t.wanted})
	if err != nil {
		return nil, err
	}
	if t.resume != nil {
		if err := run.Restore(&t.resume.Checkpoint); err != nil {
			return nil, err
		}
		t.resume = nil // of this stage; the next begins at its start
	}
	result, err := run.Run(ctx)
	if err != nil || !result.Stopped {
		return result, err
	}
	if t.o.Checkpoint != nil && !t.o.Best {
		if err := t.save(stage, run); err != nil {
			return nil, err
		}
		return nil, ErrStopped
	}
	run.Keep()
	return result, nil
}
