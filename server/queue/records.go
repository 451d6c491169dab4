package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"wafer/server/api"
	"wafer/server/store"
)

// Beside its events every job has records in the store: "spec", and for each of its attempts, by number, the newest
// change of state while that was the last. Only the worker of an attempt and people write its record: one that was
// stopped and comes back cannot touch what came after.

// recordOf is the name of the record of an attempt.
func recordOf(attempt int) string { return strconv.Itoa(attempt) }

// isChange reports whether an event is kept in the job's record: progress and log lines are not.
func (r *record) isChange() bool { return r.Kind != api.Progressed && r.Kind != api.Logged }

// keepRecord writes down an event that is in the queue. Where that fails the queue knows more than the record, until
// the next event or Heal.
func (q *Queue) keepRecord(ctx context.Context, id string, r *record) {
	if q.o.Store == nil {
		return
	}
	whole := *r
	err := q.expand(ctx, id, &whole)
	if whole.More = ""; err == nil {
		err = q.o.Store.PutRecord(ctx, id, recordOf(r.Status.Attempt), &whole)
	}
	if err != nil {
		q.o.Log.Warn("the record of a job could not be written", "job", id, "error", err)
	}
}

// keepSpec writes what a job is asked to do into the store, if there is one. A failure is logged only: the queue itself
// has it.
func (q *Queue) keepSpec(ctx context.Context, id string, spec api.Spec) {
	if q.o.Store == nil {
		return
	}
	if err := q.o.Store.PutRecord(ctx, id, specDoc, spec); err != nil {
		q.o.Log.Warn("the record of a job could not be written", "job", id, "error", err)
	}
}

// record is the newest record of a job of which at least so many attempts are known, nil if there is none that can be
// read.
func (q *Queue) record(ctx context.Context, id string, attempt int) *record {
	if q.o.Store == nil {
		return nil
	}
	var newest *record
	for ; ; attempt++ {
		r := &record{}
		switch err := q.o.Store.Record(ctx, id, recordOf(attempt), r); {
		case errors.Is(err, store.ErrNotFound):
			return newest
		case err != nil:
			q.o.Log.Warn("the record of a job cannot be read", "job", id, "attempt", attempt, "error", err)
			return newest
		}
		newest = r
	}
}

// forgetRecord removes the records of a job.
func (q *Queue) forgetRecord(ctx context.Context, id string, attempts int) error {
	if q.o.Store == nil {
		return nil
	}
	names := []string{specDoc}
	for n := range attempts + 1 {
		names = append(names, recordOf(n))
	}
	for _, name := range names {
		if err := q.o.Store.RemoveRecord(ctx, id, name); err != nil {
			return fmt.Errorf("the record of the job: %w", err)
		}
	}
	return nil
}

// restored is the event after a record that is newer than what the queue has. A job that ran then waits for a worker,
// who goes on from its checkpoint.
func (q *Queue) restored(ctx context.Context, id string, known *record) (*record, error) {
	r := *known
	r.begin(api.Restored)
	if s := &r.Status; s.State == api.Running || s.State == api.Queued {
		s.State, s.Queued, s.Worker = api.Queued, r.Seq, ""
	}
	if r.Status.Result == nil {
		return &r, nil
	}
	result := *r.Status.Result
	var err error
	r.More, err = q.keepResult(ctx, id, r.Status.Attempt, &result)
	r.Status.Result = result.Brief()
	return &r, err
}
