package nn

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"wafer/nn/task"
)

// stopping runs Teach until stop says so after a step, and returns the checkpoint of that moment.
func stopping(t *testing.T, base *Model, req task.TeachRequest, in []task.Input, resume []byte, stop func(step int) bool) (*Model, []byte) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last []byte
	step := 0
	m, _, err := Teach(ctx, base, req, in, TeachOptions{Resume: resume,
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

func TestTeachResumedGivesTheSameFile(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	inputs, labels := teachable(12)
	for _, whole := range []bool{false, true} {
		req := request(labels)
		req.WholeNetwork, req.Epochs = whole, 6
		undisturbed, _, err := Teach(context.Background(), base, req, inputs, TeachOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, every := range []int{1, 2, 3, 5} {
			var m *Model
			var at []byte
			stops := -1
			for ; m == nil; stops++ {
				m, at = stopping(t, base, req, inputs, at, func(step int) bool { return step == every })
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
func TestEveryTeachCheckpointLeadsToTheSameFile(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	inputs, labels := teachable(12)
	req := request(labels)
	req.WholeNetwork, req.Epochs = true, 2
	var all [][]byte
	m, _, err := Teach(context.Background(), base, req, inputs, TeachOptions{Wanted: func() bool { return true },
		Checkpoint: func(file []byte) error { all = append(all, bytes.Clone(file)); return nil }})
	if err != nil || len(all) != (1*2+2)+(2*2+2) { // 20 samples: one step of 32 and two of 16, two epochs each
		t.Fatalf("%d checkpoints, %v; expected 10", len(all), err)
	}
	for i, at := range all {
		again, _, err := Teach(context.Background(), base, req, inputs, TeachOptions{Resume: at})
		if err != nil || !bytes.Equal(again.Bytes(), m.Bytes()) {
			t.Errorf("checkpoint %d leads to another file, %v", i, err)
		}
	}
}

func TestAWatchedRunStopsWithTheBestOrHandsOver(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	inputs, labels := teachable(12)
	req := request(labels)
	req.Epochs = 40
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	steps, made := 0, 0
	m, rep, err := Teach(ctx, base, req, inputs, TeachOptions{Best: true, Checkpoint: func([]byte) error { made++; return nil },
		Wanted: func() bool {
			if steps++; steps == 5 {
				cancel()
			}
			return steps == 3
		}})
	if err != nil || m == nil || !rep.Stopped || made != 1 {
		t.Errorf("stopped: %+v, %v after %d checkpoints; expected the best model and one checkpoint", rep, err, made)
	}
	var at []byte
	steps = 0
	m, _, err = Teach(context.Background(), base, req, inputs, TeachOptions{Best: true,
		Checkpoint: func(file []byte) error { at = bytes.Clone(file); return ErrStopped },
		Wanted:     func() bool { steps++; return steps == 7 }})
	if !errors.Is(err, ErrStopped) || m != nil || steps != 7 {
		t.Fatalf("handed over: %v after %d steps; expected ErrStopped after 7", err, steps)
	}
	there, _, err := Teach(context.Background(), base, req, inputs, TeachOptions{Resume: at})
	if err != nil {
		t.Fatal(err)
	}
	here, _, err := Teach(context.Background(), base, req, inputs, TeachOptions{})
	if err != nil || !bytes.Equal(there.Bytes(), here.Bytes()) {
		t.Errorf("the run that was handed over gave another file, %v", err)
	}
}

func TestStoppedBeforeTheFirstStepIsStopped(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	inputs, labels := teachable(3)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := Teach(ctx, base, request(labels), inputs, TeachOptions{Checkpoint: func([]byte) error {
		t.Error("a checkpoint of nothing")
		return nil
	}})
	if !errors.Is(err, ErrStopped) {
		t.Errorf("got %v, expected ErrStopped", err)
	}
}

func TestTeachCheckpointsOfOthersAreRefused(t *testing.T) {
	base, _ := fitted(t, imageRecipe, corners(), FitOptions{})
	inputs, labels := teachable(12)
	req := request(labels)
	_, at := stopping(t, base, req, inputs, nil, func(step int) bool { return step == 2 })
	otherBase, _ := fitted(t, strings.Replace(imageRecipe, `"seed":3`, `"seed":4`, 1), corners(), FitOptions{})
	seed, whole, renamed := req, req, req
	seed.Seed, whole.WholeNetwork, renamed.Classes = 9, true, []string{"high", "low"}
	moved, _ := teachable(12)
	moved[3] = square(3, 99)
	for name, c := range map[string]struct {
		base *Model
		req  task.TeachRequest
		in   []task.Input
		at   []byte
		want string
	}{
		"another base":    {otherBase, req, inputs, at, "another base"},
		"another seed":    {base, seed, inputs, at, "another base, request"},
		"other classes":   {base, renamed, inputs, at, "another base, request"},
		"another picture": {base, req, moved, at, "another base, request or samples"},
		"another stage":   {base, whole, inputs, at, "another base, request"},
		"a model":         {base, req, inputs, base.Bytes(), "is not one of a model that is taught"},
		"half a file":     {base, req, inputs, at[:len(at)/2], "cut short"},
		"nothing":         {base, req, inputs, []byte{}, "is not a .wafer file"},
	} {
		if _, _, err := Teach(context.Background(), c.base, c.req, c.in, TeachOptions{Resume: c.at}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, expected an error with %q", name, err, c.want)
		}
	}
}
