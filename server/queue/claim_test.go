package queue

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/broker/brokertest"
)

func open(t *testing.T) *Queue {
	t.Helper()
	q, err := Open(t.Context(), brokertest.Embedded(t).Conn, Options{AckWait: 500 * time.Millisecond,
		ReportEvery: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// silent claims the next job for a worker that says nothing by itself any more, as one does whose process
// is stopped for long.
func silent(t *testing.T, q *Queue) *Claim {
	t.Helper()
	c := must(q.Claim(t.Context(), "silent"))(t)
	stopped, stop := context.WithCancelCause(context.Background())
	c.leave(ErrLost) // ends what goes on in the background, without an acknowledgement
	c.running.Wait()
	c.ctx, c.leave = stopped, stop
	return c
}

// A worker that was taken for lost and comes back can neither report nor finish, and does not disturb the one
// that has the job now.
func TestAWorkerThatComesBackIsTooLate(t *testing.T) {
	q := open(t)
	j := must(q.Submit(t.Context(), "", api.Spec{Recipe: json.RawMessage(`{}`)}))(t)
	old := silent(t, q)
	next := must(q.Claim(t.Context(), "next"))(t)
	if next.Job.Status.Attempt != 2 {
		t.Fatalf("claimed again: %+v", next.Job.Status)
	}
	if err := old.Checkpoint(t.Context(), api.File{SHA256: "old"}); !errors.Is(err, ErrLost) {
		t.Errorf("a late checkpoint: %v", err)
	}
	if err := old.Succeed(t.Context(), api.Result{WeightsHash: "old"}); !errors.Is(err, ErrLost) {
		t.Errorf("a late result: %v", err)
	}
	if cause := context.Cause(old.Context()); !errors.Is(cause, ErrLost) {
		t.Errorf("the late worker is told %v", cause)
	}
	if err := next.Succeed(t.Context(), api.Result{WeightsHash: "next"}); err != nil {
		t.Error(err)
	}
	if j = must(q.Job(t.Context(), j.ID))(t); j.Status.Result.WeightsHash != "next" || j.Status.Attempt != 2 {
		t.Errorf("ended: %+v", j.Status)
	}
}

// An answer that is lost on the way leaves the question whether an event was written. Writing it once
// more must find that it was.
func TestAnEventWhoseAnswerWasLostIsWrittenOnce(t *testing.T) {
	q := open(t)
	j := must(q.Submit(t.Context(), "", api.Spec{Recipe: json.RawMessage(`{}`)}))(t)
	r, place, err := q.load(t.Context(), j.ID)
	if err != nil {
		t.Fatal(err)
	}
	r.begin(api.Logged).Log = "once"
	at, err := q.append(t.Context(), j.ID, place, r)
	if err != nil {
		t.Fatal(err)
	}
	m, err := q.stream.GetMsg(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := q.mine(t.Context(), q.subject(j.ID, "*"), place, m.Header.Get(writeID)); err != nil ||
		again != at {
		t.Errorf("its writer finds it at %d, %v, expected %d", again, err, at)
	}
	if _, err := q.mine(t.Context(), q.subject(j.ID, "*"), place, "another"); !errors.Is(err, errConflict) {
		t.Errorf("another writer: %v", err)
	}
	if _, err := q.append(t.Context(), j.ID, place, r); !errors.Is(err, errConflict) {
		t.Errorf("a second event in its place: %v", err)
	}
}

// Every place that find gives is checked against the plain way: reading all events from the first.
func TestFindEqualsReadingAll(t *testing.T) {
	q := open(t)
	a := must(q.Submit(t.Context(), "a", api.Spec{Recipe: json.RawMessage(`{}`)}))(t)
	for i := range 40 {
		id := []string{"a", "b", "c"}[i%3]
		if id != "a" && i < 3 {
			must(q.Submit(t.Context(), id, api.Spec{Recipe: json.RawMessage(`{}`)}))(t)
		}
		_, _, err := q.change(t.Context(), id, func(r *record) error { r.begin(api.Logged); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	newest := must(q.Job(t.Context(), a.ID))(t).Seq
	for after := range newest + 1 {
		start := must(q.find(t.Context(), a.ID, after))(t)
		r, _, err := q.next(t.Context(), a.ID, start)
		if after == newest {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("after the newest comes %v, %v", r, err)
			}
		} else if err != nil || r.Seq != after+1 {
			t.Errorf("after %d: %v, %v", after, r, err)
		}
	}
}

// A worker whose clock is set back by a day in the middle of a run goes on reporting, and its events stay in order.
func TestAWorkersClockIsSetBack(t *testing.T) {
	q := open(t)
	j := must(q.Submit(t.Context(), "", api.Spec{Recipe: json.RawMessage(`{}`)}))(t)
	c := must(q.Claim(t.Context(), "anna"))(t)
	c.mu.Lock()
	c.Job.Status.Started = now().Add(24 * time.Hour)
	c.mu.Unlock()
	if err := c.write(t.Context(), func(r *record) error {
		r.begin(api.Logged).Time = now().Add(24 * time.Hour)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	c.Progress(task.Progress{Phase: task.Training, Epoch: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	next := uint64(1)
	for e, err := range q.Watch(ctx, j.ID, 0) {
		if err != nil || e.Seq != next {
			t.Fatalf("event %d, expected %d, %v", e.Seq, next, err)
		}
		if next++; e.Kind == api.Progressed {
			break
		}
	}
	if ctx.Err() != nil {
		t.Fatal("progress is held back since the worker's clock was set back")
	}
	if err := c.Succeed(t.Context(), api.Result{WeightsHash: "w"}); err != nil {
		t.Error(err)
	}
}
