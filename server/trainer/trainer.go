// Package trainer is the worker: it takes jobs from the queue, fetches their data, trains, and reports. Whatever
// happens to it, the job goes on from its last checkpoint, here or elsewhere, and ends with the same weights.
package trainer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"wafer/server/fit"
	"wafer/server/queue"
	"wafer/server/store"
)

// Options are what a trainer works with. Zero means the default.
type Options struct {
	Queue *queue.Queue
	Store *store.Store
	Cache string // folder for the data of jobs; one process at a time may use it

	CacheBytes int64    // of data that is kept there; default 20 GiB
	Name       string   // shown with the jobs; default: host name and process number
	Slots      int      // jobs at once; default 1
	Threads    int      // of each job; default: one per processor
	Room       fit.Room // memory of all jobs together; a job that needs more than its share is refused
	MaxSeconds int      // of one attempt of a job; default one day
	// between two checkpoints inside an epoch; default 30 s. They may take a tenth of the time at most
	Every time.Duration
	// bytes of a job's checkpoints that newer ones replaced, of which more are removed; default 256 MiB
	Replaced int64
	// for the last checkpoint and the last word when the trainer is stopped; default 45 s, less than service managers
	// wait
	Grace time.Duration
	Log   *slog.Logger // nil: none
}

// withDefaults has the default of every option that is zero, and each job's share of the memory in Room.
func (o Options) withDefaults() Options {
	o.CacheBytes = cmp.Or(o.CacheBytes, 20<<30)
	host, _ := os.Hostname()
	o.Name = cmp.Or(o.Name, fmt.Sprintf("%s-%d", cmp.Or(host, "worker"), os.Getpid()))
	o.Slots = cmp.Or(o.Slots, 1)
	o.Room = o.Room.Shared(o.Slots)
	o.MaxSeconds = cmp.Or(o.MaxSeconds, 24*60*60)
	o.Every = cmp.Or(o.Every, 30*time.Second)
	o.Replaced = cmp.Or(o.Replaced, 256<<20)
	o.Grace = cmp.Or(o.Grace, 45*time.Second)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return o
}

// Trainer runs jobs.
type Trainer struct {
	o     Options
	cache *cache
}

// New opens the cache.
func New(o Options) (*Trainer, error) {
	o = o.withDefaults()
	c, err := openCache(o.Cache, o.CacheBytes)
	if err != nil {
		return nil, err
	}
	return &Trainer{o: o, cache: c}, nil
}

// Run takes jobs until ctx ends; then it lets those that run write a checkpoint, gives them back, and closes the cache.
func (t *Trainer) Run(ctx context.Context) {
	defer t.cache.close()
	var slots sync.WaitGroup
	for i := range t.o.Slots {
		name := t.o.Name
		if t.o.Slots > 1 {
			name = fmt.Sprintf("%s/%d", name, i+1)
		}
		slots.Go(func() { t.slot(ctx, name) })
	}
	slots.Wait()
}

// slot runs one job after another.
func (t *Trainer) slot(ctx context.Context, name string) {
	for ctx.Err() == nil {
		c, err := t.o.Queue.Claim(ctx, name)
		if err == nil {
			t.work(ctx, c)
		} else if ctx.Err() == nil {
			t.o.Log.Warn("no job could be taken", "worker", name, "error", err)
			sleep(ctx, time.Second)
		}
	}
}

// Why a job is left, beside the reasons of package queue.
var (
	errStopping = errors.New("the worker stops")
	errTooLong  = errors.New("the job took too long")
)

// work runs a job to its end, or to where somebody else goes on.
func (t *Trainer) work(ctx context.Context, c *queue.Claim) {
	log := t.o.Log.With("job", c.Job.ID, "attempt", c.Job.Status.Attempt)
	log.Info("took a job", "name", c.Job.Spec.Name)
	last, end := lasting(ctx, t.o.Grace)
	defer end()
	seconds := t.o.MaxSeconds
	if s := c.Job.Spec.MaxSeconds; s > 0 {
		seconds = min(s, seconds)
	}
	j := &job{t: t, claim: c, last: last, saved: time.Now()}
	var leave context.CancelCauseFunc
	j.ctx, leave = context.WithCancelCause(c.Context())
	defer leave(nil)
	defer context.AfterFunc(ctx, func() { leave(errStopping) })()
	defer time.AfterFunc(time.Duration(seconds)*time.Second, func() { leave(errTooLong) }).Stop()

	result, err := j.run()
	switch cause := context.Cause(j.ctx); {
	case err == nil:
		if err = c.Succeed(last, *result); err != nil && cause == nil && c.Context().Err() == nil {
			err = errors.Join(err, c.Fail(last, "the result could not be reported: "+err.Error()))
		}
		tell(log, err, "a job is done", "weights", result.WeightsHash)
	case cause == nil:
		tell(log, c.Fail(last, err.Error()), "a job failed", "reason", err)
	case errors.Is(cause, errTooLong):
		err = c.Fail(last, fmt.Sprintf("was not done after %d seconds, the most that an attempt may take; "+
			"retry goes on from the last checkpoint", seconds))
		tell(log, err, "a job took too long")
	case errors.Is(cause, errStopping):
		tell(log, c.Release(last), "gave a job back")
	default: // paused, cancelled, or another worker has it
		log.Info("left a job", "reason", cause)
	}
}

// tell logs how a job was left, and err if the queue did not take that.
func tell(log *slog.Logger, err error, what string, more ...any) {
	if err != nil {
		log.Warn(what+", but that could not be reported", append(more, "error", err)...)
		return
	}
	log.Info(what, more...)
}

// lasting is a context that outlives ctx by some time.
func lasting(ctx context.Context, by time.Duration) (context.Context, func()) {
	last, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		sleep(last, by)
		end()
	})
	return last, func() { stop(); end() }
}

// sleep lasts d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// open reads content of the store.
func (t *Trainer) open(ctx context.Context, digest string) (io.Reader, error) {
	return t.o.Store.Open(ctx, digest)
}
