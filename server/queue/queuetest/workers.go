package queuetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wafer/server/api"
	"wafer/server/queue"
)

func lostWorker(t *T) {
	id := t.Submit("job")
	other, die := t.Process()
	c := t.Claim(other, "anna")
	c.Progress(epoch(0))
	t.Must(c.Checkpoint(t.Context(), digest(1)))
	die()
	died := time.Now()
	t.Lost(c, queue.ErrLost)

	next := t.Claim(t.Queue, "ben")
	if took := time.Since(died); took < t.Options.AckWait/2 || took > 10*t.Options.AckWait {
		t.Errorf("redelivered after %v, expected about %v", took, t.Options.AckWait)
	}
	if s := next.Job.Status; next.Job.ID != id || s.Attempt != 2 || s.Lost != 1 || *s.Checkpoint != digest(1) {
		t.Errorf("claimed again: %+v", next.Job)
	}
	time.Sleep(2 * t.Options.AckWait) // a worker that lives keeps its job without a word
	t.Must(next.Succeed(t.Context(), api.Result{}))
	if got := kinds(t.Events(id)); got != "submit claim progress checkpoint lose claim succeed" &&
		got != "submit claim checkpoint lose claim succeed" {
		t.Errorf("events: %s", got)
	}
}

// poison: a worker that is lost before it trains has perhaps nothing to do with its job, and does not count against it.
func poison(t *T) {
	t.Options.MaxLost, t.Options.AckWait = 1, 500*time.Millisecond
	id := t.Submit("job")
	for i := range 4 {
		q, die := t.Process()
		c := t.Claim(q, "anna")
		if s := c.Job.Status; s.Attempt != i+1 || s.Lost != max(0, i-2) || s.Waits != i {
			t.Errorf("claim %d: %+v", i, s)
		}
		if i >= 2 {
			c.Progress(epoch(0))
			t.until(id, func(s api.Status) bool { return s.Began })
		}
		die()
	}
	q, _ := t.Process()
	go q.Claim(t.Context(), "ben") // gets nothing, but sees that the job must fail
	for e, err := range t.Queue.Watch(t.Context(), id, 0) {
		t.Must(err)
		if e.Status.State == api.Failed {
			break
		}
	}
	if s := t.Job(id).Status; s.Error != "2 workers were lost with this job since its last checkpoint" ||
		s.Attempt != 4 {
		t.Errorf("failed: %+v", s)
	}
	t.Events(id)
}

// manyWorkers: every job makes three steps. Workers die at random moments, and come back.
// At the end each job has succeeded once and has made each step.
func manyWorkers(t *T) {
	const jobs, workers, steps = 30, 6, 3
	for i := range jobs {
		t.Submit(fmt.Sprint(i))
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var done, deaths atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(w)))
			for ctx.Err() == nil {
				q, die := t.Process()
				for ctx.Err() == nil {
					c, err := q.Claim(ctx, fmt.Sprint(w))
					if err != nil {
						break
					}
					if random.IntN(5) == 0 && deaths.Load() < 10 {
						deaths.Add(1)
						work(c, steps, random.IntN(steps))
						break // with the job in hand
					}
					if work(c, steps, -1) == nil {
						done.Add(1)
					}
				}
				die()
			}
		})
	}
	for deadline := time.Now().Add(60 * time.Second); done.Load() < jobs && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	all.Wait()
	list, err := t.Queue.List(context.WithoutCancel(t.Context()))
	t.Must(err)
	if len(list.Jobs) != jobs || done.Load() != jobs {
		t.Fatalf("%d jobs of %d are there, %d succeeded", len(list.Jobs), jobs, done.Load())
	}
	for _, j := range list.Jobs {
		events := t.Events(j.ID)
		if j.Status.State != api.Succeeded || count(events, "succeed") != 1 || j.Status.Checkpoint.Size != steps {
			t.Errorf("job %s: %+v: %s", j.Spec.Name, j.Status, kinds(events))
		}
	}
	t.Logf("%d jobs, %d workers died", jobs, deaths.Load())
}

// work goes on from the last checkpoint, whose size counts the steps, and leaves in the middle if stop says so.
func work(c *queue.Claim, steps, stop int) error {
	at := 0
	if f := c.Job.Status.Checkpoint; f != nil {
		at = int(f.Size)
	}
	for ; at < steps; at++ {
		if at == stop {
			return nil
		}
		c.Progress(epoch(at))
		if err := c.Checkpoint(c.Context(), digest(at+1)); err != nil {
			return err
		}
	}
	if stop >= 0 {
		return nil
	}
	return c.Succeed(c.Context(), api.Result{})
}

// race: workers report while others pause, resume, cancel and retry at random.
func race(t *T) {
	id := t.Submit("job")
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	var all sync.WaitGroup
	for w := range 3 {
		all.Go(func() {
			for {
				c, err := t.Queue.Claim(ctx, fmt.Sprint(w))
				if err != nil {
					return
				}
				for i := 0; c.Context().Err() == nil && ctx.Err() == nil; i++ {
					c.Progress(epoch(i))
					c.Checkpoint(t.Context(), digest(i))
				}
				c.Release(t.Context())
			}
		})
	}
	var legal atomic.Int64
	for w := range 4 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(2, uint64(w)))
			people := []api.Move{api.Pause, api.Resume, api.Cancel, api.Retry, api.Resume, api.Retry}
			for ctx.Err() == nil {
				time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
				_, err := t.Queue.Move(t.Context(), id, people[random.IntN(len(people))])
				var illegal *api.IllegalMove
				if err == nil {
					legal.Add(1)
				} else if !errors.As(err, &illegal) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	events := t.Events(id)
	moved := count(events, "pause") + count(events, "resume") + count(events, "cancel") + count(events, "retry")
	if moved != int(legal.Load()) {
		t.Errorf("%d moves were granted, %d stand in the events", legal.Load(), moved)
	}
	t.Logf("%d events, %d moves", len(events), moved)
}

// watchers: each leaves after a few events and comes back with the last number it saw.
func watchers(t *T) {
	const watchers, lines = 20, 100
	id := t.Submit("job")
	var all sync.WaitGroup
	for w := range watchers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(3, uint64(w)))
			after, state := uint64(0), api.Queued
			for !state.Final() {
				leave := after + 1 + random.Uint64N(60)
				for e, err := range t.Queue.Watch(t.Context(), id, after) {
					if err != nil || e.Seq != after+1 {
						t.Errorf("after event %d came %d, %v", after, e.Seq, err)
						return
					}
					after, state = e.Seq, e.Status.State
					if after >= leave || state.Final() {
						break
					}
				}
			}
			if after != lines+3 {
				t.Errorf("saw %d events, expected %d", after, lines+3)
			}
		})
	}
	c := t.Claim(t.Queue, "anna")
	for i := range lines {
		c.Log(fmt.Sprint("line ", i))
		time.Sleep(2 * time.Millisecond)
	}
	t.Must(c.Succeed(t.Context(), api.Result{}))
	all.Wait()
	next := 0
	for _, e := range t.Events(id) {
		if e.Kind == api.Logged {
			if e.Log != fmt.Sprint("line ", next) {
				t.Fatalf("line %d is %q", next, e.Log)
			}
			next++
		}
	}
	if next != lines {
		t.Errorf("%d lines, expected %d", next, lines)
	}
}

// waiting: workers that wait before there is anything get all of it, in order for one worker.
func waiting(t *T) {
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := t.Queue.Claim(short, "anna")
	t.Fails("waiting for nothing", err, context.DeadlineExceeded)
	got := make(chan string, 3)
	go func() {
		for range cap(got) {
			c, err := t.Queue.Claim(t.Context(), "anna")
			if err != nil {
				return
			}
			got <- c.Job.ID
			c.Succeed(t.Context(), api.Result{})
		}
	}()
	var expected, order []string
	for range cap(got) {
		expected = append(expected, t.Submit("job"))
		time.Sleep(50 * time.Millisecond)
	}
	for range cap(got) {
		select {
		case id := <-got:
			order = append(order, id)
		case <-time.After(20 * time.Second):
			t.Fatal("the worker gets nothing")
		}
	}
	if !slices.Equal(order, expected) {
		t.Errorf("got %v, expected %v", order, expected)
	}
	list, err := t.Queue.List(t.Context())
	t.Must(err)
	slices.Sort(expected)
	if !slices.Equal(ids(list.Jobs), expected) {
		t.Errorf("list: %v, expected %v", ids(list.Jobs), expected)
	}
}
