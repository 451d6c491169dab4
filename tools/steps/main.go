// Command steps times Wafer's native kernels at one task of bench/server.mjs, as bench/torch_steps.py
// and bench/ort_steps.mjs do their runtimes: steps '{"task": …, "batch": …, "threads": …, "timing": …}' prints
// one line of JSON. A task that is not one of peers.Steps is a model of bench/models.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"wafer/nn/native"
	"wafer/nn/tensor"
	"wafer/tools/peers"
)

// job is what the harness asks for. Times are in ms; a run is warm after MinWarm steps and WarmMs, but MaxMs at most.
type job struct {
	Task           string
	Batch, Threads int
	Timing         struct {
		MinWarm, MinSamples  int
		WarmMs, MinMs, MaxMs float64
	}
}

// result is what the harness reads. Times are in ms; From and To in ms since 1970.
type result struct {
	Info struct {
		Version string
		Threads int
	} `json:"info"`
	Load    float64   `json:"load"`
	First   float64   `json:"first"`
	Check   *float64  `json:"check,omitempty"`  // inference: error against PyTorch
	Losses  []float32 `json:"losses,omitempty"` // training: first and last
	Samples []float64 `json:"samples"`
	From    int64     `json:"from"`
	To      int64     `json:"to"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "steps:", err)
		os.Exit(1)
	}
}

func run() error {
	var j job
	if len(os.Args) != 2 {
		return fmt.Errorf("expected one argument, a job in JSON")
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &j); err != nil {
		return fmt.Errorf("the job: %w", err)
	}
	var r result
	r.Info.Version, r.Info.Threads = "this checkout", j.Threads
	at := time.Now()
	t, err := load(j)
	if err != nil {
		return err
	}
	r.Load = ms(at)
	if err := r.measure(j, t); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// task is something to do again and again.
type task struct {
	step  func() error
	after func(*result) // says what the last step gave
}

// load makes a training step, or the inference of a reference network, whose answer is copied as a caller would.
func load(j job) (task, error) {
	if s, ok := peers.Steps[j.Task]; ok {
		return training(j, s)
	}
	ref, err := peers.ReadReference(filepath.Join("bench", "models", j.Task), j.Batch)
	if err != nil {
		return task{}, err
	}
	p, err := native.Runner(j.Threads)(ref.Graph, ref.State)
	if err != nil {
		return task{}, err
	}
	answer := make([]float32, 0, len(ref.Want)*j.Batch)
	var out map[string]*tensor.Tensor
	return task{
		step: func() (err error) {
			if out, err = p.Run(ref.Inputs); err == nil {
				answer = append(answer[:0], out["output"].F()...)
			}
			return err
		},
		after: func(r *result) { e := ref.Error(out["output"]); r.Check = &e },
	}, nil
}

// training makes a step of forward, backward and update on a batch that stays the same. The loss is read in every step.
func training(j job, s peers.Step) (task, error) {
	t, err := peers.Training(j.Task, j.Batch)
	if err != nil {
		return task{}, err
	}
	p, err := native.Runner(j.Threads)(t.Graph, t.State)
	if err != nil {
		return task{}, err
	}
	n, loss := 0, float32(0)
	return task{
		step: func() error {
			n++
			for k, v := range s.Scalars(n) {
				t.Inputs[k].F()[0] = float32(v)
			}
			out, err := p.Run(t.Inputs)
			if err == nil {
				loss = out["loss"].F()[0]
			}
			return err
		},
		after: func(r *result) { r.Losses = append(r.Losses, loss) },
	}, nil
}

// ms is the time since, in ms.
func ms(since time.Time) float64 { return time.Since(since).Seconds() * 1e3 }

// measure takes samples as bench/torch_steps.py does; steps below 1 ms are timed in groups.
func (r *result) measure(j job, t task) error {
	timed := func(n int) (float64, error) {
		at := time.Now()
		for range n {
			if err := t.step(); err != nil {
				return 0, err
			}
		}
		return ms(at) / float64(n), nil
	}
	var err error
	if r.First, err = timed(1); err != nil {
		return err
	}
	t.after(r)
	start, warm := time.Now(), 0
	for ; warm < j.Timing.MinWarm || ms(start) < min(j.Timing.WarmMs, j.Timing.MaxMs); warm++ {
		if _, err := timed(1); err != nil {
			return err
		}
	}
	mean := r.First
	if warm > 0 {
		mean = ms(start) / float64(warm)
	}
	group := int(math.Ceil(1 / min(max(mean, 0.001), 1)))
	start, r.From = time.Now(), time.Now().UnixMilli()
	for len(r.Samples) < j.Timing.MinSamples && (ms(start) < j.Timing.MaxMs || len(r.Samples) == 0) ||
		ms(start) < j.Timing.MinMs {
		s, err := timed(group)
		if err != nil {
			return err
		}
		r.Samples = append(r.Samples, s)
	}
	r.To = time.Now().UnixMilli()
	t.after(r)
	return nil
}
