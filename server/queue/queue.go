// Package queue keeps jobs: submit, claim, report, watch. One JetStream stream is all there is. A job is the list of
// its events under the subjects NAME.jobs.ID.queued (events that put it into the queue, which workers consume) and
// NAME.jobs.ID.event (all others). Every event carries the whole status, and an event is only written if the one before
// it is the newest. So each change is one message that is there or is not, two who change a job at once are put in
// order, and events are numbered without gaps. What a job is asked to do and what it made may be long and are read for
// one job at a time: they lie under NAME.docs.ID.
//
// The queue is an index: with a store in Options, every change of a job's state is written down there too, and what the
// queue lost is taken from there (Heal).
package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/store"
)

// Errors for callers to tell apart. Illegal moves are *api.IllegalMove.
var (
	ErrNotFound = errors.New("there is no such job")
	ErrExists   = errors.New("a job with this ID exists already")
	ErrBadID    = errors.New("a job's ID is 1 to 32 lower-case letters and digits")
	ErrTooLarge = errors.New("the description of the job is too large")
	ErrTooMany  = errors.New("the server keeps as many jobs as it may; delete some that have ended")
	ErrNotEnded = errors.New("only a job that has ended can be deleted; cancel it first")
	ErrByPeople = errors.New("a job can be asked to pause, resume, cancel or retry")
	ErrAhead    = errors.New("the job has no event with this number yet")
	ErrShare    = errors.New("the jobs of this caller that have not ended are as many, or as long, " +
		"as one caller's may be; wait for some")
	ErrNoRoom  = errors.New("the room for jobs is used up; delete some that have ended")
	ErrDamaged = errors.New("some jobs cannot be read; the server's log names them, and wafer jobs rebuild restores " +
		"them")
)

// Options bound what a queue keeps. Zero means the default. All who use a queue set the same.
type Options struct {
	Name     string        // of stream and subjects: letters, digits, - and _; default "wafer"
	Replicas int           // copies in a cluster; default 3 there, 1 elsewhere
	AckWait  time.Duration // a worker that is silent for so long is lost; default 15 s
	Patience time.Duration // how long to try when the cluster does not answer; default 45 s

	Ready func() error // asked before a job is accepted, such as broker.Ready; nil: always ready
	Store *store.Store // where a record of each job is kept, see Heal; nil: nowhere
	Log   *slog.Logger // of damage; nil: none

	MaxJobs   int   // kept, default 10,000
	MaxOpen   int   // of one caller (Spec.By) that have not ended, default 1000
	MaxOpenBy int64 // bytes of the Specs of those, default 32 MiB
	MaxSpec   int   // bytes of a Spec as JSON, default 256 KiB
	MaxEvents int   // of one job; later progress and log lines are dropped, changes of state are not; default 100,000
	MaxLost   int   // a job that loses more workers than this without a new checkpoint fails; default 5
	MaxBytes  int64 // of all events and documents, default 1 GiB; an eighth is kept for jobs that were accepted

	// a job that lost a worker waits for the next; twice as long each time, at most 64 times; default 2 s
	LostWait time.Duration

	// least time between two progress events, which grows to ten times that in a long run; default 500 ms
	ReportEvery time.Duration
}

// withDefaults has the default of every option that is zero, but for Store. Copies follow from whether the connection
// is to a cluster.
func (o Options) withDefaults(c *nats.Conn) Options {
	o.Name = cmp.Or(o.Name, "wafer")
	replicas := 1
	if c.ConnectedClusterName() != "" {
		replicas = 3
	}
	o.Replicas = cmp.Or(o.Replicas, replicas)
	o.AckWait = cmp.Or(o.AckWait, 15*time.Second)
	o.Patience = cmp.Or(o.Patience, 45*time.Second)
	if o.Ready == nil {
		o.Ready = func() error { return nil }
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.MaxJobs = cmp.Or(o.MaxJobs, 10_000)
	o.MaxOpen = cmp.Or(o.MaxOpen, 1000)
	o.MaxOpenBy = cmp.Or(o.MaxOpenBy, 32<<20)
	o.LostWait = cmp.Or(o.LostWait, 2*time.Second)
	o.MaxSpec = cmp.Or(o.MaxSpec, 256<<10)
	o.MaxEvents = cmp.Or(o.MaxEvents, 100_000)
	o.MaxLost = cmp.Or(o.MaxLost, 5)
	o.MaxBytes = cmp.Or(o.MaxBytes, 1<<30)
	o.ReportEvery = cmp.Or(o.ReportEvery, 500*time.Millisecond)
	return o
}

// Queue is one view of the jobs; any number may be open on the same jobs, in any
// number of processes. Its methods may be called from several goroutines.
type Queue struct {
	o       Options
	js      jetstream.JetStream
	stream  jetstream.Stream
	workers jetstream.Consumer
	shares  *shares
	files   *fileLists
	damage  *atomic.Int64 // jobs that could not be read when that was looked at last
}

// Open finds the queue or makes it.
func Open(ctx context.Context, c *nats.Conn, o Options) (*Queue, error) {
	js, err := jetstream.New(c)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	q := &Queue{o: o.withDefaults(c), js: js, shares: &shares{flying: map[*flight]struct{}{}}, files: &fileLists{},
		damage: &atomic.Int64{}}
	err = broker.Persist(ctx, q.o.Patience, func(ctx context.Context) (err error) {
		q.stream, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: q.o.Name + "_jobs", Subjects: []string{q.o.Name + ".jobs.*.*", q.o.Name + ".docs.*.*"},
			Storage: jetstream.FileStorage, Replicas: q.o.Replicas,
			MaxBytes: q.o.MaxBytes, Discard: jetstream.DiscardNew, // refuse rather than forget
			MaxMsgSize: int32(q.o.MaxSpec + 64<<10), Duplicates: time.Second,
			AllowDirect: false, // replicas lag behind; ask the leader
		})
		if err != nil {
			return err
		}
		return broker.Lagging(q.offer(ctx))
	})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return q, nil
}

// Submit puts a new job into the queue. An empty ID is replaced by a random one; a
// client that repeats a request whose answer was lost sends the same ID and gets ErrExists.
func (q *Queue) Submit(ctx context.Context, id string, spec api.Spec) (api.Job, error) {
	if id == "" {
		id = randomID()
	}
	f, err := q.admit(ctx, id, spec)
	if err != nil {
		return api.Job{}, err
	}
	defer func() { q.shares.land(f, err == nil) }()
	r := &record{Created: now(), Brief: brief(spec), Bytes: f.size}
	if err = r.begin(api.Kind(api.Submit)).move(api.Submit); err == nil {
		err = q.describe(ctx, id, spec)
	}
	if err == nil {
		_, err = q.append(ctx, id, 0, r)
	}
	if err == nil {
		return r.job(id, spec), nil
	}
	if errors.Is(err, errConflict) {
		err = ErrExists
	} else if !errors.Is(err, ErrExists) {
		if why := q.o.Ready(); why != nil {
			err = fmt.Errorf("%w (%w)", why, err)
		}
	}
	return api.Job{}, err
}

// Job returns one job as it stands.
func (q *Queue) Job(ctx context.Context, id string) (api.Job, error) {
	r, _, err := q.load(ctx, id)
	if err != nil {
		return api.Job{}, err
	}
	return q.whole(ctx, id, r)
}

// whole adds to a job what is kept beside its events.
func (q *Queue) whole(ctx context.Context, id string, r *record) (api.Job, error) {
	spec, err := q.spec(ctx, id)
	if err == nil {
		err = q.expand(ctx, id, r)
	}
	return r.job(id, spec), err
}

// Move pauses, resumes, cancels or retries a job. A worker that has the job learns of it within two seconds.
func (q *Queue) Move(ctx context.Context, id string, m api.Move) (api.Job, error) {
	if !m.ByPeople() {
		return api.Job{}, ErrByPeople
	}
	r, _, err := q.change(ctx, id, func(r *record) error { return r.begin(api.Kind(m)).move(m) })
	if err != nil {
		return api.Job{}, err
	}
	return q.whole(ctx, id, r)
}

// Delete forgets a job that has ended.
func (q *Queue) Delete(ctx context.Context, id string) error {
	r, _, err := q.load(ctx, id)
	if err != nil {
		return err
	}
	if !r.Status.State.Final() {
		return ErrNotEnded
	}
	if err := q.forgetRecord(ctx, id, r.Status.Attempt); err != nil { // first: what has a record comes back
		return err
	}
	for _, subject := range []string{q.subject(id, "*"), q.document(id, "*")} {
		err := broker.Persist(ctx, q.o.Patience, func(ctx context.Context) error {
			return q.stream.Purge(ctx, jetstream.WithPurgeSubject(subject))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
