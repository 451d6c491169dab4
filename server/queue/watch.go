package queue

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/api"
	"wafer/server/broker"
)

// idle is after how long the server forgets a reader that went without a word.
const idle = 30 * time.Second

// Watch yields the events of a job whose number is greater than after, in order, each
// once, and waits for more until ctx ends. It ends with an error if it ends otherwise.
func (q *Queue) Watch(ctx context.Context, id string, after uint64) iter.Seq2[api.Event, error] {
	return func(yield func(api.Event, error) bool) {
		err := q.watch(ctx, id, after, func(e api.Event) bool { return yield(e, nil) })
		if err != nil && ctx.Err() == nil {
			yield(api.Event{}, err)
		}
	}
}

// watch is Watch with a function in place of a sequence; it ends when yield returns false.
func (q *Queue) watch(ctx context.Context, id string, after uint64, yield func(api.Event) bool) error {
	start, err := q.find(ctx, id, after)
	if err != nil {
		return err
	}
	r := &reader{q: q, id: id, start: start, after: after, yield: yield, status: api.Status{State: api.Queued}}
	for !r.left {
		if err := r.read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// reader reads a job's events from a place on. Whatever goes wrong, it begins anew where it was, with
// another consumer: the ordered consumer of NATS insists on one name, and hangs when the server gave that name to a
// node which is down.
type reader struct {
	q     *Queue
	id    string
	start uint64 // where in the stream to go on
	after uint64 // number of the last event that was yielded
	yield func(api.Event) bool
	left  bool // yield wants no more

	status api.Status // after that event, as far as it was read
}

// read reads until something goes wrong that may be better next time (nil) or not.
func (r *reader) read(ctx context.Context) error {
	var c jetstream.Consumer
	err := broker.Persist(ctx, r.q.o.Patience, func(ctx context.Context) (err error) {
		c, err = r.q.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
			FilterSubject: r.q.subject(r.id, "*"), DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
			OptStartSeq: r.start,
			AckPolicy:   jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: idle,
		})
		return err
	})
	if err != nil {
		return err
	}
	defer r.q.forget(ctx, c)
	messages, err := c.Messages(jetstream.PullMaxMessages(100), jetstream.PullExpiry(5*time.Second),
		jetstream.PullHeartbeat(time.Second))
	if err != nil {
		return err
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		m, err := messages.Next()
		if err != nil {
			sleep(ctx, 100*time.Millisecond)
			return ctx.Err()
		}
		if again, err := r.event(ctx, m); again || err != nil {
			return err
		}
	}
}

// event takes one event. It asks for a new beginning when there is a gap before it.
func (r *reader) event(ctx context.Context, m jetstream.Msg) (again bool, err error) {
	meta, err := m.Metadata()
	if err != nil {
		return false, err
	}
	e, err := decode(m.Data())
	switch {
	case err != nil:
		return false, err
	case e.Seq <= r.after: // from a replica that lagged behind when it was asked for a start
		return false, nil
	case e.Seq > r.after+1 && meta.Sequence.Consumer > 1:
		return true, nil
	}
	for r.after+1 < e.Seq { // nothing lies between, also for a reader who begins here
		r.after++
		if r.left = !r.yield(api.Event{Seq: r.after, Time: e.Time, Kind: api.Missing, Status: r.status}); r.left {
			return true, nil
		}
	}
	if err := r.q.expand(ctx, r.id, e); err != nil {
		return false, err
	}
	r.status = e.Status
	r.after, r.start = e.Seq, meta.Sequence.Stream+1
	r.left = !r.yield(e.Event)
	return r.left, nil
}

// find returns the first place of the stream from which only events after a number come.
// The numbers rise with the places, so it halves what is left.
func (q *Queue) find(ctx context.Context, id string, after uint64) (uint64, error) {
	newest, place, err := q.load(ctx, id)
	switch {
	case err != nil:
		return 0, err
	case after > newest.Seq:
		return 0, fmt.Errorf("%w: %d, the newest is %d", ErrAhead, after, newest.Seq)
	case after == newest.Seq:
		return place + 1, nil
	case after == 0:
		return 1, nil
	}
	low, high := uint64(1), place // the answer is in low…high
	for low < high {
		middle := low + (high-low)/2
		r, at, err := q.next(ctx, id, middle)
		if err != nil {
			return 0, err
		}
		if r.Seq > after {
			high = middle
		} else {
			low = at + 1
		}
	}
	return low, nil
}

// next returns the first event of a job at a place or after it.
func (q *Queue) next(ctx context.Context, id string, from uint64) (r *record, place uint64, err error) {
	err = broker.Persist(ctx, q.o.Patience, func(ctx context.Context) error {
		m, err := q.stream.GetMsg(ctx, from, jetstream.WithGetMsgSubject(q.subject(id, "*")))
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

// forget tells the server that a reader is gone; it would find out by itself, but later.
func (q *Queue) forget(ctx context.Context, c jetstream.Consumer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	q.js.DeleteConsumer(ctx, q.o.Name+"_jobs", c.CachedInfo().Name)
}
