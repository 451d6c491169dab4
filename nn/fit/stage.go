package fit

import (
	"fmt"

	"wafer/nn/context"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/preprocess"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/train"
)

// part is a stage that runs: the network in two, what is computed of every sample once and what is trained on that.
type part struct {
	recipe.Stage
	r              *recipe.Recipe // of this stage
	first          bool           // no stage has changed the network yet
	last           bool           // no stage follows
	frozen         func(entry string) bool
	factor         func(entry string) float64 // of the learning rate, nil: 1
	fixed, trained *layers.Model              // fixed is nil for nothing
	fixer          *train.Tester              // runs fixed
	computed       bool                       // it did
	rows           [3]train.Source            // what trained takes: training, validation and test samples
}

// part is stage number i of the recipe; the error is a sentence that says when it has nothing to train.
func (f *fitter) part(i int) (*part, error) {
	stages := f.r.Parts()
	p := &part{Stage: stages[i], r: f.r.Of(stages[i]), first: i == 0, last: i == len(stages)-1,
		trained: f.network.Model}
	var err error
	if p.frozen, err = f.network.frozenIn(p.Trains); err != nil {
		return nil, fmt.Errorf("recipe: stages[%d].trains: %w", i, err)
	}
	if len(train.Trainable(f.network.Model, p.frozen)) == 0 {
		if len(f.r.Stages) == 0 {
			return nil, fmt.Errorf("recipe: define: no layer is left to train")
		}
		return nil, fmt.Errorf("recipe: stages[%d]: no layer is left to train", i)
	}
	p.factor = f.network.factors(p.RateFactors, p.frozen)
	if !p.augments(f.r.Preprocess.Image) {
		p.fixed, p.trained = f.network.divide(p.frozen)
	}
	if p.Solver != "" {
		if _, _, err := p.solvable(); err != nil {
			return nil, fmt.Errorf("recipe: stages[%d].solver: %w", i, err)
		}
	}
	return p, nil
}

// augments tells whether the stage sees pictures changed at random. A solver sees them as they are.
func (p *part) augments(i *recipe.Image) bool {
	if p.Generator != nil {
		return p.Generator.Changes()
	}
	return p.Solver == "" && preprocess.Augments(i)
}

// whole is the network in one, for measuring it after any stage but the last.
func (f *fitter) whole() *part {
	return &part{r: f.r, trained: f.network.Model, rows: f.source}
}

// train runs the stages that are left. It returns the part on whose rows the network is to be measured.
func (f *fitter) train(ctx context.Context) (*part, error) {
	if _, only := f.r.NGrams(); only {
		p := &part{Stage: f.r.Stages[0], r: f.r, first: true, last: true}
		return p, f.solve(ctx, p)
	}
	first, err := f.begin(ctx)
	if err != nil {
		return nil, err
	}
	for i := first; ; i++ {
		p, err := f.part(i)
		if err != nil {
			return nil, err
		}
		if err := f.features(ctx, p); err != nil {
			if err == ErrStopped && f.o.Best {
				return f.stopped(i)
			}
			return nil, err
		}
		done, err := f.finished(ctx, i, p)
		if err != nil {
			return nil, err
		}
		switch {
		case p.last:
			return done, nil
		case f.rep.Stopped:
			return f.whole(), nil
		}
	}
}

// finished runs a stage: it trains, or solves and remembers what was solved while other stages follow. It returns the
// part to measure on.
func (f *fitter) finished(ctx context.Context, number int, p *part) (*part, error) {
	if p.Solver == "" {
		if err := f.fit(ctx, number, p); err != nil || f.solved == nil {
			return p, err
		}
		return f.choose(ctx, p)
	}
	err := f.solve(ctx, p)
	if err == ErrStopped && f.o.Best {
		return nil, errBefore
	}
	if err != nil || p.last {
		return p, err
	}
	return p, f.keep(ctx, p)
}

// stopped ends a watched run between two stages.
func (f *fitter) stopped(stage int) (*part, error) {
	if stage == 0 {
		return nil, errBefore
	}
	f.rep.Stopped = true
	return f.whole(), nil
}

// begin draws or loads the weights and says with which stage to go on.
func (f *fitter) begin(ctx context.Context) (stage int, err error) {
	f.state = f.network.inherited()
	f.network.Complete(f.state, f.r.Seed)
	if err := f.network.loadBase(f.state, f.data.Weights); err != nil {
		return 0, err
	}
	if f.resume != nil {
		stage, f.rep.History = f.resume.number, f.resume.Earlier
		if err := f.solveAgain(ctx, stage); err != nil {
			return 0, err
		}
		f.resume.restoreNetwork(f.state)
	}
	for i := range stage + 1 {
		if p, err := f.part(i); f.resume != nil && err == nil {
			for _, e := range p.trained.Entries {
				f.adapted[e.Name] = true
			}
		}
	}
	return stage, nil
}

// solveAgain makes what a checkpoint does not have: the solved head that a later stage is compared with.
func (f *fitter) solveAgain(ctx context.Context, before int) error {
	for i := range before {
		p, err := f.part(i)
		if err != nil || p.Solver == "" {
			return err
		}
		if err := f.features(ctx, p); err != nil {
			return err
		}
		if _, err := f.finished(ctx, i, p); err != nil {
			return err
		}
	}
	return nil
}

// fit trains a stage and leaves the weights to keep in the state.
func (f *fitter) fit(ctx context.Context, number int, p *part) error {
	if err := f.adapt(p); err != nil {
		return err
	}
	state := graph.State{}
	for _, w := range p.trained.Weights() {
		state[w.Name] = f.state[w.Name]
	}
	run, err := train.New(train.Config{Model: p.trained, State: state, Runner: f.o.Runner, Recipe: p.r,
		Part:  train.Part{Frozen: p.frozen, Factor: p.factor},
		Train: p.rows[0], Validation: p.rows[1], TestBatch: f.testBatch, Report: f.tell(p),
		Checkpoint: f.checkpoint(number, p), Wanted: f.wanted})
	if err != nil {
		return err
	}
	if f.resume != nil {
		if err := run.Restore(&f.resume.Checkpoint); err != nil {
			return err
		}
		f.resume = nil // of this stage; the next begins at its start
	}
	result, err := run.Run(ctx)
	if err != nil {
		return err
	}
	if result.Stopped {
		if !f.o.Best {
			if err := f.save(number, p, run); err != nil {
				return err
			}
			return ErrStopped
		}
		run.Keep()
	}
	f.rep.Stopped = result.Stopped
	f.rep.History = append(f.rep.History, result.History...)
	f.rep.Epochs, f.rep.Best, f.rep.Note = len(f.rep.History), result.Best, result.Note
	return nil
}

// tell passes progress on with the name of the stage.
func (f *fitter) tell(p *part) func(task.Progress) {
	return func(at task.Progress) {
		at.Stage = p.Name
		f.o.Report(at)
	}
}

// checkpoint is what the trainer of a stage calls. A run that is watched makes none at the ends of epochs, which would
// take longer than the epoch of a small head.
func (f *fitter) checkpoint(number int, p *part) func(*train.Trainer) error {
	if f.o.Checkpoint == nil {
		return nil
	}
	return func(run *train.Trainer) error {
		if f.o.Best && !f.asked {
			return nil
		}
		f.asked = false
		return f.save(number, p, run)
	}
}

// wanted is what the trainer asks after a step.
func (f *fitter) wanted() bool {
	f.asked = f.o.Wanted != nil && f.o.Wanted()
	return f.asked
}
