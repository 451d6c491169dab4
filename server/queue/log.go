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

func (q *Queue) subject(id, kind string) string { return q.o.Name + ".jobs." + id + "." + kind }

// idOf takes the ID out of a subject.
func (q *Queue) idOf(subject string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(subject, q.o.Name+".jobs."), ".")
	return id
}

// errConflict: somebody else wrote the next event first.
var errConflict = errors.New("queue: the job has changed meanwhile")

// load returns the newest event of a job and its place in the stream.
func (q *Queue) load(ctx context.Context, id string) (*record, uint64, error) {
	return q.last(ctx, id, "*")
}

// spec returns what a job is asked to do.
func (q *Queue) spec(ctx context.Context, id string) (api.Spec, error) {
	r, _, err := q.last(ctx, id, toQueue)
	if err != nil {
		return api.Spec{}, err
	}
	if r.Spec == nil {
		return api.Spec{}, fmt.Errorf("queue: the job %s has lost its description", id)
	}
	return *r.Spec, nil
}

func (q *Queue) last(ctx context.Context, id, kind string) (r *record, place uint64, err error) {
	if !validID(id) {
		return nil, 0, ErrBadID
	}
	err = broker.Persist(ctx, q.o.Patience, func(ctx context.Context) error {
		m, err := q.stream.GetLastMsgForSubject(ctx, q.subject(id, kind))
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
		r.Spec = nil
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
	subject := q.subject(id, toLog)
	if r.queued() {
		subject = q.subject(id, toQueue)
		if r.Spec == nil {
			spec, err := q.spec(ctx, id)
			if err != nil {
				return 0, err
			}
			r.Spec = &spec
		}
	}
	body, err := json.Marshal(r)
	if err != nil {
		return 0, fmt.Errorf("queue: %w", err)
	}
	write := randomID()
	err = broker.Persist(ctx, q.o.Patience, func(ctx context.Context) error {
		m := &nats.Msg{Subject: subject, Data: body, Header: nats.Header{writeID: {write}}}
		ack, err := q.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequenceForSubject(after, q.subject(id, "*")))
		var api *jetstream.APIError
		if errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
			place, err = q.mine(ctx, id, after, write)
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
func (q *Queue) mine(ctx context.Context, id string, after uint64, write string) (uint64, error) {
	m, err := q.stream.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(q.subject(id, "*")))
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

// newest calls visit with the last event of every subject: for each job the one that
// queued it last and, if there is any other, the last of those. A reader may sit on a
// replica that lags behind, hence the comparison with what the leader has.
func (q *Queue) newest(ctx context.Context, visit func(id string, r *record)) error {
	last, err := q.stream.GetLastMsgForSubject(ctx, q.subject("*", "*"))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := q.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		FilterSubject: q.subject("*", "*"), DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: idle,
	})
	if err != nil {
		return err
	}
	defer q.forget(ctx, c)
	for seen, left := uint64(0), c.CachedInfo().NumPending; left > 0 || seen < last.Sequence; {
		batch, err := c.FetchNoWait(1000)
		if err != nil {
			return err
		}
		got := 0
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				return err
			}
			r, err := decode(m.Data())
			if err != nil {
				return err
			}
			visit(q.idOf(m.Subject()), r)
			seen, left, got = max(seen, meta.Sequence.Stream), meta.NumPending, got+1
		}
		if err := batch.Error(); err != nil {
			return err
		}
		if got == 0 {
			return broker.ErrAgain
		}
	}
	return nil
}
