// Package fit runs a recipe on data, from samples to a model file: prepare, train in stages, calibrate, test, write.
// It is one way for models that are trained from nothing and for those that are taught from another.
package fit

import (
	"strings"
	"time"

	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/model"
	"wafer/nn/preprocess"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// Options are what a run depends on beside recipe and data. Functions that are nil are not called.
type Options struct {
	Runner     graph.Runner            // nil: model.DefaultRunner
	Hash       format.Sum              // of files, nil: Go's SHA-256
	Report     func(task.Progress)     // a few times a second
	Resume     []byte                  // a checkpoint of the same recipe and data, nil: from the start
	Checkpoint func(file []byte) error // called after every epoch, when Wanted says so, and when ctx ends
	Wanted     func() bool             // asked after every step: a checkpoint now?
	// told what the run needs before anything is decoded or computed; an error ends it
	Memory func(Memory) error

	Cache *Cache // of features, for runs that follow each other on one base; nil: none
	// Later leaves the model's file to model.Seal, whoever needs it; the report's hashes of weights and data come then,
	// too.
	Later bool

	// Best is for a run that somebody watches: when ctx ends, the result is the best model so far,
	// and checkpoints are made only when Wanted says so. ErrStopped from Checkpoint ends the run with that error.
	Best bool
}

// ErrStopped is the error of a run whose context ended; Checkpoint was called, if a first step was done.
var ErrStopped = say.New("training was stopped; it can be resumed")

// errBefore is the error of a watched run that ended with nothing to show.
var errBefore = say.New("training: was stopped before it began")

// Run runs a recipe on data: split, prepare, train stage by stage, choose temperature and threshold on the validation
// samples, round to the storage, test, and write the model file. The same recipe and data give the same file, also
// over any number of stops and resumptions, in a browser or not.
func Run(ctx context.Context, r *recipe.Recipe, d data.Dataset, o Options) (m *model.Model, rep *task.Report,
	err error) {
	defer func() {
		if e := recover(); e != nil {
			m, err = nil, say.Errorf("training: %v", e)
		}
	}()
	f := newFitter(r, d, o)
	f.rep.RecipeHash = r.Hash()
	if !o.Later {
		f.hashData()
	}
	if err := f.prepare(); err != nil {
		return nil, nil, err
	}
	last, err := f.train(ctx)
	if err != nil {
		return nil, nil, err
	}
	if f.rep.Stopped {
		ctx = context.WithoutCancel(ctx) // what there is is measured too
	}
	m, err = f.finish(ctx, last)
	return m, f.rep, err
}

type fitter struct {
	document *recipe.Recipe // as it was given
	r        *recipe.Recipe // with the preprocessing of the base where it has none
	o        Options
	given    data.Dataset
	data     data.Dataset // divided
	rep      *task.Report
	began    time.Time

	encode    preprocess.Encoder
	tokenizer json.RawMessage
	network   *network
	testBatch int
	state     graph.State     // of the whole network
	source    [3]train.Source // training, validation and test samples, as long as a stage may need them
	adapted   map[string]bool // normalisations that have their statistics
	solved    *kept           // a head that was solved, nil: none
	grams     *ngrams         // that the solver chose, nil: none
	groups    *groups         // of training samples, nil: not found yet
	// features of training and validation samples before they are standardised; nil: not computed
	plain  [2]*tensor.Tensor
	asked  bool            // o.Wanted said so after this step
	resume *checkpointFile // where to go on, nil: from the start, or past it
}

func newFitter(r *recipe.Recipe, d data.Dataset, o Options) *fitter {
	if o.Runner == nil {
		o.Runner = model.DefaultRunner()
	}
	if o.Report == nil {
		o.Report = func(task.Progress) {}
	}
	return &fitter{document: r, r: r, o: o, given: d, data: d, rep: &task.Report{}, began: time.Now(),
		adapted: map[string]bool{}}
}

// hashData finds the hash of the data, once.
func (f *fitter) hashData() string {
	if f.rep.DataHash == "" {
		f.rep.DataHash = f.given.Hash()
	}
	return f.rep.DataHash
}

// prepare splits the data, makes the encoder and the network, and checks that all fit.
func (f *fitter) prepare() error {
	if len(f.data.Labels) < 2 {
		return say.Errorf("training: the data has %d labels, two or more are needed", len(f.data.Labels))
	}
	f.data = f.data.Split(f.r)
	if len(f.data.Train) == 0 {
		return say.New("training: there are no training samples")
	}
	f.rep.Train, f.rep.Validation, f.rep.TestSamples = len(f.data.Train), len(f.data.Validation), len(f.data.Test)
	err := f.build()
	if err != nil {
		return err
	}
	if f.o.Memory != nil {
		if err := f.o.Memory(f.memory()); err != nil {
			return err
		}
	}
	if _, only := f.r.NGrams(); only {
		return f.prepareTexts()
	}
	if t := f.r.Preprocess.Text; t != nil && t.Tokenizer != nil && f.tokenizer == nil {
		if f.tokenizer, err = preprocess.FitTokenizer(*t.Tokenizer, f.data.Train); err != nil {
			return err
		}
	}
	if f.encode, err = preprocess.New(f.r.Preprocess, f.tokenizer); err != nil {
		return err
	}
	for i, samples := range f.samples() {
		if f.source[i], err = f.encode.Source(samples, f.r.Seed, i == 0); err != nil {
			return say.Errorf("%s %w", [3]string{"training", "validation", "test"}[i], err)
		}
	}
	return f.readCheckpoint()
}

// samples are the parts of the data that have labels.
func (f *fitter) samples() [3][]data.Sample {
	return [3][]data.Sample{f.data.Train, f.data.Validation, f.data.Test}
}

// build makes the network and checks that it fits the recipe.
func (f *fitter) build() (err error) {
	if _, only := f.r.NGrams(); only {
		return nil // there is no network before the solver has chosen its n-grams
	}
	if err := f.inherit(); err != nil {
		return err
	}
	if lint := f.r.Lint(facts(f.network.Model, len(f.data.Labels))); len(lint) > 0 {
		return say.Errorf("recipe: %s", strings.Join(lint, "\nrecipe: "))
	}
	f.testBatch = train.TestBatch(f.network.Model)
	for i := range f.r.Parts() {
		if _, err := f.part(i); err != nil {
			return err
		}
	}
	return nil
}

// facts are what the recipe's Lint asks of a network.
func facts(m *layers.Model, classes int) recipe.Facts {
	g := graph.New()
	x := g.Input(layers.InputName, m.Input().DType, append([]int{1}, m.Input().Shape...)...)
	out := m.Apply(g, x, layers.Options{})
	activation := map[graph.Op]string{graph.Softmax: "softmax", graph.Sigmoid: "sigmoid"}[out.Op]
	return recipe.Facts{Input: m.Input().Shape, IntInput: m.Input().DType == tensor.Int32, Output: out.Shape[1:],
		Activation: activation, Anything: !document.GivesShares(g, out), Classes: classes}
}
