package fit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"wafer/nn/model"
	"wafer/nn/task"
)

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// stopping runs a teaching until stop says so after a step, and returns the checkpoint of that moment.
func stopping(t *testing.T, l teaching, resume []byte, stop func(step int) bool) (*model.Model, []byte) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last []byte
	step := 0
	m, _, err := l.run(t, ctx, Options{Resume: resume,
		Checkpoint: func(file []byte) error { last = bytes.Clone(file); return nil },
		Wanted: func() bool {
			if step++; stop(step) {
				cancel()
			}
			return false
		}})
	if err != nil && !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
	if err != nil && (m != nil || last == nil) {
		t.Fatalf("stopped with a model (%v) or without a checkpoint", m != nil)
	}
	return m, last
}

func TestStagesResumedGiveTheSameFile(t *testing.T) {
	base := imageBase(t)
	for _, whole := range []bool{false, true} {
		l := halves(base, 12)
		l.Whole, l.Epochs = whole, 6
		undisturbed, _ := l.taught(t, Options{})
		for _, every := range []int{1, 2, 3, 5} {
			var m *model.Model
			var at []byte
			stops := -1
			for ; m == nil; stops++ {
				m, at = stopping(t, l, at, func(step int) bool { return step == every })
			}
			if !bytes.Equal(m.Bytes(), undisturbed.Bytes()) {
				t.Errorf("whole %v, stopped every %d steps: other bytes than the undisturbed run", whole, every)
			}
			if stops < 1 {
				t.Errorf("whole %v, every %d steps: was never stopped", whole, every)
			}
		}
	}
}

// Every checkpoint that a run makes leads to the same file, those of the ends of epochs and of stages too.
func TestEveryCheckpointLeadsToTheSameFile(t *testing.T) {
	l := halves(imageBase(t), 12)
	l.Whole, l.Epochs = true, 2
	var all [][]byte
	m, _ := l.taught(t, Options{Wanted: func() bool { return true },
		Checkpoint: func(file []byte) error { all = append(all, bytes.Clone(file)); return nil }})
	if len(all) != (1*2+2)+(2*2+2) { // 20 samples: one step of 32 and two of 16, two epochs each
		t.Fatalf("%d checkpoints; expected 10", len(all))
	}
	for i, at := range all {
		if again, _ := l.taught(t, Options{Resume: at}); !bytes.Equal(again.Bytes(), m.Bytes()) {
			t.Errorf("checkpoint %d leads to another file", i)
		}
	}
}

// After the whole network the head alone is trained: what the stage before changed in the base must be in its
// checkpoints.
func TestACheckpointHasWhatEarlierStagesLeft(t *testing.T) {
	l := halves(imageBase(t), 12)
	l.Whole, l.Epochs = true, 2
	r := l.recipe(t)
	r.Stages[0], r.Stages[1] = r.Stages[1], r.Stages[0]
	var last []byte
	m, _, err := Run(context.Background(), r, l.data(), Options{Wanted: func() bool { return true },
		Checkpoint: func(file []byte) error { last = bytes.Clone(file); return nil }})
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := Run(context.Background(), r, l.data(), Options{Resume: last})
	if err != nil || !bytes.Equal(again.Bytes(), m.Bytes()) {
		t.Errorf("the checkpoint leads to another file, %v", err)
	}
}

func TestAWatchedRunStopsWithTheBestOrHandsOver(t *testing.T) {
	l := halves(imageBase(t), 12)
	l.Epochs = 40
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	steps, made := 0, 0
	m, rep, err := l.run(t, ctx, Options{Best: true, Checkpoint: func([]byte) error { made++; return nil },
		Wanted: func() bool {
			if steps++; steps == 5 {
				cancel()
			}
			return steps == 3
		}})
	if err != nil || m == nil || !rep.Stopped || made != 1 || rep.Training.Loss == 0 {
		t.Errorf("stopped: %+v, %v after %d checkpoints; expected the best model and one checkpoint", rep, err, made)
	}
	var at []byte
	steps = 0
	m, _, err = l.run(t, context.Background(), Options{Best: true,
		Checkpoint: func(file []byte) error { at = bytes.Clone(file); return ErrStopped },
		Wanted:     func() bool { steps++; return steps == 7 }})
	if !errors.Is(err, ErrStopped) || m != nil || steps != 7 {
		t.Fatalf("handed over: %v after %d steps; expected ErrStopped after 7", err, steps)
	}
	there, _ := l.taught(t, Options{Resume: at})
	if here, _ := l.taught(t, Options{}); !bytes.Equal(there.Bytes(), here.Bytes()) {
		t.Error("the run that was handed over gave another file")
	}
}

// A watched run that is stopped in a stage before the last is measured as a whole.
func TestAWatchedRunStopsInTheFirstStage(t *testing.T) {
	l := halves(imageBase(t), 12)
	l.Whole, l.Epochs = true, 9
	ctx, cancel := context.WithCancel(context.Background())
	m, rep, err := l.run(t, ctx, Options{Best: true, Report: func(p task.Progress) {
		if p.EpochEnd && p.Epoch == 3 {
			cancel()
		}
	}})
	if err != nil || m == nil || !rep.Stopped || rep.Epochs != 3 || rep.OnHeld.Loss == 0 {
		t.Fatalf("got %+v, %v; want a model after three epochs", rep, err)
	}
	if _, _, err := l.run(t, ctx, Options{Best: true}); err == nil || !strings.Contains(err.Error(), "stopped before") {
		t.Errorf("stopped before it began: got %v", err)
	}
}

func TestStoppedBeforeTheFirstStepIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := halves(imageBase(t), 3).run(t, ctx, Options{Checkpoint: func([]byte) error {
		t.Error("a checkpoint of nothing")
		return nil
	}})
	if !errors.Is(err, ErrStopped) {
		t.Errorf("got %v, expected ErrStopped", err)
	}
}

func TestCheckpointsOfOthersAreRefused(t *testing.T) {
	base := imageBase(t)
	other, _ := fitted(t, strings.Replace(imageRecipe, `"seed":3`, `"seed":4`, 1), corners(), Options{})
	l := halves(base, 12)
	_, at := stopping(t, l, nil, func(step int) bool { return step == 2 })
	for name, c := range map[string]struct {
		edit func(*teaching)
		at   []byte
		want string
	}{
		"another base": {func(l *teaching) { l.base, l.Base = other.Bytes(), other.Info().SHA256 }, at,
			"belongs to the recipe"},
		"another seed":    {func(l *teaching) { l.Seed = 9 }, at, "belongs to the recipe"},
		"other classes":   {func(l *teaching) { l.Classes = []string{"high", "low"} }, at, "belongs to the recipe"},
		"another stage":   {func(l *teaching) { l.Whole = true }, at, "belongs to the recipe"},
		"another picture": {func(l *teaching) { l.in[3] = square(3, 99) }, at, "was trained on other data"},
		"a model":         {func(*teaching) {}, base.Bytes(), "is not a checkpoint"},
		"half a file":     {func(*teaching) {}, at[:len(at)/2], "cut short"},
		"nothing":         {func(*teaching) {}, []byte{}, "is not a .wafer file"},
	} {
		l := halves(base, 12)
		c.edit(&l)
		if _, _, err := l.run(t, context.Background(), Options{Resume: c.at}); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected an error with %q", name, err, c.want)
		}
	}
}
