package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/api"
	"wafer/server/broker"
)

// The last words of subjects.
const (
	toQueue = "queued"
	toLog   = "event"
)

// subject is where the events of a kind of a job lie; "*" stands for any.
func (q *Queue) subject(id, kind string) string { return q.o.Name + ".jobs." + id + "." + kind }

// idOf takes the ID out of a subject.
func (q *Queue) idOf(subject string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(subject, q.o.Name+".jobs."), ".")
	return id
}

// errNoSpec: the job is there, but what it is asked to do is damaged.
var errNoSpec = fmt.Errorf("%w; a job has lost its description", ErrDamaged)

// errConflict: somebody else wrote the next event first.
var errConflict = errors.New("queue: the job has changed meanwhile")

// load returns the newest event of a job and its place in the stream.
func (q *Queue) load(ctx context.Context, id string) (*record, uint64, error) {
	return q.last(ctx, id, q.subject(id, "*"))
}

// spec returns what a job is asked to do: from its record, where the queue's own words are damaged.
func (q *Queue) spec(ctx context.Context, id string) (api.Spec, error) {
	spec, err := q.described(ctx, id)
	if errors.Is(err, errNoSpec) && q.o.Store != nil && q.o.Store.Record(ctx, id, specDoc, &spec) == nil {
		err = nil
	}
	return spec, err
}

// described is spec by the queue alone.
func (q *Queue) described(ctx context.Context, id string) (spec api.Spec, err error) {
	r, _, err := q.last(ctx, id, q.document(id, specDoc))
	if errors.Is(err, ErrNotFound) { // of before there were documents, or damaged
		r, _, err = q.last(ctx, id, q.subject(id, toQueue))
	}
	switch {
	case err != nil:
		return spec, err
	case r.Spec == nil:
		return spec, fmt.Errorf("%w: %s", errNoSpec, id)
	}
	return *r.Spec, nil
}

// last returns the last message under a subject of a job.
func (q *Queue) last(ctx context.Context, id, subject string) (r *record, place uint64, err error) {
	if !validID(id) {
		return nil, 0, ErrBadID
	}
	err = broker.Persist(ctx, q.o.Patience, func(ctx context.Context) error {
		m, err := q.stream.GetLastMsgForSubject(ctx, subject)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		place = m.Sequence
		r, err = decode(m.Data)
		return err
	})
	return r, place, err
}

// change writes the event that edit makes of the newest one. When somebody else was
// first, edit is asked again with what they wrote.
func (q *Queue) change(ctx context.Context, id string, edit func(*record) error) (*record, uint64, error) {
	for {
		r, place, err := q.load(ctx, id)
		if err != nil {
			return nil, 0, err
		}
		if err := edit(r); err != nil {
			return r, place, err
		}
		if place, err = q.append(ctx, id, place, r); !errors.Is(err, errConflict) {
			return r, place, err
		}
	}
}

// writeID marks a message, so that whoever got no answer can see whether it was stored.
const writeID = "Wafer-Write"

// append writes an event if the job's newest one is at a place of the stream; 0 is for a new
// job. It returns the event's place, or errConflict.
func (q *Queue) append(ctx context.Context, id string, after uint64, r *record) (place uint64, err error) {
	if r.Spec != nil { // an event of before there were documents: what is taken from it must not be lost
		if err := q.describe(ctx, id, *r.Spec); err != nil && !errors.Is(err, ErrExists) {
			return 0, err
		}
		r.Brief, r.Spec = brief(*r.Spec), nil
	}
	kind := toLog
	if r.queued() {
		kind = toQueue
	}
	place, err = q.publish(ctx, q.subject(id, kind), q.subject(id, "*"), &after, r)
	if err == nil && r.isChange() {
		q.keepRecord(ctx, id, r)
	}
	return place, err
}

// publish writes a message. With after, the last message of those that a subject covers must be at that place.
func (q *Queue) publish(ctx context.Context, subject, covers string, after *uint64, v any) (place uint64, err error) {
	body, err := json.Marshal(v)
	if err != nil {
		return 0, fmt.Errorf("queue: %w", err)
	}
	write := randomID()
	var expects []jetstream.PublishOpt
	if after != nil {
		expects = append(expects, jetstream.WithExpectLastSequenceForSubject(*after, covers))
	}
	err = broker.Persist(ctx, q.o.Patience, func(ctx context.Context) error {
		m := &nats.Msg{Subject: subject, Data: body, Header: nats.Header{writeID: {write}}}
		ack, err := q.js.PublishMsg(ctx, m, expects...)
		var api *jetstream.APIError
		if errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence && after != nil {
			place, err = q.mine(ctx, covers, *after, write)
			return err
		}
		if err == nil {
			place = ack.Sequence
		}
		return err
	})
	return place, err
}

// mine looks at the event that came after a place: written by an earlier try whose answer was
// lost, or by somebody else.
func (q *Queue) mine(ctx context.Context, covers string, after uint64, write string) (uint64, error) {
	m, err := q.stream.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(covers))
	if errors.Is(err, jetstream.ErrMsgNotFound) { // deleted
		return 0, errConflict
	}
	if err != nil {
		return 0, err
	}
	if m.Header.Get(writeID) != write {
		return 0, errConflict
	}
	return m.Sequence, nil
}
