package queuetest

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/queue"
)

func lifecycle(t *T) {
	spec := api.Spec{Name: "digits", Recipe: json.RawMessage(`{"seed":7}`), Data: []api.File{digest(1)}, MaxSeconds: 60}
	submitted, err := t.Queue.Submit(t.Context(), "", spec)
	t.Must(err)
	if s := submitted.Status; s.State != api.Queued || submitted.Seq != 1 || submitted.Created.IsZero() ||
		s.Queued != 1 {
		t.Errorf("submitted: %+v", submitted)
	}
	c := t.Claim(t.Queue, "anna")
	if c.Job.ID != submitted.ID || string(c.Job.Spec.Recipe) != `{"seed":7}` || c.Job.Status.Worker != "anna" ||
		c.Job.Status.Attempt != 1 {
		t.Errorf("claimed: %+v", c.Job)
	}
	c.Log("reading the data")
	c.Progress(epoch(0))
	t.Must(c.Checkpoint(t.Context(), digest(2)))
	c.Progress(epoch(1))
	c.Log("finished")
	t.Must(c.Succeed(t.Context(), api.Result{File: digest(3), WeightsHash: "w"}))
	t.Fails("a second result", c.Succeed(t.Context(), api.Result{}), queue.ErrLost)
	t.Fails("a late checkpoint", c.Checkpoint(t.Context(), digest(4)), queue.ErrLost)
	c.Progress(epoch(2)) // nobody hears it

	events := t.Events(submitted.ID)
	if n := count(events, api.Progressed) + count(events, api.Logged); n != 4 || count(events, api.Checkpointed) != 1 {
		t.Errorf("events: %s", kinds(events))
	}
	if got := kinds(events); !strings.HasPrefix(got, "submit claim ") ||
		!strings.HasSuffix(got, "progress log succeed") {
		t.Errorf("events: %s", got)
	}
	j := t.Job(submitted.ID)
	if s := j.Status; s.State != api.Succeeded || s.Result.WeightsHash != "w" || s.Progress.Epoch != 1 ||
		*s.Checkpoint != digest(2) || s.Ended.IsZero() || s.Started.IsZero() {
		t.Errorf("ended: %+v", s)
	}
	if got := j.Files(); !slices.Equal(got, []api.File{digest(1), digest(2), digest(3)}) {
		t.Errorf("files: %v", got)
	}
	for after := range j.Seq {
		rest := t.take(t.Queue.Watch(t.Context(), j.ID, after), j.Seq)
		if uint64(len(rest)) != j.Seq-after || rest[0].Seq != after+1 {
			t.Errorf("watching after %d: got %d events, expected %d", after, len(rest), j.Seq-after)
		}
	}
	list, err := t.Queue.List(t.Context())
	t.Must(err)
	if len(list.Jobs) != 1 || list.Jobs[0].Seq != j.Seq || list.Jobs[0].Spec.Name != "digits" ||
		list.Jobs[0].Status.State != api.Succeeded {
		t.Errorf("list: %+v", list)
	}
	t.Must(t.Queue.Delete(t.Context(), j.ID))
	_, err = t.Queue.Job(t.Context(), j.ID)
	t.Fails("a deleted job", err, queue.ErrNotFound)
	if list, err = t.Queue.List(t.Context()); err != nil || len(list.Jobs) != 0 {
		t.Errorf("list after deleting: %v, %v", list, err)
	}
}

func moves(t *T) {
	first, second := t.Submit("first"), t.Submit("second")
	if j := t.Move(first, api.Pause); j.Status.State != api.Paused || j.Spec.Name != "first" {
		t.Errorf("paused: %+v", j)
	}
	c := t.Claim(t.Queue, "anna")
	if c.Job.ID != second {
		t.Fatal("got a paused job")
	}
	t.Move(second, api.Pause)
	t.Lost(c, queue.ErrPaused)
	t.Must(c.Checkpoint(t.Context(), digest(1))) // its last
	t.Fails("a result of a paused job", c.Succeed(t.Context(), api.Result{}), queue.ErrPaused)

	t.Move(second, api.Resume)
	c = t.Claim(t.Queue, "ben")
	if c.Job.ID != second || c.Job.Status.Attempt != 2 || *c.Job.Status.Checkpoint != digest(1) ||
		c.Job.Status.Lost != 0 {
		t.Errorf("resumed: %+v", c.Job)
	}
	t.Must(c.Fail(t.Context(), "the data has one label only"))
	if s := t.Job(second).Status; s.State != api.Failed || s.Error != "the data has one label only" {
		t.Errorf("failed: %+v", s)
	}
	var illegal *api.IllegalMove
	if _, err := t.Queue.Move(t.Context(), second, api.Pause); !errors.As(err, &illegal) {
		t.Errorf("pausing a failed job: %v", err)
	}
	_, err := t.Queue.Move(t.Context(), second, api.Succeed)
	t.Fails("success at somebody's word", err, queue.ErrByPeople)
	_, err = t.Queue.Move(t.Context(), "nothing", api.Pause)
	t.Fails("pausing nothing", err, queue.ErrNotFound)

	t.Move(second, api.Retry)
	c = t.Claim(t.Queue, "carl")
	if c.Job.Status.Error != "" || c.Job.Status.Attempt != 3 {
		t.Errorf("retried: %+v", c.Job.Status)
	}
	t.Move(second, api.Cancel)
	t.Lost(c, queue.ErrCancelled)
	t.Fails("a checkpoint of a cancelled job", c.Checkpoint(t.Context(), digest(2)), queue.ErrCancelled)
	t.Events(second)

	t.Move(first, api.Resume)
	c = t.Claim(t.Queue, "anna")
	if c.Job.ID != first {
		t.Errorf("claimed %s, expected the resumed job", c.Job.Spec.Name)
	}
	t.Must(c.Succeed(t.Context(), api.Result{}))
	t.Events(first)
}

func release(t *T) {
	id := t.Submit("job")
	c := t.Claim(t.Queue, "anna")
	t.Must(c.Checkpoint(t.Context(), digest(1)))
	t.Must(c.Release(t.Context()))
	if s := t.Job(id).Status; s.State != api.Queued || s.Worker != "" {
		t.Errorf("released: %+v", s)
	}
	c = t.Claim(t.Queue, "ben")
	if s := c.Job.Status; s.Attempt != 2 || s.Lost != 0 || *s.Checkpoint != digest(1) {
		t.Errorf("claimed again: %+v", s)
	}
	t.Must(c.Succeed(t.Context(), api.Result{}))
	if got := kinds(t.Events(id)); got != "submit claim checkpoint release claim succeed" {
		t.Errorf("events: %s", got)
	}
}

func thinning(t *T) {
	t.Options.ReportEvery = 200 * time.Millisecond
	q := t.Reopen()
	id := t.Submit("job")
	c := t.Claim(q, "anna")
	for e := range 5 {
		for step := range 200 {
			c.Progress(task.Progress{Phase: task.Training, Epoch: e, Step: step})
		}
		c.Progress(epoch(e))
	}
	c.Log(strings.Repeat("é", 3000))
	t.Must(c.Succeed(t.Context(), api.Result{}))
	ends, next := 0, 0
	for _, e := range t.Events(id) {
		if e.Kind == api.Logged && (len(e.Log) > 4200 || !strings.HasSuffix(e.Log, "é…")) {
			t.Errorf("a long line became %d bytes", len(e.Log))
		}
		if e.Kind != api.Progressed {
			continue
		}
		if next++; e.Status.Progress.EpochEnd {
			if e.Status.Progress.Epoch != ends {
				t.Errorf("epoch %d was reported after %d others", e.Status.Progress.Epoch, ends)
			}
			ends++
		}
	}
	if ends != 5 || next > 30 {
		t.Errorf("got %d ends of epochs, expected 5, among %d progress events", ends, next)
	}
}

func limits(t *T) {
	t.Options.MaxSpec, t.Options.MaxJobs, t.Options.MaxEvents = 1000, 3, 20
	q := t.Reopen()
	spec := api.Spec{Name: "job", Recipe: json.RawMessage(`{}`)}
	for _, id := range []string{"*", ">", "a.b", "A", "a b", strings.Repeat("a", 33), "../x", "é"} {
		_, err := q.Submit(t.Context(), id, spec)
		t.Fails("submitting "+id, err, queue.ErrBadID)
		_, err = q.Job(t.Context(), id)
		t.Fails("reading "+id, err, queue.ErrBadID)
	}
	_, err := q.Submit(t.Context(), "large", api.Spec{Name: strings.Repeat("x", 1000)})
	t.Fails("a large description", err, queue.ErrTooLarge)
	if _, err := q.Submit(t.Context(), "broken", api.Spec{Recipe: json.RawMessage(`{`)}); err == nil {
		t.Error("a recipe that is no JSON was accepted")
	}
	for _, id := range []string{"one", "two", "three"} {
		_, err := q.Submit(t.Context(), id, spec)
		t.Must(err)
		if id == "one" {
			_, err = q.Submit(t.Context(), id, spec)
			t.Fails("the same ID again", err, queue.ErrExists)
		}
	}
	_, err = q.Submit(t.Context(), "", spec)
	t.Fails("too many jobs", err, queue.ErrTooMany)
	t.Fails("deleting a queued job", q.Delete(t.Context(), "three"), queue.ErrNotEnded)
	t.Move("three", api.Cancel)
	t.Must(q.Delete(t.Context(), "three"))
	_, err = q.Submit(t.Context(), "four", spec)
	t.Must(err)
	for _, err := range q.Watch(t.Context(), "one", 99) {
		t.Fails("watching what is not there yet", err, queue.ErrAhead)
	}
	for _, err := range q.Watch(t.Context(), "three", 0) {
		t.Fails("watching what is deleted", err, queue.ErrNotFound)
	}
	c := t.Claim(q, "anna")
	for i := range 100 {
		c.Progress(epoch(i))
	}
	t.Must(c.Succeed(t.Context(), api.Result{}))
	if events := t.Events(c.Job.ID); len(events) != 21 || events[20].Status.State != api.Succeeded {
		t.Errorf("got %d events, expected 20 and the last: %s", len(events), kinds(events))
	}
}
