package queue

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/api"
	"wafer/server/broker"
)

// List is all jobs as lists show them.
type List struct {
	Jobs    []api.Job // newest first; see api.Jobs for what they lack
	Damaged []string  // IDs of jobs that cannot be read, in order
}

// List lists all jobs. What it costs does not depend on how long descriptions and results are.
func (q *Queue) List(ctx context.Context) (List, error) {
	newest, damaged, err := q.newest(ctx)
	if err != nil {
		return List{}, err
	}
	l := List{Jobs: []api.Job{}, Damaged: damaged}
	for id, r := range newest {
		if !slices.Contains(damaged, id) {
			l.Jobs = append(l.Jobs, r.summary(id))
		}
	}
	slices.SortFunc(l.Jobs, func(a, b api.Job) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	if q.damage.Swap(int64(len(damaged))) != int64(len(damaged)) && len(damaged) > 0 {
		q.o.Log.Error("jobs cannot be read; stop the server and run wafer jobs rebuild", "jobs", damaged)
	}
	return l, nil
}

// newest returns the newest event of each job, and the IDs of jobs of which the last event under a subject cannot be
// read.
func (q *Queue) newest(ctx context.Context) (all map[string]*record, damaged []string, err error) {
	err = broker.Persist(ctx, q.o.Patience, func(ctx context.Context) error {
		all, damaged = map[string]*record{}, nil
		visit := func(id string, r *record) {
			if all[id] == nil || all[id].Seq < r.Seq {
				all[id] = r
			}
		}
		err := q.sweep(ctx, visit)
		if !errors.Is(err, errStuck) {
			return err
		}
		damaged, err = q.walk(ctx, visit)
		return err
	})
	return all, damaged, err
}

// errStuck: a consumer ended before the last message, or gave one that cannot be read. On a damaged one it waits for
// ever; on a replica that lags behind it only has to wait.
var errStuck = errors.New("queue: the list ends early")

// sweep calls visit with the last event of every subject: for each job the one that
// queued it last and, if there is any other, the last of those. A reader may sit on a
// replica that lags behind, hence the comparison with what the leader has.
func (q *Queue) sweep(ctx context.Context, visit func(id string, r *record)) error {
	last, err := q.stream.GetLastMsgForSubject(ctx, q.subject("*", "*"))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return q.nothing(ctx)
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
				return errStuck
			}
			visit(q.idOf(m.Subject()), r)
			seen, left, got = max(seen, meta.Sequence.Stream), meta.NumPending, got+1
		}
		if err := batch.Error(); err != nil {
			return err
		}
		if got == 0 {
			return errStuck
		}
	}
	return nil
}

// nothing makes sure that there are no jobs, since the last message of all is also not found when it is damaged.
func (q *Queue) nothing(ctx context.Context) error {
	subjects, err := q.subjects(ctx, q.subject("*", "*"))
	if err == nil && len(subjects) > 0 {
		err = errStuck
	}
	return err
}

// subjects are those that a filter takes under which there are messages.
func (q *Queue) subjects(ctx context.Context, filter string) (map[string]uint64, error) {
	info, err := q.stream.Info(ctx, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return nil, err
	}
	return info.State.Subjects, nil
}

// walk asks for the last event of each subject by itself, which takes longer than sweep, but gets past damage. Messages
// cannot be removed while subjects are listed and asked for, but for jobs that are being deleted.
func (q *Queue) walk(ctx context.Context, visit func(id string, r *record)) (damaged []string, err error) {
	before, err := q.subjects(ctx, q.subject("*", "*"))
	if err != nil {
		return nil, err
	}
	var lacks []string
	for subject := range before {
		m, err := q.stream.GetLastMsgForSubject(ctx, subject)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			lacks = append(lacks, subject)
			continue
		}
		if err != nil {
			return nil, err
		}
		r, err := decode(m.Data)
		if err != nil {
			damaged = append(damaged, q.idOf(subject))
			continue
		}
		visit(q.idOf(subject), r)
	}
	still, err := q.subjects(ctx, q.subject("*", "*"))
	for _, subject := range lacks {
		if _, there := still[subject]; there {
			damaged = append(damaged, q.idOf(subject))
		}
	}
	slices.Sort(damaged)
	return slices.Compact(damaged), err
}

// fileLists remembers which files the descriptions of jobs name; these do not change.
type fileLists struct {
	mu   sync.Mutex
	each map[string][]string // hashes by ID
}

// Reached are the hashes of all content that jobs need or made. While a job cannot be read, what it needs is not known,
// and that is an error.
func (q *Queue) Reached(ctx context.Context) (map[string]bool, error) {
	l, err := q.List(ctx)
	if err == nil && len(l.Damaged) > 0 {
		err = ErrDamaged
	}
	if err != nil {
		return nil, err
	}
	q.files.mu.Lock()
	defer q.files.mu.Unlock()
	known, reached := map[string][]string{}, map[string]bool{}
	for _, j := range l.Jobs {
		for _, f := range j.Files() {
			reached[f.SHA256] = true
		}
		files, ok := q.files.each[j.ID]
		if !ok {
			spec, err := q.spec(ctx, j.ID)
			if errors.Is(err, ErrNotFound) { // it is just being deleted
				continue
			}
			if err != nil {
				return nil, err
			}
			for _, f := range (&api.Job{Spec: spec}).Files() {
				files = append(files, f.SHA256)
			}
		}
		known[j.ID] = files
		for _, digest := range files {
			reached[digest] = true
		}
	}
	q.files.each = known
	return reached, nil
}
