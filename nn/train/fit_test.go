package train

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// blobs are n points around three corners of a square, in shuffled order.
func blobs(n int) Rows {
	r := Rows{X: tensor.New(tensor.Float32, n, 2), Y: make([]int, n)}
	seed := uint32(1)
	random := func() float32 {
		seed = seed*1664525 + 1013904223
		return float32(seed>>8) / (1 << 24)
	}
	corners := [3][2]float32{{0, 0}, {1, 0}, {0, 1}}
	for i := range n {
		c := int(random() * 3)
		r.Y[i] = c
		r.X.F()[2*i] = corners[c][0] + 0.3*random()
		r.X.F()[2*i+1] = corners[c][1] + 0.3*random()
	}
	return r
}

func blobModel() *layers.Model {
	return layers.Sequential("blobs", layers.Spec{Shape: tensor.Shape{2}},
		layers.Dense(8, "relu"), layers.BatchNormalization(), layers.Dropout(0.1), layers.Dense(3, "softmax"))
}

func blobRecipe() *recipe.Recipe {
	r := recipe.Default()
	r.Name, r.Seed = "blobs", 7
	r.Loss.Name = "sparse_categorical_crossentropy"
	r.Optimizer.LearningRate = 0.02
	r.Optimizer.UseEMA, r.Optimizer.EMAMomentum = true, 0.9
	r.Train.Epochs, r.Train.BatchSize = 6, 16
	r.Validate.Patience = 6
	return r
}

func newTrainer(t *testing.T, r *recipe.Recipe, change func(*Config)) *Trainer {
	t.Helper()
	m := blobModel()
	c := Config{Model: m, State: m.InitState(r.Seed), Runner: eval.Runner, Recipe: r, Train: blobs(150),
		Validation: Subset{blobs(200), ascending(200)[150:]}}
	if change != nil {
		change(&c)
	}
	tr, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func sameState(t *testing.T, got, want graph.State) {
	t.Helper()
	for name, v := range want {
		if d := got[name].Diff(v); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestTrainingLearnsAndReports(t *testing.T) {
	ends := 0
	r := blobRecipe()
	r.Train.Epochs, r.Validate.Patience = 20, 20
	tr := newTrainer(t, r, func(c *Config) {
		c.Report = func(p task.Progress) {
			if p.EpochEnd {
				ends++
			}
		}
	})
	res, err := tr.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	last := res.History[len(res.History)-1]
	if last.ValAccuracy < 0.95 || ends != 20 {
		t.Errorf("validation accuracy %v after %d reported epochs, want at least 0.95 after 20", last.ValAccuracy, ends)
	}
	m, err := (&Tester{Model: tr.Model, State: tr.State, Runner: eval.Runner,
		Loss: &tr.Recipe.Loss}).Evaluate(context.Background(), tr.Validation)
	if err != nil || m.Loss != res.History[res.Best-1].ValLoss {
		t.Errorf("the kept weights have loss %v (%v), want that of the best epoch, %v", m.Loss, err,
			res.History[res.Best-1].ValLoss)
	}
}

// A run that is stopped after any step, saved and restored in a fresh trainer ends
// with the same bits.
func TestResumingGivesTheSameBits(t *testing.T) {
	for _, o := range []string{"adam", "sgd", "rmsprop"} {
		r := blobRecipe()
		ema := r.Optimizer.UseEMA
		r.Optimizer = recipe.DefaultOptimizer(o)
		r.Optimizer.UseEMA = ema
		r.Optimizer.Schedule = recipe.DefaultSchedule("reduce_on_plateau")
		r.Optimizer.Schedule.Patience = 1
		if o == "sgd" {
			r.Optimizer.Momentum = 0.9
		}
		whole := newTrainer(t, r, nil)
		want, err := whole.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, stopAt := range []int{1, 10, 23, 59} {
			ctx, cancel := context.WithCancel(context.Background())
			half := newTrainer(t, r, nil)
			half.Runner = stopping(cancel, stopAt)
			res, err := half.Run(ctx)
			if err != nil || !res.Stopped {
				t.Fatalf("stopping at step %d: %v, %+v", stopAt, err, res)
			}
			saved := half.Save()
			text, _ := json.Marshal(saved)
			var read Checkpoint
			if err := json.Unmarshal(text, &read); err != nil {
				t.Fatal(err)
			}
			read.Tensors = clone(saved.Tensors, nil)
			rest := newTrainer(t, r, nil)
			if err := rest.Restore(&read); err != nil {
				t.Fatal(err)
			}
			got, err := rest.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			sameState(t, rest.State, whole.State)
			if len(got.History) != len(want.History) || got.History[5] != want.History[5] {
				t.Errorf("%s stopped at %d: history ends with %+v, want %+v", o, stopAt, got.History[5],
					want.History[5])
			}
		}
	}
}

// stopping is a runner whose training programs cancel at the given step.
func stopping(cancel func(), at int) graph.Runner {
	steps := 0
	return func(g *graph.Graph, s graph.State) (graph.Program, error) {
		p, err := eval.Runner(g, s)
		return counter{p, func() {
			if steps++; steps == at {
				cancel()
			}
		}}, err
	}
}

type counter struct {
	graph.Program
	count func()
}

func (c counter) Run(in map[string]*tensor.Tensor) (map[string]*tensor.Tensor, error) {
	c.count()
	return c.Program.Run(in)
}

// A checkpoint that is asked for in the middle of an epoch leaves the run as it is, and
// a run from it ends with the same weights.
func TestACheckpointOnRequestGivesTheSameBits(t *testing.T) {
	const asked = 5
	whole := newTrainer(t, blobRecipe(), nil)
	steps, taken := 0, (*Checkpoint)(nil)
	whole.Wanted = func() bool { steps++; return steps == asked }
	whole.Checkpoint = func(tr *Trainer) error {
		if steps == asked && taken == nil {
			taken = tr.Save()
			taken.Tensors = clone(taken.Tensors, nil)
		}
		return nil
	}
	if _, err := whole.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if taken == nil || strings.Contains(string(taken.Position), `"step":0,`) {
		t.Fatalf("expected a checkpoint between two steps of an epoch, got %+v", taken)
	}
	rest := newTrainer(t, blobRecipe(), nil)
	if err := rest.Restore(taken); err != nil {
		t.Fatal(err)
	}
	if _, err := rest.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	sameState(t, rest.State, whole.State)
}

func TestRestoreRefusesAnotherRecipeAndMissingTensors(t *testing.T) {
	tr := newTrainer(t, blobRecipe(), nil)
	c := tr.Save()
	other := blobRecipe()
	other.Seed++
	if err := newTrainer(t, other, nil).Restore(c); err == nil || !strings.Contains(err.Error(), "recipe") {
		t.Errorf("another recipe: got %v, want an error", err)
	}
	delete(c.Tensors, "state/dense/kernel")
	if err := tr.Restore(c); err == nil || !strings.Contains(err.Error(), "dense/kernel") {
		t.Errorf("a missing tensor: got %v, want an error that names it", err)
	}
}

func TestDivergingKeepsTheLastGoodEpoch(t *testing.T) {
	r := blobRecipe()
	r.Validate.Patience = 0
	r.Optimizer.UseEMA = false
	x := blobs(150)
	tr := newTrainer(t, r, func(c *Config) { c.Train, c.Validation = poisoned{x, 2}, nil })
	res, err := tr.Run(context.Background())
	if err != nil || !res.Diverged || !strings.Contains(res.Note, "epoch 3") || len(res.History) != 2 {
		t.Fatalf("got %+v, %v, want a run that diverged in epoch 3", res, err)
	}
	r2 := *r
	r2.Train.Epochs = 2
	clean := newTrainer(t, &r2, func(c *Config) { c.Train, c.Validation = x, nil })
	if _, err := clean.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, w := range tr.Model.Weights() {
		if d := tr.State[w.Name].Diff(clean.State[w.Name]); d != "" {
			t.Errorf("%s: %s", w.Name, d)
		}
	}
	early := newTrainer(t, r, func(c *Config) { c.Train = poisoned{x, 0} })
	if _, err := early.Run(context.Background()); !errors.Is(err, ErrDiverged) {
		t.Errorf("diverging in the first epoch: got %v, want %v", err, ErrDiverged)
	}
}

// poisoned gives a NaN from some epoch on.
type poisoned struct {
	Rows
	from int
}

func (p poisoned) Fill(row *tensor.Tensor, i, epoch int) error {
	err := p.Rows.Fill(row, i, epoch)
	if epoch >= p.from {
		row.F()[0] = float32(math.NaN())
	}
	return err
}

func TestEarlyStoppingRestoresTheBest(t *testing.T) {
	r := blobRecipe()
	r.Train.Epochs, r.Validate.Patience, r.Optimizer.LearningRate = 200, 3, 0.3
	tr := newTrainer(t, r, nil)
	res, err := tr.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(res.History) != res.Best+3 || res.Note == "" {
		t.Errorf("stopped after %d epochs, best %d, note %q; want three epochs after the best", len(res.History),
			res.Best, res.Note)
	}
}

func TestFrozenLayersAndClassWeights(t *testing.T) {
	r := blobRecipe()
	r.Train.ClassWeight, r.Train.Epochs = "balanced", 1
	tr := newTrainer(t, r, func(c *Config) { c.Frozen = func(l string) bool { return l != "dense_1" } })
	before := clone(tr.State, tr.names)
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, n := range tr.names {
		changed := tr.State[n].Diff(before[n]) != ""
		if want := strings.HasPrefix(n, "dense_1/"); changed != want {
			t.Errorf("%s changed: %v, want %v", n, changed, want)
		}
	}
	w := balanced(Rows{X: tensor.New(tensor.Float32, 4, 1), Y: []int{0, 0, 0, 1}})
	if w[0] != float32(4.0/6) || w[1] != 2 {
		t.Errorf("balanced weights of 3:1 are %v, want [0.6667 2]", w)
	}
}
