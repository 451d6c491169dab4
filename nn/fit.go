package nn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"wafer/nn/data"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// FitOptions are what a run depends on beside recipe and data.
type FitOptions struct {
	Runner     graph.Runner
	Report     func(task.Progress)
	Resume     []byte                  // a checkpoint of the same recipe and data, nil: from the start
	Checkpoint func(file []byte) error // called after every epoch, when Wanted says so, and when ctx ends; nil: none
	Wanted     func() bool             // asked after every step: a checkpoint now? nil: no
	Memory     func(Memory) error      // told what the run needs before anything is decoded or computed; an error ends it; nil: nobody
}

// FitReport says how a run came out. The model's Info has the test accuracy.
type FitReport struct {
	Epochs      int           `json:"epochs"`
	Best        int           `json:"best_epoch,omitempty"`
	Note        string        `json:"note,omitempty"`
	Test        train.Metrics `json:"test"`       // of the stored weights
	OnHeld      train.Metrics `json:"validation"` // likewise, on the validation samples
	TestSamples int           `json:"test_samples"`
	Train       int           `json:"train_samples"`
	Validation  int           `json:"validation_samples"`
	Rounded     float64       `json:"accuracy_before_rounding,omitempty"` // float16 storage: test accuracy in float32
	Threshold   float64       `json:"threshold,omitempty"`
	Kept        float64       `json:"kept,omitempty"`        // share of the test samples over the threshold
	RejectRate  float64       `json:"reject_rate,omitempty"` // share of the outside test samples under it
	Temperature float64       `json:"temperature"`
	RecipeHash  string        `json:"recipe_hash"`
	DataHash    string        `json:"data_hash"`
	WeightsHash string        `json:"weights_hash"`
	History     []train.Epoch `json:"history"`
}

// ErrStopped is the error of a run whose context ended; Checkpoint was called.
var ErrStopped = errors.New("training was stopped; it can be resumed")

// Fit runs a recipe on data: split, prepare, train, choose temperature and
// threshold on the validation samples, round to the storage, test, and write the model file. The same
// recipe and data give the same file, also over any number of stops and resumptions.
func Fit(ctx context.Context, r *recipe.Recipe, d data.Dataset, o FitOptions) (m *Model, rep *FitReport, err error) {
	defer func() {
		if e := recover(); e != nil {
			m, err = nil, fmt.Errorf("training: %v", e)
		}
	}()
	f := &fitter{r: r, o: o, data: d, rep: &FitReport{RecipeHash: r.Hash(), DataHash: d.Hash()}}
	if err := f.prepare(); err != nil {
		return nil, nil, err
	}
	if err := f.computeFixed(ctx); err != nil {
		return nil, nil, err
	}
	if err := f.train(ctx); err != nil {
		return nil, nil, err
	}
	m, err = f.finish(ctx)
	return m, f.rep, err
}

type fitter struct {
	r    *recipe.Recipe
	o    FitOptions
	data data.Dataset
	rep  *FitReport

	encode                     encoder
	tokenizer                  json.RawMessage
	network                    *network
	fixed, trained             *layers.Model // the network in two: what is computed of every sample once, nil for nothing, and the rest
	fixer                      *train.Tester // runs fixed
	testBatch                  int
	state                      graph.State
	training, validation, test train.Source
	held                       [2]train.Source // validation and test samples before fixed
}

// prepare splits the data, makes the encoder and the network, and checks that all fit.
func (f *fitter) prepare() error {
	if len(f.data.Labels) < 2 {
		return fmt.Errorf("training: the data has %d labels, two or more are needed", len(f.data.Labels))
	}
	f.data = f.data.Split(f.r)
	if len(f.data.Train) == 0 {
		return errors.New("training: there are no training samples")
	}
	err := f.build()
	if err != nil {
		return err
	}
	if f.o.Memory != nil {
		if err := f.o.Memory(f.memory()); err != nil {
			return err
		}
	}
	if err := f.fitTokenizer(); err != nil {
		return err
	}
	if f.encode, err = newEncoder(f.r.Preprocess, f.tokenizer); err != nil {
		return err
	}
	for _, part := range []struct {
		to      *train.Source
		samples []data.Sample
		name    string
		augment bool
	}{{&f.training, f.data.Train, "training", true}, {&f.validation, f.data.Validation, "validation", false}, {&f.test, f.data.Test, "test", false}} {
		if *part.to, err = f.encode.source(part.samples, f.r.Seed, part.augment); err != nil {
			return fmt.Errorf("%s %w", part.name, err)
		}
	}
	f.rep.Train, f.rep.Validation, f.rep.TestSamples = len(f.data.Train), len(f.data.Validation), len(f.data.Test)
	return nil
}

// build makes the network and checks that it fits the recipe.
func (f *fitter) build() (err error) {
	if f.network, err = newNetwork(f.r); err != nil {
		return err
	}
	if lint := f.r.Lint(facts(f.network.Model, len(f.data.Labels))); len(lint) > 0 {
		return fmt.Errorf("recipe: %s", strings.Join(lint, "\nrecipe: "))
	}
	f.testBatch, f.trained = train.TestBatch(f.network.Model), f.network.Model
	if !augments(f.r.Preprocess.Image) {
		f.fixed, f.trained = f.network.fixed()
	}
	return f.network.trainable()
}

// facts are what the recipe's Lint asks of a network.
func facts(m *layers.Model, classes int) recipe.Facts {
	g := graph.New()
	x := g.Input(layers.InputName, m.Input().DType, append([]int{1}, m.Input().Shape...)...)
	out := m.Apply(g, x, layers.Options{})
	activation := map[graph.Op]string{graph.Softmax: "softmax", graph.Sigmoid: "sigmoid"}[out.Op]
	return recipe.Facts{Input: m.Input().Shape, IntInput: m.Input().DType == tensor.Int32, Output: out.Shape[1:], Activation: activation, Classes: classes}
}

// checkpointKind marks checkpoints among the files of package format.
const checkpointKind = "checkpoint"

type checkpointMeta struct {
	Kind string `json:"kind"`
	train.Checkpoint
}

func (f *fitter) train(ctx context.Context) error {
	state := graph.State{}
	for _, w := range f.trained.Weights() {
		state[w.Name] = f.state[w.Name]
	}
	run, err := train.New(train.Config{Model: f.trained, State: state, Runner: f.o.Runner, Recipe: f.r, Frozen: f.network.isFrozen,
		Train: f.training, Validation: f.validation, TestBatch: f.testBatch, Report: f.o.Report,
		Checkpoint: func(t *train.Trainer) error { return f.save(t) }, Wanted: f.o.Wanted})
	if err != nil {
		return err
	}
	if f.o.Resume != nil {
		if err := f.restore(run); err != nil {
			return err
		}
	}
	result, err := run.Run(ctx)
	if err != nil {
		return err
	}
	if result.Stopped {
		if err := f.save(run); err != nil {
			return err
		}
		return ErrStopped
	}
	f.rep.Epochs, f.rep.Best, f.rep.Note, f.rep.History = len(result.History), result.Best, result.Note, result.History
	return nil
}

func (f *fitter) save(t *train.Trainer) error {
	if f.o.Checkpoint == nil {
		return nil
	}
	c := t.Save()
	c.DataHash = f.rep.DataHash
	var tensors []format.Tensor
	for name, v := range c.Tensors {
		tensors = append(tensors, format.Tensor{Name: name, Value: v})
	}
	file, err := format.Encode(checkpointMeta{checkpointKind, *c}, tensors)
	if err != nil {
		return err
	}
	return f.o.Checkpoint(file)
}

func (f *fitter) restore(t *train.Trainer) error {
	var meta checkpointMeta
	tensors, err := format.Decode(f.o.Resume, &meta)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if meta.Kind != checkpointKind {
		return errors.New("checkpoint: is a model file, not a checkpoint")
	}
	if meta.DataHash != f.rep.DataHash {
		return fmt.Errorf("checkpoint: was trained on other data (%.12s) than this (%.12s)", meta.DataHash, f.rep.DataHash)
	}
	meta.Tensors = tensors
	return t.Restore(&meta.Checkpoint)
}
