package queue

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/api"
	"wafer/server/broker"
)

// shares counts what callers have in the queue. Who is admitted holds a place from before the queue is asked to take
// the job until it answers, so that requests at once cannot have more together than one after the other.
type shares struct {
	mu      sync.Mutex
	counted time.Time
	each    map[string]share     // by Spec.By, of the jobs that are in the queue
	flying  map[*flight]struct{} // those that were admitted and of which the queue has not said yet that it has them
}

// share is what a caller has in the queue that has not ended.
type share struct {
	jobs  int
	bytes int64 // of their descriptions
}

// flight is a job between its admission and the answer of the queue.
type flight struct {
	id, by string
	size   int // bytes of its description
}

// shareTime is for how long a count is good; what comes meanwhile through this view of the queue is added to it.
const shareTime = 2 * time.Second

// admit checks a new job against the limits and keeps a place for it, which land gives back.
func (q *Queue) admit(ctx context.Context, id string, spec api.Spec) (*flight, error) {
	if !validID(id) {
		return nil, ErrBadID
	}
	size, err := sizeOf(spec)
	if err != nil {
		return nil, err
	}
	if size > q.o.MaxSpec {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTooLarge, size, q.o.MaxSpec)
	}
	if err := q.o.Ready(); err != nil {
		return nil, err
	}
	f := &flight{id: id, by: spec.By, size: size}
	q.shares.mu.Lock()
	defer q.shares.mu.Unlock()
	if err = q.hasRoom(ctx, f); err == nil {
		err = q.mayHave(ctx, f)
	}
	if err != nil {
		return nil, err
	}
	q.shares.flying[f] = struct{}{}
	return f, nil
}

// hasRoom returns ErrTooMany or ErrNoRoom unless the queue can take one more job beside those in flight.
func (q *Queue) hasRoom(ctx context.Context, f *flight) error {
	var info *jetstream.StreamInfo
	err := broker.Persist(ctx, q.o.Patience, func(ctx context.Context) (err error) {
		info, err = q.stream.Info(ctx, jetstream.WithSubjectFilter(q.subject("*", toQueue)))
		return err
	})
	if err != nil {
		return err
	}
	jobs, size := len(info.State.Subjects), f.size
	for other := range q.shares.flying {
		if _, there := info.State.Subjects[q.subject(other.id, toQueue)]; !there {
			jobs, size = jobs+1, size+other.size
		}
	}
	if jobs >= q.o.MaxJobs {
		return fmt.Errorf("%w (%d)", ErrTooMany, jobs)
	}
	return q.room(info, size)
}

// room returns ErrNoRoom unless new jobs of a size leave an eighth of the room to those that were accepted: a job that
// trains for hours must be able to tell its end.
func (q *Queue) room(info *jetstream.StreamInfo, size int) error {
	if used := int64(info.State.Bytes) + int64(size); used > q.o.MaxBytes-q.o.MaxBytes/8 {
		return fmt.Errorf("%w (%d of %d bytes)", ErrNoRoom, info.State.Bytes, q.o.MaxBytes)
	}
	return nil
}

// mayHave returns ErrShare if a caller has as much in the queue and in flight as one may.
func (q *Queue) mayHave(ctx context.Context, f *flight) error {
	if time.Since(q.shares.counted) > shareTime {
		newest, _, err := q.newest(ctx)
		if err != nil {
			return err
		}
		q.shares.each = map[string]share{}
		for other := range q.shares.flying { // these are added below
			delete(newest, other.id)
		}
		for _, r := range newest {
			if r.Brief != nil && !r.Status.State.Final() {
				q.shares.count(r.Brief.By, r.Bytes)
			}
		}
		q.shares.counted = time.Now()
	}
	has := q.shares.each[f.by]
	for other := range q.shares.flying {
		if other.by == f.by {
			has.jobs, has.bytes = has.jobs+1, has.bytes+int64(other.size)
		}
	}
	if has.jobs >= q.o.MaxOpen || has.bytes+int64(f.size) > q.o.MaxOpenBy {
		return ErrShare
	}
	return nil
}

// land gives the place of a job back; one that the queue took is in it from now on.
func (s *shares) land(f *flight, taken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flying, f)
	if taken {
		s.count(f.by, f.size)
	}
}

// count adds a job, for who holds the lock.
func (s *shares) count(by string, size int) {
	has := s.each[by]
	s.each[by] = share{jobs: has.jobs + 1, bytes: has.bytes + int64(size)}
}
