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

func (q *Queue) watch(ctx context.Context, id string, after uint64, yield func(api.Event) bool) error {
	start, err := q.find(ctx, id, after)
	if err != nil {
		return err
	}
	var c jetstream.Consumer
	err = broker.Persist(ctx, q.o.Patience, func(ctx context.Context) (err error) {
		c, err = q.js.OrderedConsumer(ctx, q.o.Name+"_jobs", jetstream.OrderedConsumerConfig{
			FilterSubjects: []string{q.subject(id, "*")}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
			OptStartSeq: start, InactiveThreshold: idle,
		})
		return err
	})
	if err != nil {
		return err
	}
	defer q.forget(ctx, c)
	messages, err := c.Messages(jetstream.PullMaxMessages(100), jetstream.PullExpiry(5*time.Second), jetstream.PullHeartbeat(time.Second))
	if err != nil {
		return err
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		m, err := messages.Next()
		if err != nil {
			return err
		}
		r, err := decode(m.Data())
		if err != nil {
			return err
		}
		if r.Seq <= after { // from a replica that lagged behind when it was asked for a start
			continue
		}
		if r.Seq != after+1 {
			return fmt.Errorf("queue: event %d of the job %s follows event %d", r.Seq, id, after)
		}
		after = r.Seq
		if !yield(r.Event) {
			return nil
		}
	}
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
