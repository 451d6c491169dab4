package queue

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"wafer/server/api"
)

// record is an event as it is stored. Events that put a job into the queue carry what
// the job is asked to do, so that a worker needs no second request.
type record struct {
	api.Event
	Created time.Time `json:"created"`
	Spec    *api.Spec `json:"spec,omitempty"`
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
		if s.State == api.Running {
			s.Lost++
		}
	case api.Resume, api.Retry:
		s.Error, s.Lost = "", 0
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

func (r *record) queued() bool { return r.Status.Queued == r.Seq }

func (r *record) job(id string, spec api.Spec) api.Job {
	return api.Job{ID: id, Spec: spec, Created: r.Created, Updated: r.Time, Seq: r.Seq, Status: r.Status}
}

func decode(b []byte) (*record, error) {
	r := &record{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("queue: an event cannot be read: %w", err)
	}
	return r, nil
}

func now() time.Time { return time.Now().UTC().Round(0) }

func randomID() string { return strings.ToLower(rand.Text()[:16]) }

// validID keeps what means something in a subject out of IDs.
func validID(id string) bool {
	return len(id) >= 1 && len(id) <= 32 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

func sizeOf(spec api.Spec) (int, error) {
	b, err := json.Marshal(spec)
	if err != nil {
		return 0, fmt.Errorf("the description of the job: %w", err)
	}
	return len(b), nil
}
