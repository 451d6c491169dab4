package trainer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"wafer/server/api"
	"wafer/server/queue"
	"wafer/server/store"
)

const (
	maxCheckpoint = 4 << 30 // bytes
	saveTime      = time.Minute
	largeEnough   = 32 << 20 // a checkpoint of so many bytes is given back to the collector at once
	newest        = 2        // checkpoints that stay in any case: somebody may be reading one
)

// checkpoint reads where the job goes on: at its last checkpoint, at the one that it came with, or, nil, at the start.
func (j *job) checkpoint() ([]byte, error) {
	if f := j.claim.Job.Status.Checkpoint; f != nil {
		b, err := j.read(*f)
		if err == nil || !gone(err) {
			return b, err
		}
		j.claim.Log("the last checkpoint is not in the store or is damaged; the run begins anew")
	}
	if f := j.claim.Job.Spec.Checkpoint; f != nil {
		b, err := j.read(*f)
		if err != nil {
			err = fmt.Errorf("the checkpoint to go on from: %w", err)
		}
		return b, err
	}
	return nil, nil
}

// gone tells a checkpoint that will not come back, so that the run begins without it.
func gone(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrCorrupt)
}

// read gets a checkpoint of at most maxCheckpoint bytes, and tries as long as a store that does not answer may come
// back.
func (j *job) read(f api.File) (b []byte, err error) {
	err = j.persist("the checkpoint cannot be read", func(ctx context.Context) error {
		b, err = j.t.o.Store.Get(ctx, f.SHA256, maxCheckpoint)
		return err
	})
	return b, err
}

// wanted is asked after every step: is it time for a checkpoint?
func (j *job) wanted() bool { return j.due(j.t.o.Every) }

// due reports whether so much time has passed, and enough to make up for what a checkpoint takes.
func (j *job) due(every time.Duration) bool { return time.Since(j.saved) >= max(every, 10*j.cost) }

// save stores a checkpoint: one that was wanted, one at the end of an epoch unless epochs are short, and the last one
// of a run that was stopped. A store without room does not stop the training.
func (j *job) save(b []byte) error {
	cause := context.Cause(j.ctx)
	switch {
	case errors.Is(cause, queue.ErrLost), errors.Is(cause, queue.ErrCancelled):
		return cause
	case cause == nil && !j.due(j.t.o.Every/10):
		return nil
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(j.last, saveTime)
	defer cancel()
	r := store.RefOf(b)
	err := j.t.o.Store.Put(ctx, r, bytes.NewReader(b))
	if err != nil {
		j.t.o.Store.Abandon(ctx, "", r.SHA256) // the next checkpoint will be another
	} else {
		err = j.claim.Checkpoint(ctx, api.File{SHA256: r.SHA256, Size: r.Size})
	}
	j.saved, j.cost = time.Now(), time.Since(began)
	if len(b) > largeEnough {
		runtime.GC()
	}
	switch {
	case err == nil:
		j.complained = false
		j.tidy(r)
	case cause != nil || errors.Is(err, queue.ErrLost) || errors.Is(err, queue.ErrCancelled):
		return err
	case errors.Is(err, queue.ErrPaused): // the job's context ends in a moment
	case !j.complained:
		j.complained = true
		j.claim.Log(fmt.Sprintf("no checkpoint could be stored, the run goes on without: %v", err))
	}
	return nil
}

// tidy removes checkpoints of this attempt that newer ones replaced, once there are many bytes of them. Where nothing
// else reaches them, the store would do that by itself, but only after an hour.
func (j *job) tidy(r store.Ref) {
	j.old = append(j.old, r)
	n := max(0, len(j.old)-newest)
	var bytes int64
	for _, r := range j.old[:n] {
		bytes += r.Size
	}
	if bytes < j.t.o.Replaced {
		return
	}
	needed, err := j.t.o.Queue.Reached(j.last)
	if err != nil {
		return // the next checkpoint tries again
	}
	for _, r := range j.old[:n] {
		if !needed[r.SHA256] {
			j.t.o.Store.Remove(j.last, r.SHA256) // an error: a name stands for it, or it is gone already
		}
	}
	j.old = j.old[n:]
}
