package queue

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"wafer/server/api"
)

// record is an event as it is stored, with what lists show of the job, so that one message is enough for a line of a
// list.
type record struct {
	api.Event
	Created time.Time `json:"created"`
	Brief   *api.Spec `json:"brief,omitempty"` // see brief; nil in events that were written when Spec was in them
	Bytes   int       `json:"bytes,omitempty"` // of the description as JSON
	More    string    `json:"more,omitempty"`  // the document that has Status.Result whole, "": it is
	Spec    *api.Spec `json:"spec,omitempty"`  // events that queued a job had it once; now a document has it
}

// brief is what lists show of a description.
func brief(spec api.Spec) *api.Spec {
	return &api.Spec{Name: spec.Name, Model: spec.Model, CloneOf: spec.CloneOf, By: spec.By}
}

// summary is the job as lists show it: without what its description and its result may have in any length.
func (r *record) summary(id string) api.Job {
	var spec api.Spec
	switch {
	case r.Brief != nil:
		spec = *r.Brief
	case r.Spec != nil:
		spec = *brief(*r.Spec)
	}
	j := r.job(id, spec)
	j.Status.Result = j.Status.Result.Brief()
	return j
}

// begin makes r the event after itself.
func (r *record) begin(kind api.Kind) *record {
	r.Seq++
	r.Time, r.Kind, r.Log = now(), kind, ""
	return r
}

// move changes the state by the table, and what goes with it.
func (r *record) move(m api.Move) error {
	to, err := r.Status.State.After(m)
	if err != nil {
		return err
	}
	s := &r.Status
	switch m {
	case api.Claim:
		s.Attempt++
		s.Began = false
	case api.Lose:
		s.Waits++
		if s.Began {
			s.Lost++
		}
	case api.Resume, api.Retry:
		s.Error, s.Lost, s.Waits = "", 0, 0
	}
	s.State = to
	switch {
	case to == api.Queued:
		s.Queued, s.Worker, s.Started, s.Ended = r.Seq, "", time.Time{}, time.Time{}
	case to == api.Running:
		s.Started = r.Time
	case to.Final():
		s.Ended = r.Time
	}
	return nil
}

// queued tells an event that put the job into the queue.
func (r *record) queued() bool { return r.Status.Queued == r.Seq }

// job is the job as callers see it after this event.
func (r *record) job(id string, spec api.Spec) api.Job {
	return api.Job{ID: id, Spec: spec, Created: r.Created, Updated: r.Time, Seq: r.Seq, Status: r.Status}
}

// decode reads an event; one that is no JSON is ErrDamaged.
func decode(b []byte) (*record, error) {
	r := &record{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%w; an event is no JSON: %w", ErrDamaged, err)
	}
	return r, nil
}

// now is in UTC and without the monotonic clock, so that it is the same when it was written and read.
func now() time.Time { return time.Now().UTC().Round(0) }

// randomID is 16 letters and digits, 80 bits of chance.
func randomID() string { return strings.ToLower(rand.Text()[:16]) }

// validID keeps what means something in a subject out of IDs.
func validID(id string) bool {
	return len(id) >= 1 && len(id) <= 32 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// sizeOf is the bytes of a Spec as JSON, by which it is limited and counted.
func sizeOf(spec api.Spec) (int, error) {
	b, err := json.Marshal(spec)
	if err != nil {
		return 0, fmt.Errorf("the description of the job: %w", err)
	}
	return len(b), nil
}
